"""Cells that say no number, day or yes where one should stand: they may say anything, a name or a phone among it.

The vault keeps them under the row that they stand in. The row keeps a mark, which tells no more than whether two such
cells are equal and which nothing reads as a value: what becomes of the row is what would without it.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import reduce

import ibis
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.arrow.kinds import is_text
from motherlode.config import SourceConfig
from motherlode.graph.wiring import to_sql
from motherlode.loading import apart, loaded_as
from motherlode.loading.casting import Ready
from motherlode.refine.grading import says_something
from motherlode.schemas import INPUTS, STORED, Column
from motherlode.stores import Stores
from motherlode.vault import Vault
from motherlode.warehouse import Warehouse, quoted

# No number, day or word begins so.
MARK = "****k"


def seal(stores: Stores, source: SourceConfig, ready: Ready) -> tuple[Ready, dict[int, str]]:
    """Rows on their way into their table with a mark for each cell that cannot be read, and what these cells say.

    Returns
    -------
    ready, said
        By the number of its row what to keep of it, as an object in JSON.
    """
    texts = {name: sql for name, sql in ready.cells.items() if name.endswith("_text")}
    rows, cells, said = ready.rows, dict(ready.cells), dict[int, dict[str, str]]()
    with stores.warehouse.visible(ready.rows) as arrived:
        for name in _doubtful(stores.warehouse, arrived, texts, ready):
            column = INPUTS[source.table].column(name.removesuffix("_text"))
            found = _unread(stores.warehouse, arrived, column, source, ready)
            if not found.num_rows:
                continue
            marks = pc.binary_join_element_wise(MARK, apart.digests(stores.vault, found["text"]), "")
            at = pc.index_in(rows[ready.cells["row"]].combine_chunks(), found["row"].combine_chunks())
            rows = rows.append_column(f"mark_{name}", marks.take(at))
            cells[name] = f"coalesce(mark_{name}, {texts[name]})"
            for row, text in zip(found["row"].to_pylist(), found["text"].to_pylist(), strict=True):
                said.setdefault(row, {})[column.name] = text
    kept = {row: json.dumps(cells, ensure_ascii=False) for row, cells in said.items()}
    return msgspec.structs.replace(ready, rows=rows, cells=cells), kept


def in_clear(vault: Vault, rows: pa.Table, *, actor: str, reason: str, now: datetime, source: str = "") -> pa.Table:
    """Rows, with `file`, `row` and where none is given `source`, in which each mark is again what stood there.

    The vault notes who read it. A mark whose cell the vault does not have any more stays.
    """
    marks = {name: _is_mark(rows[name]) for name in rows.schema.names if is_text(rows[name].type)}
    marked = [name for name, mask in marks.items() if pc.any(mask).as_py()]
    if not marked:
        return rows
    any_marked = reduce(pc.or_, (marks[name] for name in marked))
    chosen = rows.filter(any_marked)
    sources = [source] * chosen.num_rows if source else chosen["source"].to_pylist()
    places = list(zip(sources, chosen["file"].to_pylist(), chosen["row"].to_pylist(), strict=True))
    said = [json.loads(text or "{}") for text in apart.read_cells(vault, places, actor=actor, reason=reason, now=now)]
    for name in marked:
        stood = [cells.get(name.removesuffix("_text")) for cells in said]
        told = pc.if_else(_is_mark(chosen[name]), pc.coalesce(pa.array(stood, pa.string()), chosen[name]), chosen[name])
        whole = pc.replace_with_mask(rows[name].combine_chunks(), any_marked.combine_chunks(), told.combine_chunks())
        rows = rows.set_column(rows.schema.get_field_index(name), name, whole)
    return rows


def mark(vault: Vault, text: str) -> str:
    """The mark of a cell that cannot be read."""
    return MARK + apart.digest(vault, text)


def can_be_read(warehouse: Warehouse, column: Column, text: str) -> bool:
    """Whether a cell of a column would say anything."""
    return column.kind == "text" or not len(_silent(warehouse, column, pa.array([text]), "", ""))


def kept(stores: Stores, source: str, file: str) -> set[str]:
    """Under which ids the vault keeps lines of a piece that are no rows, and cells of its rows that cannot be read."""
    place, address = {"source": source, "file": file}, loaded_as.address(source)
    sql = f'SELECT "row" FROM {quoted(loaded_as.LINES)} WHERE source = $source AND file = $file'  # noqa: S608
    numbers = [-row for row in stores.warehouse.arrow(sql, place)["row"].to_pylist()]
    if stores.warehouse.has(address):
        texts = [name for name in stores.warehouse.columns(address) if name.endswith("_text")]
        had = " OR ".join(['"row" < 0', *(f"starts_with(\"{name}\", '{MARK}')" for name in texts)])
        sql = f'SELECT "row" FROM {quoted(address)} WHERE file = $file AND ({had})'  # noqa: S608
        numbers += stores.warehouse.arrow(sql, {"file": file})["row"].to_pylist()
    return set(apart.kept_of(stores.vault, [(source, file, number) for number in numbers]))


def _is_mark(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.starts_with(cells, MARK), False)


def _doubtful(warehouse: Warehouse, arrived: str, texts: Mapping[str, str], ready: Ready) -> Iterator[str]:
    """Columns with a cell that a plain cast does not read: in most files hardly any."""
    if texts:
        counts = ", ".join(f'count({sql}) AS "{name}"' for name, sql in texts.items())
        sql = f"SELECT {counts} FROM {arrived}"  # noqa: S608
        (found,) = warehouse.arrow(sql, ready.named_in(sql)).to_pylist()
        yield from (name for name, count in found.items() if count)


def _unread(warehouse: Warehouse, arrived: str, column: Column, source: SourceConfig, ready: Ready) -> pa.Table:
    """Number and text of each cell that says nothing which reading knows; each distinct text is looked at once."""
    cell, row = ready.cells[f"{column.name}_text"], ready.cells["row"]
    cells = f'SELECT {row} AS "row", {cell} AS text FROM {arrived}'  # noqa: S608
    sql = f"SELECT DISTINCT text FROM ({cells}) WHERE text IS NOT NULL"  # noqa: S608
    texts = warehouse.arrow(sql, ready.named_in(sql))["text"]
    odd = _silent(warehouse, column, texts, source.date_order, source.decimal_mark)
    if not len(odd):
        return pa.table({"row": pa.array([], pa.int64()), "text": pa.array([], pa.string())})
    with warehouse.visible(pa.table({"text": odd})) as unread:
        sql = f"SELECT * FROM ({cells}) WHERE text IN (SELECT text FROM {unread})"  # noqa: S608
        return warehouse.arrow(sql, ready.named_in(sql))


def _silent(
    warehouse: Warehouse, column: Column, texts: pa.Array | pa.ChunkedArray, date_order: str, decimal_mark: str
) -> pa.ChunkedArray:
    """Those of some texts that say nothing, in a source that writes days and numbers in its way."""
    here = {"date_order": date_order, "decimal_mark": decimal_mark}
    constants = {name: pa.array([value] * len(texts), pa.string()) for name, value in here.items()}
    asked = pa.table({f"{column.name}_text": texts, **constants})
    return warehouse.arrow_with(_sql(column), texts=asked)["text"]


def _sql(column: Column) -> str:
    """SQL that picks from the texts of a column those which say nothing, compiled as the tables are."""
    text, kinds = f"{column.name}_text", {"date_order": "string", "decimal_mark": "string"}
    rows = ibis.table({text: "string", **kinds}, name="texts")
    raw = rows.mutate(**{column.name: ibis.null(STORED[column.kind])})
    return to_sql(raw.filter(~says_something(raw, column)).select(text=raw[text]))
