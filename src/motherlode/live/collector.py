"""A project that collects while it serves: the door, who may pass it, and the thread that moves the log on."""

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from motherlode.collect.calls import Call
from motherlode.collect.canonical import consent_cells
from motherlode.collect.plans import broken
from motherlode.collect.sent_event import UNREADABLE, Event
from motherlode.collect.tracking import Parcel
from motherlode.collect.write_keys import header_keys
from motherlode.config import Config
from motherlode.errors import MotherlodeError
from motherlode.live import consumer, planning, readers, senders
from motherlode.live.door import Arrival, Door, Outcome, Overloaded
from motherlode.live.planning import Ruled
from motherlode.live.readers import Reader
from motherlode.live.refusals import numbers_and_devices
from motherlode.live.retention import drop
from motherlode.live.rows import Told
from motherlode.live.segments import Position
from motherlode.live.senders import Sender
from motherlode.people.consents import Refusals
from motherlode.stores import Stores

# How long new keys and withdrawals may take to be seen, and how long rows wait for others before they are moved on.
LOOK_AGAIN_SECONDS, MOVE_SECONDS = 1.0, 0.25
# A step costs the same for few rows as for some hundred: where it takes long, rows wait so many times as long as it
# took, but never longer than most.
_PATIENCE, _MOST_SECONDS = 4, 0.75
# Who sends with a key that nobody has.
UNKNOWN = ""
# Whose clients know no keys: what they send is set aside until somebody names the application as a source.
KEYLESS = Sender("unknown", "", datetime.min, senders.Settings(events_per_second=100))


