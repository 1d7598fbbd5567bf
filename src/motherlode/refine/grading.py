"""Read every cell of a raw row, and say what keeps the row out of its table or what was repaired."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import msgspec

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
from motherlode.refine.text import NOTHING, one_of
from motherlode.schemas import Column, Input, raw_columns

# Days at or before this stand for "unknown" in many systems.
PLACEHOLDER_DAY = "1900-01-01"

# Words in a key cell of the last row of an export.
TOTALS = tuple(
    word + mark
    for word in (
        "合计", "总计", "小计", "共计", "汇总", "total", "totals", "grand total", "sum", "subtotal", "gesamt",
        "gesamtsumme", "summe", "zwischensumme", "totaux", "total general", "total geral", "totale", "総計",
    )
    for mark in ("", ":", "：")
)  # fmt: skip

# Words in the place of a customer's number that say that nobody is known.
NOBODY = (
    *(word for word in NOTHING if word),
    "匿名", "匿名用户", "匿名客户", "匿名买家", "游客", "散客", "非会员", "guest", "anonymous", "walk-in", "walkin",
    "gast", "laufkunde", "laufkundschaft", "invité", "invitado", "convidado", "ゲスト",
)  # fmt: skip

# What cannot be is left empty: the least and the most that a number can say.
POSSIBLE = {"age": (0, 120)}


def grade(raw: ir.Table, table: Input) -> ir.Table:
    """Parsed columns of `table` beside the address, `happened_on`, `problem`, `repairs` and `worth` of each raw row.

    Parameters
    ----------
    raw
        `collect.raw_<table>`.
    """
    # Two roads, not one with a fork at each cell: where all rows are plain, the engine leaves the long one out.
    return grade_plain(raw, table).union(grade_doubtful(raw, table))


def dated(raw: ir.Table, table: Input) -> ir.Table:
    """Address, customer and day of each raw row, for questions that need no other cell: a fraction of `grade` to plan.

    A day that stands for "unknown" has its problem; one that is not there yet is no day.
    """
    asked = {"customer_id", table.happened}
    slim = tuple(column for column in table.columns if column.name in asked)
    needs = tuple(name for name in table.needs if name == table.happened)
    return grade(raw, msgspec.structs.replace(table, columns=slim, needs=needs))


def grade_plain(raw: ir.Table, table: Input) -> ir.Table:
    """Rows that were read without doubt when they were loaded: nothing is wrong with them, and nothing to be mended."""
    rows = raw.filter(is_plain(raw))
    kept = [column for column in table.columns if not column.personal]
    cells: dict[str, ir.Value] = {}
    for column in kept:
        cell = rows[column.name]
        cells[column.name] = to_utc(cell, rows.timezone) if column.kind == "moment" else cell
        if column.kind == "moment":
            cells[_day_of(column.name)] = cell.date()
    day = cells[_day_of(table.happened)] if table.happened else ibis.null("date")
    nothing = ibis.literal("")
    made = {**cells, "happened_on": day, "problem": nothing, "repairs": nothing}
    made["worth"] = cells.get("amount", ibis.null("decimal(18, 4)"))
    made["customer_id"] = cells.get("customer_id", ibis.null("string"))
    return _as_graded(rows.mutate(**made), table)


def is_plain(raw: ir.Table) -> ir.BooleanValue:
    """Whether a row was read without doubt when it was loaded; of a row of which nobody knows it was not."""
    return raw.plain.fill_null(False)


def grade_doubtful(raw: ir.Table, table: Input) -> ir.Table:
    """All other rows, each of their cells looked at."""
    raw = raw.filter(~is_plain(raw))
    kept = [column for column in table.columns if not column.personal]
    # Each cell is read once, in a select of its own: problems and repairs look at what was read.
    read = raw.select(
        *(name for name in raw.columns if name not in {column.name for column in kept}),
        **{name: value for column in kept for name, value in _read(raw, column).items()},
    )
    rows = read.mutate(**{name: value for column in kept for name, value in _placed_in_time(read, column).items()})
    rows = _without_impossible_day(rows, table)
    day = rows[_day_of(table.happened)] if table.happened else ibis.null("date")
    rows = rows.mutate(
        happened_on=day,
        worth=rows["amount"] if "amount" in rows.columns else ibis.null("decimal(18, 4)"),
        customer_id=rows["customer_id"] if "customer_id" in rows.columns else ibis.null("string"),
    )
    rows = rows.mutate(problem=_first(_problems(rows, table)), repairs=_repairs(rows, kept))
    # A day that is not there yet is no day: by it the row would be left out before anybody saw its problem.
    rows = rows.mutate(happened_on=ibis.ifelse(rows.problem == "future_date", ibis.null("date"), rows.happened_on))
    return _as_graded(rows, table)


def _as_graded(rows: ir.Table, table: Input) -> ir.Table:
    """In one order of columns: address, cells, days, and what was found."""
    kept = [column for column in table.columns if not column.personal]
    days = [_day_of(column.name) for column in kept if column.kind == "moment"]
    names = [name for name in raw_columns(table) if name not in LEARNED and not name.endswith("_text")]
    return rows.select(*dict.fromkeys([*names, *days, "customer_id", *FOUND]))


def place(row: ir.Table) -> ir.StringValue:
    """Where a row stands among all rows of its source, in an order that is the same on every engine."""
    return row.file + "#" + row.row.cast("string").lpad(12, "0")


def says_something(raw: ir.Table, column: Column) -> ir.BooleanValue:
    """Whether a doubtful cell can be read, or says that there is nothing, what it could be, or that its row is a sum.

    Parameters
    ----------
    raw
        With `<column>_text`, and how its source writes days and numbers.
    """
    text = raw[f"{column.name}_text"]
    known = absent(text) | one_of(text, TOTALS, any_case=True)
    if column.kind in ("moment", "day"):
        known |= ambiguous(text, raw.date_order)
    return ibis.or_(known.fill_null(False), *(value.notnull() for value in _read(raw, column).values()))


def _read(raw: ir.Table, column: Column) -> dict[str, ir.Value]:
    """What a cell says; a moment is a wall clock's time or an instant until its zone is looked at."""
    name = column.name
    if column.kind == "text":
        value = _text(raw[name], is_id=name.endswith("_id"))
        return {name: _somebody(value) if name == "customer_id" else value}
    text = raw[f"{name}_text"]
    if column.kind == "moment":
        return {f"{name}_wall": raw[name].coalesce(wall_clock(text, raw.date_order)), f"{name}_instant": instant(text)}
    return {name: _possible(name, raw[name].coalesce(_READERS[column.kind](raw, text)))}


