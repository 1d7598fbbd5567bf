"""One spelling for each personal value, so that the same person is the same token wherever she was typed.

A value that cannot be trusted as a name for a person is `None` with its problem; a blank is `None` without one.

Problems
--------
digits_lost
    A spreadsheet wrote the number as `1.38E+10`.
masked
    Stars hide part of it, and many people share what is left.
several
    More than one number in the cell.
impossible
    No such number, address or date can exist.
placeholder
    The date that a system writes where it knows none.
checksum
    The last place does not follow from the others: a typing error.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc


class Normal(msgspec.Struct, frozen=True):
    """The one spelling of a value, or the reason why there is none."""

    value: str | None
    problem: str = ""


BLANK = Normal(None)

_CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_DIALLED_MOBILE = re.compile(r"(\+?86|0086)?0?(1[3-9]\d{9})", re.ASCII)
_SEPARATORS = re.compile(r"[\s()\-‐-―_.]+")
_SCIENTIFIC = re.compile(r"\+?(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})", re.ASCII)
_MASKED = re.compile(r"[*•●]|[xX#]{2,}")
_BETWEEN_NUMBERS = re.compile(r"[/,;、|]")
_EXTENSION = re.compile(r"转|轉|分机")

_EMAIL = re.compile(
    r"[\w!#$%&'+/=?^`{|}~-]+(?:\.[\w!#$%&'+/=?^`{|}~-]+)*@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]"
)
_LONGEST_EMAIL = 254
_LONGEST_MAILBOX = 64

_ID_CARD = re.compile(r"\d{17}[\dX]|\d{15}", re.ASCII)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# Provinces as the card numbers them; 9 begins the card of a foreign permanent resident.
_ID_REGION = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d")

_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?", re.ASCII)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_ALONE = re.compile(r"(\d{4})年?", re.ASCII)
_OLDEST_AGE = 120


def _plain(text: str) -> str:
    """Full-width letters made plain, without the blanks and the apostrophe that spreadsheets put around a cell."""
    return unicodedata.normalize("NFKC", text).strip().strip("'\"`‘’“”").strip()


def _spelled_out(text: str) -> str | None:
    """A number in scientific notation with all its digits; `None` where some are lost."""
    match = _SCIENTIFIC.fullmatch(text)
    if match is None:
        return text
    whole, fraction, power = match[1], match[2] or "", int(match[3])
    return (whole + fraction)[: power + 1] if len(fraction) >= power else None


def phone(text: str, country: str = "CN") -> Normal:
    """A telephone number as `+8613800138000`, with `;ext=` where an extension tells colleagues apart.

    Parameters
    ----------
    country
        Two letters: where a number without a country code is at home.
    """
    if country == "CN" and _CHINESE_MOBILE.fullmatch(text):
        return Normal(f"+86{text}")
    plain = _plain(text)
    if not plain:
        return BLANK
    if _MASKED.search(plain):
        return Normal(None, "masked")
    digits = _spelled_out(plain.removesuffix(".0"))
    if digits is None:
        return Normal(None, "digits_lost")
    return _dialled(digits, country)


def _dialled(text: str, country: str) -> Normal:
    """A Chinese mobile by its shape, as new ranges open every year; any other number by the published plans."""
    mobile = _DIALLED_MOBILE.fullmatch(_SEPARATORS.sub("", text))
    if mobile and (mobile[1] or country == "CN"):
        return Normal(f"+86{mobile[2]}")
    if sum(len(re.sub(r"\D", "", part)) >= 7 for part in _BETWEEN_NUMBERS.split(text)) > 1:
        return Normal(None, "several")
    return _by_plan(_EXTENSION.sub(" ext ", text), country)


def _by_plan(text: str, country: str) -> Normal:
    import phonenumbers  # loaded for the few numbers that are not Chinese mobiles

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return Normal(None, "impossible")
    if not phonenumbers.is_valid_number(number):
        return Normal(None, "impossible")
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Normal(f"{written};ext={number.extension}" if number.extension else written)


def email(text: str) -> Normal:
    """An e-mail address in small letters."""
    plain = _plain(text).lower().replace("。", ".")
    if not plain:
        return BLANK
    if "*" in plain:
        return Normal(None, "masked")
    mailbox = plain.partition("@")[0]
    if len(plain) > _LONGEST_EMAIL or len(mailbox) > _LONGEST_MAILBOX or not _EMAIL.fullmatch(plain):
        return Normal(None, "impossible")
    return Normal(plain)


def id_card(text: str) -> Normal:
    """A Chinese identity number in its 18 places; the old form of 15 places becomes the new one."""
    plain = _plain(text).upper()
    if not plain:
        return BLANK
    if _MASKED.search(plain):
        return Normal(None, "masked")
    places = _spelled_out(plain.removesuffix(".0"))
    if places is None:
        return Normal(None, "digits_lost")
    card = _SEPARATORS.sub("", places)
    if not _ID_CARD.fullmatch(card) or not _ID_REGION.match(card):
        return Normal(None, "impossible")
    return _checked_card(card)


def is_region(places: str) -> bool:
    """Whether two places number a province of China, as identity numbers and company codes begin."""
    return bool(_ID_REGION.fullmatch(places))


def _checked_card(card: str) -> Normal:
    body = card[:17] if len(card) == 18 else f"{card[:6]}19{card[6:]}"
    if not _is_day(body[6:10], body[10:12], body[12:14]):
        return Normal(None, "impossible")
    whole = body + _check_place(body)
    return Normal(whole) if len(card) == 15 or whole == card else Normal(None, "checksum")


def _check_place(body: str) -> str:
    """The 18th place, which follows from the first 17 (ISO 7064, MOD 11-2)."""
    return _ID_CHECKS[sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, body, strict=True)) % 11]


def birth_year(text: str, *, as_of: date) -> Normal:
    """The year of a birthday, all that the warehouse learns of it; day and month may stand in either order."""
    plain = _plain(text)
    if not plain:
        return BLANK
    if "*" in plain:
        return Normal(None, "masked")
    for year, month, day in _readings(plain):
        if _is_day(year, month, day):
            return _lived_year(int(year), (month, day), as_of)
    return Normal(None, "placeholder" if plain.startswith("0000") else "impossible")


def _readings(text: str) -> list[tuple[str, str, str]]:
    """Year, month and day in each way in which the text can be read."""
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT_DAY.fullmatch(text):
        return [(match[1], match[2], match[3])]
    if match := _YEAR_LAST.fullmatch(text):
        return [(match[3], match[2], match[1]), (match[3], match[1], match[2])]
    if match := _YEAR_ALONE.fullmatch(text):
        return [(match[1], "1", "1")]
    return []


def _lived_year(year: int, day: tuple[str, str], as_of: date) -> Normal:
    if year == 1900 and tuple(map(int, day)) == (1, 1):
        return Normal(None, "placeholder")
    born_by_now = date(year, int(day[0]), int(day[1])) <= as_of
    return Normal(str(year)) if born_by_now and as_of.year - year <= _OLDEST_AGE else Normal(None, "impossible")


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


# How each identifying column is spelled.
SPELLINGS: Mapping[str, Callable[[str], Normal]] = MappingProxyType(
    {"phone": phone, "email": email, "id_card": id_card}
)


def normalise(
    column: "pa.Array[Any] | pa.ChunkedArray[Any]", how: Callable[[str], Normal]
) -> "tuple[pa.Array[Any], pa.Array[Any]]":
    """Spell a whole column in one way, looking at each distinct value once.

    Returns
    -------
    values, problems
        As long as `column`; the problem is an empty text where there is none.
    """
    coded: Any = pc.dictionary_encode(_as_text(column))
    spelled = [how(text) for text in coded.dictionary.to_pylist()]
    values = pa.array([normal.value for normal in spelled], pa.string())
    problems = pa.array([normal.problem for normal in spelled], pa.string())
    noted: Any = problems.take(coded.indices)
    return values.take(coded.indices), noted.fill_null("")


def _as_text(column: Any) -> "pa.Array[Any]":
    """The column as one piece of text; whole numbers keep the digits that the spelling of a float would lose."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_floating(whole.type):
        whole = pc.if_else(pc.is_finite(whole), whole, None)
        if pc.all(pc.equal(whole, pc.floor(whole)), min_count=0).as_py():
            whole = whole.cast(pa.decimal128(38, 0))
    return whole.cast(pa.string())