class Collector:
    """What a server needs to take events, in the event loop that it serves in.

    Parameters
    ----------
    now
        The clock, in microseconds since 1970.
    """

    def __init__(self, config: Config, stores: Stores, now: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        self._config = config
        self._stores = stores
        self.now = now
        self.door = Door(
            consumer.log_folder(config),
            stores.vault.log_seal,
            dedupe_days=config.serve.dedupe_days,
            segment_bytes=config.serve.segment_mb << 20,
        )
        self._senders: dict[str, Sender] = {}
        self._by_header: dict[tuple[bytes, bytes], Sender] = {}
        self._gone: set[str] = set()
        self._refusing = Refusals("analytics")
        self._theirs: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
        self._plans: dict[str, Ruled] = {}
        self._readers: dict[str, Reader] = {}
        self._looked_at = 0.0
        self._allowance: dict[str, tuple[float, float]] = {}
        self._refused: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.moved_to = Position()
        self.moved_at = 0.0
        self.trouble = ""
        self.recent: deque[Told] = deque(maxlen=200)
        self.listeners: list[Callable[[list[Told]], None]] = []
        self.is_leaving = False
        self._dropped_at = float("-inf")
        # Whoever writes the file of the warehouse anew holds this meanwhile.
        self.moving = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._move_on, name="consumer", daemon=True)
        self._beat: asyncio.Task[None] | None = None

    # -- life

    async def __aenter__(self) -> "Collector":
        self.look_again()
        self.door.start()
        self._thread.start()
        self._beat = asyncio.create_task(self._keep_beating())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._beat is not None:
            self._beat.cancel()
        await self._tell_refused()
        await self.door.stop()
        self._stopping.set()
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    def leave(self) -> None:
        """End answers that would go on as long as we serve."""
        self.is_leaving = True

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            self.look_again()
            await self._tell_refused()
            if self._config.log_days and time.monotonic() - self._dropped_at > 3600:
                await asyncio.get_running_loop().run_in_executor(None, self._drop_old)

    def _drop_old(self) -> None:
        """Let go of the log that is past its time and that nobody needs any more."""
        self._dropped_at = time.monotonic()
        with self.moving:
            warehouse = self._stores.warehouse.beside()
            sql = "SELECT DISTINCT file FROM collect.quarantined_events WHERE readmitted_at IS NULL"
            needed = {row["file"] for row in warehouse.arrow(sql).to_pylist()}
            warehouse.close()
        before = time.time() - self._config.log_days * 86_400
        drop(consumer.log_folder(self._config), before, self.moved_to, needed)

    def look_again(self) -> None:
        """Who may send, and who is not to be followed, as the stores have it now."""
        self._looked_at = time.monotonic()
        self._by_header.clear()
        self._senders = senders.by_hash(self._stores.ledger)
        self._gone = self._stores.vault.suppressed().get("customer_id", set())
        self._refusing.look(self._stores.ledger)
        self._look_at_devices()
        self._plans = planning.current(self._stores.ledger)
        self._readers = readers.by_hash(self._stores.ledger)

    def _look_at_devices(self) -> None:
        """Numbers and devices of those who refused analytics, where others did since; not while the file is written."""
        if self._refusing.people != self._theirs[0] and self.moving.acquire(blocking=False):
            try:
                self._theirs = self._refusing.people, numbers_and_devices(self._stores, sorted(self._refusing.people))
            finally:
                self.moving.release()

    async def _tell_refused(self) -> None:
        """Events that were turned away are counted in the log too, once it takes something again."""
        for source, count in list(self._refused.items()):
            self._refused[source] -= count
            try:
                await self.door.take(Arrival(source, self.now(), "segment", "", [], refused=count))
            except Overloaded:
                self._refused[source] += count
        self._refused = +self._refused

    # -- who, and how much

    def sender(self, keys: Iterable[str]) -> Sender | None:
        """The source that one of the keys belongs to; a key that is new is looked for once a second."""
        hashes = [senders.key_hash(key) for key in keys]
        found = next((self._senders[one] for one in hashes if one in self._senders), None)
        if found is None and hashes and time.monotonic() - self._looked_at > LOOK_AGAIN_SECONDS:
            self.look_again()
            found = next((self._senders[one] for one in hashes if one in self._senders), None)
        return found

    def named(self, authorization: bytes, write_key: bytes) -> Sender | None:
        """The source that headers name; the same ones come with every request of an SDK."""
        if not (authorization or write_key):
            return None
        said = (authorization, write_key)
        found = self._by_header.get(said)
        if found is None:
            found = self.sender(header_keys({b"authorization": authorization, b"x-write-key": write_key}))
            if found is not None:
                self._by_header[said] = found
        return found

    def is_within_limit(self, sender: Sender, events: int) -> bool:
        """Whether a source may send so many more: on average so many a second, and ten seconds' worth at once."""
        rate = sender.settings.events_per_second or self._config.serve.events_per_second
        if not rate:
            return True
        now = time.monotonic()
        left, at = self._allowance.get(sender.source, (rate * 10.0, now))
        left = min(rate * 10.0, left + (now - at) * rate)
        within = left >= min(events, rate * 10)
        self._allowance[sender.source] = (left - events if within else left, now)
        return within

    def refuse(self, source: str, events: int) -> None:
        self._refused[source] += events
        self.counts["refused"] += events

    # -- taking

    async def take(self, sender: Sender, parcel: Parcel, *, received_at: int, signal: str = "") -> list[Outcome]:
        """Keep the events of a parcel; gives an outcome for each.

        Raises
        ------
        Overloaded
            Nothing was kept.
        """
        blocked = self._planned(sender.source, parcel)
        events, hidden = self._followed(parcel.events, blocked)
        arrival = Arrival(
            sender.source,
            received_at,
            parcel.shape,
            parcel.type,
            events,
            parcel.sent_at,
            parcel.common,
            parcel.left,
            suppressed=len(hidden),
            refused=len(blocked),
            signal=signal,
        )
        try:
            outcomes = await self.door.take(arrival)
        except Overloaded:
            self.refuse(sender.source, len(parcel.events))
            raise
        self.counts["received"] += len(parcel.events) + bool(parcel.left)
        if hidden or blocked:
            kept, left_out = iter(outcomes), _left_out(hidden, blocked)
            outcomes = [left_out[place] if place in left_out else next(kept) for place in range(len(parcel.events))]
        for outcome in outcomes:
            self.counts[outcome] += 1
        self.counts["quarantined"] += bool(parcel.left)
        return outcomes

    def _planned(self, source: str, parcel: Parcel) -> set[int]:
        """Mark events that break the plan of their source; gives the places of those that it blocks."""
        ruled = self._plans.get(source)
        blocked: set[int] = set()
        if ruled is None:
            return blocked
        for place, event in enumerate(parcel.events):
            if event.problem:
                continue
            for rule in _broken(ruled, parcel, event):
                action = ruled.rules.get(rule, "off")
                event.problem = event.problem or (rule if action == "quarantine" else "")
                if action == "warn":
                    event.warnings = (*event.warnings, rule)
                elif action == "block":
                    blocked.add(place)
        return blocked

    def _followed(self, events: list[Event], blocked: set[int]) -> tuple[list[Event], set[int]]:
        """Events that are to be kept, and the places of those whose people are not to be followed."""
        if not blocked and not any(map(self._is_hidden, events)):
            return events, blocked
        hidden = {place for place, event in enumerate(events) if place not in blocked and self._is_hidden(event)}
        gone = hidden | blocked
        return ([event for place, event in enumerate(events) if place not in gone] if gone else events), hidden

    def _is_hidden(self, event: Event) -> bool:
        """Whether an event is about somebody who was erased or refused analytics, or says itself that it is refused."""
        if self._refusing and any(who in self._refusing or who in self._theirs[1] for who in event.people):
            return True
        if self._gone and any(self._stores.vault.token("customer_id", who) in self._gone for who in event.people):
            return True
        return b"categoryPreferences" in event.raw and refuses_analytics(event)

    def reader(self, key: str) -> Reader | None:
        """The program that a key belongs to."""
        return self._readers.get(senders.key_hash(key)) if key else None

    # -- moving on

    def _move_on(self) -> None:
        while True:
            stopping = self._stopping.is_set()
            end, began = self.door.end, time.monotonic()
            try:
                self._move(end)
            except MotherlodeError as error:
                # Another writer was first, or the disk is full: the log keeps everything until it works again.
                self.trouble = error.message
            if stopping:
                break
            self._stopping.wait(self._pause(time.monotonic() - began) if self.moved_to >= end else bool(self.trouble))

    def _pause(self, took: float) -> float:
        return max(MOVE_SECONDS, min(_PATIENCE * took, _MOST_SECONDS))

    def _move(self, end: Position) -> None:
        """Move up to `end`, on a connection that is open only meanwhile: the file may be written anew in between."""
        if self.moved_to >= end:
            return
        with self.moving:
            stores = msgspec.structs.replace(self._stores, warehouse=self._stores.warehouse.beside())
            try:
                self._move_with(stores, end)
            finally:
                stores.warehouse.close()

    def _move_with(self, stores: Stores, end: Position) -> None:
        while self.moved_to < end:
            before = self.moved_to
            self.moved_to = consumer.move(self._config, stores, end, self._told).end
            self.moved_at, self.trouble = time.time(), ""
            if self.moved_to == before:
                break

    def _told(self, told: list[Told]) -> None:
        self.recent.extend(told[-200:])
        for listener in list(self.listeners):
            listener(told)

    def state(self) -> dict[str, Any]:
        """How the whole path does: for `/health`."""
        end = self.door.end
        behind = self.moved_to < end
        late = behind and self.moved_at > 0 and time.time() - self.moved_at > 60
        return {
            "log": {"segment": end.segment, "offset": end.offset, "waiting_bytes": self.door.waiting_bytes},
            "consumer": {"segment": self.moved_to.segment, "offset": self.moved_to.offset, "trouble": self.trouble},
            "is_well": not self.trouble and not late and self._thread.is_alive(),
        }


def _broken(ruled: Ruled, parcel: Parcel, event: Event) -> list[str]:
    """Rules of a plan that an event breaks; none where it cannot be read to its end, which is told later."""
    try:
        return list(broken(ruled.plan, parcel.shape, parcel.type, event.raw))
    except UNREADABLE:
        return []


def _left_out(hidden: set[int], blocked: set[int]) -> dict[int, Outcome]:
    left_out: dict[int, Outcome] = {}
    left_out.update(dict.fromkeys(hidden, "suppressed"))
    left_out.update(dict.fromkeys(blocked, "refused"))
    return left_out


def refuses_analytics(event: Event) -> bool:
    """Whether a consent dialogue sent with the event that its person wants no analytics."""
    try:
        context = msgspec.json.decode(event.raw).get("context")
    except (*UNREADABLE, AttributeError):
        return False
    call = Call("track", "", 0, context=context if isinstance(context, dict) else {})
    return ("analytics", False) in set(consent_cells(call))
