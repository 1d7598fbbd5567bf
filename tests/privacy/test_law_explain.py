"""Decisions are explained, serve groups alike, and cost the same."""

import json
import random

import pytest

from motherlode.predict.fairness import COLUMNS, fairness
from motherlode.project import Project
from small_project import SETTINGS, said, sales, write_csv


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Four hundred customers, of whom the loyal pay a tenth more for a pot."""
    root = tmp_path_factory.mktemp("parity") / "shop"
    rng = random.Random(5)
    skipped = {line["no"] for line in sales(400) if rng.random() < 0.3 + 0.5 * (int(line["who"][1:]) % 3 == 0)}
    lines = [{**line, "price": "40.50"} for line in sales(400) if line["no"] not in skipped]
    for line in lines:
        # Whoever bought twenty times already pays a tenth more for a pot.
        if line["sku"] == "p1" and int(line["no"].partition("-")[2]) > 20:
            line["price"] = "44.55"
    write_csv(root / "inbox" / "sales.csv", lines)
    people = [
        {"who": f"c{who:03}", "name": f"P {who}", "phone": f"1380013{who:04}", "city": "上海", "since": "2023-01-02",
         "sex": "女" if who % 2 else "男", "age": str(20 + who % 50)}
        for who in range(400)
    ]  # fmt: skip
    write_csv(root / "inbox" / "people.csv", people)
    settings = SETTINGS.replace('city = "city",', 'city = "city", gender = "sex", age = "age",')
    (root / "motherlode.toml").write_text(settings, encoding="utf-8")
    with Project(root) as project:
        project.load()
        project.run()
    return root


def test_gdpr_22_pipl_24_pipl_48_what_would_have_to_change_is_said_in_words_over_what_can_be_acted_on(shop):
    with Project(shop) as project:
        speaking = [row["target"] for row in project.table("predict.champions") if row["verdict"] == "signal"]
    target = speaking[0] if speaking else "buys_90d"
    done = said("explain", "c004", "--target", target, "--lime", "--format", "json", at=shop)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["customer_id"] == "c004" and told["local"]["weights"] and told["exact"]
    assert {"score", "goal", "reached", "changes"} <= told["counterfactual"].keys()
    zh, en = (said("explain", "c004", "--target", target, at=shop, lang=lang).output for lang in ("zh", "en"))
    assert "预测" in zh and "依据：" in zh and "forecast" in en and "it rests on" in en


def test_a_target_that_does_not_exist_is_told_with_the_nearest_name(shop):
    done = said("explain", "c004", "--target", "buys_9d", at=shop)
    assert done.exit_code == 1 and "buys_90d" in done.output


def test_pipl_24_arp_17_the_same_goods_cost_groups_the_same_or_it_is_seen(shop):
    with Project(shop) as project:
        rows = {(row["grouping"], row["group"]): row for row in project.table("govern.price_parity")}
    assert {row["verdict"] for row in rows.values()} <= {"alike", "few", "dearer", "cheaper"}
    assert rows["order", "later"]["lines"] > 1000 and rows["order", "first"]["verdict"] in ("alike", "cheaper")
    tiers = [row for (grouping, _), row in rows.items() if grouping == "value_tier"]
    assert sum(row["price_difference"] * row["lines"] for row in tiers) == pytest.approx(0, abs=1e-3)


def test_ndsr_42_forecasts_are_judged_by_age_gender_and_province(shop):
    with Project(shop) as project:
        rows = project.table("predict.fairness").to_dicts()
    assert {row["grouping"] for row in rows} <= {"age_band", "gender", "province"}
    assert all(row["verdict"] in ("alike", "few", "off", "apart") for row in rows)
    for row in rows:
        assert 0 <= row["selection_rate"] <= 1 and row["customers"] > 0


def test_without_customers_nothing_is_judged():
    import pyarrow as pa

    none = pa.table({"customer_id": pa.array([], pa.string())})
    assert fairness(none, none, none, none, none).column_names == list(COLUMNS)
