"""JSON, one object a line or an array of objects: every value in the letters it came in.

An object that holds a list of others, an order its lines or a session its events, is a row for each of them.
"""

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
from motherlode.errors import ConfigError, did_you_mean

Row = dict[str, str]

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_DOCUMENT = msgspec.json.Decoder(list[msgspec.Raw] | dict[str, msgspec.Raw])

# What programs call the list of what an object is about, the surest first; taxes and refunds are others'.
LINES = (
    "line_items", "lineitems", "order_items", "orderitems", "order_lines", "orderlines", "cart_items", "lines", "items",
    "products", "articles", "positions", "details",
)  # fmt: skip
LISTS = (*LINES, "events", "orders", "transactions", "purchases")
# Two objects with the same keys may be anything.
LEAST_COLUMNS = 3
# An event has what it is about as a detail: with three products it has still happened once.
_HAPPENED = frozenset({"event", "event_name", "eventname"})


def parts(path: Path, layout: Layout) -> Iterator[Part]:
    """A file of JSON lines holds one part."""
    yield Part("", partial(_line_batches, path, layout))


def array_parts(path: Path, layout: Layout) -> Iterator[Part]:
    """A JSON document holds one part: its array of objects, the only one that it names, or itself.

    One that names several holds a part for each. JSON lines under this name are read as such.
    """
    names = _several_lists(path, layout)
    if layout.sheet is not None and layout.sheet not in names:
        raise ConfigError(f"`{path.name}` has no list `{layout.sheet}`", hint=did_you_mean(layout.sheet, names))
    for name in names:
        if layout.sheet in (None, name):
            yield Part(name, partial(_list_batches, path, layout, name))
    if not names:
        yield Part("", partial(_document_batches, path, layout))


def _several_lists(path: Path, layout: Layout) -> list[str]:
    """Names of the lists of objects of a document that has several and is no order or customer itself."""
    encoded = look(path, layout.encoding)
    if not next(utf8_blocks(path, encoded), b"").lstrip().startswith(b"{"):
        return []
    try:
        document = _OBJECT.decode(b"".join(utf8_blocks(path, encoded)))
    except (msgspec.DecodeError, RecursionError):
        return []
    names = [name for name, value in document.items() if _is_list(value) and _objects(bytes(value))]
    return names if len(names) > 1 and not _has_number(document) else []


def _is_list(value: msgspec.Raw) -> bool:
    return bytes(value).lstrip().startswith(b"[")


def _has_number(document: Iterable[str]) -> bool:
    """Whether it is a thing with a number of its own, and not an answer about many."""
    return any(name.lower().endswith("id") for name in document)


def _list_batches(path: Path, layout: Layout, name: str) -> Iterator[Batch]:
    document = _OBJECT.decode(b"".join(utf8_blocks(path, look(path, layout.encoding))))
    yield from _batches(map(bytes, _LIST.decode(document[name])))


def rows(text: bytes) -> list[Row]:
    """The rows of an object: one for each object of the list that it is about, with all else of it beside, or itself.

    Raises
    ------
    msgspec.DecodeError
        The text is not a JSON object.
    """
    row = flat(text)
    name = _about(row)
    if name is None:
        return [row]
    rest = {key: value for key, value in row.items() if key != name}
    return [{**rest, **flat(one, f"{name}.")} for one in _objects(row[name].encode())] or [row]


def _about(row: Row) -> str | None:
    """The list of objects that a flat row is about, where it has one."""
    if not _HAPPENED.isdisjoint(name.lower() for name in row):
        return None
    lists = {name.rsplit(".", 1)[-1].lower(): name for name, value in row.items() if value.startswith("[")}
    name = next((lists[known] for known in LISTS if known in lists), None)
    return name if name is not None and _objects(row[name].encode()) else None


def _objects(text: bytes) -> list[bytes]:
    """Elements of a list of objects; none where it is another list."""
    found = [bytes(one).strip() for one in _LIST.decode(text)]
    return found if all(one.startswith(b"{") for one in found) else []


