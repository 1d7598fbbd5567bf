"""Rows that were set aside for one reason, mended together: the same cell is put right in the same way.

`aside` mends row by row in a spreadsheet; this is for the many rows with few different cells.
"""

import re
from collections.abc import Mapping
from datetime import datetime

import ibis
import ibis.expr.types as ir
import msgspec

from motherlode.errors import ContractError
from motherlode.loading import corrections, unread
from motherlode.project import Project
from motherlode.schemas import INPUTS, Column

# Problems of a cell say in their name which; those of a row do not.
OF_A_CELL = re.compile(r"(?:unreadable|missing|ambiguous)_(\w+)")
OF_THE_DAY = ("future_date", "placeholder_date")
MOST_CELLS = 30
_NUMBER = re.compile(r"\d[\d,.' ]*")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b(.*)")


class Group(msgspec.Struct, frozen=True):
    """Rows of a table that were set aside for a problem of one column."""

    table: str
    problem: str
    column: str


class Cell(msgspec.Struct, frozen=True):
    """A cell as it came ("" for none), how many rows have it, and what it may mean ("" where nobody can tell)."""

    was: str
    rows: int
    proposal: str


class Tried(msgspec.Struct, frozen=True):
    """What would become of the rows of a group: changed, kept, and by which problem they would still be set aside."""

    changed: int
    kept: int
    problems: tuple[tuple[str, int], ...]


def group(table: str, problem: str) -> Group | None:
    """The group of a problem, where it is one of a cell; `None` where rows are rightly aside, or no rows at all."""
    if table not in INPUTS:
        return None
    known = {column.name for column in INPUTS[table].columns if not column.personal}
    named = OF_A_CELL.fullmatch(problem)
    of_row = {"no_amount": "amount", **dict.fromkeys(OF_THE_DAY, INPUTS[table].happened)}
    column = named.group(1) if named else of_row.get(problem, "")
    return Group(table, problem, column) if column in known else None


def cells(project: Project, mine: Group, *, actor: str, now: datetime) -> list[Cell]:
    """The different cells of a group, the most frequent first; the vault tells of one row each what stood there."""
    rows = _rows(project, mine)
    alike = ibis.window(group_by="cell", order_by=list(corrections.ADDRESS))
    counted = rows.select(
        *corrections.ADDRESS, "cell", rows=rows.count().over(group_by="cell"), nth=ibis.row_number().over(alike)
    )
    first = counted.filter(counted.nth == 0).order_by(counted["rows"].desc(), "cell").limit(MOST_CELLS)
    cells = project.query(first.select(*corrections.ADDRESS, "rows", **{mine.column: "cell"})).arrow
    told = unread.in_clear(project.vault, cells, actor=actor, reason="show cells to be mended", now=now)
    column = INPUTS[mine.table].column(mine.column)
    known = sorted(zip(told[mine.column].to_pylist(), told["rows"].to_pylist(), strict=True), key=_by_frequency)
    return [Cell(was, count, proposal(column, was)) for was, count in known]


def _by_frequency(cell: tuple[str, int]) -> tuple[int, str]:
    return -cell[1], cell[0]


def attempt(project: Project, mine: Group, changes: Mapping[str, str]) -> Tried:
    """Read the rows of a group as they would be with other cells; nothing is stored."""
    rows, changes = _rows(project, mine), _as_stored(project, changes)
    changed = rows.cell.isin(list(changes)) if changes else ibis.literal(False)
    new = rows.cell.cases(*changes.items(), else_=rows.cell) if changes else rows.cell
    if INPUTS[mine.table].column(mine.column).kind == "text":
        raw = rows.mutate(**{mine.column: ibis.ifelse(changed, new, rows[mine.column])})
    else:
        # As the correction will do: what was typed in is read anew.
        text = f"{mine.column}_text"
        empty = ibis.null(rows[mine.column].type())
        raw = rows.mutate(
            **{mine.column: ibis.ifelse(changed, empty, rows[mine.column]), text: ibis.ifelse(changed, new, rows[text])}
        )
    # Whatever was noted of the cells that came does not hold of others.
    raw = raw.mutate(plain=False) if "plain" in raw.columns else raw
    graded = project.remade(f"refine.graded_{mine.table}", **_read_anew(project, mine.table, raw.drop("cell")))
    found = project.query(graded.group_by("problem").aggregate(rows=graded.count())).to_dicts()
    count = project.query(rows.aggregate(n=rows.count(where=changed)))["n"][0]
    left = sorted(((row["problem"], row["rows"]) for row in found if row["problem"]), key=lambda pair: -pair[1])
    return Tried(int(count), sum(row["rows"] for row in found if not row["problem"]), tuple(left))


