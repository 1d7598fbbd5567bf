"""Where rows of a person are: every table that declares a subject, every loaded row, every broken line.

Nothing here is a list of tables: a table that a plugin adds is walked because it promises who its subject is.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
import pyarrow as pa

from motherlode.access import Reading
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import Graph
from motherlode.loading import apart, loaded_as
from motherlode.people.lookup import Person
from motherlode.recorded import COPIES
from motherlode.schemas import IDENTIFYING
from motherlode.stores import Stores
from motherlode.warehouse import Warehouse, quoted

ADDRESS = ("source", "file", "row")
# Columns of rows about one person that name another one: whom she is compared to.
OTHERS = ("peer_id",)
Line = tuple[str, str, int]


class Holding(msgspec.Struct, frozen=True):
    """Rows of one table about a person.

    Attributes
    ----------
    where
        SQL condition that picks them, over Arrow tables `ids` (and `tokens`) made visible by `rows` and `delete`.
    """

    address: str
    where: str
    stored: bool = True


class Whose(msgspec.Struct, frozen=True):
    """By what rows of a person are known: ids in every spelling that was loaded, and tokens that nobody else has."""

    ids: pa.Table
    tokens: pa.Table


def whose(stores: Stores, people: Sequence[Person], *, and_erased: bool = False) -> Whose:
    """By what rows of these people are known, and those of everybody who was erased before: a backup may know them."""
    ids = sorted({who for person in people for who in person.customer_ids})
    spelled = sorted({*ids, *_other_spellings(stores.warehouse, set(ids))})
    tokens = stores.vault.tokens_of(ids)
    if and_erased:
        tokens |= {(name, token) for name, some in stores.vault.suppressed().items() for token in some}
    pairs = pa.array([{"column": name, "token": token} for name, token in sorted(tokens)], _PAIR)
    return Whose(pa.table({"id": pa.array(spelled, pa.string())}), pa.Table.from_struct_array(pairs))


_PAIR = pa.struct({"column": pa.string(), "token": pa.string()})


def made(warehouse: Warehouse, graph: Graph, purposes: Collection[str] = ()) -> Iterator[Holding]:
    """Every table that was made, or is shown, with a subject: of some purposes, or of all with copies of the ledger."""
    here = warehouse.stands()
    for promise in graph.promises.values():
        if purposes and promise.purpose not in purposes:
            continue
        if promise.subject and promise.kind not in ("feature", "label") and promise.address in here:
            yield Holding(promise.address, f'"{promise.subject}" IN (SELECT id FROM ids)', promise.stored)  # noqa: S608
    for name in () if purposes else COPIES:
        if "customer_id" in GIVEN[name] and f"collect.{name}" in here:
            yield Holding(f"collect.{name}", "customer_id IN (SELECT id FROM ids)")


def loaded(warehouse: Warehouse) -> Iterator[Holding]:
    """Every table of loaded rows; a row without a number is the person's whose phone, e-mail or identity it has."""
    for address in loaded_as.addresses(warehouse):
        where = loaded_as.whose_rows(warehouse.columns(address), "ids", "tokens")
        if where:
            yield Holding(address, where)


def rows(warehouse: Warehouse, holding: Holding, known: Whose, columns: str = "*") -> pa.Table:
    """The rows of a holding."""
    sql = f"SELECT {columns} FROM {quoted(holding.address)} AS held WHERE {holding.where}"  # noqa: S608
    return warehouse.arrow_with(sql, ids=known.ids, tokens=known.tokens)


def count(warehouse: Warehouse, holding: Holding, known: Whose) -> int:
    """How many rows a holding has."""
    return int(rows(warehouse, holding, known, "count(*) AS n")["n"][0].as_py())


def broken_lines(
    stores: Stores, people: Sequence[Person], *, actor: str, reason: str, now: datetime
) -> dict[Line, str]:
    """Lines that are no rows and that name one of these people by number, e-mail, phone or identity number."""
    known = stores.warehouse.arrow(f'SELECT source, file, "row" FROM {quoted(loaded_as.LINES)}').to_pylist()  # noqa: S608
    places = [(row["source"], row["file"], int(row["row"])) for row in known]
    if not places:
        return {}
    said = apart.read_lines(stores.vault, places, actor=actor, reason=reason, now=now)
    names = {who for person in people for who in person.customer_ids}
    held = stores.vault.reveal(sorted(names), IDENTIFYING, Reading("rights", "rights", actor, reason), now=now)
    values = {value.removeprefix("+86") for name in IDENTIFYING for value in held[name].to_pylist() if value}
    return {
        place: line
        for place, line in zip(places, said, strict=True)
        if line is not None and _names(line, names | values)
    }


def said_as(
    stores: Stores, people: Sequence[Person], *, actor: str, reason: str, now: datetime
) -> tuple[list[str], list[str]]:
    """What names these people in an event as it came: numbers and devices, e-mails and phones of their own."""
    ids = sorted({who for person in people for who in person.customer_ids})
    held = stores.vault.reveal(ids, IDENTIFYING, Reading("rights", "rights", actor, reason), now=now)
    values = [value for name in IDENTIFYING for value in held[name].to_pylist() if value]
    spelled = {form for value in values for form in (value, value.removeprefix("+86"), value.upper(), value.title())}
    return sorted({*ids, *_devices(stores.warehouse, ids)}), sorted(spelled)


def _devices(warehouse: Warehouse, ids: Sequence[str]) -> list[str]:
    """Devices that these people alone use, as the last run knew them and as events say that it did not see yet."""
    parts = [
        f"SELECT anonymous_id AS device, customer_id FROM {quoted(address)}"  # noqa: S608
        for address in loaded_as.addresses(warehouse)
        if {"anonymous_id", "customer_id"} <= set(warehouse.columns(address))
    ]
    if warehouse.has("refine.identities"):
        parts.append("SELECT value AS device, customer_id FROM refine.identities WHERE kind = 'device'")
    if not parts:
        return []
    hers = "customer_id IN (SELECT unnest($ids))"
    sql = f"""SELECT device FROM ({" UNION ALL ".join(parts)}) WHERE device IS NOT NULL
              GROUP BY device HAVING bool_or({hers}) AND bool_and({hers} OR customer_id IS NULL)"""  # noqa: S608
    return [row["device"] for row in warehouse.arrow(sql, {"ids": list(ids)}).to_pylist()]


def _names(line: str, values: set[str]) -> bool:
    """Whether a line has one of the values between other signs than letters and digits."""
    words = "".join(sign if sign.isalnum() or sign in "@._-+" else " " for sign in line).lower().split()
    return not {value.lower() for value in values}.isdisjoint(words)


def _other_spellings(warehouse: Warehouse, ids: set[str]) -> Iterator[str]:
    """Ids as files spell them, with blanks or full-width digits, where the tables have them in one spelling."""
    for address in loaded_as.addresses(warehouse):
        if "customer_id" in warehouse.columns(address):
            sql = f"SELECT DISTINCT customer_id AS id FROM {quoted(address)} WHERE NOT regexp_full_match(customer_id, '[0-9A-Za-z_-]+')"  # noqa: S608, E501
            yield from (said for said in warehouse.arrow(sql)["id"].to_pylist() if apart.tidy_id(said) in ids)


def sources(held: Sequence[dict[str, Any]]) -> list[str]:
    """The files that rows came from."""
    return sorted({row["file"] for row in held if row.get("file")})
