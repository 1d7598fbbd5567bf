"""A stranger's files join by lying in the project's `plugins/` folder."""

import json

import pytest

from motherlode.errors import ConfigError, ContractError, GraphError
from motherlode.labels import label
from motherlode.plugins import find_promises, find_source
from motherlode.project import Project
from small_project import command, copied, plugin, plugins_forgotten, said

PLAY = '''
"""Thank who came often."""
import ibis
import ibis.expr.types as ir
from motherlode.tables import play


@play
def thank_you(features: ir.Table, *, card_cost: float = 2.0) -> ir.Table:
    """A card for customers with many orders."""
    rows = features.filter(features.orders_all >= 10)
    return rows.select(
        "customer_id",
        value=ibis.literal(500.0), value_low=ibis.literal(400.0), value_high=ibis.literal(600.0),
        cost=ibis.literal(card_cost), reason=ibis.literal("so_loyal"),
        actual=rows.orders_all.cast("float64"), benchmark=ibis.literal(10.0), peer_id=ibis.null("string"),
    )
'''
FEATURE = '''
"""Money on cups."""
import ibis.expr.types as ir
from motherlode.tables import feature


@feature(absent=0.0)
def cup_spend(order_lines: ir.Table) -> ir.FloatingScalar:
    """Paid for cups, ever."""
    return order_lines.amount.cast("float64").sum(where=order_lines.category == "杯")
'''
TABLE = '''
"""Cities."""
import ibis.expr.types as ir
from motherlode.tables import table


@table(key="city", subject=None)
def city_mix(customers: ir.Table) -> ir.Table:
    """Customers by city."""
    return customers.group_by("city").aggregate(people=customers.count())
'''
DOOR = '''
"""Rows that a setting holds."""
import pyarrow as pa
import msgspec
from collections.abc import Iterator
from motherlode.doors import Batch, Piece


class Inline(msgspec.Struct, frozen=True):
    """The rows themselves."""
    lines: list[str]


def inline(settings: Inline) -> Iterator[Piece]:
    """One piece."""
    def batches() -> Iterator[Batch]:
        cells = [line.split("|") for line in settings.lines]
        yield Batch(pa.RecordBatch.from_pydict({"who": [c[0] for c in cells], "day": [c[1] for c in cells],
                                                "paid": [c[2] for c in cells]}), 1)
    yield Piece("inline", str(hash(tuple(settings.lines))), batches)
'''
LABELS = """
[play]
thank_you = { zh = "感谢常客", en = "Thank you card" }
[reason]
so_loyal = { zh = "常来", en = "Comes often" }
[reason_sentence]
so_loyal = { zh = "一共来了 {actual:order}", en = "{actual:order} so far" }
"""


@pytest.fixture
def shop(tmp_path):
    with plugins_forgotten():
        yield copied(tmp_path)