def _somebody(value: ir.StringValue) -> ir.StringValue:
    """All sales to nobody in particular are not one great customer."""
    return ibis.ifelse(one_of(value, NOBODY, any_case=True), ibis.null("string"), value)


def _possible(name: str, value: ir.Value) -> ir.Value:
    return ibis.ifelse(value.between(*POSSIBLE[name]), value, ibis.null("float64")) if name in POSSIBLE else value


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


def _without_impossible_day(rows: ir.Table, table: Input) -> ir.Table:
    """Where a row can do without its day, one that cannot be is left empty, with a note."""
    if not table.happened or table.happened in table.needs:
        return rows
    day = _day_of(table.happened)
    wrong = (_is_placeholder(rows[day]) | _is_future(rows, rows[day])).fill_null(False)
    note = ibis.ifelse(wrong, f"!{table.happened},", "")
    return rows.mutate(
        personal_problem=note + rows.personal_problem.fill_null(""),
        **{name: ibis.ifelse(wrong, ibis.null(rows[name].type()), rows[name]) for name in (day, table.happened)},
    )


def _is_placeholder(day: ir.DateValue) -> ir.BooleanValue:
    return day <= ibis.date(PLACEHOLDER_DAY)


def _is_future(rows: ir.Table, day: ir.DateValue) -> ir.BooleanValue:
    """After the load, with a day of grace for zones ahead of the clock that loaded the file."""
    return day > (rows.loaded_at + ibis.interval(days=1)).date()


def _day_of(moment: str) -> str:
    return f"{moment.removesuffix('_at')}_on"


