"""Events that are set aside: read as they came, mended in a file, and taken in again."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from motherlode.collect.tracking import Route, parcel
from motherlode.config import Config
from motherlode.errors import ContractError
from motherlode.live.consumer import drain, log_folder
from motherlode.live.door import Arrival, Door
from motherlode.live.records import Record, decode
from motherlode.live.segments import Position, read_segment
from motherlode.stores import Stores
from motherlode.vault.log_seal import LogSeal

Place = tuple[str, int]


class SetAside(msgspec.Struct):
    """An event that is set aside, as a line of a file in which it can be mended."""

    source: str
    file: str
    row: int
    problem: str
    shape: str
    type: str
    received_at: int
    message_id: str
    event: str


def waiting(config: Config, stores: Stores, source: str = "") -> Iterator[SetAside]:
    """Events that are set aside and not taken in again yet, as they came."""
    sql = """SELECT source, file, row, problem FROM collect.quarantined_events
             WHERE readmitted_at IS NULL AND ($source = '' OR source = $source) ORDER BY file, row"""
    rows = stores.warehouse.arrow(sql, {"source": source}).to_pylist()
    for file in dict.fromkeys(row["file"] for row in rows):
        wanted = {row["row"]: row["problem"] for row in rows if row["file"] == file}
        for number, record, (message_id, _, raw) in _numbered(log_folder(config), file, stores.vault.log_seal):
            if number in wanted and raw.strip():
                yield SetAside(
                    record.source,
                    file,
                    number,
                    wanted[number],
                    record.shape,
                    record.type,
                    record.received_at,
                    message_id,
                    raw.decode("utf-8", "replace"),
                )


def _numbered(folder: Path, file: str, seal: LogSeal) -> Iterator[tuple[int, Record, tuple[str, str, bytes]]]:
    """Events of a segment that are set aside, by the number that their rows have."""
    path, number = folder / file, 0
    if not path.exists():
        return
    for found in read_segment(path, Position(int(path.stem))):
        record = decode(found.payload, seal)
        kept = [(message_id, "unreadable", raw) for message_id, raw in record.kept]
        for event in (*kept, *record.aside):
            number += 1
            yield number, record, event


def readmit(config: Config, stores: Stores, mended: Sequence[SetAside], now: int) -> int:
    """Take mended events in again, each once however often this is asked; gives how many were good.

    Parameters
    ----------
    now
        Microseconds since 1970.

    Raises
    ------
    ContractError
        A line does not say where its event stands.
    """
    open_places = {(row.file, row.row) for row in waiting(config, stores)}
    chosen = [one for one in mended if (one.file, one.row) in open_places]
    if len({(one.file, one.row) for one in chosen}) < len(chosen):
        raise ContractError("the file names an event twice", hint="keep one line of each")
    good, arrivals = [], []
    for one in chosen:
        arrival = _arrival(one, now)
        # What is still bad stays where it is.
        if arrival.events and not arrival.events[0].problem:
            good.append(one)
            arrivals.append(arrival)
    asyncio.run(_take(config, stores.vault.log_seal, arrivals))
    drain(config, stores)
    _mark(stores, [(one.file, one.row) for one in good])
    return len(good)


def _arrival(one: SetAside, now: int) -> Arrival:
    shape: Any = one.shape
    try:
        parts = parcel(Route(shape, one.type), one.event.encode(), {})
    except ValueError:
        return Arrival(one.source, now, shape, one.type, [])
    for event in parts.events:
        # Without a number of its own its place is one, so that it comes in once.
        event.message_id = event.message_id or f"{one.file}:{one.row}"
    return Arrival(one.source, one.received_at or now, shape, one.type, parts.events[:1])


async def _take(config: Config, seal: LogSeal, arrivals: Sequence[Arrival]) -> None:
    door = Door(log_folder(config), seal, dedupe_days=config.serve.dedupe_days)
    door.start()
    try:
        await asyncio.gather(*(door.take(arrival) for arrival in arrivals))
    finally:
        await door.stop()


def _mark(stores: Stores, places: Sequence[Place]) -> None:
    names = pa.table({"file": [file for file, _ in places], "row": pa.array([row for _, row in places], pa.int64())})
    sql = """UPDATE collect.quarantined_events SET readmitted_at = now()::TIMESTAMP
             WHERE (file, row) IN (SELECT (file, row) FROM places)"""
    with stores.warehouse.transaction():
        stores.warehouse.execute_with(sql, places=names)
