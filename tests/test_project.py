"""A project opened from Python: the three verbs, the tables, the list."""

import json
import shutil
import signal
import subprocess
import sys
import time
from datetime import date

import pytest

import motherlode
from motherlode.arrow.rows import Rows
from motherlode.errors import GraphError, MotherlodeError, NotReady
from motherlode.graph.given import GIVEN
from motherlode.project import Project
from motherlode.run import last_day
from small_project import (
    LAST,
    command,
    copied,
    made,
    people,
    plugin,
    plugins_forgotten,
    project,
    said,
    sales,
    write_csv,
)


@pytest.fixture
def shop(tmp_path):
    with plugins_forgotten():
        yield copied(tmp_path)


@pytest.fixture(scope="module")
def reader():
    with Project(made(), read_only=True) as opened:
        yield opened


def test_the_package_gives_the_project():
    assert motherlode.Project is Project
    with pytest.raises(AttributeError):
        motherlode.Projekt  # noqa: B018


def test_a_new_project_says_what_to_run_and_makes_nothing_by_being_asked(tmp_path):
    folder = project(tmp_path)
    with Project(folder, read_only=True) as shop, pytest.raises(NotReady) as told:
        shop.opportunities()
    assert told.value.hint == "motherlode run"
    assert sorted(path.name for path in folder.iterdir()) == ["inbox", "motherlode.toml"]


def test_every_address_of_the_graph_and_of_collect_can_be_read(reader):
    readable = [promise.address for promise in reader.graph.promises.values() if promise.kind != "model"]
    addresses = readable + [f"collect.{name}" for name in GIVEN]
    assert len(addresses) > 100
    for address in addresses:
        assert reader.table(address, limit=1).columns


def test_a_model_is_no_table_and_says_where_to_look(reader):
    with pytest.raises(GraphError, match=r"`predict.blend` is a model") as told:
        reader.table("predict.blend")
    assert "motherlode backtest" in told.value.hint


def test_a_label_is_read_with_its_days_and_customers(reader):
    assert reader.table("predict.buys_90d").columns == ["snapshot_on", "customer_id", "buys_90d"]


def test_a_feature_is_read_with_its_customers(reader):
    rows = reader.table("profile.orders_all")
    assert rows.columns == ["customer_id", "orders_all"] and len(rows) == 80


def test_a_table_is_found_without_its_room_and_else_the_nearest_is_said(reader):
    assert reader.table("rfm", 2).to_dicts() == reader.table("profile.rfm", 2).to_dicts()
    with pytest.raises(GraphError) as told:
        reader.table("profile.rfmx")
    assert told.value.hint == "did you mean `profile.rfm`?"


@pytest.mark.parametrize("name", ["profile.raw_orders", "rfm.profile", "", ".", "a.b.c", "collect.", "x'; DROP--"])
def test_what_is_no_address_is_told(reader, name):
    with pytest.raises(GraphError, match="there is no table"):
        reader.table(name)


def test_expressions_can_be_asked_on(reader):
    lifecycle = reader.expression("profile.lifecycle")
    counted = reader.query(lifecycle.group_by("stage").aggregate(n=lifecycle.count()))
    assert sum(counted["n"]) == 80


# -- the list


def test_the_list_is_ranked_without_gaps_and_each_row_says_why(reader):
    rows = reader.opportunities()
    assert rows["rank"] == list(range(1, len(rows) + 1))
    assert all(row["reason"] and row["value"] > row["cost"] and row["actual"] is not None for row in rows)
    assert len(set(rows["customer_id"])) == len(rows)


def test_filters_keep_the_ranks_of_the_whole_list(reader):
    whole = {row["customer_id"]: row["rank"] for row in reader.opportunities()}
    lost = reader.opportunities(stages=["lost"])
    assert len(lost) and set(lost["stage"]) == {"lost"}
    assert all(whole[row["customer_id"]] == row["rank"] for row in lost)
    assert set(reader.opportunities(play="retain")["play"]) == {"retain"}
    assert len(reader.opportunities(limit=3)) == 3


def test_everything_also_lists_what_is_not_chosen(reader):
    assert len(reader.opportunities(everything=True)) == len(reader.table("opportunity.ranked"))


@pytest.mark.parametrize(("asked", "hint"), [({"stages": ["matur"]}, "did you mean `mature`?"),
                                            ({"play": "winback"}, "did you mean `win_back`?")])  # fmt: skip
def test_a_stage_or_play_that_is_none_is_told_with_the_nearest(reader, asked, hint):
    with pytest.raises(GraphError) as told:
        reader.opportunities(**asked)
    assert told.value.hint == hint


