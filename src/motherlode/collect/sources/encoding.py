"""Bytes of a text file as UTF-8, whatever they came as.

The whole file is looked at before the first row is given: a file that is plain English for a million rows may hold its
first Chinese name in the next one, and rows that were handed on cannot be taken back.
"""

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import chardet
import msgspec
import pyarrow as pa

from motherlode.errors import ConfigError

# Half a megabyte stays in a core's cache: blocks of four cost a third more.
BLOCK_BYTES = 1 << 19
SAMPLE_BYTES = 200_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# With more candidates chardet takes two-line Chinese files for Korean or Cyrillic ones.
_CANDIDATES = ("gb18030", "big5", "cp932", "cp1252")
# Files named by an old code page hold letters of the newer one sooner or later.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "iso8859-1": "cp1252"}
_FOREIGN = re.compile(rb"[\x80-\xff][^\r\n]*")


class Encoded(msgspec.Struct, frozen=True):
    """How a text file is encoded.

    Attributes
    ----------
    clean
        Every byte is valid UTF-8, so that nothing needs to be decoded.
    quotes
        There is at least one quotation mark.
    """

    encoding: str
    clean: bool
    quotes: bool


class BlockStream(io.RawIOBase):
    """Blocks of bytes as a file that can be read once."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stubs name a type that has no slices
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def look(path: Path, encoding: str | None = None) -> Encoded:
    """Read the whole file once and say how it is encoded; a given encoding is taken at its word."""
    marked = _checked(encoding) if encoding else _marked(next(raw_blocks(path), b""))
    valid, quotes = _utf8_and_quotes(raw_blocks(path))
    if marked in (None, "utf-8") and valid:
        return Encoded("utf-8", clean=True, quotes=quotes)
    found = marked or _guessed(raw_blocks(path))
    # In UTF-16 and its like a quotation mark is not the byte it is elsewhere.
    return Encoded(found, clean=False, quotes=quotes or found.startswith("utf-"))


def raw_blocks(path: Path) -> Iterator[bytes]:
    """Bytes of the file, unpacked where its name ends in .gz, .bz2 or .zst."""
    if path.stat().st_size == 0:
        return
    with pa.input_stream(str(path), compression="detect") as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


def utf8_blocks(path: Path, encoded: Encoded) -> Iterator[bytes]:
    """Text of the file as UTF-8 without byte order mark; a byte that belongs to no letter stays visible as `\\xe4`."""
    blocks = raw_blocks(path) if encoded.clean else _transcoded(raw_blocks(path), encoded.encoding)
    first = next(blocks, b"")
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from blocks


def without_start(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Blocks without their first `size` bytes."""
    for block in blocks:
        if size < len(block):
            yield block[size:]
        size = max(0, size - len(block))


def whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes cut anew, so that each block but the last ends with a line."""
    rest: list[bytes] = []
    for block in blocks:
        cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        if cut:
            yield b"".join(rest) + block[:cut]
            rest = []
        rest.append(block[cut:])
    if any(rest):
        yield b"".join(rest)


def _transcoded(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="backslashreplace")
    for block in blocks:
        if text := decoder.decode(block):
            yield text.encode()
    yield decoder.decode(b"", final=True).encode()


def _checked(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        hint = "use utf-8, gb18030, big5, cp932, utf-16 or cp1252, or leave `encoding` out to have it found"
        raise ConfigError(f"`{encoding}` is not an encoding", hint=hint) from None
    return _WIDER.get(name, name)


def _marked(head: bytes) -> str | None:
    """The encoding a file states in its first bytes, or shows by a zero in every other byte."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    start = head[:4096]
    even, odd = start[::2].count(0), start[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    # Four, so that a stray zero in a short file is a stray zero.
    if most >= 4 and most * 10 > len(start) and least * 20 < most:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _utf8_and_quotes(blocks: Iterable[bytes]) -> tuple[bool, bool]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid, quotes = True, False
    for block in blocks:
        quotes = quotes or b'"' in block
        valid = valid and _decodes(decoder, block)
        if quotes and not valid:
            break
    return valid and _decodes(decoder, b"", final=True), quotes


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _guessed(blocks: Iterable[bytes]) -> str:
    """The encoding in which the lines with letters beyond ASCII make sense."""
    sample = _sample(blocks)
    text = sample.decode("utf-8", errors="replace")
    broken, foreign = text.count("\ufffd"), sum(letter > "\x7f" for letter in text)
    # A cell cut in the middle of a letter, or one line pasted from elsewhere, does not make the file another one.
    if broken * 10 <= foreign:
        return "utf-8"
    found = chardet.detect(sample, include_encodings=_CANDIDATES)["encoding"] or "cp1252"
    return _checked(found)


def _sample(blocks: Iterable[bytes]) -> bytes:
    """Ends of lines from their first byte beyond ASCII on, as many as a detector can use."""
    found: list[bytes] = []
    size = 0
    for block in whole_lines(blocks):
        for match in _FOREIGN.finditer(block):
            found.append(match[0])
            size += len(match[0])
            if size > SAMPLE_BYTES:
                return b"\n".join(found)
    return b"\n".join(found)
