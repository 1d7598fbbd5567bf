"""Read every cell of a raw row, and say what keeps the row out of its table or what was repaired."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from motherlode.refine.parsing import (
    absent,
    ambiguous,
    flag,
    instant,
    money,
    number,
    tidy,
    to_local,
    to_utc,
    wall_clock,
)
from motherlode.refine.text import one_of
from motherlode.schemas import Column, Input

# Days at or before this stand for "unknown" in many systems.
PLACEHOLDER_DAY = "1900-01-01"

# Words in a key cell of the last row of an export.
TOTALS = ("合计", "总计", "小计", "共计", "汇总", "total", "totals", "grand total", "sum", "subtotal")


def grade(raw: ir.Table, table: Input) -> ir.Table:
    """Parsed columns of `table` beside the address, `happened_on`, `problem`, `repairs` and `worth` of each raw row.

    Parameters
    ----------
    raw
        `collect.raw_<table>`.
    """
    kept = [column for column in table.columns if not column.personal]
    # Each cell is read once, in a select of its own: problems and repairs look at what was read.
    read = raw.select(
        *(name for name in raw.columns if name not in {column.name for column in kept}),
        **{name: value for column in kept for name, value in _read(raw, column).items()},
    )
    rows = read.mutate(**{name: value for column in kept for name, value in _placed_in_time(read, column).items()})
    day = rows[_day_of(table.happened)] if table.happened else ibis.null("date")
    rows = rows.mutate(
        happened_on=day,
        worth=rows["amount"] if "amount" in rows.columns else ibis.null("decimal(18, 4)"),
        customer_id=rows["customer_id"] if "customer_id" in rows.columns else ibis.null("string"),
    )
    rows = rows.mutate(problem=_first(_problems(rows, table)), repairs=_repairs(rows, kept))
    return rows.drop(
        *(name for name in rows.columns if name.endswith(("_text", "_wall", "_instant")) or name in LEARNED)
    )


def place(row: ir.Table) -> ir.StringValue:
    """Where a row stands among all rows of its source, in an order that is the same on every engine."""
    return row.file + "#" + row.row.cast("string").lpad(12, "0")


def _read(raw: ir.Table, column: Column) -> dict[str, ir.Value]:
    """What a cell says; a moment is a wall clock's time or an instant until its zone is looked at."""
    name = column.name
    if column.kind == "text":
        return {name: _text(raw[name], is_id=name.endswith("_id"))}
    text = raw[f"{name}_text"]
    if column.kind == "moment":
        return {f"{name}_wall": raw[name].coalesce(wall_clock(text, raw.date_order)), f"{name}_instant": instant(text)}
    return {name: raw[name].coalesce(_READERS[column.kind](raw, text))}


def _text(cell: ir.StringValue, *, is_id: bool) -> ir.StringValue:
    value = tidy(cell)
    # Spreadsheets turn the number 17850 into 17850.0.
    spoilt = value.endswith(".0") & value.re_search(r"^[0-9]+\.0$")
    return ibis.ifelse(spoilt, value.substr(0, value.length() - 2), value) if is_id else value


def _placed_in_time(read: ir.Table, column: Column) -> dict[str, ir.Value]:
    """A moment in UTC, and the day on the wall where it happened."""
    if column.kind != "moment":
        return {}
    wall, at = read[f"{column.name}_wall"], read[f"{column.name}_instant"]
    return {
        column.name: at.coalesce(to_utc(wall, read.timezone)),
        _day_of(column.name): to_local(at, read.timezone).coalesce(wall).date(),
    }


def _day_of(moment: str) -> str:
    return f"{moment.removesuffix('_at')}_on"


_READERS: dict[str, Callable[[ir.Table, ir.StringValue], ir.Value]] = {
    "money": lambda raw, text: money(text, raw.decimal_mark),
    "number": lambda raw, text: number(text, raw.decimal_mark),
    "flag": lambda raw, text: flag(text),
    "day": lambda raw, text: wall_clock(text, raw.date_order).date(),
}

# Columns that say how to read a source; once read, nobody needs them.
LEARNED = ("timezone", "date_order", "decimal_mark", "personal_problem")


def _problems(rows: ir.Table, table: Input) -> list[tuple[str, ir.BooleanValue]]:
    kinds = {column.name: column.kind for column in table.columns}
    problems = [("totals_row", _is_total(rows, table))]
    if table.happened:
        text = rows[f"{table.happened}_text"]
        problems.append((f"ambiguous_{table.happened}", text.notnull() & ambiguous(text, rows.date_order)))
    for name in table.needs:
        if kinds[name] != "text":
            problems.append((f"unreadable_{name}", _unread(rows, name)))
        problems.append((f"missing_{name}", rows[name].isnull()))
    problems += [
        (f"unreadable_{name}", _unread(rows, name))
        for name in ("amount", "order_amount", "unit_price")
        if kinds.get(name) == "money"
    ]
    if table.happened in table.needs:
        problems.append(("placeholder_date", rows.happened_on <= ibis.date(PLACEHOLDER_DAY)))
    if table.happened:
        # A day of grace, for zones ahead of the clock that loaded the file.
        problems.append(("future_date", rows.happened_on > (rows.loaded_at + ibis.interval(days=1)).date()))
    return problems


def _unread(rows: ir.Table, name: str) -> ir.BooleanValue:
    text = rows[f"{name}_text"]
    return text.notnull() & ~absent(text) & rows[name].isnull()


def _is_total(rows: ir.Table, table: Input) -> ir.BooleanValue:
    """The first words of a totals row stand in one of the first text columns."""
    words = [column.name for column in table.columns if column.kind == "text" and not column.personal][:3]
    return ibis.or_(*(one_of(rows[name], TOTALS, any_case=True).fill_null(False) for name in words))


def _first(problems: list[tuple[str, ir.BooleanValue]]) -> ir.StringValue:
    cases = [(condition.fill_null(False), code) for code, condition in problems]
    return ibis.cases(*cases, else_="")


def _repairs(rows: ir.Table, columns: list[Column]) -> ir.StringValue:
    """Comma-separated notes: `amount` was read from an unusual form, `!age` could not be read and is left empty."""
    notes = rows.personal_problem.fill_null("")
    for column in reversed(columns):
        if column.kind != "text":
            text = rows[f"{column.name}_text"]
            note = ibis.ifelse(rows[column.name].isnull(), f"!{column.name},", _mended(rows, column))
            notes = ibis.ifelse(text.notnull() & ~absent(text), note, "") + notes
    return notes


def _mended(rows: ir.Table, column: Column) -> ir.StringValue:
    """A date in the order that its source is known to write is no repair."""
    settled = rows.date_order.isin(("ymd", "dmy", "mdy"))
    note = ibis.literal(f"{column.name},")
    return ibis.ifelse(settled, "", note) if column.kind in ("moment", "day") else note
