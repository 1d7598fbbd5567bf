"""A person erased from the log: her events are emptied where they stand, so that all others keep their places."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from motherlode.collect.calls import read_call
from motherlode.live.records import Record, decode, encode
from motherlode.live.rows import UNREADABLE
from motherlode.live.segments import MAGIC, Found, Position, framed, numbers, read_segment, segment_path
from motherlode.vault.log_seal import LogSeal


class _Hers(msgspec.Struct, frozen=True):
    """How a person's events are known: by ids in their own place, and by values wherever they stand."""

    ids: frozenset[str]
    words: "re.Pattern[bytes]"
    values: "re.Pattern[bytes] | None"

    def is_named_in(self, text: bytes) -> bool:
        """Whether one of her values stands somewhere in a text, or one of her ids as a text of its own."""
        if self.values is not None and self.values.search(text):
            return True
        return any(msgspec.json.encode(one) in text for one in self.ids)

    def has(self, record: Record, message_id: str, raw: bytes) -> bool:
        """Whether an event is hers; a number such as 42 stands in many that are not."""
        if not self.words.search(raw):
            return False
        if self.values is not None and self.values.search(raw):
            return True
        try:
            call = read_call(raw, shape=record.shape, kind=record.type, message_id=message_id, received_at=0)
        except UNREADABLE:
            return any(msgspec.json.encode(one) in raw for one in self.ids)
        return not self.ids.isdisjoint((call.user_id, call.previous_id, call.anonymous_id))


def forget(folder: Path, seal: LogSeal, ids: Sequence[str], values: Sequence[str] = ()) -> int:
    """Empty every event of the people with these ids, or in which one of the values stands as a word of its own.

    Only segments that hold one of them are written anew. Nothing may append meanwhile.

    Returns
    -------
    int
        Events that were emptied.
    """
    needles = [one.encode() for one in dict.fromkeys((*ids, *values)) if one]
    if not needles:
        return 0
    said = [one.encode() for one in values if one]
    hers = _Hers(frozenset(ids), _words(needles), _words(said) if said else None)
    return sum(_forget_in(segment_path(folder, number), seal, needles, hers) for number in numbers(folder))


def _words(needles: Sequence[bytes]) -> "re.Pattern[bytes]":
    return re.compile(rb"(?<![\w-])(?:" + b"|".join(map(re.escape, needles)) + rb")(?![\w-])")


def _forget_in(path: Path, seal: LogSeal, needles: Iterable[bytes], hers: _Hers) -> int:
    # Looking first costs less than writing a segment anew for nothing.
    if not any(_may_name(seal.open(found.payload), needles, hers) for found in _records(path)):
        return 0
    gone, changed, fresh = 0, False, path.with_suffix(".new")
    with fresh.open("wb") as out:
        fresh.chmod(0o600)
        out.write(MAGIC)
        for found in _records(path):
            payload, plain = found.payload, seal.open(found.payload)
            if _may_name(plain, needles, hers):
                emptied, count = _emptied(decode(plain, seal), hers)
                without, gone = encode(emptied), gone + count
                if without != plain:
                    payload, changed = seal.instead(payload, without), True
            out.write(framed(payload))
        out.flush()
        os.fsync(out.fileno())
    if changed:
        fresh.replace(path)
    else:
        fresh.unlink()
    return gone


def _records(path: Path) -> Iterator[Found]:
    return read_segment(path, Position(int(path.stem)))


def _may_name(record: bytes, needles: Iterable[bytes], hers: _Hers) -> bool:
    """Whether a record has one of the values as a word; looking for plain bytes is ten times as fast as for words."""
    return any(needle in record for needle in needles) and hers.words.search(record) is not None


def _emptied(record: Record, hers: _Hers) -> tuple[Record, int]:
    """The record without what her events said; their places, and the counts, stay.

    What is emptied keeps its length: positions in the log, also those that an older copy of the warehouse remembers,
    go on naming the same records. What the whole request said of her goes for all of its events.
    """
    kept = [(name, _blank(raw) if hers.has(record, name, raw) else raw) for name, raw in record.kept]
    aside = [(name, why, _blank(raw) if hers.has(record, name, raw) else raw) for name, why, raw in record.aside]
    common = _blank(record.common) if hers.is_named_in(record.common) else record.common
    count = sum(old != new for old, new in zip([*record.kept, *record.aside], [*kept, *aside], strict=True))
    return msgspec.structs.replace(record, kept=kept, aside=aside, common=common), count


def _blank(raw: bytes) -> bytes:
    return b" " * len(raw)
