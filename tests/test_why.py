"""From an opportunity back to the rows of the files that it came from."""

import csv

import ibis
import pytest

from motherlode.errors import MotherlodeError, NotReady
from motherlode.project import Project
from motherlode.show.why import show
from motherlode.why import ROWS_SHOWN, Link, chain, lineage, sql
from small_project import made, people, project, said, sales


@pytest.fixture(scope="module")
def shop():
    with Project(made(), read_only=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def first(shop):
    return shop.opportunities(limit=1).to_dicts()[0]


@pytest.fixture(scope="module")
def links(shop, first):
    return {link.address: link for link in chain(shop, "opportunity.ranked", first["customer_id"])}


def test_the_chain_begins_with_the_opportunity_and_ends_with_raw_rows(links):
    addresses = list(links)
    assert addresses[0] == "opportunity.ranked" and addresses[-1].startswith("collect.raw_")
    assert {"opportunity.stakes", "profile.lifecycle", "refine.order_lines", "collect.raw_orders"} <= set(addresses)


def test_each_table_comes_after_all_that_read_it(shop, links):
    order = list(links)
    for reader in order:
        for name in links[reader].reads:
            address = shop.address(name)
            assert address not in order or order.index(address) > order.index(reader)


def test_only_the_play_that_proposed_it_is_on_the_way(shop, first, links):
    plays = {promise.address for promise in shop.graph.promises.values() if promise.kind == "play"}
    proposing = {f"opportunity.{row['play']}" for row in links["opportunity.candidates"].rows}
    assert f"opportunity.{first['play']}" in links
    assert plays & set(links) <= proposing


def test_the_numbers_are_those_of_the_stored_tables(shop, first, links):
    (row,) = links["opportunity.ranked"].rows
    assert {name: first[name] for name in row} == row
    lines = shop.table("refine.order_lines").to_dicts()
    mine = [line for line in lines if line["customer_id"] == first["customer_id"]]
    assert links["refine.order_lines"].count == len(mine)
    assert all(len(link.rows) <= ROWS_SHOWN for link in links.values())


def test_rows_of_files_can_be_found_again_in_the_files(first, links):
    with (made() / "inbox" / "sales.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    rows = links["collect.raw_orders"].rows
    assert rows and all(row["file"] == "inbox/sales.csv" for row in rows)
    for row in rows:
        there = written[row["row"] - 1]
        assert (there["who"], there["no"], there["sku"]) == (first["customer_id"], row["order_id"], row["product_id"])


def test_the_latest_rows_come_first(links):
    days = [row["ordered_on"] for row in links["refine.order_lines"].rows]
    assert days == sorted(days, reverse=True) and len(days) == ROWS_SHOWN


def test_columns_that_had_no_part_in_it_are_not_shown(links):
    assert "largest_order" not in links["profile.features"].rows[0]
    assert "product_name" not in links["refine.order_lines"].rows[0]


def test_a_row_says_which_of_a_customer_s_rows_it_is(shop, links):
    for address, link in links.items():
        promise = shop.graph.promises.get(address.partition(".")[2])
        told = {*promise.key} - {"customer_id", "extra"} if promise else set()
        assert all(told <= {*row} for row in link.rows), address


def test_settings_stand_with_the_table_that_they_bear_on(first, links):
    assert "lift" in links[f"opportunity.{first['play']}"].settings
    assert "as_of" not in links["opportunity.ranked"].settings


def test_what_a_simpler_ranking_would_go_by_is_not_on_the_way_of_the_engine(links):
    (used,) = links["opportunity.ranking"].rows
    assert (used["policy"], used["used"], used["verdict"]) == ("engine", True, "in_use")
    assert "opportunity.ranking_figures" not in links and "predict.scores" not in links


def test_the_weight_of_experts_beside_figures_is_told_whole(first, links):
    rows = {row["learnt_from"]: row for row in links["opportunity.expert_weights"].rows}
    assert rows["together"]["pool_weight"] == 0.4 and rows["together"]["cases"] == 0
    told = said("why", "opportunity.ranked", first["customer_id"], at=made())
    assert "Weight in force" in told.stdout


def test_somebody_who_is_not_on_the_list_is_explained_as_well(shop):
    listed = set(shop.table("opportunity.ranked")["customer_id"])
    other = next(who for who in shop.table("refine.customers")["customer_id"] if who not in listed)
    links = {link.address: link for link in chain(shop, "opportunity.ranked", other)}
    assert links["opportunity.ranked"].rows == [] and links["profile.lifecycle"].rows
    assert f"{other} is not in opportunity.ranked" in said("why", "opportunity.ranked", other, at=made()).stdout


def test_nobody_is_told(shop):
    with pytest.raises(MotherlodeError, match=r"nobody `nobody` in `opportunity.ranked`") as told:
        chain(shop, "opportunity.ranked", "nobody")
    assert told.value.hint.startswith("motherlode table refine.customers")


def test_without_a_customer_the_tables_are_told_with_their_rows(shop):
    links = chain(shop, "profile.rfm")
    assert links[0].address == "profile.rfm" and links[0].count == 80
    assert all(link.rows == [] for link in links)


@pytest.mark.parametrize(
    "address", ["collect.raw_orders", "refine.graded_orders", "profile.pareto", "profile.features"]
)
def test_any_table_can_be_asked_about(shop, address):
    assert chain(shop, address)[0].address == address
    assert any(link.rows for link in chain(shop, address, "c001"))


def test_the_sql_is_what_the_engine_runs(shop):
    rows = shop.warehouse.arrow(sql(shop, "profile.rfm"))
    assert rows.num_rows == 80
    with pytest.raises(NotReady):
        sql(shop, "collect.raw_orders")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_reads_as_an_explanation_and_names_nobody(first, lang):
    told = said("why", "opportunity.ranked", first["customer_id"], at=made(), lang=lang)
    assert told.exit_code == 0 and told.stderr == ""
    text = told.stdout
    person = people()[int(first["customer_id"][1:])]
    assert person["name"] not in text and person["phone"] not in text and "Canary" not in text
    assert len(text.splitlines()) < 120
    assert ("inbox/sales.csv row " if lang == "en" else "inbox/sales.csv 第 ") in text
    assert {"protect_core", "own_decline", "None", "nan"} & set(text.replace(".", " ").split()) <= {"protect_core"}
    assert ("价值 ¥" if lang == "zh" else "Value ¥") in text


def test_sales_of_somebody_show_the_money_of_the_files(shop):
    spent = sum(line["pieces"] * float(line["price"]) for line in sales() if line["who"] == "c001")
    ever = {row["customer_id"]: row["spend_all"] for row in shop.table("profile.spend_all")}
    assert ever["c001"] == pytest.approx(spent)


# -- where columns come from


STORED = ibis.table({"customer_id": "string", "a": "int64", "b": "int64", "c": "int64"}, name="stored")
OTHER = ibis.table({"customer_id": "string", "d": "int64"}, name="other")


@pytest.mark.parametrize(
    ("expression", "column", "expected"),
    [
        (STORED.mutate(x=STORED.a + 1), "x", {"stored": {"a"}}),
        (STORED.filter(STORED.b > 0).order_by("c").limit(3), "a", {"stored": {"a"}}),
        (STORED.group_by("customer_id").aggregate(x=STORED.a.sum(where=STORED.b > 0)), "x", {"stored": {"a", "b"}}),
        (STORED.mutate(x=STORED.a.max().over(group_by="b", order_by="c")), "x", {"stored": {"a", "b", "c"}}),
        (
            STORED.left_join(OTHER, "customer_id").drop("customer_id_right").mutate(x=lambda t: t.a * t.d),
            "x",
            {"stored": {"a"}, "other": {"d"}},
        ),
        (
            STORED.select("customer_id", x="a").union(OTHER.select("customer_id", x="d")),
            "x",
            {"stored": {"a"}, "other": {"d"}},
        ),
        (STORED.cross_join(OTHER.aggregate(m=OTHER.d.max())).mutate(x=lambda t: t.m), "x", {"other": {"d"}}),
        (STORED.mutate(x=ibis.literal(1)), "x", {}),
    ],
)
def test_columns_are_followed_through_every_kind_of_expression(expression, column, expected):
    assert lineage(expression, [column]) == expected


def test_before_the_first_run_there_is_nothing_to_explain(tmp_path):
    told = said("why", "opportunity.ranked", at=project(tmp_path))
    assert told.exit_code == 1 and "next: motherlode run" in told.stderr


def test_the_order_in_which_winners_did_it_is_told_in_a_sentence(capsys):
    row = {"peer_id": "p", "first_move": "came_back", "first_days": 20.0, "then_move": "used_coupon", "then_days": 30.0}
    link = Link("profile.benchmarks", 0, "Peers.", (), {}, [row], 1, True)
    show([link], "ann", "CNY", "en")
    told = capsys.readouterr().out
    assert "winners first came back (day 20), then used a coupon (day 30)" in told
    assert "came_back" not in told and "Winners first" not in told
