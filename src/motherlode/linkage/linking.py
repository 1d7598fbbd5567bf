"""Records compared with each other: fit on some records, then score pairs of them, or one new record against all."""

from collections.abc import Sequence
from typing import Any

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.linkage import blocking, comparisons, estimation
from motherlode.linkage.blocking import Key
from motherlode.linkage.estimation import Weights
from motherlode.linkage.fields import Field, comparable, guess, heard
from motherlode.linkage.words import Words

# Bits of evidence from which on a pair is one person: the odds are four to one. Somebody should look at it down to
# where they are one to four.
ACCEPT, REVIEW = 2.0, -2.0
_DRAWN = 200_000
# How much the rarity of a value may count, in bits.
_MOST = 4
# Fields are taken as independent, which they are not: so many bits against each that is not equal.
_CAREFUL = 4


class Model(msgspec.Struct, frozen=True):
    """What was learnt: the fields, the keys by which pairs are found, and the weights."""

    fields: tuple[Field, ...]
    keys: tuple[Key, ...]
    weights: Weights


class Linker:
    """Records in memory, and what was learnt of them.

    Parameters
    ----------
    left, right
        Records as text; with `right` pairs are looked for across the two, and within `left` without it.
    fields
        What is compared; by default a field a column, of the kind that its name and values suggest.
    """

    def __init__(
        self, left: pa.Table, right: pa.Table | None = None, fields: Sequence[Field] | None = None, threads: int = 2
    ) -> None:
        whole = left if right is None else pa.concat_tables([left, right], promote_options="permissive")
        self.fields = heard(whole, fields if fields is not None else guess(whole))
        self.across = right is not None
        self.size = whole.num_rows
        self.engine = duckdb.connect(config={"threads": threads})
        rows = comparable(whole, self.fields)
        numbers = np.arange(whole.num_rows, dtype=np.int64)
        places = {"id": pa.array(numbers), "side": pa.array((numbers >= left.num_rows).astype(np.int8))}
        rows = pa.table({**{name: rows[name] for name in rows.schema.names}, **places})
        self.engine.register("arrived", rows)
        shares = [
            f'count(*) OVER (PARTITION BY "{field.name}") / {max(self.size, 1)}.0 AS "share of {field.name}"'
            for field in self.fields
            if field.kind != "words"
        ]
        self.engine.execute(f"CREATE TABLE records AS SELECT {', '.join(['*', *shares])} FROM arrived")  # noqa: S608
        self.engine.unregister("arrived")
        self._left = left.num_rows
        self._keys: list[Key] = []
        self._words = {
            place: Words(rows[field.name]) for place, field in enumerate(self.fields) if field.kind == "words"
        }

    def fit(self) -> Model:
        """Learn which pairs to compare, and what agreement is worth: nothing where there is no pair or no field."""
        right = self.size - self._left
        possible = self._left * right if self.across else self.size * (self.size - 1) // 2
        if not possible or not self.fields:
            self.engine.execute("CREATE OR REPLACE TABLE compared (a BIGINT, b BIGINT)")
            return Model((), (), Weights((), 0.0, ()))
        self._keys = blocking.keys(self.engine, self.fields)
        blocking.pairs(
            self.engine, self._keys, [self._near(words) for words in self._words.values()], across=self.across
        )
        self._compare("pairs", "compared")
        levels = ", ".join(f"g{place}" for place in range(len(self.fields)))
        found = self.engine.execute(f"SELECT {levels}, count(*) AS n FROM compared GROUP BY ALL").fetchnumpy()  # noqa: S608
        patterns = np.stack([found[f"g{place}"] for place in range(len(self.fields))], axis=1).astype(np.int64)
        counts = found["n"].astype(np.float64)
        names, dates = ([at for at, field in enumerate(self.fields) if field.kind == kind] for kind in ("name", "date"))
        counted = estimation.Counted(patterns, counts, *self._by_lot(), self.size, float(possible))
        weights = estimation.estimate(counted, names, dates)
        return Model(self.fields, tuple(self._keys), weights)

    def scored(self, model: Model, least: float = REVIEW) -> pa.Table:
        """Pairs with at least so many bits of evidence: `a`, `b`, `bits`."""
        sql = f"SELECT a, b, {score(model)} AS bits FROM compared WHERE bits >= {least} ORDER BY bits DESC, a, b"  # noqa: S608
        return self.engine.sql(sql).to_arrow_table()

    def levels(self, pairs: pa.Table) -> list[dict[str, int]]:
        """How alike the fields of some pairs (`a` and `b`, places of records) are, in the order of the pairs.

        A level is one of `comparisons.LEVELS` of the field's kind: the highest is equality, 0 is different, -1 stands
        where a value is missing.
        """
        self.engine.register("asked", pairs.append_column("place", pa.array(np.arange(pairs.num_rows))))
        self._compare("asked", "looked_at")
        names = ", ".join(f'g{place} AS "{field.name}"' for place, field in enumerate(self.fields))
        sql = f"SELECT {names} FROM looked_at JOIN asked USING (a, b) ORDER BY place"  # noqa: S608
        found: list[dict[str, int]] = self.engine.sql(sql).to_arrow_table().to_pylist()
        self.engine.unregister("asked")
        return found

    def _near(self, words: Words) -> pa.Table:
        numbers = np.arange(self.size, dtype=np.int64)
        mine, theirs = (numbers[: self._left], numbers[self._left :]) if self.across else (numbers, numbers)
        return words.neighbours(mine, theirs)

    def _compare(self, pairs: str, into: str) -> None:
        """Levels of every field of pairs; those of words are made beside the engine."""
        found = self.engine.sql(f"SELECT a, b FROM {pairs}").to_arrow_table()  # noqa: S608
        a, b = (found[name].to_numpy().astype(np.int64) for name in ("a", "b"))
        for place, words in self._words.items():
            found = found.append_column(f"g{place}", pa.array(words.levels(a, b)))
        self.engine.register("found", found)
        cells = [
            f"g{place}" if field.kind == "words" else f"{comparisons.level(field)} AS g{place}"
            for place, field in enumerate(self.fields)
        ]
        cells += [
            f"""CASE WHEN l."{field.name}" = r."{field.name}" THEN l."share of {field.name}" END AS t{place}"""
            for place, field in enumerate(self.fields)
            if field.kind != "words"
        ]
        self.engine.execute(
            f"""CREATE OR REPLACE TABLE {into} AS SELECT a, b, {", ".join(cells)} FROM found
                JOIN records AS l ON l.id = a JOIN records AS r ON r.id = b"""  # noqa: S608
        )
        self.engine.unregister("found")

    def _by_lot(self) -> tuple[list[estimation.Floats], int]:
        """How often pairs that are drawn by lot agree, nearly all of which are of two people; and how many were."""
        dice = np.random.default_rng(7)
        middle = self._left if self.across else 0
        first, second = dice.integers(0, middle or self.size, _DRAWN), dice.integers(middle, self.size, _DRAWN)
        drawn = pa.table({"a": first, "b": second})
        drawn = drawn.filter(pc.not_equal(drawn["a"], drawn["b"]))
        self.engine.register("drawn", drawn)
        self._compare("drawn", "by_lot")
        self.engine.unregister("drawn")
        said = self.engine.execute("SELECT * FROM by_lot").fetchnumpy()
        return [_histogram(said[f"g{place}"], field) for place, field in enumerate(self.fields)], drawn.num_rows