_READERS: dict[str, Callable[[ir.Table, ir.StringValue], ir.Value]] = {
    "money": lambda raw, text: money(text, raw.decimal_mark),
    "number": lambda raw, text: number(text, raw.decimal_mark),
    "flag": lambda raw, text: flag(text),
    "day": lambda raw, text: wall_clock(text, raw.date_order).date(),
}

# Columns that say how to read a source; once read, nobody needs them.
LEARNED = ("timezone", "date_order", "decimal_mark", "personal_problem", "plain")
# What grading adds to a row.
FOUND = ("happened_on", "worth", "problem", "repairs")


def _problems(rows: ir.Table, table: Input) -> list[tuple[str, ir.BooleanValue]]:
    kinds = {column.name: column.kind for column in table.columns}
    problems = [("totals_row", _is_total(rows, table))]
    if table.happened:
        text = rows[f"{table.happened}_text"]
        problems.append((f"ambiguous_{table.happened}", text.notnull() & ambiguous(text, rows.date_order)))
    for name in table.needs:
        if kinds[name] != "text":
            problems.append((f"unreadable_{name}", _unread(rows, name)))
        problems.append((f"missing_{name}", _is_missing(rows, name, kinds[name])))
    problems += [
        (f"unreadable_{name}", _unread(rows, name))
        for name in ("amount", "order_amount", "unit_price")
        if kinds.get(name) == "money"
    ]
    if table.happened in table.needs:
        problems.append(("placeholder_date", _is_placeholder(rows.happened_on)))
        problems.append(("future_date", _is_future(rows, rows.happened_on)))
    return problems


def _unread(rows: ir.Table, name: str) -> ir.BooleanValue:
    text = rows[f"{name}_text"]
    return text.notnull() & ~absent(text) & rows[name].isnull()


def _is_missing(rows: ir.Table, name: str, kind: str) -> ir.BooleanValue:
    """Whether nothing was read; of a moment its day is asked, which needs no time zone."""
    return rows[_day_of(name) if kind == "moment" else name].isnull()


def _is_total(rows: ir.Table, table: Input) -> ir.BooleanValue:
    """A word such as 合计 in one of the first text columns, or where the day should stand, and no day."""
    words = [rows[column.name] for column in table.columns if column.kind == "text" and not column.personal][:3]
    words += [rows[f"{table.happened}_text"]] if table.happened else []
    said = ibis.or_(*(one_of(word, TOTALS, any_case=True).fill_null(False) for word in words))
    # Nearly every row has a day, and looking at its words costs more than all other checks together.
    return ibis.cases((rows.happened_on.notnull(), False), else_=said)


def _first(problems: list[tuple[str, ir.BooleanValue]]) -> ir.StringValue:
    cases = [(condition.fill_null(False), code) for code, condition in problems]
    return ibis.cases(*cases, else_="")


def _repairs(rows: ir.Table, columns: list[Column]) -> ir.StringValue:
    """Comma-separated notes: `amount` was read from an unusual form, `!age` could not be read and is left empty."""
    notes = rows.personal_problem.fill_null("")
    for column in reversed(columns):
        if column.kind != "text":
            text = rows[f"{column.name}_text"]
            missing = _is_missing(rows, column.name, column.kind)
            note = ibis.ifelse(missing, f"!{column.name},", _mended(rows, column))
            notes = ibis.ifelse(text.notnull() & ~absent(text), note, "") + notes
    return notes


def _mended(rows: ir.Table, column: Column) -> ir.StringValue:
    """What stands in the way in which its source is known to write, a date or a decimal comma, is no repair.

    Neither is what has one reading everywhere, such as seconds since 1970.
    """
    note = ibis.literal(f"{column.name},")
    if column.kind == "moment":
        sure = rows.date_order.isin(("ymd", "dmy", "mdy")) | rows[f"{column.name}_instant"].notnull()
        return ibis.ifelse(sure, "", note)
    if column.kind == "day":
        return ibis.ifelse(rows.date_order.isin(("ymd", "dmy", "mdy")), "", note)
    if column.kind in ("money", "number"):
        return ibis.ifelse(rows.decimal_mark == ",", "", note)
    return note
