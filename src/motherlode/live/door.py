"""The door: a request is judged, written to the log, and only then answered.

Requests that arrive while the disk is busy share the next write. Whether a message is a second copy is decided in the
order of the log, so that a copy is never acknowledged before its original is safe.
"""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import msgspec

from motherlode.collect.sent_event import Event, Shape
from motherlode.live.records import Record, decode, encode
from motherlode.live.seen import Seen, digest
from motherlode.live.segments import Position, SegmentLog, read
from motherlode.vault.log_seal import LogSeal

# So much may wait for the disk before clients are told to come back.
MOST_WAITING = 64 << 20
# No name of a source ends like this.
ASIDE = "!"
# What becomes of an event.
Outcome = Literal["ok", "duplicate", "quarantined", "suppressed", "refused"]
# A write costs the same for one request as for all that come meanwhile; one client alone does not wait for others.
_GATHER_SECONDS, _ALONE_SECONDS = 0.005, 0.001
_DAY = 86_400_000_000


class Overloaded(Exception):
    """More is waiting for the disk than fits, or the disk takes nothing: to be tried again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again after {seconds} s")
        self.seconds = seconds


class Arrival(msgspec.Struct):
    """A request that is to be kept.

    Attributes
    ----------
    suppressed
        How many of its events were left out because their people are not to be followed.
    refused
        How many earlier events of this source were turned away since the last record.
    """

    source: str
    received_at: int
    shape: Shape
    type: str
    events: list[Event]
    sent_at: str = ""
    common: bytes = b""
    left: bytes = b""
    suppressed: int = 0
    refused: int = 0
    signal: str = ""


class _Waiting(msgspec.Struct):
    arrival: Arrival
    size: int
    done: "asyncio.Future[list[Outcome]]"


class Door:
    """What stands between the network and the log, in one event loop."""

    def __init__(self, folder: Path, seal: LogSeal, *, dedupe_days: int = 31, segment_bytes: int = 64 << 20) -> None:
        self.folder = folder
        self._seal = seal
        self._log = SegmentLog(folder, segment_bytes)
        self._seen = Seen(folder / "seen")
        self._window = dedupe_days * _DAY
        self._remember()
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self._disk = ThreadPoolExecutor(1, "disk")
        self._flusher = ThreadPoolExecutor(1, "seen")
        self._work: asyncio.Task[None] | None = None
        self._flush: asyncio.Task[None] | None = None

    @property
    def end(self) -> Position:
        """Up to where the log is safe."""
        return self._log.end

    @property
    def waiting_bytes(self) -> int:
        return self._waiting_bytes

    def start(self) -> None:
        self._work = asyncio.create_task(self._keep_on())

    async def stop(self) -> None:
        """Write what is waiting, then close."""
        while self._waiting_bytes:
            await asyncio.sleep(0.001)
        for task in (self._work, self._flush):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        self._disk.shutdown()
        self._flusher.shutdown()
        self._log.close()

    async def take(self, arrival: Arrival) -> list[Outcome]:
        """Keep a request; gives the outcome of each of its events once the disk has them.

        Raises
        ------
        Overloaded
            Nothing was kept: to be tried again.
        """
        size = 200 + sum([len(event.raw) for event in arrival.events]) + len(arrival.left)
        if self._waiting_bytes + size > MOST_WAITING and self._waiting:
            raise Overloaded(1)
        waiting = _Waiting(arrival, size, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._waiting_bytes += size
        self._wake.set()
        return await waiting.done

    async def _keep_on(self) -> None:
        loop, group = asyncio.get_running_loop(), list[_Waiting]()
        while True:
            await self._wake.wait()
            await asyncio.sleep(_GATHER_SECONDS if len(group) > 1 else _ALONE_SECONDS)
            self._wake.clear()
            group, self._waiting = self._waiting, []
            if not group:
                continue
            outcomes, payloads, new = self._judge([one.arrival for one in group])
            try:
                await loop.run_in_executor(self._disk, self._log.append, payloads)
            except OSError:
                self._seen.forget(new)
                for one in group:
                    if not one.done.done():
                        one.done.set_exception(Overloaded(5))
            else:
                for one, outcome in zip(group, outcomes, strict=True):
                    if not one.done.done():
                        one.done.set_result(outcome)
                self._flush_seen()
            finally:
                self._waiting_bytes -= sum([one.size for one in group])

    def _judge(self, arrivals: Sequence[Arrival]) -> tuple[list[list[Outcome]], list[bytes], list[bytes]]:
        """Outcomes, records and the digests that are new, in the order in which the log will have them."""
        marks = [[_mark(arrival.source, event) for event in arrival.events] for arrival in arrivals]
        known = self._seen.known([mark for some in marks for mark in some if mark])
        new: list[bytes] = []
        outcomes: list[list[Outcome]] = []
        payloads = []
        for arrival, some in zip(arrivals, marks, strict=True):
            outcome: list[Outcome] = []
            kept, aside = [], []
            for event, mark in zip(arrival.events, some, strict=True):
                if mark and mark in known:
                    outcome.append("duplicate")
                    continue
                if mark:
                    known.add(mark)
                    new.append(mark)
                if event.problem:
                    aside.append((event.message_id, event.problem, event.raw))
                else:
                    kept.append((event.message_id, event.raw))
                outcome.append("quarantined" if event.problem else "ok")
            if arrival.left:
                aside.append(("", "truncated", arrival.left))
            record = encode(_record(arrival, kept, aside, outcome.count("duplicate")))
            payloads.append(self._seal.close(record, arrival.received_at // _DAY))
            outcomes.append(outcome)
        self._seen.add(new)
        return outcomes, payloads, new

    def _flush_seen(self) -> None:
        if self._seen.is_full and (self._flush is None or self._flush.done()):
            self._flush = asyncio.create_task(self._write_seen(self._seen.freeze(), self._log.end))

    async def _write_seen(self, frozen: set[bytes], end: Position) -> None:
        loop, now = asyncio.get_running_loop(), time.time_ns() // 1000
        try:
            self._seen.adopt(await loop.run_in_executor(self._flusher, self._seen.flush, frozen, end, now))
        except OSError:
            # Still in memory and in the log: tried again with the next record.
            self._seen.thaw()
            return
        self._seen.drop_before(now - self._window)

    def _remember(self) -> None:
        """What the files of digests do not have yet is in the log."""
        for found in read(self.folder, self._seen.end):
            record = decode(found.payload, self._seal)
            self._seen.add(digest(record.source, message_id) for message_id, _ in record.kept if message_id)
            self._seen.add(digest(record.source + ASIDE, message_id) for message_id, *_ in record.aside if message_id)


def _mark(source: str, event: Event) -> bytes:
    """What is set aside is known apart: mended, it comes in again under its number."""
    if not event.message_id:
        return b""
    return digest(source + ASIDE if event.problem else source, event.message_id)


def _record(
    arrival: Arrival, kept: list[tuple[str, bytes]], aside: list[tuple[str, str, bytes]], duplicates: int
) -> Record:
    return Record(
        source=arrival.source,
        received_at=arrival.received_at,
        shape=arrival.shape,
        type=arrival.type,
        sent_at=arrival.sent_at,
        common=arrival.common,
        kept=kept,
        aside=aside,
        duplicate=duplicates,
        suppressed=arrival.suppressed,
        refused=arrival.refused,
        signal=arrival.signal,
    )
