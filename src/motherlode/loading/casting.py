"""Rows that arrived as SQL of typed cells: what a plain cast reads without doubt, and beside it what it does not.

Under names of our own, so that no header meets one of the house, and with a mark on rows that need no second look.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.arrow.kinds import is_text
from motherlode.config import Config, SourceConfig
from motherlode.loading import apart
from motherlode.refine.grading import PLACEHOLDER_DAY, POSSIBLE
from motherlode.refine.plain import plain_texts
from motherlode.schemas import INPUTS, STORED, Column, Input
from motherlode.stores import Stores
from motherlode.warehouse import duckdb_type, literal

# Not likely to be a header of a file: kept apart from the file's own columns.
ROW = "motherlode:row"
# From here on an amount does not fit into what stores money.
MOST_MONEY = 1e14


class Ready(msgspec.Struct, frozen=True):
    """Rows on their way into a table: what was set apart, what is left under plain names, and SQL of each cell.

    Attributes
    ----------
    sure
        SQL of what must be true of its cells where a row is `plain`; nothing where rows of the table never are.
    """

    parted: apart.Apart
    rows: pa.Table
    cells: Mapping[str, str]
    values: Mapping[str, Any]
    sure: Sequence[str] = ()

    def select(self, arrived: str) -> tuple[str, dict[str, Any]]:
        cells = ", ".join(f'{sql} AS "{name}"' for name, sql in self.cells.items())
        sql = f"SELECT {cells} FROM {arrived}"  # noqa: S608
        if self.sure:
            sql = f"SELECT * REPLACE ({' AND '.join(['plain', *self.sure])} AS plain) FROM ({sql})"  # noqa: S608
        return sql, self.named_in(sql)

    def named_in(self, sql: str) -> dict[str, Any]:
        """Those of the values that a statement names: the engine takes no others."""
        return {key: value for key, value in self.values.items() if f"${key}" in sql}


def made_ready(
    config: Config, stores: Stores, source: SourceConfig, address: str, staged: pa.Table, now: datetime
) -> Ready:
    table = INPUTS[source.table]
    headers = {column: header for column, header in source.columns.items() if header in staged.schema.names}
    parted = apart.set_apart(stores.vault, table, headers, staged, now=now)
    values: dict[str, Any] = {"file": address, "loaded_at": now, "timezone": source.timezone or config.timezone}
    # Under names of our own: to the engine `ID` and `id` are one column, and a header may be called like one of ours.
    rows, plain = parted.rows, {header: f"c{place}" for place, header in enumerate(parted.rows.schema.names)}
    cells = {"file": "$file", "row": plain[ROW], "loaded_at": "$loaded_at"}
    for name in parted.made:
        cell = f"m_{name}" if name != "customer_id" else f"nullif(m_{name}, '')"
        cells[name] = (
            _replaced(cell, pa.string(), name, source.replace[name], values) if name in source.replace else cell
        )
    for name, header in parted.headers.items():
        cell, kind, column = plain[header], rows.schema.field(header).type, table.column(name)
        if name in source.replace:
            cells |= _cells(column, _replaced(cell, kind, name, source.replace[name], values), pa.string())
        else:
            cells |= _cells(column, cell, kind, whole=_is_read_whole(column, rows[header]))
    if source.numbered:
        cells["customer_id"] = f"{literal(source.name + ':')} || {plain[ROW]}"
    rest = [header for header in plain if header not in {*source.columns.values(), ROW}]
    if rest:
        cells["extra"] = _as_json({header: plain[header] for header in rest})
    named = rows.rename_columns(list(plain.values()))
    for name, made in parted.made.items():
        named = named.append_column(f"m_{name}", made)
    tidy = _tidy_texts(table, parted) if _may_be_plain(table, source, cells) else False
    if isinstance(tidy, pa.Array):
        named = named.append_column("m_plain", tidy)
    if tidy is not False:
        cells["plain"] = "true" if tidy is True else "m_plain"
    return Ready(parted, named, cells, values, _sure(table, cells) if "plain" in cells else ())


def _may_be_plain(table: Input, source: SourceConfig, cells: Collection[str]) -> bool:
    """A row that may do without its day may be a row of totals, and what is replaced or numbered is not as it came."""
    return table.happened in table.needs and set(table.needs) <= set(cells) and not (source.replace or source.numbered)


def _tidy_texts(table: Input, parted: apart.Apart) -> "pa.Array | bool":
    """Which rows have all their texts as they would be written; `True` where all rows, `False` where nobody knows."""
    texts = {name: parted.rows[header] for name, header in parted.headers.items() if table.column(name).kind == "text"}
    made = {name: pa.chunked_array([cells]) for name, cells in parted.made.items() if name == "customer_id"}
    words = {name: cells for name, cells in (texts | made).items() if not pa.types.is_integer(cells.type)}
    if not all(is_text(cells.type) for cells in words.values()):
        return False
    marks = [plain_texts(cells, is_somebody=name == "customer_id") for name, cells in words.items()]
    known = [mark for mark in marks if mark is not None]
    return reduce(pc.and_, known) if known else True


def _sure(table: Input, cells: Mapping[str, str]) -> list[str]:
    """SQL of what a row must be to need no second look: read in every cell, complete, of a day that can be."""
    read = [f'"{name}" IS NULL' for name in cells if name.endswith("_text")]
    here = [f'"{name}" IS NOT NULL' for name in table.needs]
    day = f"""CAST("{table.happened}" AS DATE) > DATE '{PLACEHOLDER_DAY}'
              AND CAST("{table.happened}" AS DATE) <= CAST(loaded_at + INTERVAL 1 DAY AS DATE)"""
    told = ["personal_problem = ''"] if "personal_problem" in cells else []
    return [*read, *here, day, *told]


def _as_json(columns: Mapping[str, str]) -> str:
    """SQL of an object with columns that nobody asked for."""
    pairs = ", ".join(f"{literal(header)}, {cell}" for header, cell in columns.items())
    return f"CAST(json_object({pairs}) AS VARCHAR)"


def _replaced(cell: str, kind: pa.DataType, column: str, words: Mapping[str, str], values: dict[str, Any]) -> str:
    """A cell after the source's own replacements; the words go in as parameters."""
    text, cases = _as_text(cell, kind), []
    for number, (old, new) in enumerate(words.items()):
        values |= {f"{column}_old_{number}": old, f"{column}_new_{number}": new}
        cases.append(f"WHEN ${column}_old_{number} THEN ${column}_new_{number}")
    return f"CASE trim({text}) {' '.join(cases)} ELSE {text} END" if cases else text


