"""Expressions that were composed once are kept, and never given in place of others."""

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from motherlode.graph.composed import composed
from motherlode.tables import Promise, promised, table

ROWS = ibis.table({"customer_id": "string", "on": "date"}, name="rows")
CALLS: list[Any] = []


def counted(rows: ir.Table | dict[str, ir.Table], *, as_of: date, share: Any = 1, parts: Any = None) -> ir.Table:
    CALLS.append((as_of, share))
    first = rows if isinstance(rows, ir.Table) else rows["a"]
    return first.mutate(day=ibis.literal(as_of), share=ibis.literal(share))


@table(key="customer_id", subject="customer_id")
def part(rows: ir.Table, *, wide: int = 1) -> ir.Table:
    """A part."""
    return rows.mutate(wide=ibis.literal(wide))


@pytest.fixture(autouse=True)
def forgotten() -> None:
    CALLS.clear()


def test_the_same_call_is_composed_once():
    values = {"as_of": date(2024, 1, 31), "share": 0.25, "parts": {"part": promised(part)}}
    first = composed(counted, [ROWS], values)
    same = ibis.table({"customer_id": "string", "on": "date"}, name="rows")
    assert composed(counted, [same], {**values, "parts": {"part": promised(part)}}) is first
    assert len(CALLS) == 1


def of_wide(wide: int) -> dict[str, Promise]:
    import msgspec

    return {"part": msgspec.structs.replace(promised(part), settings={"wide": wide})}


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        ([ROWS], {"as_of": date(2024, 2, 29)}),
        ([ROWS], {"share": 1.0}),
        ([ROWS], {"share": True}),
        ([ROWS], {"parts": of_wide(2)}),
        ([ROWS.filter(ROWS.on.notnull())], {}),
        ([ibis.table({"customer_id": "string", "on": "timestamp"}, name="rows")], {}),
        ([{"a": ROWS}], {}),
    ],
)
def test_another_day_setting_or_input_is_another_expression(arguments, values):
    usual = {"as_of": date(2024, 3, 31), "share": 1, "parts": of_wide(1)}
    composed(counted, [ROWS], usual)
    CALLS.clear()
    again = {**usual, **values}
    made = composed(counted, arguments, again)
    assert CALLS in ([], [(again["as_of"], again["share"])])
    given = arguments[0] if isinstance(arguments[0], ir.Table) else arguments[0]["a"]
    assert made.equals(counted(given, **again))
