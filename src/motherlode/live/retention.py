"""How long the log is kept."""

from collections.abc import Collection
from pathlib import Path

from motherlode.live.segments import Position, numbers, segment_path


def drop(folder: Path, before: float, moved_to: Position, needed: Collection[str]) -> int:
    """Delete segments that were full before a moment (seconds since 1970); gives how many.

    Parameters
    ----------
    moved_to
        What lies behind it is not in the tables yet and stays.
    needed
        Files with events that are set aside and were not taken in again.
    """
    gone = 0
    for number in numbers(folder):
        path = segment_path(folder, number)
        if number < moved_to.segment and path.name not in needed and path.stat().st_mtime < before:
            path.unlink()
            gone += 1
    return gone