def flat(text: bytes, prefix: str = "") -> Row:
    """Values of an object by name; an object in it becomes `a.b`, a list of keys and values too, another stays JSON.

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
        elif value.startswith(b"[") and (named := _named(value)):
            row |= {f"{prefix}{key}.{name}": said for name, said in named.items()}
        else:
            row[prefix + key] = _text(value)
    return row


def _named(text: bytes) -> Row:
    """Values of a list of keys and values, as Google Analytics writes them; nothing where it is another list."""
    if b'"key"' not in text or b'"value"' not in text:
        return {}
    pairs = [_OBJECT.decode(one) for one in _objects(text)]
    if any(pair.keys() != {"key", "value"} or not bytes(pair["key"]).startswith(b'"') for pair in pairs):
        return {}
    return {_TEXT.decode(pair["key"]): _only(bytes(pair["value"])) for pair in pairs}


def _only(value: bytes) -> str:
    """A value, or the one that an object of typed values (`string_value`, `int_value`) has."""
    if not value.startswith(b"{"):
        return _text(value)
    said = [text for text in flat(value).values() if text]
    return said[0] if len(said) == 1 else value.decode()


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
    objects = objects or (_by_column(document) if isinstance(document, dict) else [])
    yield from _batches(map(bytes, objects) if objects or isinstance(document, list) else [text])


def _by_column(document: dict[str, msgspec.Raw]) -> list[bytes]:
    """Rows of a document that holds its columns, each an object of cells by row, as pandas writes them."""
    if len(document) < LEAST_COLUMNS or not all(bytes(value).lstrip().startswith(b"{") for value in document.values()):
        return []
    columns = {name: _OBJECT.decode(value) for name, value in document.items()}
    places = [*next(iter(columns.values()))]
    if not all(place.isdigit() for place in places) or any([*cells] != places for cells in columns.values()):
        return []
    return [msgspec.json.encode({name: cells[place] for name, cells in columns.items()}) for place in places]


def _only_list(document: dict[str, msgspec.Raw]) -> list[msgspec.Raw]:
    """Objects of an answer of an interface, which names them and says beside them how many there are."""
    lists = {name: value for name, value in document.items() if _is_list(value)}
    if len(lists) != 1:
        return []
    ((name, text),) = lists.items()
    # With a number of its own it is one order with its lines, and no answer.
    is_one = name.lower() in LINES and _has_number(document)
    return [] if is_one else _LIST.decode(text) if _objects(bytes(text)) else []


def _batches(objects: Iterable[bytes]) -> Iterator[Batch]:
    written = filter(None, objects)
    first_row, ordinal = 1, 1
    while taken := list(islice(written, ROWS_A_BATCH)):
        found, broken = _sorted_out(taken, ordinal)
        yield Batch(_columns(found), first_row, broken)
        first_row += len(found)
        ordinal += len(taken)


def _sorted_out(taken: Iterable[bytes], ordinal: int) -> tuple[list[Row], tuple[Broken, ...]]:
    found: list[Row] = []
    broken: list[Broken] = []
    for number, text in enumerate(taken, ordinal):
        try:
            found += rows(text)
        except (msgspec.DecodeError, RecursionError):
            broken.append(Broken(number, text.decode(), "not_json"))
    return found, tuple(broken)


def _columns(found: list[Row]) -> pa.RecordBatch:
    """A column for every name that any of the rows has; empty where a row has it not."""
    names = list(dict.fromkeys(name for row in found for name in row))
    if not names:
        nothing = pa.StructArray.from_arrays([], fields=[], mask=pa.array([False] * len(found), pa.bool_()))
        return pa.RecordBatch.from_struct_array(nothing)
    return pa.record_batch([pa.array([row.get(name, "") for row in found], pa.string()) for name in names], names=names)
