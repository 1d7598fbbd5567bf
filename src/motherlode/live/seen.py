"""Which messages were accepted already: exact, by a 128-bit digest of source and number.

Recent digests are in memory, older ones in sorted files that are searched where they lie. The files are made of the
log and can be made of it again; what is newer than they are is read from the log at the start.
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from motherlode.live.segments import Position

Digests = np.ndarray[Any, np.dtype[np.uint64]]
Places = np.ndarray[Any, np.dtype[np.int64]]

# Digests in memory: about 100 bytes each.
IN_MEMORY = 200_000
# Digests of files that are joined at a time: a month of messages does not fit into memory.
AT_ONCE = 500_000
# Digests that begin with the same bits, on average: they are looked through together.
_A_GROUP = 16
_BYTES = 16


class Run(msgspec.Struct, frozen=True):
    """A sorted file of digests: up to which position of the log, and until when (microseconds) it was accepted."""

    path: Path
    size: int
    end: Position
    newest: int


class _Opened(msgspec.Struct, frozen=True):
    """The digests of a file where they lie, and where each group of those that begin alike does."""

    digests: Digests
    begins: Places


def digest(source: str, message_id: str) -> bytes:
    """What stands for a message of a source."""
    return hashlib.blake2b(
        message_id.encode("utf-8", "surrogatepass"), digest_size=_BYTES, key=source.encode()
    ).digest()


class Seen:
    """The set of accepted messages."""

    def __init__(self, folder: Path, in_memory: int = IN_MEMORY, at_once: int = AT_ONCE) -> None:
        self._folder = folder
        self._in_memory = in_memory
        self._at_once = at_once
        folder.mkdir(parents=True, exist_ok=True)
        self._recent: set[bytes] = set()
        self._frozen: set[bytes] = set()
        self._runs = sorted((_run(path) for path in folder.glob("*.seen")), key=lambda run: run.end)
        self._opened = [_opened(run.path) for run in self._runs]

    @property
    def end(self) -> Position:
        """Up to where the log is in files."""
        return self._runs[-1].end if self._runs else Position()

    def __len__(self) -> int:
        return len(self._recent) + len(self._frozen) + sum(run.size for run in self._runs)

    def known(self, digests: Sequence[bytes]) -> set[bytes]:
        """Those of the digests that were accepted before."""
        found = {one for one in digests if one in self._recent or one in self._frozen}
        if self._opened and len(found) < len(digests):
            found |= self._in_files([one for one in digests if one not in found])
        return found

    def add(self, digests: Iterable[bytes]) -> None:
        self._recent.update(digests)

    def forget(self, digests: Iterable[bytes]) -> None:
        """Take back what was added and then not kept."""
        self._recent.difference_update(digests)

    @property
    def is_full(self) -> bool:
        return len(self._recent) >= self._in_memory and not self._frozen

    def freeze(self) -> set[bytes]:
        """Set aside what is in memory, to be written by `flush`, which another thread may do."""
        self._frozen, self._recent = self._recent, set()
        return self._frozen

    def thaw(self) -> None:
        """Take back what was set aside: it could not be written."""
        self._recent |= self._frozen
        self._frozen = set()

    def flush(self, frozen: set[bytes], end: Position, newest: int) -> tuple[list[Run], list[_Opened]]:
        """Write a frozen set as a file and join it with smaller ones; gives the files to go on with."""
        runs, opened = list(self._runs), list(self._opened)
        joined = [_sorted(np.frombuffer(b"".join(frozen), dtype=">u8").reshape(-1, 2).astype(np.uint64))]
        old: list[Run] = []
        while runs and runs[-1].size <= 2 * sum(map(len, joined)):
            old.append(runs.pop())
            joined.append(opened.pop().digests)
            newest = max(newest, old[-1].newest)
        run = _write(self._folder, joined, end, newest, self._at_once)
        for gone in old:
            if gone.path != run.path:
                _remove(gone.path)
        return [*runs, run], [*opened, _opened(run.path)]

    def adopt(self, flushed: tuple[list[Run], list[_Opened]]) -> None:
        """Go on with the files that `flush` gave."""
        self._runs, self._opened = flushed
        self._frozen = set()

    def drop_before(self, moment: int) -> None:
        """Let go of files whose newest message was accepted before a moment (microseconds)."""
        for run in [run for run in self._runs if run.newest < moment]:
            place = self._runs.index(run)
            del self._runs[place], self._opened[place]
            _remove(run.path)

    def _in_files(self, digests: list[bytes]) -> set[bytes]:
        asked = np.frombuffer(b"".join(digests), dtype=">u8").reshape(-1, 2).astype(np.uint64)
        found: set[bytes] = set()
        for run in self._opened:
            found.update(digests[number] for number in _there(run, asked))
        return found


def _there(run: _Opened, asked: Digests) -> list[int]:
    """Which of the digests stand in a file.

    Halving a file of millions looks at a page of memory for each bit of its size, nearly all of them cold; of a group
    one or two are looked at, however large the file is.
    """
    firsts, seconds = run.digests[:, 0], run.digests[:, 1]
    groups = (asked[:, 0] >> _shift(len(run.begins) - 1)).astype(np.int64)
    begins, ends = run.begins[groups], run.begins[groups + 1]
    places = begins[:, None] + np.arange(int((ends - begins).max(initial=0)))
    alike = firsts[np.minimum(places, len(firsts) - 1)] == asked[:, :1]
    numbers, columns = np.nonzero(alike & (places < ends[:, None]))
    there: list[int] = numbers[seconds[places[numbers, columns]] == asked[numbers, 1]].tolist()
    return there


def _groups(size: int) -> int:
    """Into how many groups so many digests fall: a power of two, as many bits of each name one."""
    return 1 << max(1, (size // _A_GROUP).bit_length())


def _shift(groups: int) -> np.uint64:
    return np.uint64(65 - groups.bit_length())


def _sorted(digests: Digests) -> Digests:
    return digests[np.argsort(digests[:, 0], kind="stable")]


def _write(folder: Path, sorted_parts: Sequence[Digests], end: Position, newest: int, at_once: int) -> Run:
    """Join sorted parts into one file, a range of digests at a time: as hashes they are spread evenly."""
    size = sum(map(len, sorted_parts))
    path = folder / f"{end.segment:010d}-{end.offset:012d}-{newest}-{size}.seen"
    part = path.with_suffix(".part")
    joined = _mapped(part, np.uint64, (size, 2))
    ranges = size // at_once + 1
    bounds = np.array([number * (2**64 // ranges) for number in range(1, ranges)], np.uint64)
    cuts = [[0, *np.searchsorted(some[:, 0], bounds).tolist(), len(some)] for some in sorted_parts]
    begins = _mapped(_places_of(path), np.int64, (_groups(size) + 1,))
    begin, group, shift = 0, 0, _shift(_groups(size))
    for number in range(ranges):
        ranged = [some[cut[number] : cut[number + 1]] for some, cut in zip(sorted_parts, cuts, strict=True)]
        piece = _sorted(np.concatenate(ranged))
        joined[begin : begin + len(piece)] = piece
        until = _groups(size) if number == ranges - 1 else int(bounds[number] >> shift) + 1
        lowest = np.arange(group, until, dtype=np.uint64) << shift
        begins[group:until] = begin + np.searchsorted(piece[:, 0], lowest)
        begin, group = begin + len(piece), until
    begins[group] = size
    begins.flush()
    joined.flush()
    part.replace(path)
    return Run(path, size, end, newest)


def _mapped(path: Path, kind: type, shape: tuple[int, ...]) -> "np.memmap[Any, Any]":
    # Columns apart, so that a search reads the first halves only.
    return np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=shape, fortran_order=True)


def _places_of(path: Path) -> Path:
    return path.with_suffix(".places")


def _remove(path: Path) -> None:
    path.unlink()
    _places_of(path).unlink(missing_ok=True)


def _run(path: Path) -> Run:
    segment, offset, newest, size = path.stem.split("-")
    return Run(path, int(size), Position(int(segment), int(offset)), int(newest))


def _opened(path: Path) -> _Opened:
    # As plain arrays: each look into a mapped one costs as much as a search.
    digests: Digests = np.asarray(np.load(path, mmap_mode="r"))
    try:
        begins = np.asarray(np.load(_places_of(path), mmap_mode="r"))
    except FileNotFoundError:
        # Written by an older version.
        groups = _groups(len(digests))
        lowest = np.arange(groups, dtype=np.uint64) << _shift(groups)
        begins = np.append(np.searchsorted(digests[:, 0], lowest), len(digests))
    return _Opened(digests, begins)
