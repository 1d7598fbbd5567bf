"""The report: one file, both languages, everything in it, nothing asked of any host."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from motherlode.errors import NotReady
from motherlode.labels import LANGUAGES, Language
from motherlode.project import Project
from motherlode.report import Findings, gather, page, render
from motherlode.report.act import claim, opportunities
from motherlode.report.discover import moves
from motherlode.report.foresee import foresee
from motherlode.report.page import tiles
from motherlode.report.trust import checks
from motherlode.report.view import Voice
from shop import order_lines

LARGEST = 1_000_000
SOURCE = """
name = "tea & <cups>"
currency = "CNY"
[sources.lines]
use = "files"
path = "lines.csv"
table = "orders"
[sources.lines.columns]
order_id = "order_id"
customer_id = "customer_id"
ordered_at = "ordered_at"
product_id = "product_id"
category = "category"
quantity = "quantity"
unit_price = "unit_price"
"""
DIRT = [
    {"order_id": "d1", "customer_id": "ann", "ordered_at": "sometime", "product_id": "tea-1", "unit_price": "30"},
    {"order_id": "d2", "customer_id": "ann", "ordered_at": "2024-03-01", "product_id": "tea-1", "unit_price": "free"},
    {"order_id": "合计", "customer_id": "", "ordered_at": "", "product_id": "", "unit_price": "99999"},
    {
        "order_id": "d4",
        "customer_id": "ann",
        "ordered_at": "2024年3月9日",
        "product_id": "tea-2",
        "unit_price": "¥1,230",
    },
    {"order_id": "d5", "customer_id": "<script>", "ordered_at": "2024-05-09", "product_id": "tea-2", "unit_price": "9"},
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "motherlode.toml").write_text(SOURCE, encoding="utf-8")
    rows = [{**row, "customer_id": row["customer_id"] or ""} for row in order_lines()]
    with (folder / "lines.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), restval="")
        writer.writeheader()
        writer.writerows([*rows, *({"quantity": "1", "category": "tea", **row} for row in DIRT)])
    with Project(folder) as project:
        project.load()
        project.run()
        yield project


@pytest.fixture(scope="module")
def found(shop: Project) -> Findings:
    return gather(shop)


@pytest.fixture(scope="module")
def html(found: Findings) -> str:
    return page(found, "zh")


@pytest.fixture(scope="module")
def nothing(found: Findings) -> Findings:
    """The same report of a project without a single row."""
    counted = {"key_figures", "reported", "known"}
    zeros = {name: pa.Table.from_pylist([dict.fromkeys(found.row(name), 0)]) for name in counted}
    zeros["key_figures"] = pa.Table.from_pylist(
        [{**dict.fromkeys(row, 0), "days_before": row["days_before"]} for row in found.rows("key_figures")]
    )
    empty = {name: rows.schema.empty_table() for name, rows in found.tables.items() if name not in counted}
    return msgspec.structs.replace(found, tables={**zeros, **empty}, settings={})


class Outline(HTMLParser):
    """What a page consists of: tags with their attributes, and the visible words of each article."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {}
        self._article, self._silent = "", 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        self._article = given.get("class") or "" if tag == "article" else self._article
        self._silent += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._article = "" if tag == "article" else self._article
        self._silent -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.words.setdefault(self._article, []).append(data.strip())

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def outline(html: str) -> Outline:
    return Outline(html)


def test_a_report_before_the_first_run_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "motherlode.toml").write_text('name = "new"\n', encoding="utf-8")
    with Project(tmp_path) as project, pytest.raises(NotReady, match="nothing to report"):
        render(project, "en")


