"""Rows set aside: counted by problem, shown as they came, mended in a file and taken back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from motherlode.arrow.export import FORMULA_STARTS
from motherlode.collect.sources.files import Files, files
from motherlode.errors import MotherlodeError
from motherlode.loading import apart, corrections, loaded_as, unread
from motherlode.machine import clock
from motherlode.project import Project
from motherlode.schemas import INPUTS
from motherlode.warehouse import quoted

ADDRESS = ("table", "source", "file", "row", "problem")

Row = dict[str, Any]


def by_problem(project: Project) -> pa.Table:
    """Rows and money set aside, by table and problem, most rows first."""
    rows = project.expression("refine.quarantine")
    counted = rows.group_by("table", "problem").aggregate(rows=rows.count(), worth=rows.worth.sum().cast("float64"))
    return project.query(counted.order_by(counted["rows"].desc(), "problem", "table")).arrow


def rows(project: Project, problem: str | None = None, limit: int | None = None, *, actor: str) -> pa.Table:
    """Rows set aside as they came: their address, their problem, then the cells of their table as text.

    A line that is no row has an empty `table`, its `text`, and empty cells to be filled from it. The vault notes who
    reads (`actor`).
    """
    aside = project.expression("refine.quarantine")
    chosen = aside.filter(aside.problem == problem) if problem else aside
    kinds = sorted(project.query(chosen.select("table").distinct())["table"])
    parts = [
        _as_they_came(project, kind, problem) if kind else _lines(project, problem, limit, actor) for kind in kinds
    ]
    whole = pa.concat_tables(parts, promote_options="default") if parts else pa.table({name: [] for name in ADDRESS})
    shown = whole.slice(0, limit) if limit else whole
    return unread.in_clear(project.vault, shown, actor=actor, reason="show rows that were set aside", now=clock.now())


def readmit(project: Project, file: Path, *, actor: str) -> int:
    """Take back a file that `rows` was written to: each cell that now differs replaces the one that came.

    A line that is no row becomes one where any of its cells was filled.

    Raises
    ------
    MotherlodeError
        The file has lost the columns that say where its rows belong.
    """
    now = clock.now()
    mended = list(_read(file))
    missing = [name for name in ADDRESS[:4] if mended and name not in mended[0]]
    if missing:
        hint = "export again with `motherlode quarantine export`, and keep its first columns as they are"
        raise MotherlodeError(f"{file} has no column {', '.join(missing)}", hint=hint)
    before = {_place(row): row for row in rows(project, actor=actor).to_pylist()}
    changed = 0
    for kind in sorted({row["table"] or "" for row in mended}):
        mine = [row for row in mended if (row["table"] or "") == kind and _place(row) in before]
        facts = [fact for row in mine if (fact := _difference(before[_place(row)], row))]
        changed += _take_back(project, kind, facts, actor, now)
    return changed


def _take_back(project: Project, kind: str, facts: Sequence[Row], actor: str, now: datetime) -> int:
    if kind in INPUTS:
        return corrections.correct(project.config, project.stores, kind, facts, now=now)
    # The words of a broken line of feedback are what is left of its text; of other tables the text is no cell.
    words = {name for name, source in project.config.sources.items() if source.table == "feedback"}
    rows = [{name: row[name] for name in row if name != "text" or row["source"] in words} for row in facts]
    filled = [row for row in rows if any(row[name] for name in row if name not in ADDRESS)]
    return corrections.admit(project.config, project.stores, filled, actor=actor, now=now)


def _place(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name] or "") for name in ADDRESS[:4])


def _difference(before: Row, after: Row) -> Row | None:
    names = [name for name in after if name not in ADDRESS and name in before]
    cells = {name: after[name] for name in names if after[name] != _cell(before[name])}
    address = {"source": before["source"], "file": before["file"], "row": before["row"]}
    return {**address, **cells} if cells else None


def _lines(project: Project, problem: str | None, limit: int | None, actor: str) -> pa.Table:
    """Lines that are no rows, with room for the cells that they should have been."""
    sql = 'SELECT \'\' AS "table", source, file, "row", problem FROM collect.broken'
    sql += (" WHERE problem = $problem" if problem else "") + ' ORDER BY source, file, "row"'
    lines = project.stores.warehouse.arrow(sql + (f" LIMIT {limit}" if limit else ""), _where(problem))
    places = [(row["source"], row["file"], row["row"]) for row in lines.to_pylist()]
    reason = "show lines that are no rows"
    said = apart.read_lines(project.stores.vault, places, actor=actor, reason=reason, now=clock.now())
    lines = lines.append_column("text", pa.array(said, pa.string()))
    for name in _to_fill(project, {source for source, _, _ in places}):
        lines = lines.append_column(name, pa.nulls(lines.num_rows, pa.string()))
    return lines


def _to_fill(project: Project, sources: set[str]) -> list[str]:
    """Canonical columns of rows of these sources that are not personal."""
    names: dict[str, None] = {}
    for source in (project.config.sources[name] for name in sorted(sources)):
        table = INPUTS[source.table]
        asked = {*source.columns, *table.needs, "customer_id"}
        names |= {column.name: None for column in table.columns if column.name in asked and not column.personal}
    return [name for name in names if name != "text"]


def _as_they_came(project: Project, kind: str, problem: str | None) -> pa.Table:
    """One table's rows, each cell as text: as it came where it could not be read, as it was read elsewhere."""
    columns = [column for column in INPUTS[kind].columns if not column.personal]
    cells = [f'{loaded_as.as_came(column, "raw.")} AS "{column.name}"' for column in columns]
    sql = f"""
        SELECT aside."table", aside.source, aside.file, aside."row", aside.problem, {", ".join(cells)}
        FROM refine.quarantine AS aside
        JOIN {quoted(f"collect.raw_{kind}")} AS raw USING (source, file, "row")
        WHERE aside."table" = $kind {"AND aside.problem = $problem" if problem else ""}
        ORDER BY aside.problem, aside.source, aside.file, aside."row"
    """  # noqa: S608
    whole = project.stores.warehouse.arrow(sql, {"kind": kind, **_where(problem)})
    empty = [name for name in whole.schema.names if name not in ADDRESS and whole[name].null_count == whole.num_rows]
    mapped = {name for source in project.config.sources.values() if source.table == kind for name in source.columns}
    return whole.drop_columns([name for name in empty if name not in mapped.union(INPUTS[kind].needs)])


def _where(problem: str | None) -> dict[str, str]:
    return {"problem": problem} if problem else {}


def _read(file: Path) -> Iterator[Row]:
    """Rows of a mended file, by the door that reads any other: spreadsheets save it in encodings of their own."""
    pieces = list(files(Files(path=str(file.resolve()), header=1)))
    for batch in pieces[0].batches() if pieces else ():
        if batch.broken:
            hint = (
                "a cell with a comma, a quotation mark or a line end needs quotation marks around it; or save as .xlsx"
            )
            raise MotherlodeError(f"{file} line {batch.broken[0].row} has not as many cells as its headers", hint=hint)
        for record in batch.rows.to_pylist():
            yield {name: _cell(value) for name, value in record.items()}


def _cell(text: str | None) -> str | None:
    """A cell as it came; the mark that keeps a spreadsheet from running it is taken off."""
    plain = (text or "").replace("\r\n", "\n")
    return (plain[1:] if plain[:1] == "'" and plain[1:2] in FORMULA_STARTS else plain) or None