@pytest.mark.slow
def test_a_play_a_feature_a_table_and_a_source_join_by_being_files(shop):
    plugin(shop, "plays/thank_you.py", PLAY)
    plugin(shop, "plays/labels.toml", LABELS)
    plugin(shop, "profile/cup_spend.py", FEATURE)
    plugin(shop, "profile/city_mix.py", TABLE)
    plugin(shop, "sources/inline.py", DOOR)
    with (shop / "motherlode.toml").open("a") as settings:
        settings.write(
            '\n[sources.fair]\nuse = "inline"\ntable = "orders"\nlines = ["fairgoer|2024-06-01|99.5"]\n'
            'columns = { customer_id = "who", ordered_at = "day", amount = "paid" }\n'
            "[tables.thank_you]\ncard_cost = 3.5\n"
        )
    assert command("run", "--quiet", at=shop).stderr == ""
    mine = json.loads(command("opportunities", "--play", "thank_you", "--format", "json", at=shop).stdout)
    assert mine and {(row["play"], row["value"], row["cost"]) for row in mine} == {("thank_you", 500.0, 3.5)}
    shown = command("opportunities", "--play", "thank_you", "--limit", "1", "--lang", "zh", at=shop).stdout
    assert "感谢常客" in shown and "一共来了" in shown
    cups = json.loads(command("table", "profile.cup_spend", "--format", "json", at=shop).stdout)
    assert {"customer_id": "fairgoer", "cup_spend": 0.0} in cups and any(row["cup_spend"] > 0 for row in cups)
    assert {"city": "上海", "people": 80} in json.loads(
        command("table", "city_mix", "--format", "json", at=shop).stdout
    )
    assert "thank_you" in command("why", "opportunity.ranked", mine[0]["customer_id"], at=shop).stdout
    checked = command("doctor", at=shop)
    assert checked.returncode == 0 and "✗" not in checked.stdout


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("plays/broken.py", "def oops(:\n", "plugin {file} fails on import: SyntaxError: "),
        ("plays/broken.py", "import not_there\n", "plugin {file} fails on import: ModuleNotFoundError: "),
        ("plays/broken.py", "1 / 0\n", "plugin {file} fails on import: ZeroDivisionError: division by zero"),
        ("measure/city_mix.py", TABLE.replace("city_mix", "rfm"), "two functions make `rfm`"),
        ("city_mix.py", TABLE, "`city_mix` has no room"),
        ("profile/city_mix.py", TABLE.replace("customers", "custmers"), "`profile.city_mix` reads `custmers`"),
        ("profile/city_mix.py", TABLE.replace('"city"', '"town"', 1), "`profile.city_mix` does not give town"),
        ("profile/city_mix.py", TABLE.replace('group_by("city")', "town"), "`city_mix` fails: AttributeError: "),
        ("profile/city_mix.py", TABLE.replace("return ", ""), "`city_mix` returns nothing"),
        ("plays/thank_you.py", PLAY.replace("peer_id=", "peer="), "`opportunity.thank_you` does not give peer_id"),
        (
            "profile/egg.py",
            TABLE.replace("city_mix", "egg").replace("customers:", "egg:").replace("customers", "egg"),
            "in a circle: egg",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_plugin_is_one_line_that_names_it(shop, path, text, words):
    file = plugin(shop, path, text)
    told = said("run", at=shop)
    assert told.exit_code == 1 and told.stdout == ""
    error = next(line for line in told.stderr.splitlines() if line.startswith("error: "))
    assert words.format(file=file) in error
    assert "Traceback" not in told.stderr and len(told.stderr) < 1500


def test_debug_shows_where_a_plugin_failed(shop):
    plugin(shop, "profile/city_mix.py", TABLE.replace('group_by("city")', "town"))
    told = command("run", "--debug", at=shop)
    assert told.returncode == 1 and "Traceback" in told.stderr and "city_mix.py" in told.stderr


@pytest.mark.slow
def test_a_failing_plugin_leaves_the_tables_of_the_run_before(shop):
    before = said("opportunities", "--format", "json", at=shop).stdout
    plugin(shop, "profile/city_mix.py", TABLE.replace("customers.count()", 'customers.city.cast("int64").sum()'))
    told = said("run", at=shop)
    assert told.exit_code == 1 and "`profile.city_mix`: Conversion Error" in told.stderr
    assert "SELECT" not in told.stderr
    (shop / "plugins" / "profile" / "city_mix.py").unlink()
    assert said("opportunities", "--format", "json", at=shop).stdout == before != ""


def test_labels_are_taken_in_when_the_project_is_opened(shop):
    plugin(shop, "plays/labels.toml", LABELS)
    assert label("play", "thank_you", "zh") == "thank_you"
    Project(shop)
    assert label("play", "thank_you", "zh") == "感谢常客"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[play]\nx = { zh = "一" }', "[play] x is not in both languages"),
        ('[play]\nx = "one"', "[play] x is not in both languages"),
        ("play = 1", "[play]  is not in both languages"),
        ("[play", "is not TOML"),
    ],
)
def test_labels_that_cannot_be_read_are_told_with_their_file(shop, text, words):
    file = plugin(shop, "plays/labels.toml", text)
    with pytest.raises(ConfigError) as told:
        Project(shop)
    assert str(file) in told.value.message and words in told.value.message


def test_an_unknown_door_has_its_nearest_name(shop):
    with pytest.raises(ConfigError, match="no door `file`") as told:
        find_source("file", shop)
    assert told.value.hint == "did you mean `files`?"


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "def inline(settings):\n    yield",
        "def inline(settings: dict):\n    yield",
        DOOR.replace("def inline", "def other"),
    ],
)
def test_a_door_that_is_none_is_told_with_what_it_should_look_like(shop, text):
    plugin(shop, "sources/inline.py", text)
    with pytest.raises(ContractError, match="has no door `inline`") as told:
        find_source("inline", shop)
    assert told.value.hint == "def inline(settings: Inline) -> Iterator[Piece]"


def test_a_broken_door_does_not_hinder_the_others(shop):
    plugin(shop, "sources/inline.py", "x = 1")
    assert find_source("files", shop).__name__ == "files"


def test_without_a_project_there_are_the_installed_tables():
    names = {promise.name for promise in find_promises()}
    assert {"ranked", "rfm", "order_lines", "win_back"} <= names


def test_a_plugin_is_read_anew_when_the_project_is_opened_again(shop):
    plugin(shop, "profile/city_mix.py", TABLE)
    assert Project(shop).graph.find("profile.city_mix").settings == {}
    plugin(shop, "profile/city_mix.py", TABLE.replace("ir.Table) ->", "ir.Table, *, least: int = 1) ->"))
    assert Project(shop).graph.find("profile.city_mix").settings == {"least": 1}


def test_an_installed_table_that_is_not_found_is_no_plugin(shop):
    with pytest.raises(GraphError):
        Project(shop).graph.find("profile.city_mix")
