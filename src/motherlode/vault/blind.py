"""Who has which value, blindly: tokens in runs, a run for each first byte and each time that some were kept.

A run is looked through whole, which for some hundreds of tokens takes less than finding a row; where many small runs
have come together they become one.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import sqlalchemy as sa

from motherlode.vault.finding import FOUND_BY
from motherlode.vault.layout import BLIND

TOKEN_BYTES = 16
# So many runs of one bucket are looked through for one value before they are made one.
MOST_RUNS = 32

Pair = tuple[bytes, str]
_PACKED = sa.select(*BLIND.c["tokens", "customer_ids"])
_ids = msgspec.json.Decoder(list[str])


def keep(connection: sa.Connection, index_name: str, tokens: Sequence[bytes], people: Sequence[str]) -> None:
    """Add tokens and whose they are."""
    if not tokens:
        return
    buckets = _by_bucket(tokens, people)
    runs = [_run(index_name, bucket, some, theirs) for bucket, (some, theirs) in buckets.items()]
    connection.execute(BLIND.insert(), runs)
    mine = (BLIND.c.index_name == index_name) & BLIND.c.bucket.in_(list(buckets))
    crowded = sa.select(BLIND.c.bucket).where(mine).group_by(BLIND.c.bucket).having(sa.func.count() > MOST_RUNS)
    for bucket in list(connection.scalars(crowded)):
        _join(connection, index_name, bucket)


def drop(connection: sa.Connection, index_name: str, pairs: Collection[Pair]) -> None:
    """Take away tokens of people."""
    gone = set(pairs)
    for run_id, _, tokens, ids in list(_runs(connection, {(index_name, token[0]) for token, _ in gone})):
        _write(connection, run_id, _pairs(tokens, ids), [pair for pair in _pairs(tokens, ids) if pair not in gone])


def forget(connection: sa.Connection, people: Collection[str]) -> None:
    """Take away every token of people."""
    gone = set(people)
    touched = [run_id for run_id, _, _, ids in _runs(connection) if not gone.isdisjoint(_ids.decode(ids))]
    for run_id in touched:
        tokens, ids = connection.execute(_PACKED.where(BLIND.c.run_id == run_id)).one()
        pairs = _pairs(tokens, ids)
        _write(connection, run_id, pairs, [pair for pair in pairs if pair[1] not in gone])


def find(connection: sa.Connection, index_name: str, token: bytes) -> list[str]:
    """Who has the value of a token."""
    found = _runs(connection, {(index_name, token[0])})
    return sorted(
        {who for _, _, tokens, ids in found if token in tokens for at, who in _pairs(tokens, ids) if at == token}
    )


def theirs_alone(connection: sa.Connection, people: Collection[str]) -> set[tuple[str, bytes]]:
    """Tokens of values of these people that nobody else has: a family may share one phone.

    Who is known by a value alone (`k` and its token) is nobody else. Values that identify nobody are left out, whoever
    has them.
    """
    some = set(people)
    mine: dict[str, set[bytes]] = {}
    for _, name, tokens, ids in _runs(connection):
        if name not in FOUND_BY and not some.isdisjoint(_ids.decode(ids)):
            mine.setdefault(name, set()).update(token for token, who in _pairs(tokens, ids) if who in some)
    shared = {
        (name, token)
        for _, name, tokens, ids in _runs(
            connection, {(name, token[0]) for name, all_ in mine.items() for token in all_}
        )
        for token, who in _pairs(tokens, ids)
        if token in mine[name] and who not in some and who != f"k{token.hex()}"
    }
    return {(name, token) for name, all_ in mine.items() for token in all_} - shared


def _by_bucket(tokens: Sequence[bytes], people: Sequence[str]) -> dict[int, tuple[bytes, list[str]]]:
    """Tokens, joined, and whose they are by first byte, in their order."""
    joined = np.frombuffer(b"".join(tokens), np.uint8).reshape(-1, TOKEN_BYTES)
    order = np.argsort(joined[:, 0], kind="stable")
    joined, theirs = joined[order], np.array(people, object)[order]
    buckets, starts = np.unique(joined[:, 0], return_index=True)
    ends = [*starts[1:], len(order)]
    return {
        int(bucket): (joined[start:end].tobytes(), theirs[start:end].tolist())
        for bucket, start, end in zip(buckets, starts, ends, strict=True)
    }


def _run(index_name: str, bucket: int, tokens: bytes, people: Sequence[str]) -> dict[str, Any]:
    return {"index_name": index_name, "bucket": bucket, "tokens": tokens, "customer_ids": msgspec.json.encode(people)}


def _pairs(tokens: bytes, ids: bytes) -> list[Pair]:
    starts = range(0, len(tokens), TOKEN_BYTES)
    return list(zip((tokens[at : at + TOKEN_BYTES] for at in starts), _ids.decode(ids), strict=True))


def _runs(
    connection: sa.Connection, buckets: Collection[tuple[str, int]] | None = None
) -> Iterator[tuple[int, str, bytes, bytes]]:
    """The runs of some buckets, or all of them."""
    chosen: Any = sa.select(*BLIND.c["run_id", "index_name", "tokens", "customer_ids"])
    if buckets is None:
        yield from (tuple(row) for row in connection.execute(chosen))
        return
    for name in sorted({name for name, _ in buckets}):
        mine = [bucket for other, bucket in buckets if other == name]
        where = (BLIND.c.index_name == name) & BLIND.c.bucket.in_(mine)
        yield from (tuple(row) for row in connection.execute(chosen.where(where)))


def _write(connection: sa.Connection, run_id: int, before: Sequence[Pair], after: Sequence[Pair]) -> None:
    mine = BLIND.c.run_id == run_id
    if not after:
        connection.execute(sa.delete(BLIND).where(mine))
    elif len(after) < len(before):
        tokens, people = zip(*after, strict=True)
        packed = {"tokens": b"".join(tokens), "customer_ids": msgspec.json.encode(people)}
        connection.execute(sa.update(BLIND).where(mine).values(packed))


def _join(connection: sa.Connection, index_name: str, bucket: int) -> None:
    """Make one run of those of a bucket."""
    runs = list(_runs(connection, {(index_name, bucket)}))
    people = [who for *_, ids in runs for who in _ids.decode(ids)]
    joined = _run(index_name, bucket, b"".join(tokens for *_, tokens, _ in runs), people)
    connection.execute(sa.delete(BLIND).where(BLIND.c.index_name == index_name, BLIND.c.bucket == bucket))
    connection.execute(BLIND.insert(), joined)
