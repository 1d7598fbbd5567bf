"""Who is meant: a person by customer number, e-mail, phone or identity number."""

from collections.abc import Iterator

import msgspec

from motherlode.collect import personal
from motherlode.errors import ContractError
from motherlode.loading import apart
from motherlode.schemas import IDENTIFYING
from motherlode.stores import Stores
from motherlode.vault.finding import FOUND_BY, TAIL_DIGITS, tail
from motherlode.warehouse import Warehouse, quoted


class Person(msgspec.Struct, frozen=True):
    """A person under all numbers that the house has for her.

    Attributes
    ----------
    customer_ids
        The company's own number first, of several the one that stands for her, then those made of her e-mail or phone.
    found_by
        `customer_id`, or the field by which she was found: nothing that names her is handed around.
    """

    customer_ids: tuple[str, ...]
    found_by: str

    @property
    def customer_id(self) -> str:
        return self.customer_ids[0]


def find(stores: Stores, said: str) -> Person:
    """The one person that a customer number, an e-mail, a phone or an identity number names.

    Raises
    ------
    ContractError
        Nobody, or several people who share the value; the message does not repeat it.
    """
    number = apart.tidy_id(said)
    if number and _is_known(stores, number):
        return Person(tuple(dict.fromkeys([*same_person(stores.warehouse, number), number])), "customer_id")
    for field, token, people in _by_value(stores, said):
        made_of_it = f"k{token}"
        others = _numbers(stores.warehouse, [who for who in people if who != made_of_it])
        if len({same_person(stores.warehouse, who)[0] for who in others}) > 1:
            hint = f"name one of them by number: {', '.join(others)}"
            raise ContractError(f"{len(others)} people have this {field}", hint=hint)
        mine = [*others, *(who for who in [made_of_it] if who in people or _is_known(stores, who))]
        if mine:
            return Person(tuple(dict.fromkeys(mine)), field)
    raise ContractError(
        "nobody is known by this number, e-mail or phone",
        hint="see `motherlode table refine.customers`; who was erased is not known any more",
    )


def same_person(warehouse: Warehouse, value: str) -> list[str]:
    """Customer numbers of the person whom a number or a device names, the number that stands for her first."""
    if not warehouse.has("refine.identities"):
        return [value]
    sql = """SELECT DISTINCT ids.value, ids.value = ids.customer_id AS stands FROM refine.identities AS asked
             JOIN refine.identities AS ids USING (customer_id)
             WHERE asked.value = $who AND ids.kind = 'customer' AND asked.customer_id IS NOT NULL
             ORDER BY stands DESC, ids.value"""
    return [row["value"] for row in warehouse.arrow(sql, {"who": value}).to_pylist()] or [value]


class Joined(msgspec.Struct, frozen=True):
    """A number that is taken for the same person's, and the link that says so: what `identity cut` undoes.

    Attributes
    ----------
    number
        The number; `customer_id` stands for her.
    link
        Customer, kind and value of the link: an e-mail, a phone or another number.
    """

    number: str
    customer_id: str
    link: tuple[str, str, str]


def joined(warehouse: Warehouse, person: Person) -> list[Joined]:
    """Other numbers of a person, each with why it is hers; those made of her own e-mail or phone are no others."""
    if not (warehouse.has("refine.identities") and warehouse.has("refine.links")):
        return []
    sql = """SELECT ids.value, ids.customer_id, min((links.customer_id, links.other_kind, links.other)) AS link
             FROM refine.identities AS ids JOIN refine.links AS links ON links.other_kind = ids.through_kind
               AND ((links.customer_id, links.other) = (ids.value, ids.through)
                    OR (links.customer_id, links.other) = (ids.through, ids.value))
             WHERE ids.kind = 'customer' AND ids.value <> ids.customer_id AND ids.value <> 'k' || ids.through
               AND ids.customer_id IN (SELECT unnest($ids)) GROUP BY ALL ORDER BY ids.value"""
    rows = warehouse.arrow(sql, {"ids": list(person.customer_ids)}).to_pylist()
    return [Joined(row["value"], row["customer_id"], tuple(row["link"].values())) for row in rows]


def _numbers(warehouse: Warehouse, some: list[str]) -> list[str]:
    """These numbers with all others of the same people."""
    return list(dict.fromkeys(one for who in some for one in same_person(warehouse, who)))


def alike(stores: Stores, said: str) -> tuple[str, list[str]]:
    """The field, phone or name, that these last four digits or this whole name may be of, and who has it."""
    index = "phone_tail" if len(said.strip()) == TAIL_DIGITS and tail(said.strip()) else "whole_name"
    field, spelled = FOUND_BY[index]
    (value,) = spelled([said.strip()])
    return field, stores.vault.find(index, value) if value else []


def _by_value(stores: Stores, said: str) -> Iterator[tuple[str, str, list[str]]]:
    for field in IDENTIFYING:
        value = personal.SPELLINGS[field](said).value
        if value is not None:
            yield field, stores.vault.token(field, value), stores.vault.find(field, value)


def _is_known(stores: Stores, customer_id: str) -> bool:
    if stores.vault.has(customer_id):
        return True
    known = [name for name in ("refine.customers", *_loaded(stores)) if stores.warehouse.has(name)]
    return any(
        stores.warehouse.value(f"SELECT 1 FROM {quoted(name)} WHERE customer_id = $who LIMIT 1", {"who": customer_id})  # noqa: S608
        for name in known
    )


def _loaded(stores: Stores) -> list[str]:
    """Tables of sources whose rows name people, also before anything was made of them."""
    held = stores.warehouse.addresses_with("customer_id")
    return [address for address in held if address.startswith("loaded.")]
