"""Which kind each column of records is, and its values in the spelling in which they are compared."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.linkage.sounds import HAN, sound

Kind = Literal["name", "date", "code", "text", "words", "number"]

# Values with more words than this are compared word by word.
_MANY_WORDS = 4.0
# Rows that are looked at, and the share of them that is most.
_LOOKED_AT, _MOST = 2000, 0.5
_NAMED: tuple[tuple[Kind, str], ...] = (
    ("date", r"dob|birth_?(date|day)|date|birthday|生日|出生"),
    ("code", r"e?_?mail|phone|mobile|tel|post_?code|zip|ssn|soc|id_card|_id$|^id$|number|邮箱|手机|电话|身份证|邮编"),
    ("name", r"given|surname|first|last|family|full_?name|^name$|nick|姓名|名字|姓|company"),
    ("number", r"price|amount|age$|revenue|employees|价格"),
    ("text", r"address|street|suburb|city|state|town|place|occupation|gender|地址|城市"),
)
_PUNCTUATION = re.compile(r"[^\w\s@.+/-]+")
_BLANKS = re.compile(r"\s+")
# A mobile of China with and without the code of the country.
_MOBILE = re.compile(r"(?:00)?(?:86)?(1[3-9]\d{9})")
_LEFT_OUT = re.compile(r"^中国|特别行政区|[壮回维吾尔]*族?自治[区州县]|[省市区县镇乡]|\s+")


class Field(msgspec.Struct, frozen=True):
    """A column that is compared; `other` is one that it may be swapped with, such as the family name.

    Names are `heard` where some are Chinese: they are compared by how they sound too.
    """

    name: str
    kind: Kind
    other: str = ""
    heard: bool = False

    @property
    def sound(self) -> str:
        """The column of how names sound."""
        return f"sound of {self.name}"


def heard(records: pa.Table, fields: Sequence[Field]) -> tuple[Field, ...]:
    """The fields, with Chinese names heard."""
    return tuple(
        msgspec.structs.replace(field, heard=field.kind == "name" and _has_han(records[field.name])) for field in fields
    )


def _has_han(column: Any) -> bool:
    return bool(pc.any(pc.match_substring_regex(column.cast(pa.string()), r"\p{Han}")).as_py())


def guess(records: pa.Table, leave_out: Sequence[str] = ()) -> list[Field]:
    """A field for each column, by its name and by what stands in it."""
    kinds = {
        name: _kind(name, records[name])
        for name in records.schema.names
        if name not in leave_out and _varies(records[name])
    }
    kinds = {name: kind for name, kind in kinds.items() if not _is_said_by_others(name, kinds, records)}
    names = [name for name, kind in kinds.items() if kind == "name"]
    pairs = {names[0]: names[1], names[1]: names[0]} if len(names) == 2 else {}
    return [Field(name, kind, pairs.get(name, "")) for name, kind in kinds.items()]


def _is_said_by_others(name: str, kinds: Mapping[str, Kind], records: pa.Table) -> bool:
    """Whether a column repeats two others, as a full name does: what agrees in all three would count twice."""
    if kinds[name] not in ("name", "words", "text"):
        return False
    others = [other for other, kind in kinds.items() if other != name and kind in ("name", "text")]
    whole = records[name].slice(0, _LOOKED_AT).cast(pa.string()).to_pylist()
    parts = [
        _share_within(records[other].slice(0, _LOOKED_AT).cast(pa.string()).to_pylist(), whole) for other in others
    ]
    return sum(share > _MOST for share in parts) > 1


def _share_within(parts: Sequence[str | None], whole: Sequence[str | None]) -> float:
    """In how many of the rows that have both a value stands within a longer one."""
    both = [(part.lower(), text.lower()) for part, text in zip(parts, whole, strict=True) if part and text]
    inside = sum(len(part) < len(text) and part in text for part, text in both)
    return inside / len(both) if both else 0.0


def _varies(column: Any) -> bool:
    return len(pc.unique(column.drop_null())) > 1


def _kind(name: str, column: Any) -> Kind:
    cells = column.drop_null().slice(0, 2000).cast(pa.string()).to_pylist()
    if sum(len(cell.split()) for cell in cells) > _MANY_WORDS * max(len(cells), 1):
        return "words"
    for kind, pattern in _NAMED:
        if re.search(pattern, name.lower()):
            return kind
    digits = sum(any(sign.isdigit() for sign in cell) for cell in cells)
    return "code" if digits > 0.8 * len(cells) else "text"


def comparable(records: pa.Table, fields: Sequence[Field]) -> pa.Table:
    """The fields in one spelling each, NULL where nothing is left."""
    spelled = {field.name: _spelled(records[field.name], _SPELLINGS[field.kind]) for field in fields}
    return pa.table(spelled | {field.sound: _spelled(spelled[field.name], sound) for field in fields if field.heard})


def _spelled(column: Any, spelling: Callable[[str], str]) -> Any:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    coded = pc.dictionary_encode(whole.cast(pa.string()))
    values = pa.array([spelling(text) or None for text in coded.dictionary.to_pylist()], pa.string())
    return values.take(coded.indices)


def plain(text: str) -> str:
    """Half-width small letters without accents and marks, with single blanks."""
    narrow = unicodedata.normalize("NFKD", text).lower()
    letters = "".join(sign for sign in narrow if not unicodedata.combining(sign))
    return _BLANKS.sub(" ", _PUNCTUATION.sub(" ", letters)).strip()


def _code(text: str) -> str:
    written = plain(text)
    if "@" in written:
        return written
    signs = re.sub(r"[\W_]+", "", written)
    mobile = _MOBILE.fullmatch(signs)
    return mobile[1] if mobile else signs


def _text(text: str) -> str:
    """A text; of Chinese addresses without what some write and others leave out."""
    written = plain(text)
    return _LEFT_OUT.sub("", written) if HAN.search(written) else written


def _number(text: str) -> str:
    found = re.search(r"\d+(?:\.\d+)?", text.replace(",", ""))
    return found[0] if found else ""


_SPELLINGS: Mapping[Kind, Callable[[str], str]] = {
    "name": plain,
    "text": _text,
    "words": plain,
    "code": _code,
    "date": lambda text: re.sub(r"\D", "", text),
    "number": _number,
}
