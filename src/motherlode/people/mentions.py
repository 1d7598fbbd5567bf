"""Where others name a person in their words: whoever is erased is crossed out there too.

A name that is also a word, as Chinese ones of two letters may be, is crossed out only beside what makes it a name; the
other cells that have it are counted, for somebody to read.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from motherlode.access import Reading
from motherlode.loading.apart import WORDS
from motherlode.schemas import IDENTIFYING
from motherlode.stores import Stores
from motherlode.warehouse import Warehouse, quoted

# Columns in which people write what they like, and columns of their own that files bring along.
COLUMNS = (*WORDS, "extra")
FIELDS = ("name", "first_name", "last_name", "receiver_name", "address", *IDENTIFYING, "receiver_phone")

_BEFORE = "我是|我叫|名叫|叫做|姓名[:： ]*|联系人[:： ]*|收件人[:： ]*|客户|会员|顾客"
_AFTER = "先生|女士|小姐|老师|经理|总|大哥|大姐|阿姨|同学"
_HAN = re.compile(r"[\u3400-\u9fff·]+")
_LONG = 6


class Named(NamedTuple):
    """Patterns, in RE2's and Python's common words, of what names people beyond doubt, and of what perhaps does."""

    sure: str
    perhaps: str


def named(stores: Stores, customer_ids: Sequence[str], *, actor: str, reason: str, now: datetime) -> Named:
    """How others may name these people; the vault notes that their fields were read."""
    held = stores.vault.reveal(customer_ids, FIELDS, Reading("rights", "rights", actor, reason), now=now).to_pylist()
    whole = {text for row in held for text in _whole(row)}
    short = {text for text in whole if _HAN.fullmatch(text) and len(text) < 3}
    sure = [_bounded(text) for text in sorted(whole - short, key=len, reverse=True)]
    for name in sorted(short):
        sure += [f"(?:{_BEFORE}){re.escape(name)}", f"{re.escape(name)}(?:{_AFTER})"]
    return Named("|".join(sure), "|".join(map(re.escape, sorted(short))))


def cross_out(warehouse: Warehouse, people: Named) -> int:
    """Put `****` in the place of what names people beyond doubt, in every table; gives the cells."""
    if not people.sure:
        return 0
    return sum(
        warehouse.execute(
            f"""UPDATE {quoted(address)} SET "{column}" = regexp_replace("{column}", $named, '****', 'gi')
                WHERE regexp_matches("{column}", $named, 'i')""",  # noqa: S608
            {"named": people.sure},
        )
        for address, column in _columns(warehouse)
    )


def left(warehouse: Warehouse, people: Named) -> int:
    """Loaded cells that may still name these people, and that somebody has to read."""
    if not people.perhaps:
        return 0
    return sum(
        warehouse.value(
            f'SELECT count(*) FROM {quoted(address)} WHERE regexp_matches("{column}", $named)',  # noqa: S608
            {"named": people.perhaps},
        )
        for address, column in _columns(warehouse)
        if address.startswith("loaded.")
    )


def _whole(row: dict[str, str | None]) -> Iterator[str]:
    """Texts of one person that are long enough to be hers; a first name alone is many people's."""
    first, last = row.get("first_name") or "", row.get("last_name") or ""
    names = [row.get("name"), row.get("receiver_name"), f"{first} {last}".strip(), f"{last}{first}"]
    for name in (text.strip() for text in names if text):
        if _HAN.fullmatch(name):
            yield from [name] if len(name) > 1 else []
        elif " " in name and len(name) > _LONG:
            yield name
    for field in (*IDENTIFYING, "receiver_phone", "address"):
        text = (row.get(field) or "").strip()
        if len(text) > _LONG:
            yield from {text, text.removeprefix("+86")}


def _bounded(text: str) -> str:
    """A text that does not stand within a longer word."""
    begin, end = (r"\b" if re.match(r"\w", sign, re.ASCII) else "" for sign in (text[0], text[-1]))
    return f"{begin}{re.escape(text)}{end}"


def _columns(warehouse: Warehouse) -> Iterable[tuple[str, str]]:
    """Address and column of texts in every table that is stored."""
    stored = {address for address, kind in warehouse.stands().items() if kind == "TABLE"}
    for name in COLUMNS:
        yield from ((address, name) for address in warehouse.addresses_with(name) if address in stored)
