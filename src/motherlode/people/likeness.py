"""Customers who are likely one person although no number says so: found by what the vault has of them.

Their fields are in memory for as long as they are compared; what stays are pairs of numbers with bits of evidence.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.access import Reading
from motherlode.errors import ContractError
from motherlode.linkage.comparisons import LEVELS, MISSING
from motherlode.linkage.fields import Field
from motherlode.linkage.linking import Linker
from motherlode.linkage.sounds import HAN
from motherlode.stores import Stores

# With so many bits two records are one person without anybody's look: the odds are more than a hundred to one.
SURE, LIKELY = 7.0, -3.0
DECISIONS = ("same", "different", "later", "open")
FIELDS = (
    Field("name", "name"),
    Field("first_name", "name", "last_name"),
    Field("last_name", "name", "first_name"),
    Field("phone", "code"),
    Field("email", "code"),
    Field("address", "text"),
    Field("birthday", "date"),
)


class Pair(msgspec.Struct, frozen=True):
    """Two numbers, the bits of evidence that they are one person's, and what was decided: one of `DECISIONS`."""

    customer_id: str
    other: str
    bits: float
    decision: str


def look(stores: Stores, *, actor: str, now: datetime) -> list[Pair]:
    """Compare all customers of the vault; sure pairs are joined, likely ones wait for somebody to decide.

    What was decided before stays decided.
    """
    ids = stores.vault.ids()
    known = [who for who in ids if not who.startswith("line:")]
    reading = Reading("identity", "quality", actor=actor, reason="find customers who stand twice")
    rows = stores.vault.reveal(known, [field.name for field in FIELDS], reading, now=now)
    rows, fields = _named_whole(rows)
    fields = [field for field in fields if len(pc.unique(rows[field.name].drop_null())) > 1]
    if not fields:
        return []
    linker = Linker(rows.select([field.name for field in fields]), fields=fields)
    found = linker.scored(linker.fit(), LIKELY)
    decided = {(pair.customer_id, pair.other) for pair in pairs(stores)}
    new = [
        pair for pair in _named(found, rows["customer_id"].to_pylist()) if (pair.customer_id, pair.other) not in decided
    ]
    _record(stores, new, actor, now)
    return new


def _named_whole(rows: pa.Table) -> tuple[pa.Table, list[Field]]:
    """Names in one piece where any are, so that 张伟 of a file is compared with the two parts that an SDK sends."""
    if rows["name"].null_count == rows.num_rows:
        return rows, list(FIELDS)
    pieces = zip(*(rows[name].to_pylist() for name in ("name", "first_name", "last_name")), strict=True)
    whole = pa.array([name or _in_one(first, last) for name, first, last in pieces], pa.string())
    placed = rows.set_column(rows.schema.get_field_index("name"), "name", whole)
    return placed, [field for field in FIELDS if field.name not in ("first_name", "last_name")]


def _in_one(first: str | None, last: str | None) -> str | None:
    parts = [last, first] if HAN.search(last or "") else [first, last]
    return ("" if HAN.search(last or "") else " ").join(part for part in parts if part) or None


def _named(found: pa.Table, ids: Sequence[str]) -> list[Pair]:
    rows = zip(*(found[name].to_pylist() for name in ("a", "b", "bits")), strict=True)
    named = [(min(ids[a], ids[b]), max(ids[a], ids[b]), round(bits, 2)) for a, b, bits in rows]
    return [Pair(one, two, bits, "same" if bits >= SURE else "open") for one, two, bits in named]


def compared(stores: Stores, some: Sequence[Pair], *, actor: str, now: datetime) -> list[dict[str, str]]:
    """For each pair, how alike the fields are: `same`, `near`, `other`, or `missing`; never a value."""
    if not some:
        return []
    ids = sorted({who for pair in some for who in (pair.customer_id, pair.other)})
    reading = Reading("identity", "quality", actor=actor, reason="compare customers who may stand twice")
    rows = stores.vault.reveal(ids, [field.name for field in FIELDS], reading, now=now)
    rows, fields = _named_whole(rows)
    place = {who: number for number, who in enumerate(rows["customer_id"].to_pylist())}
    there = [(place.get(pair.customer_id), place.get(pair.other)) for pair in some]
    known = [(one, two) for one, two in there if one is not None and two is not None]
    asked = pa.table({"a": pa.array([one for one, _ in known], pa.int64()), "b": [two for _, two in known]})
    found = iter(Linker(rows.select([field.name for field in fields]), fields=fields).levels(asked) if known else ())
    kinds = {field.name: LEVELS[field.kind] for field in fields}
    return [
        {name: _word(level, kinds[name]) for name, level in next(found).items()} if None not in both else {}
        for both in there
    ]


def _word(level: int, levels: int) -> str:
    return {MISSING: "missing", 0: "other", levels - 1: "same"}.get(level, "near")


def decide(stores: Stores, one: str, two: str, decision: str, *, actor: str, now: datetime) -> None:
    """Say that two numbers are one person's, or are not; it counts with the next run.

    Raises
    ------
    ContractError
        A person cannot be herself twice.
    """
    if one == two:
        raise ContractError(f"`{one}` is one number", hint="name two")
    _record(stores, [Pair(min(one, two), max(one, two), 0.0, decision)], actor, now)


def pairs(stores: Stores) -> list[Pair]:
    """Every pair with what was decided last, the likeliest first."""
    last: dict[tuple[str, str], Pair] = {}
    for fact in stores.ledger.read("likely_pairs"):
        key = (fact["customer_id"], fact["other"])
        bits = fact["bits"] or (last[key].bits if key in last else 0.0)
        last[key] = Pair(*key, bits, fact["decision"])
    return sorted(last.values(), key=lambda pair: (-pair.bits, pair.customer_id, pair.other))


def _record(stores: Stores, some: Sequence[Pair], actor: str, now: datetime) -> None:
    facts: list[dict[str, Any]] = [{**msgspec.structs.asdict(pair), "actor": actor, "made_at": now} for pair in some]
    if facts:
        stores.ledger.record("likely_pairs", facts)
