"""A person erased from the log: her events are emptied where they stand, so that all others keep their places."""

import mmap
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from motherlode.live.records import Record, decode, encode
from motherlode.live.segments import MAGIC, Position, framed, numbers, read_segment, segment_path


def forget(folder: Path, values: Sequence[str]) -> int:
    """Empty every event in which one of the values stands between signs that are no letters and digits.

    Only segments that hold one of them are written anew. Nothing may append meanwhile.

    Returns
    -------
    int
        Events that were emptied.
    """
    needles = [value.encode() for value in dict.fromkeys(values) if value]
    if not needles:
        return 0
    word = re.compile(rb"(?<![\w-])(?:" + b"|".join(map(re.escape, needles)) + rb")(?![\w-])")
    return sum(_forget_in(segment_path(folder, number), number, needles, word) for number in numbers(folder))


def _forget_in(path: Path, number: int, needles: Iterable[bytes], word: "re.Pattern[bytes]") -> int:
    if not _holds(path, needles):
        return 0
    gone, fresh = 0, path.with_suffix(".new")
    with fresh.open("wb") as out:
        fresh.chmod(0o600)
        out.write(MAGIC)
        for found in read_segment(path, Position(number)):
            payload = found.payload
            if word.search(payload):
                emptied, count = _emptied(decode(payload), word)
                payload, gone = encode(emptied), gone + count
            out.write(framed(payload))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    return gone


def _holds(path: Path, needles: Iterable[bytes]) -> bool:
    if path.stat().st_size <= len(MAGIC):
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return any(text.find(needle) >= 0 for needle in needles)


def _emptied(record: Record, word: "re.Pattern[bytes]") -> tuple[Record, int]:
    kept = [(message_id, b"" if word.search(raw) else raw) for message_id, raw in record.kept]
    aside = [(message_id, problem, b"" if word.search(raw) else raw) for message_id, problem, raw in record.aside]
    before = [*(raw for _, raw in record.kept), *(raw for _, _, raw in record.aside)]
    after = [*(raw for _, raw in kept), *(raw for _, _, raw in aside)]
    common = b"" if word.search(record.common) else record.common
    changed = Record(
        record.source,
        record.received_at,
        record.shape,
        record.type,
        record.sent_at,
        common,
        kept,
        aside,
        record.duplicate,
        record.suppressed,
        record.refused,
        record.signal,
    )
    return changed, sum(bool(old) and not new for old, new in zip(before, after, strict=True))
