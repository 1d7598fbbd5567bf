"""JSON, one object a line or an array of objects: every value in the letters it came in."""

import io
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import msgspec
import pyarrow as pa

from motherlode.collect.sources.encoding import BlockStream, look, utf8_blocks
from motherlode.collect.sources.layout import ROWS_A_BATCH, Layout, Part
from motherlode.doors import Batch, Broken

Row = dict[str, str]

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_DOCUMENT = msgspec.json.Decoder(list[msgspec.Raw] | dict[str, msgspec.Raw])


def parts(path: Path, layout: Layout) -> Iterator[Part]:
    """A file of JSON lines holds one part."""
    yield Part("", partial(_line_batches, path, layout))


def array_parts(path: Path, layout: Layout) -> Iterator[Part]:
    """A JSON document holds one part: its array of objects, the only one that it names, or itself.

    JSON lines under this name are read as such.
    """
    yield Part("", partial(_document_batches, path, layout))


def flat(text: bytes, prefix: str = "") -> Row:
    """Values of an object by name; an object in it becomes `a.b`, a list stays JSON.

    Raises
    ------
    msgspec.DecodeError
        The text is not a JSON object.
    """
    row: Row = {}
    for key, raw in _OBJECT.decode(text).items():
        value = bytes(raw).strip()
        if value.startswith(b"{") and value[1:-1].strip():
            row |= flat(value, f"{prefix}{key}.")
        else:
            row[prefix + key] = _text(value)
    return row


def _text(value: bytes) -> str:
    if value == b"null":
        return ""
    return _TEXT.decode(value) if value.startswith(b'"') else value.decode()


def _line_batches(path: Path, layout: Layout) -> Iterator[Batch]:
    stream = io.BufferedReader(BlockStream(utf8_blocks(path, look(path, layout.encoding))))
    yield from _batches(line.strip() for line in stream)


def _document_batches(path: Path, layout: Layout) -> Iterator[Batch]:
    text = b"".join(utf8_blocks(path, look(path, layout.encoding)))
    try:
        document = _DOCUMENT.decode(text)
    except (msgspec.DecodeError, RecursionError):
        yield from _batches(line.strip() for line in text.splitlines())
        return
    objects = document if isinstance(document, list) else _only_list(document)
    yield from _batches(map(bytes, objects) if objects or isinstance(document, list) else [text])


def _only_list(document: dict[str, msgspec.Raw]) -> list[msgspec.Raw]:
    """Objects of an answer of an interface, which names them and says beside them how many there are."""
    lists = [value for value in document.values() if bytes(value).lstrip().startswith(b"[")]
    if len(lists) != 1:
        return []
    objects = _LIST.decode(lists[0])
    return objects if all(bytes(one).lstrip().startswith(b"{") for one in objects) else []


def _batches(objects: Iterable[bytes]) -> Iterator[Batch]:
    written = filter(None, objects)
    first_row, ordinal = 1, 1
    while taken := list(islice(written, ROWS_A_BATCH)):
        rows, broken = _sorted_out(taken, ordinal)
        yield Batch(_columns(rows), first_row, broken)
        first_row += len(rows)
        ordinal += len(taken)


def _sorted_out(taken: Iterable[bytes], ordinal: int) -> tuple[list[Row], tuple[Broken, ...]]:
    rows: list[Row] = []
    broken: list[Broken] = []
    for number, text in enumerate(taken, ordinal):
        try:
            rows.append(flat(text))
        except (msgspec.DecodeError, RecursionError):
            broken.append(Broken(number, text.decode(), "not_json"))
    return rows, tuple(broken)


def _columns(rows: list[Row]) -> pa.RecordBatch:
    """A column for every name that any of the rows has; empty where a row has it not."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        nothing = pa.StructArray.from_arrays([], fields=[], mask=pa.array([False] * len(rows), pa.bool_()))
        return pa.RecordBatch.from_struct_array(nothing)
    return pa.record_batch([pa.array([row.get(name, "") for row in rows], pa.string()) for name in names], names=names)
