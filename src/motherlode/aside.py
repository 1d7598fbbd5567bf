"""Rows set aside: counted by problem, shown as they came, mended in a file and taken back."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from motherlode import ingest
from motherlode.errors import MotherlodeError
from motherlode.project import Project
from motherlode.schemas import INPUTS
from motherlode.warehouse import quoted

ADDRESS = ("table", "source", "file", "row", "problem")


def by_problem(project: Project) -> pa.Table:
    """Rows and money set aside, by table and problem, most rows first."""
    rows = project.expression("refine.quarantine")
    counted = rows.group_by("table", "problem").aggregate(rows=rows.count(), worth=rows.worth.sum().cast("float64"))
    return project.query(counted.order_by(counted["rows"].desc(), "problem", "table")).arrow


def rows(project: Project, problem: str | None = None, limit: int | None = None) -> pa.Table:
    """Rows set aside as they came: their address, their problem, then the cells of their table as text."""
    aside = project.expression("refine.quarantine")
    chosen = aside.filter(aside.problem == problem) if problem else aside
    kinds = sorted(project.query(chosen.select("table").distinct())["table"])
    parts = [_as_they_came(project, kind, problem) for kind in kinds]
    whole = pa.concat_tables(parts, promote_options="default") if parts else pa.table({name: [] for name in ADDRESS})
    return whole.slice(0, limit) if limit else whole


def readmit(project: Project, file: Path) -> int:
    """Take back a file that `rows` was written to: each cell that now differs replaces the one that came.

    Raises
    ------
    MotherlodeError
        The file has lost the columns that say where its rows belong.
    """
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    mended = list(_read(file))
    missing = [name for name in ADDRESS[:4] if mended and name not in mended[0]]
    if missing:
        hint = "export again with `motherlode quarantine export`, and keep its first columns as they are"
        raise MotherlodeError(f"{file} has no column {', '.join(missing)}", hint=hint)
    before = {_place(row): row for row in rows(project).to_pylist()}
    changed = 0
    for kind in sorted({row["table"] for row in mended}):
        mine = [row for row in mended if row["table"] == kind and _place(row) in before]
        facts = [fact for row in mine if (fact := _difference(before[_place(row)], row))]
        changed += ingest.correct(project.config, project.stores, kind, facts, now=now) if kind in INPUTS else 0
    return changed


def _place(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ADDRESS[:4])


def _difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any] | None:
    names = [name for name in after if name not in ADDRESS and name in before]
    cells = {name: after[name] for name in names if (after[name] or "") != (before[name] or "")}
    address = {"source": before["source"], "file": before["file"], "row": before["row"]}
    return {**address, **cells} if cells else None


def _as_they_came(project: Project, kind: str, problem: str | None) -> pa.Table:
    """One table's rows, each cell as text: as it came where it could not be read, as it was read elsewhere."""
    if kind not in INPUTS:
        sql = 'SELECT \'\' AS "table", source, file, "row", problem, text FROM collect.broken'
        return project.stores.warehouse.arrow(sql + (" WHERE problem = $problem" if problem else ""), _where(problem))
    cells = []
    for column in INPUTS[kind].columns:
        if not column.personal:
            name = f'raw."{column.name}"'
            text = name if column.kind == "text" else f'coalesce(raw."{column.name}_text", CAST({name} AS VARCHAR))'
            cells.append(f'{text} AS "{column.name}"')
    sql = f"""
        SELECT aside."table", aside.source, aside.file, aside."row", aside.problem, {", ".join(cells)}
        FROM refine.quarantine AS aside
        JOIN {quoted(f"collect.raw_{kind}")} AS raw USING (source, file, "row")
        WHERE aside."table" = $kind {"AND aside.problem = $problem" if problem else ""}
        ORDER BY aside.problem, aside.source, aside.file, aside."row"
    """  # noqa: S608
    whole = project.stores.warehouse.arrow(sql, {"kind": kind, **_where(problem)})
    empty = [name for name in whole.schema.names if name not in ADDRESS and whole[name].null_count == whole.num_rows]
    return whole.drop_columns([name for name in empty if name not in INPUTS[kind].needs])


def _where(problem: str | None) -> dict[str, str]:
    return {"problem": problem} if problem else {}


def _read(file: Path) -> Iterator[dict[str, Any]]:
    if file.suffix == ".xlsx":
        from python_calamine import CalamineWorkbook

        lines = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
        records = [dict(zip(map(str, lines[0]), line, strict=True)) for line in lines[1:]]
    else:
        with file.open(encoding="utf-8-sig", newline="") as text:
            records = list(csv.DictReader(text))
    for record in records:
        yield {name: _cell(value) for name, value in record.items()}


def _cell(value: Any) -> str | None:
    """A cell as text again; the mark that keeps a spreadsheet from running it is taken off."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text = text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text
    return text or None
