"""The histories of all customers, read once a run, and what pages ask of them."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.measure.marks import Mark
from motherlode.measure.moments import ORDER, ORDERS, Moments, moments_of, numbers_of
from motherlode.web.pages.filtering import link
from motherlode.web.pages.visit import PageVoice, Visit
from motherlode.worklist.rules import Condition, Group, Trait, Walked, write

# More moments than these are read anew for each question, as they would fill the memory.
MOST_KEPT = 30_000_000
# Traits by which people are told apart, of those that there are.
BY = ("stage", "value_tier", "segment", "main_channel", "country", "city", "level", "industry")
MOST_PARTS = 8


class Lives(msgspec.Struct, frozen=True):
    """What everybody did.

    Attributes
    ----------
    doings
        What was done, the commonest first: rows of `measure.doings`.
    who
        The customer of each history.
    """

    moments: Moments
    numbers: dict[str, int]
    doings: list[dict[str, Any]]
    who: pa.ChunkedArray

    @property
    def events(self) -> list[str]:
        """Events by name, the commonest first."""
        return [row["doing"] for row in self.doings if not row["doing"].startswith(":")]

    @property
    def choices(self) -> list[str]:
        """What can be a step: words of ours that somebody did, then events."""
        ours = {row["doing"] for row in self.doings if row["doing"].startswith(":")}
        orders = [ORDER, *ORDERS] if ORDER in ours else []
        return [*(name for name in (":registered", *orders, ":return") if name in ours or name in orders), *self.events]


def lives(visit: Visit) -> Lives:
    """All histories, kept until the next run where they are not too many."""
    doings = visit.keep("doings", lambda: visit.project.table("measure.doings").arrow)
    if (pc.sum(doings.column("times")).as_py() or 0) > MOST_KEPT:
        return _read(visit, doings)
    return visit.keep("lives", lambda: _read(visit, doings))


def _read(visit: Visit, doings: pa.Table) -> Lives:
    rows = visit.project.query(visit.project.expression("measure.histories")).arrow
    numbers, told = numbers_of(doings), sorted(doings.to_pylist(), key=lambda row: row["number"])
    return Lives(moments_of(rows, numbers), numbers, told, rows.column("customer_id"))


def parts(visit: Visit, by: str) -> list[tuple[str, np.ndarray]]:
    """The commonest values of a trait, each with whether it is that of each customer of the histories."""

    def look() -> list[tuple[str, np.ndarray]]:
        trait = visit.traits()[by]
        table = visit.project.expression(trait.address)
        rows = visit.project.query(table.select("customer_id", value=table[trait.column].cast("string"))).arrow
        place = pc.index_in(lives(visit).who, value_set=rows.column("customer_id"))
        coded = rows.column("value").take(place).combine_chunks().dictionary_encode()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        counts = np.bincount(codes[codes >= 0], minlength=len(coded.dictionary))
        most = np.argsort(-counts, kind="stable")[:MOST_PARTS]
        return [(str(coded.dictionary[int(code)]), codes == code) for code in most if counts[code]]

    return visit.keep(("parts", by), look)


def ways_to_part(visit: Visit) -> list[tuple[str, str]]:
    """Traits by which people can be told apart, with their words."""
    known: dict[str, Trait] = visit.traits()
    return [(name, visit.voice.word("column", name)) for name in BY if name in known]


def people_at(mark: Mark, by: str = "", value: str = "") -> str:
    """Where the people behind a mark are."""
    also = (Condition(by, "is", value),) if by else ()
    return link("/customers", rule=write(Group("all", (Walked(mark), *also))))


def named(names: Sequence[str], voice: PageVoice) -> list[tuple[str, str]]:
    """Doings with their words."""
    return [(name, voice.word("doing", name)) for name in names]


def whole_number(visit: Visit, name: str, otherwise: int, most: int = 100_000) -> int:
    """What an address says, where it is a whole number."""
    said = visit.query.get(name, "")
    return min(int(said), most) if said.isascii() and said.isdecimal() and len(said) < 9 else otherwise


def chosen(visit: Visit, name: str, known: Sequence[str], otherwise: str) -> str:
    """What an address says, where there is such a thing."""
    said = visit.query.get(name, otherwise)
    return said if said in known else otherwise
