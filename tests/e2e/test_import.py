"""An export in Chinese becomes opportunities: dropped, one column corrected, tried, loaded, run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from chromium import chromium, opened, served
from motherlode.labels import LANGUAGES, Language, label

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


def export(path: Path) -> Path:
    """What a shop saves, in GB18030, with a column whose name says nothing."""
    lines = ["订单编号,甲,买家实际支付金额,订单状态,订单创建时间,宝贝标题"]
    lines += [
        f"T{n},买家{n % 40},{20 + n % 90}.50,交易成功,2024/{1 + n % 6}/{1 + n % 28} 10:{n % 60:02},茶壶{n % 5}"
        for n in range(600)
    ]
    path.write_text("\r\n".join(lines), encoding="gb18030")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_3_a_shops_export_is_loaded_with_one_column_corrected(
    browser: Browser, tmp_path: Path, language: Language
) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "motherlode.toml").write_text('name = "shop"\n')
    with served(shop) as url, opened(browser, language) as window:
        page, clicks = window.new_page(), 0
        page.goto(f"{url}/data")
        page.locator("input[type=file]").set_input_files(export(tmp_path / "天猫.csv"))
        for button, wait in (("look_at_it", "select[name^='column:']"), ("try", ".told[role=status]")):
            page.get_by_role("button", name=label("web", button, language)).click()
            clicks += 1
            page.locator(wait).first.wait_for()
            page.locator("select[name='column:0:1']").select_option("customer_id")
        assert "600" in page.locator(".told").inner_text()
        page.get_by_role("button", name=label("web", "take", language)).click()
        page.get_by_role("link", name=label("page", "opportunities", language)).last.wait_for(timeout=240_000)
        page.goto(f"{url}/")
        assert page.locator(".answers").count() == 1 and clicks + 1 <= 6
