"""What the cells of a column look like, whatever its header says."""

import re
import unicodedata
from collections.abc import Sequence

import msgspec

# Patterns cost time, uniqueness does not: shapes are judged on the first cells, uniqueness on all.
JUDGED = 300

_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    r"\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?([ t].*|[上下]午.*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([ ,t].*)?"
    r"|(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{4}|\d{6})?"
    rf"|\d{{1,2}}[ /-]{_MONTH}[ ,/-]+\d{{2,4}}.*|(\w{{3,9}},? )?{_MONTH} \d{{1,2}},? \d{{4}}.*"
    rf"|{_MONTH}-\d{{1,2}}-(\d{{4}}|\d\d)",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"1\d{9}(\d{3}|\d{6}|\d{9})?(\.\d+)?")
_SERIAL = re.compile(r"[2-5]\d{4}(\.\d+)?")
_NUMBER = re.compile(
    r"\(?[-+]?(rmb|cny|usd|eur|gbp|hkd|jpy|us\$|r\$|[¥$€£₹])? ?[-+]?(\d{1,3}([,.' ]\d{3})+|\d+)([.,]\d+)?(e[-+]?\d+)?"
    r" ?(rmb|cny|usd|eur|gbp|hkd|jpy|[¥$€£₹元円%万亿]|万元|亿元)?\)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[-+]?\d+(\.0+)?")
_CODED = re.compile(r"[!-~]*\d[!-~]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_MOBILE = re.compile(r"(\+?86|0086)?1[3-9]\d([\d*]{8})(\.0)?")
_PHONE = re.compile(r"[+(]?[\dx*][\d\s().\-/x*]{5,22}(ext\.? ?\d+|x\d+)?", re.IGNORECASE)
_LOST_PHONE = re.compile(r"1\.[3-9]\d*e\+?10", re.IGNORECASE)
_ID_CARD = re.compile(r"\d{17}[\dXx]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

YES = frozenset({"true", "t", "yes", "y", "1", "1.0", "是", "有", "同意", "on", "ja", "oui", "si", "sí", "sim", "はい"})
NO = frozenset(
    {"false", "f", "no", "n", "0", "0.0", "否", "无", "不同意", "拒绝", "off", "nein", "non", "não", "nao", "いいえ"}
)


class Shape(msgspec.Struct, frozen=True):
    """The contents of one column in numbers; shares (0 to 1) are of the filled cells.

    `coded` cells are one word with a digit in it, as numbers of the company's own are.
    """

    rows: int
    filled: int
    distinct: int
    date: float
    epoch: float
    serial: float
    number: float
    whole: float
    coded: float
    email: float
    phone: float
    mobile: float
    id_card: float
    flag: float
    length: float
    low: float
    high: float

    @property
    def unique(self) -> float:
        """Share of the filled cells that are different from each other."""
        return self.distinct / self.filled if self.filled else 0.0


def plain(cell: str) -> str:
    """A cell without width differences, outer blanks and the quote that spreadsheets put before long numbers."""
    return unicodedata.normalize("NFKC", cell).strip().lstrip("'").strip()


def is_id_card(text: str) -> bool:
    """Whether the check character of a Chinese identity number is right."""
    if not _ID_CARD.fullmatch(text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


def amount(text: str) -> float | None:
    """The size of a number as text, good enough to compare; the mark of decimals is guessed."""
    if not _NUMBER.fullmatch(text):
        return None
    digits = re.sub(r"[^\d.,eE+-]", "", text)
    if re.search(r",\d{1,2}$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    try:
        return float(digits.replace(",", ""))
    except ValueError:
        return None


def _is_phone(text: str) -> bool:
    if _LOST_PHONE.fullmatch(text):
        return True
    digits = sum(letter.isdigit() or letter in "*xX" for letter in text)
    return bool(_PHONE.fullmatch(text)) and 7 <= digits <= 15 and not _DATE.fullmatch(text)


def _is_mobile(text: str) -> bool:
    return bool(_MOBILE.fullmatch(re.sub(r"[\s\-]", "", text)))


def _share(cells: Sequence[str], matches: re.Pattern[str]) -> float:
    return sum(bool(matches.fullmatch(cell)) for cell in cells) / len(cells) if cells else 0.0


def shape(cells: Sequence[str]) -> Shape:
    """Judge the contents of one column from its sample."""
    filled = [
        text for cell in cells if (text := plain(cell)) and text.lower() not in {"null", "none", "nan", "n/a", "-"}
    ]
    seen = filled[:JUDGED]
    sizes = [size for cell in seen if (size := amount(cell)) is not None]
    many = len(seen) or 1
    return Shape(
        rows=len(cells),
        filled=len(filled),
        distinct=len(set(filled)),
        date=_share(seen, _DATE),
        epoch=_share(seen, _EPOCH),
        serial=_share(seen, _SERIAL),
        number=len(sizes) / many,
        whole=_share(seen, _WHOLE),
        coded=_share(seen, _CODED),
        email=_share(seen, _EMAIL),
        phone=sum(map(_is_phone, seen)) / many,
        mobile=sum(map(_is_mobile, seen)) / many,
        id_card=sum(map(is_id_card, seen)) / many,
        flag=sum(cell.lower() in YES | NO for cell in seen) / many,
        length=sum(map(len, seen)) / many,
        low=min(sizes, default=0.0),
        high=max(sizes, default=0.0),
    )
