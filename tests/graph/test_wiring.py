"""Wiring by name, and compiling without data."""

from datetime import date
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from motherlode.errors import ConfigError, ContractError, GraphError
from motherlode.graph.aggregates import aggregate
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import compile_graph, to_sql, wire
from motherlode.tables import Promise, feature, label, metric, play, promised, table

AS_OF = date(2024, 6, 30)


def at(room: str, function: Any) -> Promise:
    """The promise of a function as if its file lay in a room."""
    import msgspec

    return msgspec.structs.replace(promised(function), room=room)


@table(key="customer_id", subject="customer_id")
def customers(raw_customers: ir.Table) -> ir.Table:
    """Customers."""
    return raw_customers.select("customer_id", "country")


@table(key=("customer_id", "event"), subject="customer_id", happened_on="on")
def visits(raw_events: ir.Table) -> ir.Table:
    """Visits."""
    return raw_events.select("customer_id", "event", on=raw_events.occurred_at.date())


@feature(absent=0)
def visits_ever(visits: ir.Table) -> ir.IntegerScalar:
    """Number of visits."""
    return visits.count()


@feature()
def last_visit_on(visits: ir.Table, *, as_of: date) -> ir.DateScalar:
    """Day of the last visit."""
    return visits.on.max()


@label(ahead_days=30)
def visits_later(visits: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Visits after the day."""
    return visits.count(where=visits.on > as_of)


@table(key="customer_id", subject="customer_id")
def lucky(customers: ir.Table, *, share: float = 0.5) -> ir.Table:
    """A setting."""
    return customers.select("customer_id", share=ibis.literal(share))


HOUSE = (
    at("refine", customers), at("refine", visits), promised(visits_ever), promised(last_visit_on),
    promised(visits_later), at("profile", lucky),
)  # fmt: skip


def compiled(*more: Promise, settings: Any = None, **options: Any) -> dict[str, Any]:
    return {step.promise.name: step for step in compile_graph(wire([*HOUSE, *more]), AS_OF, settings, **options)}


def rows(sql: str, **tables: pa.Table) -> list[dict[str, Any]]:
    """Rows of SQL over tables given by `room__name`."""
    with duckdb.connect() as engine:
        for name, table in tables.items():
            room, _, plain = name.partition("__")
            engine.execute(f'CREATE SCHEMA IF NOT EXISTS "{room}"')
            engine.register("arrived", table)
            engine.table("arrived").create(f"{room}.{plain}")
        return engine.sql(sql).to_arrow_table().to_pylist()


def test_each_table_comes_after_all_that_it_reads():
    graph = wire(reversed(HOUSE))
    order = list(graph.promises)
    assert all(order.index(name) < order.index(reader) for reader in order for name in graph.reads[reader] if
               name not in GIVEN)  # fmt: skip


def test_a_table_is_found_by_address_or_name_and_else_the_nearest_is_said():
    graph = wire(HOUSE)
    assert graph.find("profile.lucky") is graph.find("lucky")
    with pytest.raises(GraphError, match=r"no table `profile.luky`") as told:
        graph.find("profile.luky")
    assert told.value.hint == "did you mean `profile.lucky`?"
    with pytest.raises(GraphError):
        graph.find("refine.lucky")


def test_an_input_that_nothing_makes_is_told_with_its_reader():
    @table(key="customer_id", subject=None)
    def reader(custmers: ir.Table) -> ir.Table:
        """Misspelt."""

    with pytest.raises(GraphError, match=r"`profile.reader` reads `custmers`") as told:
        wire([*HOUSE, at("profile", reader)])
    assert told.value.hint == "did you mean `customers`?"


def test_a_feature_is_no_table_to_read():
    @table(key="customer_id", subject=None)
    def reader(visits_ever: ir.Table) -> ir.Table:
        """Features are read as `features`."""

    with pytest.raises(GraphError, match="reads `visits_ever`"):
        wire([*HOUSE, at("profile", reader)])


@pytest.mark.parametrize("name", ["lucky", "raw_orders", "files"])
def test_a_name_that_stands_already_is_told(name):
    double = at("measure", lucky)
    import msgspec

    with pytest.raises(GraphError, match=f"two functions make `{name}`"):
        wire([*HOUSE, msgspec.structs.replace(double, name=name)])


def test_a_circle_is_told_name_by_name():
    @table(key="customer_id", subject=None)
    def hen(egg: ir.Table) -> ir.Table:
        """First."""

    @table(key="customer_id", subject=None)
    def egg(hen: ir.Table) -> ir.Table:
        """First."""

    with pytest.raises(GraphError, match=r"in a circle: .*hen.*egg|in a circle: .*egg.*hen"):
        wire([*HOUSE, at("profile", hen), at("profile", egg)])


def test_a_table_without_a_room_says_where_its_file_belongs():
    with pytest.raises(GraphError, match="`lucky` has no room") as told:
        wire([promised(lucky)])
    assert "plugins/profile/" in told.value.hint


def test_settings_replace_defaults_and_as_of_comes_from_the_run():
    assert compiled(settings={"lucky": {"share": 0.25}})["lucky"].settings == {"share": 0.25}
    assert compiled()["features"].settings["as_of"] == AS_OF


@pytest.mark.parametrize(
    ("settings", "words", "hint"),
    [
        ({"luky": {"share": 1.0}}, r"\[tables.luky\] names no table", "did you mean `lucky`?"),
        ({"lucky": {"shares": 1.0}}, r"\[tables.lucky\] has no setting `shares`", "did you mean `share`?"),
        ({"features": {"as_of": "2024-01-01"}}, r"\[tables.features\] has no setting `as_of`", "known: "),
    ],
)
def test_a_setting_that_nothing_takes_has_its_nearest_name(settings, words, hint):
    with pytest.raises(ConfigError, match=words) as told:
        compiled(settings=settings)
    assert told.value.hint == hint


EVENTS = pa.table(
    {"customer_id": ["ann", "ann", "bob", "ann"], "event": ["a", "b", "c", "d"],
     "occurred_at": pa.array(["2024-06-30T23:59:59", "2024-07-01T00:00:00", None, "2024-01-05T00:00:00"])
     .cast(pa.timestamp("us"))}
)  # fmt: skip


def test_a_table_is_cut_at_the_end_of_as_of_and_rows_without_a_day_are_kept():
    made = rows(to_sql(compiled()["visits"].expression), collect__raw_events=EVENTS)
    assert sorted(row["event"] for row in made) == ["a", "c", "d"]


def test_inputs_made_later_than_the_day_that_is_asked_about_are_cut_again():
    made = pa.table({"customer_id": ["ann"] * 2, "event": ["a", "b"], "on": [AS_OF, date(2024, 7, 1)]})
    people = pa.table({"customer_id": ["ann"], "country": ["CN"]})
    tables = {"refine__visits": made, "refine__customers": people}
    as_made = rows(to_sql(compiled()["features"].expression), **tables)
    as_then = rows(to_sql(compiled(made_at=date(2024, 9, 1))["features"].expression), **tables)
    assert (as_made[0]["visits_ever"], as_then[0]["visits_ever"]) == (2, 1)


def test_features_have_a_row_for_every_customer_and_a_meaning_of_absence():
    people = pa.table({"customer_id": ["ann", "cat"], "country": ["CN", "CN"]})
    visited = pa.table({"customer_id": ["ann", None], "event": ["a", "b"], "on": [AS_OF, AS_OF]})
    made = rows(to_sql(compiled()["features"].expression), refine__customers=people, refine__visits=visited)
    assert sorted(made, key=str) == [
        {"customer_id": "ann", "visits_ever": 1, "last_visit_on": AS_OF},
        {"customer_id": "cat", "visits_ever": 0, "last_visit_on": None},
    ]


def test_all_features_of_a_table_are_computed_in_one_pass_over_it():
    sql = to_sql(compiled()["features"].expression)
    assert sql.count('"visits"') == 1 and sql.upper().count("GROUP BY") == 1


def test_labels_are_no_features_and_see_past_as_of():
    assert "visits_later" not in compiled()["features"].expression.columns
    stored = ibis.table({"customer_id": "string", "event": "string", "on": "date"}, name="visits", database="refine")
    later = to_sql(aggregate(stored, [promised(visits_later)], AS_OF, {}))
    visited = pa.table({"customer_id": ["ann"] * 2, "event": ["a", "b"], "on": [AS_OF, date(2024, 9, 1)]})
    assert rows(later, refine__visits=visited) == [{"customer_id": "ann", "visits_later": 1}]


def test_a_plural_parameter_receives_every_table_of_the_kind_by_name():
    @metric
    def signups(customers: ir.Table) -> ir.Table:
        """One figure."""
        return customers.aggregate(period=ibis.literal("all"), value=customers.count())

    @metric
    def refunds(customers: ir.Table) -> ir.Table:
        """Another."""
        return customers.aggregate(period=ibis.literal("all"), value=customers.count())

    @table(key="name", subject=None)
    def board(metrics: dict[str, ir.Table]) -> ir.Table:
        """All of them."""
        first, *rest = (rows.select(name=ibis.literal(name)) for name, rows in sorted(metrics.items()))
        return first.union(*rest)

    steps = compiled(at("measure", signups), at("measure", refunds), at("measure", board))
    assert steps["board"].reads == ("refunds", "signups")


def test_a_plural_parameter_without_any_such_table_is_empty():
    @table(key="name", subject=None)
    def board(plays: dict[str, ir.Table], customers: ir.Table) -> ir.Table:
        """None."""
        return customers.select(name=ibis.literal(str(len(plays))))

    assert "'0'" in to_sql(compiled(at("measure", board))["board"].expression)


def test_a_play_is_given_its_name_and_one_that_breaks_its_promise_is_told():
    @play
    def nudge(customers: ir.Table) -> ir.Table:
        """All columns."""
        amounts = {name: ibis.literal(1.0) for name in ("value", "value_low", "value_high", "cost")}
        facts = {"reason": ibis.literal("x"), "actual": ibis.literal(1.0), "benchmark": ibis.literal(2.0)}
        return customers.select("customer_id", **amounts, **facts, peer_id=ibis.null("string"))

    assert "'nudge'" in to_sql(compiled(promised(nudge))["nudge"].expression)

    @play
    def half(customers: ir.Table) -> ir.Table:
        """Few columns."""
        return customers.select("customer_id", value=ibis.literal(1.0))

    with pytest.raises(ContractError, match=r"`opportunity.half` does not give value_low, value_high, cost"):
        compiled(promised(half))


def test_a_key_that_a_table_does_not_have_is_told_before_a_row_is_read():
    @table(key="order_id", subject="customer_id")
    def keyless(customers: ir.Table) -> ir.Table:
        """No such key."""
        return customers

    with pytest.raises(ContractError, match=r"`profile.keyless` does not give order_id"):
        compiled(at("profile", keyless))


def test_one_table_is_compiled_over_what_is_stored_as_it_is_with_all_others():
    graph = wire([*HOUSE])
    everything = {step.promise.name: step for step in compile_graph(graph, AS_OF)}
    name = next(one for one, step in everything.items() if step.expression is not None and {*step.reads} - {*GIVEN})
    stands = {read: everything[read].expression.schema() for read in everything[name].reads if read not in GIVEN}
    (alone,) = compile_graph(graph, AS_OF, only=[name], stands=stands)
    assert alone.promise.name == name and to_sql(alone.expression) == to_sql(everything[name].expression)


@table(key="customer_id", subject="customer_id")
def busy(visits: ir.Table, *, as_of: date) -> ir.Table:
    """Who came when."""
    return visits.group_by("customer_id").aggregate(last_on=visits.on.max(), asked_on=ibis.literal(as_of))


@table(key="customer_id", subject="customer_id")
def busy_then(busy_30_days_before: ir.Table) -> ir.Table:
    """Who came when, a month before."""
    return busy_30_days_before


def test_a_table_of_an_earlier_day_is_made_anew_from_facts_cut_at_that_day():
    graph = wire([at("refine", customers), at("refine", visits), at("profile", busy), at("profile", busy_then)])
    assert graph.reads["busy_then"] == ("busy", "visits")
    (step,) = (step for step in compile_graph(graph, AS_OF) if step.promise.name == "busy_then")
    con = duckdb.connect()
    con.execute('CREATE SCHEMA refine; CREATE TABLE refine.visits (customer_id VARCHAR, event VARCHAR, "on" DATE)')
    con.execute(
        "INSERT INTO refine.visits VALUES ('a', 'x', '2024-05-30'), ('a', 'x', '2024-06-10'), ('b', 'x', '2024-06-01')"
    )
    assert con.sql(to_sql(step.expression)).fetchall() == [("a", date(2024, 5, 30), date(2024, 5, 31))]


@table(key="customer_id", subject="customer_id", columns={"customer_id": "string"})
def in_memory(customers: pa.Table) -> pa.Table:
    """A table that no expression makes."""
    return customers


@table(key="customer_id", subject="customer_id")
def in_memory_then(in_memory_30_days_before: ir.Table) -> ir.Table:
    """Cannot be made."""
    return in_memory_30_days_before


def test_what_no_expression_makes_has_no_earlier_day():
    with pytest.raises(GraphError, match="reads `in_memory` as it was before, which cannot be made"):
        wire([at("refine", customers), at("profile", in_memory), at("profile", in_memory_then)])