def _histogram(said: Any, field: Field) -> estimation.Floats:
    there = said[said >= 0].astype(np.int64)
    return np.bincount(there, minlength=comparisons.LEVELS[field.kind]).astype(np.float64)


def score(model: Model) -> str:
    """SQL of the bits of evidence of compared pairs: more than 0 is more likely one person than two.

    Two people are strangers, or of one household: it must be unlikely to be either.
    """
    weights = model.weights
    parts = [_bits(model, place) for place in range(len(model.fields))]
    strangers = " + ".join([f"{weights.prior:.6f}", *parts])
    if not weights.own:
        return strangers
    own = [part for part, is_own in zip(parts, weights.own, strict=True) if is_own]
    return f"least({strangers}, {' + '.join([f'{weights.alone:.6f}', *own])})"


def _bits(model: Model, place: int) -> str:
    """SQL of the bits of one field."""
    field, bits = model.fields[place], model.weights.bits[place]
    cases = " ".join(f"WHEN {number} THEN {worth:.6f}" for number, worth in enumerate(bits))
    levels = f"CASE g{place} {cases} ELSE 0 END"
    if field.kind == "words":
        return levels
    chance = model.weights.by_chance[place]
    # A value that is as rare as can be says no more than that it stands in two records.
    rarity = f"least(greatest(log2({chance:.9f} / t{place}), -{_MOST}), {_MOST})"
    # A missing value says nothing; one that is not equal has no rarity, and somewhat less than its level says.
    unlike = f"WHEN t{place} IS NULL AND g{place} >= 0 THEN -{_CAREFUL}"
    return f"{levels} + CASE {unlike} WHEN t{place} IS NULL THEN 0 ELSE {rarity} END"
