"""Rows that name people, as the vault takes them: trimmed, by person, parted by sensitivity."""

from collections.abc import Iterable
from functools import reduce
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.errors import ContractError
from motherlode.vault.keys import Fields

# Fields in a record of their own, so that reading a name never decrypts an identity number.
SENSITIVE = frozenset({"id_card"})


def by_customer(records: pa.Table) -> pa.Table:
    """All columns as trimmed text, sorted by customer; rows of one customer stay in their order."""
    if "customer_id" not in records.column_names:
        raise ContractError("vault: records without a column `customer_id`", hint="say whose the personal fields are")
    named = pa.table({name: trimmed(records[name]) for name in records.column_names})
    ids = named["customer_id"]
    if ids.null_count:
        named = named.filter(pc.is_valid(ids))
        ids = named["customer_id"]
    in_order = pc.all(pc.less_equal(ids.slice(0, max(len(ids) - 1, 0)), ids.slice(1)), min_count=0).as_py()
    return (named if in_order else named.take(pc.sort_indices(ids))).combine_chunks()


def trimmed(values: Any) -> Any:
    """Trimmed text, NULL where nothing is left."""
    text = pc.utf8_trim_whitespace(values.cast(pa.string()))
    blank = pc.equal(text, pa.scalar(""))
    return pc.if_else(blank, None, text) if pc.any(blank, min_count=0).as_py() else text


def by_person(batch: pa.RecordBatch) -> dict[str, Fields]:
    """The fields of each person; of several rows the last filled value counts."""
    names = [name for name in batch.column_names if name != "customer_id"]
    columns = [batch[name].to_pylist() for name in names]
    people: dict[str, Fields] = {}
    for customer_id, *values in zip(batch["customer_id"].to_pylist(), *columns, strict=True):
        fields = people.setdefault(customer_id, {})
        fields.update((name, value) for name, value in zip(names, values, strict=True) if value is not None)
    return people


def _sensitivity(field: str) -> str:
    return "sensitive" if field in SENSITIVE else "ordinary"


def by_sensitivity(fields: Fields) -> list[tuple[str, Fields]]:
    """The fields of a person parted by sensitivity."""
    if SENSITIVE.isdisjoint(fields):
        return [("ordinary", fields)]
    return [
        (kind, {name: fields[name] for name in fields if _sensitivity(name) == kind}) for kind in sensitivities(fields)
    ]


def sensitivities(fields: Iterable[str]) -> list[str]:
    return sorted({_sensitivity(field) for field in fields})


def filled(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows in which at least one field has a value."""
    columns = [column for name, column in zip(batch.column_names, batch.columns, strict=True) if name != "customer_id"]
    return batch.filter(reduce(pc.or_, map(pc.is_valid, columns))) if columns else batch.slice(0, 0)


def record(fields: Fields) -> bytes:
    """The fields of a person as they are encrypted."""
    return msgspec.json.encode(fields)


def records(batch: pa.RecordBatch) -> dict[str, list[bytes | None]]:
    """The record of every row by sensitivity, as `record` would write it; `None` where a row has no such field."""
    names = [name for name in batch.column_names if name != "customer_id"]
    return {
        kind: _written([name for name in names if _sensitivity(name) == kind], batch) for kind in sensitivities(names)
    }


def _written(names: list[str], batch: pa.RecordBatch) -> list[bytes | None]:
    """JSON of some columns row by row, through a struct of their names: a dictionary a row takes thrice as long."""
    inner = [f"field_{place}" for place in range(len(names))]
    fields = [(name, str | None, None) for name in inner]
    shape = msgspec.defstruct(
        "Record", fields, omit_defaults=True, rename=dict(zip(inner, names, strict=True)), gc=False
    )
    encode, columns = msgspec.json.Encoder().encode, [texts(batch[name]) for name in names]
    written = [encode(shape(*row)) for row in zip(*columns, strict=True)]
    return [None if text == b"{}" else text for text in written]


def texts(column: Any) -> list[str]:
    """Cells of a column of text; numpy's way is the fastest."""
    return column.to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]