@pytest.mark.slow
@pytest.mark.parametrize(("budget", "hurdle"), [(0.0, 0.0), (150.0, 0.0), (150.0, 2.0), (1e6, 0.0)])
def test_a_budget_on_the_way_gives_what_a_run_with_it_gives(shop, budget, hurdle):
    with (shop / "motherlode.toml").open("a") as settings:
        settings.write(f"\n[tables.ranked]\nhurdle = {hurdle}\n")
    with Project(shop) as opened:
        on_the_way = opened.opportunities(budget=budget, everything=True).to_dicts()
        stored = opened.opportunities(everything=True).to_dicts()
    with (shop / "motherlode.toml").open("a") as settings:
        settings.write(f"budget = {budget}\n")
    with Project(shop) as opened:
        opened.run()
        ran = opened.opportunities(everything=True).to_dicts()
    assert on_the_way == ran
    chosen = [row for row in ran if row["chosen"]]
    assert sum(row["cost"] for row in chosen) <= budget + 1e-9
    assert (ran == stored) == (budget > 150)


def test_asking_for_a_budget_leaves_the_stored_list_as_it_was(reader):
    before = reader.opportunities().to_dicts()
    assert len(reader.opportunities(budget=50)) < len(before)
    assert reader.opportunities().to_dicts() == before


# -- runs


def test_as_of_is_the_last_day_in_the_data_unless_a_day_is_said(shop):
    with Project(shop) as opened:
        assert opened.as_of <= LAST
        opened.run(date(2024, 1, 31))
        assert opened.as_of == date(2024, 1, 31)
        assert max(opened.table("refine.orders")["ordered_on"]) <= date(2024, 1, 31)


DEALS = """
name = "sellers"

[sources.deals]
path = "deals.csv"
table = "deals"
columns = { deal_id = "no", customer_id = "who", stage = "stage", opened_at = "opened", closed_at = "closed" }
"""


