"""Cases of an outcome as a matrix: numbers as they are, texts as codes, days as numbers of days."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from motherlode.predict.special_functions import Numbers

ADDRESS = ("source", "file", "row", "customer_id", "extra")
# From this share of readable cells on a column is one of numbers, or of days.
READABLE = 0.9
MOST_CATEGORIES, LEAST_OF_A_CATEGORY = 60, 10
# A text that is different in more than this share of the cases names them.
NAMES = 0.5


class Fact(msgspec.Struct, frozen=True):
    """A column of cases; a category is a code, the place of its words in `words`."""

    name: str
    values: Numbers
    words: tuple[str, ...] = ()


class Cases(msgspec.Struct, frozen=True):
    """Cases of one outcome in the order in which they came.

    Attributes
    ----------
    outcome
        1 where it happened, else 0; not a number where that is not known.
    days
        When each case began, in days since 1970; not a number where that is not known.
    left_out
        Columns that say nothing of the outcome and why: `names_the_case`, `always_the_same`, `too_many_categories`.
    """

    target: str
    rows: pa.Table
    outcome: Numbers
    days: Numbers
    facts: tuple[Fact, ...]
    left_out: Mapping[str, str]

    @property
    def values(self) -> Numbers:
        return np.column_stack([fact.values for fact in self.facts]).astype(np.float32)

    @property
    def categorical(self) -> tuple[int, ...]:
        return tuple(place for place, fact in enumerate(self.facts) if fact.words)

    @property
    def who(self) -> Numbers:
        """A number a customer; cases of nobody that is known are each of somebody else."""
        codes = self.rows.column("customer_id").combine_chunks().dictionary_encode().indices
        known = codes.to_numpy(zero_copy_only=False).astype(np.float64)
        return np.where(np.isnan(known), -1.0 - np.arange(known.size), known)

    def without(self, names: Iterable[str]) -> "Cases":
        gone = set(names)
        return msgspec.structs.replace(self, facts=tuple(fact for fact in self.facts if fact.name not in gone))


def cases_of(rows: pa.Table, targets: Iterable[str], day: str) -> Iterator[Cases]:
    """Cases of each outcome of each source, in the order of the rows; other outcomes are no facts.

    A row that stands twice is one case: a model that learnt from the one would know the other.

    Parameters
    ----------
    rows
        With the address of each row, facts in columns of their own and in the objects of `extra`, and outcomes.
    day
        The column that says when a case began.
    """
    targets = tuple(targets)
    for source in sorted(set(rows.column("source").to_pylist())):
        here = rows.filter(pc.equal(rows.column("source"), source))
        here = _once(here.sort_by([("file", "ascending"), ("row", "ascending")]))
        facts, left_out = facts_of(here, {*targets, *ADDRESS, day})
        began = here.column(day).cast(pa.int32()).cast(pa.float64()).to_numpy(zero_copy_only=False)
        for target in targets:
            outcome = here.column(target).to_numpy(zero_copy_only=False)
            if len(np.unique(outcome[np.isfinite(outcome)])) == 2:
                yield Cases(target, here.select(["source", "customer_id"]), outcome, began, facts, left_out)


def _once(rows: pa.Table) -> pa.Table:
    """Rows in their order, without those that say the same of the same customer as an earlier one."""
    said = [name for name in rows.schema.names if name not in ("file", "row")]
    places = rows.select(said).append_column("place", pa.array(np.arange(rows.num_rows)))
    first = places.group_by(said, use_threads=False).aggregate([("place", "min")]).column("place_min")
    return rows.take(pa.array(np.sort(first.to_numpy())))


def facts_of(
    rows: pa.Table, others: set[str], most_words: int = MOST_CATEGORIES
) -> tuple[tuple[Fact, ...], dict[str, str]]:
    """Columns of a table but the `others`, and of its objects in `extra`, as facts; and why some columns are none."""
    columns: dict[str, pa.ChunkedArray] = {name: rows.column(name) for name in rows.schema.names if name not in others}
    columns |= {f"{name}": column for name, column in _extra(rows.column("extra")).items() if name not in columns}
    facts, left_out = [], {}
    for name, column in columns.items():
        made = _fact(name, column, most_words)
        if isinstance(made, Fact):
            facts.append(made)
        elif made:
            left_out[name] = made
    return tuple(facts), left_out


def _extra(column: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    """Columns of the objects in JSON, a line each."""
    lines = pc.fill_null(column, "{}")
    if not len(lines) or pc.all(pc.equal(lines, "{}")).as_py():
        return {}
    text = pa.BufferReader("\n".join(lines.to_pylist()).encode())
    read = pa.json.read_json(text, pa.json.ReadOptions(block_size=1 << 28))
    return {name: read.column(name) for name in read.schema.names}


def _fact(name: str, column: pa.ChunkedArray, most_words: int) -> Fact | str:
    """A column as numbers; or why it is none, "" where it is empty."""
    if column.null_count == len(column):
        return ""
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _told(name, _floats(column.cast(pa.float64())))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _told(name, _floats(column.cast(pa.date32()).cast(pa.int32()).cast(pa.float64())))
    texts = pc.utf8_trim_whitespace(column.cast(pa.string()))
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    filled = len(texts) - texts.null_count
    if not filled:
        return ""
    numbers = _numbers_of(texts)
    if np.isfinite(numbers).sum() >= READABLE * filled:
        return _told(name, numbers)
    days = _days_of(texts)
    if np.isfinite(days).sum() >= READABLE * filled:
        return _told(name, days)
    return _categories(name, texts, filled, most_words)


def _told(name: str, values: Numbers) -> Fact | str:
    known = values[np.isfinite(values)]
    if known.size == 0 or (np.ptp(known) == 0 and known.size == values.size):
        return "always_the_same"
    counting = known.size == values.size and (np.diff(values) == 1).all()
    return "names_the_case" if counting else Fact(name, values)


def _floats(column: pa.ChunkedArray) -> Numbers:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _numbers_of(texts: pa.ChunkedArray) -> Numbers:
    plain = pc.replace_substring_regex(texts, r"[,\s%$¥€£]", "")
    number = pc.match_substring_regex(plain, r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")
    return _floats(pc.if_else(number, plain, pa.scalar(None, pa.string())).cast(pa.float64()))


def _days_of(texts: pa.ChunkedArray) -> Numbers:
    dated = pc.match_substring_regex(texts, r"^\d{4}-\d{2}-\d{2}")
    days = pc.strptime(
        pc.utf8_slice_codeunits(pc.if_else(dated, texts, pa.scalar(None, pa.string())), 0, 10),
        format="%Y-%m-%d", unit="s", error_is_null=True,
    )  # fmt: skip
    return _floats(days.cast(pa.date32()).cast(pa.int32()).cast(pa.float64()))


def _categories(name: str, texts: pa.ChunkedArray, filled: int, most_words: int) -> Fact | str:
    """Codes by how common a text is; rare ones share the last code."""
    counted = pc.value_counts(texts.combine_chunks().drop_null())
    if len(counted) == 1 and filled == len(texts):
        return "always_the_same"
    if len(counted) > NAMES * filled:
        return "names_the_case"
    often = counted.filter(pc.greater_equal(counted.field("counts"), LEAST_OF_A_CATEGORY)).to_pylist()
    common = [row["values"] for row in sorted(often, key=lambda row: (-row["counts"], row["values"]))]
    kept = common[:most_words]
    if not kept:
        return "too_many_categories"
    rare = pa.scalar(len(kept), pa.int32())
    codes = pc.fill_null(pc.index_in(texts, value_set=pa.array(kept, pa.string())), rare)
    values = _floats(pc.if_else(pc.is_valid(texts), codes, pa.scalar(None, pa.int32())).cast(pa.float64()))
    rest = ("…",) if len(kept) < len(counted) else ()
    return Fact(name, values, (*kept, *rest))