def _read_anew(project: Project, table: str, raw: ir.Table) -> dict[str, ir.Table]:
    """What a grading reads, made of other raw rows: these, and the tables between them and the grading."""
    name, promises = f"raw_{table}", project.graph.promises
    between = [other for other in project.graph.find(f"refine.graded_{table}").inputs if other in promises]
    made = {
        other: project.remade(promises[other].address, **{name: raw})
        for other in between
        if name in promises[other].inputs and other.startswith("doubtful_")
    }
    return {name: raw, **made}


def mend(project: Project, mine: Group, changes: Mapping[str, str], *, actor: str, now: datetime) -> int:
    """Put other cells in place of those that came, in all rows of a group; gives the number of rows.

    Raises
    ------
    ContractError
        Nothing is changed.
    """
    rows, changes = _rows(project, mine), _as_stored(project, changes)
    found = project.query(rows.filter(rows.cell.isin(list(changes))).select("source", "file", "row", "cell"))
    facts = [
        {**{name: row[name] for name in corrections.ADDRESS}, mine.column: changes[row["cell"]]}
        for row in found.to_dicts()
    ]
    if not facts:
        raise ContractError("no cell was changed", hint="write what a cell should have been")
    mended = corrections.correct(project.config, project.stores, mine.table, facts, now=now)
    said = {"table": mine.table, "problem": mine.problem, "column": mine.column, "rows": mended, "actor": actor}
    project.audit.note("correction", said, now=now)
    return mended


def proposal(column: Column, cell: str) -> str:
    """What an unreadable cell may mean: the number in it, or a day with the day of the month first."""
    if column.kind in ("money", "number"):
        found = _NUMBER.findall(cell)
        return _plain(found[0]) if len(found) == 1 else ""
    told = _DAY_FIRST.fullmatch(cell.strip())
    if column.kind in ("moment", "day") and told:
        day, month, year, rest = told.groups()
        return f"{year}-{int(month):02}-{int(day):02}{rest}" if int(month) <= 12 and int(day) <= 31 else ""
    return ""


def _as_stored(project: Project, changes: Mapping[str, str]) -> dict[str, str]:
    """What cells become, by how they may stand in the warehouse: as they came, or as their marks."""
    return {stored: new for was, new in changes.items() for stored in (was, unread.mark(project.vault, was))}


def _plain(number: str) -> str:
    """Of marks in a number the last one before one or two digits is that of decimals."""
    whole, mark, part = re.sub(r"[' ]", "", number).strip(",.").rpartition(",")
    if mark and len(part) <= 2 and "." not in whole:
        return f"{whole.replace(',', '')}.{part}"
    return f"{whole}{part}".replace(",", "")


def _rows(project: Project, mine: Group) -> ir.Table:
    """Raw rows of a group with the `cell` that is wrong, as it came."""
    aside = project.expression("refine.quarantine")
    aside = aside.filter((aside.table == mine.table) & (aside.problem == mine.problem)).select(*corrections.ADDRESS)
    raw = project.expression(f"collect.raw_{mine.table}")
    rows = raw.semi_join(aside, list(corrections.ADDRESS))
    value = rows[mine.column]
    text = value if INPUTS[mine.table].column(mine.column).kind == "text" else rows[f"{mine.column}_text"]
    return rows.mutate(cell=text.coalesce(value.cast("string")).fill_null(""))