def test_a_decided_deal_is_known_until_its_end_and_an_open_one_only_from_its_beginning(tmp_path):
    # The open deal is hoped to close long after anything has happened.
    rows = ["no,who,stage,opened,closed", "1,acme,Won,2024-01-10,2024-03-01", "2,acme,Engaging,2024-02-10,2024-06-30"]
    (tmp_path / "deals.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "motherlode.toml").write_text(DEALS, encoding="utf-8")
    with Project(tmp_path) as opened:
        opened.load()
        assert last_day(opened.warehouse) == date(2024, 3, 1)


def test_an_open_deal_that_should_close_later_keeps_what_is_known_of_it_and_one_decided_later_does_not(tmp_path):
    rows = [
        "no,who,stage,opened,closed,worth",
        "1,acme,Closed Won,2024-01-10,2024-03-01,100",
        "2,acme,Negotiation/Review,2024-02-10,2024-06-30,700",
        "3,acme,Closed Won,2024-02-10,2024-05-01,900",
    ]
    (tmp_path / "deals.csv").write_text("\n".join(rows), encoding="utf-8")
    settings = DEALS.replace('closed_at = "closed"', 'closed_at = "closed", amount = "worth"')
    (tmp_path / "motherlode.toml").write_text(settings, encoding="utf-8")
    with Project(tmp_path) as opened:
        opened.load()
        opened.run(date(2024, 4, 1))
        deals = {row["deal_id"]: row for row in opened.table("refine.deals")}
        waiting = {row["deal_id"]: row for row in opened.table("opportunity.open_deals")}
    known = {number: (deal["stage"], deal["amount"], deal["outcome"]) for number, deal in deals.items()}
    assert known == {
        "1": ("Closed Won", 100, "won"),
        "2": ("Negotiation/Review", 700, "open"),
        "3": ("open", None, "open"),
    }
    assert (waiting["2"]["amount"], waiting["2"]["amount_basis"]) == (700, "stated")


@pytest.mark.slow
@pytest.mark.parametrize("day", [date(2022, 1, 1), date(2031, 1, 1)])
def test_a_day_before_the_first_or_after_the_last_still_makes_every_table(shop, day):
    with Project(shop) as opened:
        done = opened.run(day)
        assert done.as_of == day and len(done.made) > 50
        assert day.year > 2022 or len(opened.table("refine.orders")) == 0
        opened.opportunities()


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_that_no_shop_can_mean_is_told(shop, day):
    with Project(shop) as opened, pytest.raises(MotherlodeError, match=str(day)):
        opened.run(day)


@pytest.mark.slow
def test_one_customer_with_one_order_is_a_project(tmp_path):
    folder = project(tmp_path)
    write_csv(folder / "inbox" / "sales.csv", sales()[:1])
    write_csv(folder / "inbox" / "people.csv", people()[:1])
    with Project(folder) as opened:
        opened.load()
        opened.run()
        assert opened.table("refine.customers")["customer_id"] == ["c000"]
        opened.opportunities(budget=10)


def test_a_project_can_be_moved_and_loads_nothing_twice(shop, tmp_path):
    before = said("opportunities", "--format", "json", at=shop).stdout
    moved = shutil.move(shop, tmp_path / "elsewhere" / "a folder with blanks")
    assert said("opportunities", "--format", "json", at=moved).stdout == before
    with Project(moved) as opened:
        assert {piece.outcome for piece in opened.load()} == {"unchanged"}


@pytest.mark.slow
def test_a_file_that_was_taken_away_after_loading_does_not_stop_a_run(shop):
    (shop / "inbox" / "sales.csv").unlink()
    done = said("run", at=shop)
    assert done.exit_code == 0, done.output
    assert len(json.loads(said("opportunities", "--format", "json", at=shop).stdout)) > 10


SLEEPER = '''
import pathlib, time
import pyarrow as pa
from motherlode.tables import table


@table(key="a", subject=None, columns={"a": "int64"})
def sleeper(ranked: pa.Table) -> pa.Table:
    """Made last of all, and never done."""
    pathlib.Path(r"SIGN").write_text("here")
    time.sleep(60)
    return pa.table({"a": [1]})
'''


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_tables_of_the_run_before(shop, tmp_path):
    before = said("opportunities", "--format", "json", at=shop).stdout
    sign = tmp_path / "sign"
    file = plugin(shop, "measure/sleeper.py", SLEEPER.replace("SIGN", str(sign)))
    run = subprocess.Popen(
        [sys.executable, "-m", "motherlode", "run", "--as-of", "2023-06-30"], cwd=shop, stdout=-1, stderr=-1, text=True
    )
    try:
        deadline = time.monotonic() + 120
        while not sign.exists() and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert sign.exists(), run.communicate()
        # Every other table is made by now, and nothing of it is to be seen: a second process cannot come in.
        for words in (["run"], ["opportunities"], ["ingest"]):
            second = said(*words, at=shop)
            assert second.exit_code == 1
            assert f"is in use by process {run.pid}" in second.stderr and "Traceback" not in second.stderr
    finally:
        run.send_signal(signal.SIGKILL)
        run.communicate()
    file.unlink()
    assert said("opportunities", "--format", "json", at=shop).stdout == before
    assert said("doctor", at=shop).exit_code == 0
    assert said("run", "--as-of", "2023-06-30", at=shop).exit_code == 0
    assert said("opportunities", "--format", "json", at=shop).stdout != before


def test_two_processes_can_read_at_the_same_time(shop):
    with Project(shop, read_only=True) as opened:
        mine = opened.opportunities().to_dicts()
        theirs = command("opportunities", "--format", "json", at=shop)
        assert [row["rank"] for row in json.loads(theirs.stdout)] == [row["rank"] for row in mine]


def test_a_reader_of_a_project_cannot_run_it(shop):
    with Project(shop, read_only=True) as opened, pytest.raises(MotherlodeError, match="read-only"):
        opened.run()


def test_closing_twice_and_closing_what_was_never_opened_is_fine(shop):
    opened = Project(shop)
    opened.close()
    opened.table("profile.rfm", 1)
    opened.close()
    opened.close()
    assert len(opened.table("profile.rfm", 1)) == 1
    opened.close()


# -- reading well


def test_a_project_and_its_rows_show_themselves(reader):
    assert repr(reader) == f"Project({str(made())!r})"
    text = repr(reader.opportunities(limit=2))
    assert text.splitlines()[0].split()[:2] == ["rank", "customer_id"] and text.endswith("(2 rows)")


def test_rows_are_numbers_to_the_right_words_to_the_left_and_say_how_many():
    import pyarrow as pa

    rows = Rows(pa.table({"who": ["ann", "bo"], "paid": [1234.5, None], "n": [7, 12]}))
    assert repr(rows) == "who     paid   n\nann  1,234.5   7\nbo            12\n(2 rows)"
    assert repr(Rows(pa.table({"n": [1]}))).endswith("(1 row)")
    assert repr(Rows(pa.table({"n": range(5000)}))).endswith("(the first 20 of 5,000 rows)")


def test_rows_in_a_notebook_run_nothing_that_stands_in_a_cell():
    import pyarrow as pa

    page = Rows(pa.table({"<b>": ["<script>alert(1)</script>"]}))._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page and "<b>" not in page


def test_rows_go_to_other_libraries_as_they_are(reader):
    import duckdb
    import pyarrow as pa

    rows = reader.table("profile.rfm")
    assert pa.table(rows).num_rows == 80
    with duckdb.connect() as engine:
        engine.register("rfm", rows.arrow)
        assert engine.execute("SELECT count(*) FROM rfm").fetchone() == (80,)
