"""The log of accepted requests: append-only files of records, each with its length and its checksum.

A record is either whole or, where a crash tore it, not there at all. Nothing is acknowledged before `sync`.
"""

import os
import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from motherlode.errors import EngineError

MAGIC = b"MLOG\x00\x01\r\n"
# Length and CRC-32 of what follows.
_HEAD = struct.Struct("<II")
SEGMENT_BYTES = 64 << 20
# One request, inflated, with what is said about it.
_LONGEST = 64 << 20


class Position(msgspec.Struct, frozen=True, order=True):
    """A place in the log: the number of a segment and an offset in it."""

    segment: int = 0
    offset: int = 0


class Found(msgspec.Struct, frozen=True):
    """A record, where it begins, and where the next one does."""

    at: Position
    end: Position
    payload: bytes


class SegmentLog:
    """The end of the log, to which one process appends; it begins with a file of its own.

    So what is there when it is opened never changes its end, whatever a crash tore from it.
    """

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._file = -1
        self._lock = threading.Lock()
        self.end = _end(folder)
        _OPEN[folder.resolve()] = self

    def append(self, payloads: Sequence[bytes]) -> None:
        """Write records and wait until the disk has them; on failure none of them is there.

        Raises
        ------
        OSError
            The disk is full or broken.
        """
        records = b"".join(map(framed, payloads))
        with self._lock:
            if self._file < 0 or self.end.offset >= self._segment_bytes:
                self._rotate()
            try:
                _write_all(self._file, records)
                os.fdatasync(self._file)
            except OSError:
                self._give_up()
                raise
            self.end = Position(self.end.segment, self.end.offset + len(records))

    def seal(self) -> None:
        """Go on in a new file with the next record: what is there now may be written anew."""
        with self._lock:
            self._close()

    def close(self) -> None:
        with self._lock:
            self._close()
        _OPEN.pop(self._folder.resolve(), None)

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _rotate(self) -> None:
        """Go on in a new file; the old one stays as it is, whatever became of its end."""
        self._close()
        number = self.end.segment + 1
        path = segment_path(self._folder, number)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            self._file, before, self.end = file, self.end, Position(number)
            self._begin()
            os.fsync(file)
            _sync_folder(self._folder)
        except OSError:
            self._close()
            self.end = before
            path.unlink(missing_ok=True)
            raise

    def _begin(self) -> None:
        _write_all(self._file, MAGIC)
        self.end = Position(self.end.segment, len(MAGIC))

    def _give_up(self) -> None:
        """After a failed write nobody knows what the disk has: cut it off and begin a new file at the next record."""
        try:
            os.ftruncate(self._file, self.end.offset)
            os.fsync(self._file)
        except OSError:
            # The torn tail is cut off by readers, which know where the last whole record ends.
            pass
        self._close()


# The logs that this process appends to.
_OPEN: "dict[Path, SegmentLog]" = {}


def seal(folder: Path) -> None:
    """Let what is in a folder never change its end any more, also while this process appends to it."""
    log = _OPEN.get(folder.resolve())
    if log is not None:
        log.seal()


def _end(folder: Path) -> Position:
    known = numbers(folder)
    if not known:
        return Position()
    last = Position(known[-1])
    return max((found.end for found in read_segment(segment_path(folder, known[-1]), last)), default=last)


def framed(payload: bytes) -> bytes:
    """A record as it stands in a file."""
    return _HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def _write_all(file: int, text: bytes) -> None:
    """A full disk takes what still fits; the next write says why."""
    written = os.write(file, text)
    while written < len(text):
        written += os.write(file, memoryview(text)[written:])


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def segment_path(folder: Path, number: int) -> Path:
    return folder / f"{number:010d}.log"


def numbers(folder: Path) -> list[int]:
    """Numbers of the segments that are there, in order."""
    return sorted(int(path.stem) for path in folder.glob("*.log") if path.stem.isdigit())


def read(folder: Path, start: Position, until: Position | None = None) -> Iterator[Found]:
    """Records from a position on, in the order in which they were accepted."""
    for number in numbers(folder):
        if number < start.segment or (until is not None and number > until.segment):
            continue
        first = start if number == start.segment else Position(number)
        for found in read_segment(segment_path(folder, number), first):
            if until is not None and found.end > until:
                return
            yield found


def read_segment(path: Path, start: Position) -> Iterator[Found]:
    """Whole records of one file; a torn record ends it, a damaged one in between is an error.

    Raises
    ------
    EngineError
        A record is damaged although others follow it: the disk, not a crash.
    """
    offset = max(start.offset, len(MAGIC))
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return
        file.seek(offset)
        while True:
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return
            length, checksum = _HEAD.unpack(head)
            payload = file.read(length) if length <= _LONGEST else b""
            if len(payload) < length or length > _LONGEST:
                return
            end = offset + _HEAD.size + length
            if zlib.crc32(payload) != checksum:
                _check_torn(file.read(1), path, offset)
                return
            yield Found(Position(start.segment, offset), Position(start.segment, end), payload)
            offset = end


def _check_torn(following: bytes, path: Path, offset: int) -> None:
    if following:
        hint = "restore the file from a copy; `motherlode rebuild` reads it again"
        raise EngineError(f"{path} is damaged at byte {offset}", hint=hint)