def test_the_file_is_small_and_asks_no_host_for_anything(html: str, outline: Outline) -> None:
    assert len(html.encode()) < LARGEST
    assert not re.search(r"https?:|//[a-z]|@import|url\(", html)
    assert not outline.every("script")
    for _, attributes in outline.tags:
        assert not attributes.get("src") and "onclick" not in attributes and "style" not in attributes
        assert (attributes.get("href") or "#").startswith(("#", "data:,"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_opens_in_the_language_asked_for_and_holds_the_other(found: Findings, language: Language) -> None:
    opened = Outline(page(found, language))
    switches = opened.every("input")
    assert [switch["id"] for switch in switches if "checked" in switch] == [f"in-{language}"]
    assert [article["class"] for article in opened.every("article")] == ["zh", "en"]
    assert (opened.every("html")[0]["lang"] or "").startswith(language)


def test_no_language_stands_in_the_other(outline: Outline) -> None:
    english = " ".join(outline.words["en"])
    assert not re.search(r"[一-鿿]", english), re.findall(r".{20}[一-鿿]+.{20}", english)
    for words in outline.words["zh"]:
        assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", words), words


def test_every_anchor_leads_somewhere_and_ids_are_unique(outline: Outline) -> None:
    ids = Counter(attributes["id"] for _, attributes in outline.tags if attributes.get("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    for link in outline.every("a"):
        assert (link["href"] or "").removeprefix("#") in ids
    for label in outline.every("label"):
        assert label["for"] in ids


def test_headings_never_skip_a_level(outline: Outline) -> None:
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 2
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_picture_is_named_and_its_numbers_stand_in_a_table(html: str, outline: Outline) -> None:
    pictures = outline.every("svg")
    assert len(pictures) == len(LANGUAGES) * 2 * 10
    assert all(picture["role"] == "img" and picture["aria-label"] for picture in pictures)
    cards = [card for card in re.split(r'<section class="card', html)[1:] if "<svg" in card]
    assert all("<details>" in card and "<table>" in card for card in cards)


def test_tables_have_captions_and_scoped_headers(outline: Outline) -> None:
    assert len(outline.every("table")) == len(outline.every("caption"))
    assert all(header.get("scope") == "col" for header in outline.every("th"))


def test_what_came_from_outside_is_escaped(html: str) -> None:
    assert "<cups>" not in html
    assert "tea &amp; &lt;cups&gt;" in html
    assert "<script" not in html


def test_the_rows_add_up(found: Findings) -> None:
    row = found.row("accounting")
    assert row["came"] == row["kept"] + row["set_aside"] == len(order_lines()) + len(DIRT)
    assert row["set_aside"] == 3
    assert checks(found, Voice("en", "CNY"))[0].passed


def test_rows_that_do_not_add_up_are_said_first(found: Findings) -> None:
    wrong = [{**row, "kept": row["kept"] - 1} for row in found.rows("accounting")]
    broken = msgspec.structs.replace(found, tables={**found.tables, "accounting": pa.Table.from_pylist(wrong)})
    first = checks(broken, Voice("en", "CNY"))[0]
    assert not first.passed
    assert "which is not" in first.words


def test_quarantine_names_each_problem(outline: Outline) -> None:
    assert {"下单时间无法读取", "单价无法读取", "合计行，不是数据"} <= set(outline.words["zh"])
    assert {"Order time cannot be read", "Unit price cannot be read", "A totals row, not data"} <= set(
        outline.words["en"]
    )


def test_repairs_are_counted(found: Findings) -> None:
    notes = {row["repairs"]: row["rows"] for row in found.rows("repairs")}
    assert notes == {"ordered_at,unit_price,": 1}


def test_tiles_say_of_what_they_are_a_count(found: Findings) -> None:
    people = sales = found.figures()
    said = {tile.name: tile for tile in tiles(found, Voice("en", "CNY"))}
    assert said["Customers"].value == str(people["customers"])
    assert said["Repurchase rate"].value == f"{people['repeat_buyers'] / people['year_buyers']:.1%}"
    assert f"{sales['orders']:,.0f} orders" in said["Revenue, 12 months"].note
    assert all(tile.note for tile in said.values())


def changed(found: Findings, now: dict[str, float], then: dict[str, float]) -> dict[str, str]:
    """What tiles say of the change from some figures to others."""
    rows = [{**row, **(then if row["days_before"] else now)} for row in found.rows("key_figures")]
    other = msgspec.structs.replace(found, tables={**found.tables, "key_figures": pa.Table.from_pylist(rows)})
    return {tile.name: tile.change for tile in tiles(other, Voice("en", "CNY"))}


def test_a_key_figure_says_how_it_changed(found: Findings) -> None:
    now = {"customers": 120, "buyers": 100, "year_buyers": 80, "repeat_buyers": 40, "active": 50, "revenue": 900.0}
    then = {"customers": 100, "year_buyers": 50, "repeat_buyers": 25, "active": 60, "revenue": 1000.0}
    said = changed(found, now, {**then, "orders": 9, "orders_reach_days": 365})
    assert said["Customers"] == "▲ 20.0% on 91 days before (100)"
    assert said["Active in 90 days"] == "▼ 16.7% on 91 days before (60)"
    assert said["Revenue, 12 months"] == "▼ 10.0% on 91 days before (¥1,000)"
    assert said["Repurchase rate"] == "as 91 days before (50.0%)"


def test_a_year_is_not_compared_with_what_was_no_year_yet(found: Findings) -> None:
    said = changed(found, {"customers": 9}, {"customers": 9, "orders": 9, "orders_reach_days": 364})
    for name in ("Revenue, 12 months", "Repurchase rate"):
        assert said[name] == "91 days before, orders did not reach a year back: not compared"
    assert changed(found, {}, {"orders": 0, "orders_reach_days": None})["Revenue, 12 months"] == ""


def test_stages_flow_from_what_they_were(found: Findings) -> None:
    rows = [
        ("", "trial", 3),
        ("mature", "decline", 4),
        ("trial", "lost", 1),
        ("lost", "trial", 2),
        ("mature", "mature", 9),
    ]
    table = [{"stage_before": was, "stage": stage, "customers": n, "days_before": 91} for was, stage, n in rows]
    other = msgspec.structs.replace(found, tables={**found.tables, "stage_moves": pa.Table.from_pylist(table)})
    card = moves(other, Voice("en", "CNY"), 91)
    assert "5 went into decline or were lost, 2 came back from there, 3 are new" in card.note
    assert card.data is not None and ("Mature", "0", "0", "9", "4", "0", "13") in card.data.rows
    assert not moves(other, Voice("en", "CNY"), 364).figures


def test_a_forecast_s_pictures_have_their_numbers_by_tenth(found: Findings) -> None:
    told = {f"forecast_decile_{at}": 1 - at / 10 for at in range(1, 11)} | {
        f"gain_{at}0": at / 10 for at in range(1, 10)
    }
    told |= {"auc": 0.7} | {f"came_decile_{at}": 0.9 - at / 20 for at in range(1, 11)}
    rows = [
        {"target": "buys_90d", "model": "boosting", "metric": name, "value": value, "low": value - 0.01, "high": value}
        for name, value in told.items()
    ]
    champion = {"target": "buys_90d", "model": "boosting", "verdict": "signal", "test_days": 3}
    tables = {"backtest": pa.Table.from_pylist(rows), "champions": pa.Table.from_pylist([champion])}
    other = msgspec.structs.replace(found, tables={**found.tables, **tables})
    card = foresee(other, Voice("en", "CNY")).cards[0]
    assert len(card.figures) == 2 and card.data is not None and len(card.data.rows) == 10
    assert card.data.rows[1] == ("2/10", "80.0%", "80.0% (79.0%–80.0%)", "20.0%")
    assert card.data.rows[-1][-1] == "100.0%"


def test_the_claim_is_always_an_assumption(found: Findings) -> None:
    row = found.row("claim")
    said = claim(found, Voice("en", "CNY"))[0]
    assert row["customers"] > 0
    assert f"Acting on {row['customers']:.0f} customers" in said
    assert "This is an assumption until it is measured" in said


def test_every_opportunity_has_reasons_a_value_with_an_interval_and_its_evidence(found: Findings) -> None:
    listed = opportunities(found, Voice("zh", "CNY"))
    assert [it.rank for it in listed] == [str(place + 1) for place in range(len(listed))]
    assert all(it.reasons and re.search(r"\d|[一-鿿]", it.reasons[0]) for it in listed)
    assert all("至" in it.interval and it.value.startswith("¥") and it.evidence == "E0 假设" for it in listed)


def test_assumptions_are_listed_for_every_play(found: Findings, outline: Outline) -> None:
    assert found.settings
    assert all(f"tables.{play}" in outline.words["en"] for play in found.settings)


def test_gaps_in_what_is_known_are_named(found: Findings) -> None:
    gaps = [check.words for check in checks(found, Voice("en", "CNY")) if not check.passed]
    assert any("consents" in gap for gap in gaps)
    assert any("hold-out" in gap for gap in gaps)
    assert not any("category" in gap for gap in gaps)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_about_nothing_teaches_what_to_load(nothing: Findings, language: Language) -> None:
    text = page(nothing, language)
    assert "<svg" not in text
    assert text.count('class="empty"') >= 2 * 10
    assert "doing nothing is an answer" in text


def test_a_project_without_data_has_a_report_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "motherlode.toml").write_text('name = "new"\n', encoding="utf-8")
    with Project(tmp_path) as project:
        project.run()
        text = render(project, "en")
    assert "<svg" not in text
    assert "No customers yet" in text


def test_the_report_does_not_change_by_itself(found: Findings) -> None:
    assert page(found, "en") == page(found, "en")
