"""By what people are looked for who do not give their number: the end of a phone, and a whole name.

These blind tokens are shared by many and so identify nobody: they never link two records, and nobody is suppressed by
them.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence

from motherlode.schemas import IDENTIFYING

TAIL_DIGITS = 4


def tail(phone: str) -> str:
    """The last four digits of a phone in its one spelling."""
    last = phone[-TAIL_DIGITS:]
    return last if last.isdecimal() and len(last) == TAIL_DIGITS else ""


def plain(name: str) -> str:
    """A name without its spaces, capitals and widths."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


# Index -> the field that it is made of, and how.
FOUND_BY: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "phone_tail": ("phone", tail),
    "whole_name": ("name", plain),
}
INDEXES: Mapping[str, tuple[str, Callable[[str], str]]] = {name: (name, str) for name in IDENTIFYING} | dict(FOUND_BY)


def spelled(index_name: str, people: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """People with their value as an index has it, without those who have none; each distinct value is spelled once."""
    how = INDEXES[index_name][1]
    known = {value: how(value) for value in {value for _, value in people}}
    return [(who, known[value]) for who, value in people if known[value]]
