"""Which identifiers are one person: pointers that are made of links, and so never depend on the order of arrival."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from motherlode.tables import table

Row = Mapping[str, Any]
Identifier = tuple[str, str]

# Words that stand where nobody is known.
_SAID = "null none nil undefined unknown anonymous guest test n/a na -1 0 1 false true nan 匿名 游客 未知"
BLOCKED = frozenset(("", *_SAID.split(), "[object object]", "00000000-0000-0000-0000-000000000000"))
COLUMNS = {
    "kind": "string",
    "value": "string",
    "customer_id": "string",
    "verdict": "string",
    "through_kind": "string",
    "through": "string",
    "linked_at": "timestamp(6)",
    "file": "string",
    "row": "int64",
}
_SCHEMA = pa.schema(
    [
        (name, {"string": pa.string(), "int64": pa.int64()}.get(kind, pa.timestamp("us")))
        for name, kind in COLUMNS.items()
    ]
)


@table(key=("kind", "value"), subject="customer_id", columns=COLUMNS, purpose="service")
def identities(
    links: pa.Table,
    recorded_cuts: pa.Table,
    *,
    most_by_email: int = 2,
    most_by_phone: int = 2,
    most_aliases: int = 10,
) -> pa.Table:
    """The customer that each number, device, e-mail and phone points to, through which link, or why to none.

    A device never makes two customers one: where several use it, it points to nobody (`shared_device`).

    Parameters
    ----------
    most_by_email, most_by_phone
        Numbers of customers that an e-mail or a phone still makes one person; with more it is a shared one.
    most_aliases
        Other numbers that a customer may have said to have; with more none of them counts.
    """
    gone = {_pair(row) for row in recorded_cuts.to_pylist()}
    known = sorted(links.to_pylist(), key=_pair)
    known = [row for row in known if _pair(row) not in gone and not _is_blocked(row)]
    devices = {row["other"] for row in known if row["other_kind"] == "device"}
    known = [_as_device(row) if row["other"] in devices else row for row in known]
    limits = {"email": most_by_email, "phone": most_by_phone}
    merging = [*_aliases(known, most_aliases), *_shared_values(known, limits)]
    people = _people({row["customer_id"] for row in known} | {row["other"] for row in merging}, merging, known)
    rows = [*_customers(people, merging), *_pointers(known, people)]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: (row["kind"], row["value"])), schema=_SCHEMA)


def _pair(row: Row) -> tuple[str, str, str]:
    return row["customer_id"], row["other_kind"], row["other"]


def _is_blocked(row: Row) -> bool:
    return row["customer_id"].lower() in BLOCKED or row["other"].lower() in BLOCKED


def _as_device(row: Row) -> Row:
    """An alias of what is a device elsewhere."""
    return {**row, "other_kind": "device"} if row["other_kind"] == "customer" else row


def _aliases(rows: Iterable[Row], most: int) -> list[Row]:
    """Links that say themselves that two numbers are one customer's."""
    said = [row for row in rows if row["other_kind"] == "customer"]
    partners: dict[str, set[str]] = {}
    for row in said:
        partners.setdefault(row["customer_id"], set()).add(row["other"])
        partners.setdefault(row["other"], set()).add(row["customer_id"])
    return [row for row in said if max(len(partners[row["customer_id"]]), len(partners[row["other"]])) <= most]


def _shared_values(rows: Sequence[Row], limits: Mapping[str, int]) -> list[Row]:
    """Links between numbers that have one e-mail or phone, where few enough have it."""
    having: dict[Identifier, list[Row]] = {}
    for row in rows:
        if row["other_kind"] in limits:
            having.setdefault((row["other_kind"], row["other"]), []).append(row)
    links: list[Row] = []
    for (kind, _), some in having.items():
        some.sort(key=lambda row: row["customer_id"])
        # A number that was made of the value itself, for want of another, is nobody more.
        if len(some) > 1 and sum(row["customer_id"] != f"k{row['other']}" for row in some) <= limits[kind]:
            links += [{**row, "other": some[0]["customer_id"], "by": row} for row in some[1:]]
    return links


def _people(numbers: Iterable[str], merging: Iterable[Row], known: Iterable[Row]) -> dict[str, str]:
    """The number that stands for each number: of those that are one customer's, the first that was seen."""
    parent = {number: number for number in numbers}
    for row in merging:
        one, two = _root(parent, row["customer_id"]), _root(parent, row["other"])
        parent[max(one, two)] = min(one, two)
    first: dict[str, tuple[bool, Any, str]] = {}
    for row in known:
        at = row["first_at"]
        seen = (at is None, at, row["customer_id"])
        if row["customer_id"] not in first or _is_before(seen, first[row["customer_id"]]):
            first[row["customer_id"]] = seen
    never = (True, None, "")
    heads: dict[str, str] = {}
    for number in sorted(parent):
        root = _root(parent, number)
        head = heads.get(root)
        mine = (*first.get(number, never)[:2], number)
        if head is None or _is_before(mine, (*first.get(head, never)[:2], head)):
            heads[root] = number
    return {number: heads[_root(parent, number)] for number in parent}


def _is_before(one: tuple[bool, Any, str], two: tuple[bool, Any, str]) -> bool:
    """Whether a number was seen before another; one that was never seen at a known time comes last."""
    if one[0] != two[0] or one[0]:
        return (one[0], one[2]) < (two[0], two[2])
    return (one[1], one[2]) < (two[1], two[2])


def _root(parent: dict[str, str], number: str) -> str:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


def _customers(people: Mapping[str, str], merging: Iterable[Row]) -> Iterable[dict[str, Any]]:
    """Numbers of customers; one that was made one with another says through what."""
    because: dict[str, Row] = {}
    for row in merging:
        for number in (row["customer_id"], row["other"]):
            if people[number] != number:
                because.setdefault(number, row.get("by", row))
    for number, head in people.items():
        through = because.get(number)
        yield _pointer("customer", number, head, "", through)


def _pointers(known: Iterable[Row], people: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """Devices, e-mails and phones: they point to the one customer who has them, if it is one."""
    having: dict[Identifier, list[Row]] = {}
    for row in known:
        if row["other_kind"] != "customer":
            having.setdefault((row["other_kind"], row["other"]), []).append(row)
    for (kind, value), some in having.items():
        owners = {people[row["customer_id"]] for row in some}
        row = min(some, key=lambda row: (row["first_at"] is None, str(row["first_at"]), row["customer_id"]))
        owner = owners.pop() if len(owners) == 1 else None
        yield _pointer(kind, value, owner, "" if owner is not None else f"shared_{kind}", row)


def _pointer(kind: str, value: str, owner: str | None, verdict: str, through: Row | None) -> dict[str, Any]:
    link: dict[str, Any] = dict.fromkeys(("through_kind", "through", "linked_at", "file", "row"))
    if through is not None:
        by_customer = kind != "customer" or through["other"] == value
        link = {
            "through_kind": "customer" if by_customer else through["other_kind"],
            "through": through["customer_id"] if by_customer else through["other"],
            "linked_at": through["first_at"],
            "file": through["file"],
            "row": through["row"],
        }
    return {"kind": kind, "value": value, "customer_id": owner, "verdict": verdict, **link}
