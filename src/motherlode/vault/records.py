"""Rows that name people, as the vault takes them: trimmed, by person, parted by sensitivity."""

from collections.abc import Iterable
from typing import Any

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
    filled = pa.table({name: trimmed(records[name]) for name in records.column_names})
    named = filled.filter(pc.is_valid(filled["customer_id"]))
    return named.take(pc.sort_indices(named["customer_id"])).combine_chunks()


def trimmed(values: Any) -> Any:
    """Trimmed text, NULL where nothing is left."""
    text = pc.utf8_trim_whitespace(values.cast(pa.string()))
    return pc.if_else(pc.equal(text, pa.scalar("")), None, text)


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