def _cells(column: Column, cell: str, kind: pa.DataType, *, whole: bool = False) -> dict[str, str]:
    """SQL of a cell: typed where a plain cast reads it without doubt, else as it came in `<column>_text`.

    Parameters
    ----------
    whole
        The cast loses none of the column's cells, so that none is left as text.
    """
    text = _as_text(cell, kind)
    if column.kind == "text":
        return {column.name: f"nullif({text}, '')"}
    plain = _plain(column, cell, kind)
    if whole:
        return {column.name: plain}
    return {column.name: plain, f"{column.name}_text": f"CASE WHEN {plain} IS NULL THEN nullif({text}, '') END"}


def _is_read_whole(column: Column, cells: pa.ChunkedArray) -> bool:
    """Whether a cast loses none of these cells: by their type, or by the greatest of them, which costs next to nothing.

    A column that stays empty is not free: it is computed, looked at and written.
    """
    kind = cells.type
    if column.kind in ("moment", "day"):
        return bool(pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and kind.unit != "ns"))
    if column.kind == "flag":
        return bool(pa.types.is_boolean(kind))
    if column.kind == "money":
        return _are_below(cells, MOST_MONEY)
    return column.kind == "number" and column.name not in POSSIBLE and _are_below(cells, math.inf)


def _are_below(cells: pa.ChunkedArray, most: float) -> bool:
    """Whether all are numbers whose amount is less."""
    kind = cells.type
    if pa.types.is_integer(kind) and (kind.bit_width <= 32 or most == math.inf):
        return True
    if pa.types.is_decimal(kind) and kind.scale > 4:
        return False
    if not (pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind)):
        return False
    if pa.types.is_floating(kind) and pc.any(pc.is_nan(cells)).as_py():
        return False
    least, greatest = (pc.min_max(cells)[end].as_py() for end in ("min", "max"))
    return least is None or (-most < least and greatest < most)


def _as_text(cell: str, kind: pa.DataType) -> str:
    if pa.types.is_floating(kind):
        whole = f"{cell} = floor({cell}) AND abs({cell}) < 1e15"
        return f"CASE WHEN {whole} THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE CAST({cell} AS VARCHAR) END"
    return cell if is_text(kind) else f"CAST({cell} AS VARCHAR)"


def _plain(column: Column, cell: str, kind: pa.DataType) -> str:
    """A cast that gives NULL wherever there is doubt."""
    read = f"TRY_CAST({cell} AS {duckdb_type(STORED[column.kind])})"
    if column.kind in ("moment", "day"):
        return _plain_moment(cell, kind, read)
    if column.kind == "number":
        low, high = POSSIBLE.get(column.name, (None, None))
        possible = "" if low is None else f" AND {read} BETWEEN {low} AND {high}"
        return f"CASE WHEN isfinite({read}){possible} THEN {read} END"
    if column.kind == "flag" and not is_text(kind) and not pa.types.is_boolean(kind):
        return f"CASE {cell} WHEN 1 THEN true WHEN 0 THEN false END"
    return read


def _plain_moment(cell: str, kind: pa.DataType, read: str) -> str:
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return read.replace(cell, f"timezone($timezone, {cell})")
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return read
    if not is_text(kind):
        return read.replace(cell, "NULL")
    # An offset, a two-digit year or a word such as `infinity` is for `refine` to read: the engine would take 11/05/23
    # for the year 11.
    year_first = f"{cell} BETWEEN '1000' AND '3' AND substr({cell}, 5, 1) IN ('-', '/') AND length({cell}) <= 19"
    return f"CASE WHEN {year_first} AND NOT contains({cell}, '+') AND NOT suffix({cell}, 'Z') THEN {read} END"
