"""Which pairs are compared at all: those that agree in a key of which no value is too common."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import duckdb
import pyarrow as pa

from motherlode.linkage.fields import Field

# A key is used where it gives at most so many pairs a record.
PAIRS_A_RECORD = 5.0
_KEY_KINDS = ("name", "date", "code", "text")

Key = tuple[tuple[str, str], ...]


def keys(engine: duckdb.DuckDBPyConnection, fields: Sequence[Field]) -> list[Key]:
    """Keys as pairs of columns (left and right): single fields, then pairs of those that are too common alone."""
    sounds = [Field(field.sound, "name") for field in fields if field.heard]
    plain = [*(field for field in fields if field.kind in _KEY_KINDS), *sounds]
    single = [_straight(field) for field in plain if _is_rare(engine, (field,))]
    common = [field for field in plain if _straight(field) not in single]
    double = [_both(*pair) for pair in combinations(common, 2) if _is_rare(engine, pair)]
    rare = [field for field in plain if field not in common]
    if not double:
        # Where everything is rare alone nothing is left to be paired.
        return [*single, *_crossed(rare)]
    return [*single, *double, *_crossed(common)]


def _straight(field: Field) -> Key:
    return ((field.name, field.name),)


def _both(one: Field, two: Field) -> Key:
    return ((one.name, one.name), (two.name, two.name))


def _crossed(fields: Sequence[Field]) -> Iterator[Key]:
    """Given and family name the other way round."""
    for field in fields:
        if field.other and field.name < field.other:
            yield ((field.name, field.other), (field.other, field.name))


def _is_rare(engine: duckdb.DuckDBPyConnection, some: Sequence[Field]) -> bool:
    names = ", ".join(f'"{field.name}"' for field in some)
    filled = " AND ".join(f'"{field.name}" IS NOT NULL' for field in some)
    sql = f"SELECT sum(n * (n - 1.0) / 2) FROM (SELECT count(*) AS n FROM records WHERE {filled} GROUP BY {names})"  # noqa: S608
    pairs = engine.execute(sql).fetchall()[0][0] or 0.0
    records = engine.execute("SELECT count(*) FROM records").fetchall()[0][0]
    return bool(pairs <= PAIRS_A_RECORD * records)


def pairs(engine: duckdb.DuckDBPyConnection, chosen: Sequence[Key], near: Sequence[pa.Table], *, across: bool) -> int:
    """Make the table `pairs` of `a` < `b`, or of the two sides; gives how many there are.

    Parameters
    ----------
    near
        Pairs whose words are near, which no key finds.
    """
    side = "l.side = 0 AND r.side = 1" if across else "l.id < r.id"
    parts = [
        "SELECT l.id AS a, r.id AS b FROM records AS l JOIN records AS r ON "  # noqa: S608
        + " AND ".join(f'l."{left}" = r."{right}"' for left, right in key)
        + f" WHERE {side}"
        for key in chosen
    ]
    for place, found in enumerate(near):
        engine.register(f"near_{place}", found)
        parts.append(f"SELECT least(a, b) AS a, greatest(a, b) AS b FROM near_{place} WHERE a <> b")  # noqa: S608
    sql = " UNION ".join(parts) or "SELECT 0 AS a, 0 AS b WHERE false"
    engine.execute(f"CREATE OR REPLACE TABLE pairs AS {sql}")
    return int(engine.execute("SELECT count(*) FROM pairs").fetchall()[0][0])
