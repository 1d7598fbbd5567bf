"""Personal data in cells and in running text, Chinese and English, by shape, checksum and the words around it.

Digits alone prove little: of random numbers of eleven places one in fourteen looks like a Chinese mobile. So a number
counts by itself only where a checksum or a mark of its own (`+86`, groups, a separator) speaks for it; else a word
before it must say what it is, or most of its column must look the same.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from motherlode.collect import personal

# The class of each kind, as rules of access know it; a company's number names no person.
CLASS_OF_KIND: Mapping[str, str] = {
    "phone": "contact",
    "email": "contact",
    "address": "contact",
    "id_card": "sensitive",
    "ssn": "sensitive",
    "bank_card": "sensitive",
    "iban": "sensitive",
    "company_code": "",
    "free_text": "free_text",
}
# A share of cells like this is no chance, whatever a single one says.
MOST = 0.5
# Words that stand before a number within so many letters.
NEAR = 16
FILLED_LEAST = 5


class Found(msgspec.Struct, frozen=True):
    """A piece of text that is personal."""

    kind: str
    start: int
    end: int


class Classified(msgspec.Struct, frozen=True):
    """What a column holds.

    Attributes
    ----------
    kind
        "" where nothing personal was seen.
    whole, within
        Shares (0 to 1) of the filled cells that are such a value, and that have one within other words.
    """

    kind: str = ""
    whole: float = 0.0
    within: float = 0.0

    @property
    def field_class(self) -> str:
        return CLASS_OF_KIND.get(self.kind, "")

    @property
    def is_personal(self) -> bool:
        """Whether most cells are such a value of a person."""
        return bool(self.field_class) and self.whole > MOST


_COMPANY_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_COMPANY_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

# Who registered a company, and as what, in the first two places of its code.
_REGISTERED = "(?:1[1239]|[2468A][19]|3[1-59]|[5N][1239]|7[129]|9[123]|Y1)"
_EDGE, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_GROUP = r"[ -]?"
_PATTERNS = {
    "email": r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}[@＠](?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}(?![\w-])",
    "id_card": rf"{_EDGE}[1-9]\d{{16}}[\dXx]{_END}",
    "company_code": rf"{_EDGE}{_REGISTERED}\d{{6}}[{_COMPANY_SIGNS}]{{10}}{_END}",
    "iban": rf"{_EDGE}[A-Z]{{2}}\d{{2}}(?: ?[A-Z0-9]{{4}}){{2,7}}(?: ?[A-Z0-9]{{1,3}})?{_END}",
    "bank_card": rf"{_EDGE}(?:[2-6]\d{{3}}(?:{_GROUP}\d{{4}}){{3}}(?:{_GROUP}\d{{1,3}})?"
    rf"|3[47]\d{{2}}{_GROUP}\d{{6}}{_GROUP}\d{{5}}){_END}",
    "phone": r"(?<![0-9A-Za-z.])(?:(?:\+|00)[1-9][\d ()-]{7,17}\d|1[3-9]\d(?:[ -]?\d{4}){2}"
    rf"|0\d{{2,3}}-?\d{{7,8}}(?:-\d{{1,5}})?|\(\d{{3}}\) ?\d{{3}}-\d{{4}}|\d{{3}}-\d{{3}}-\d{{4}}){_END}",
    "ssn": rf"{_EDGE}\d{{3}}-\d{{2}}-\d{{4}}{_END}",
}
_ANY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()), re.ASCII)
_ALONE = {kind: re.compile(pattern, re.ASCII) for kind, pattern in _PATTERNS.items()}
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_MOBILE_WITHIN = re.compile(rf"(?<![0-9A-Za-z.]){_MOBILE.pattern}(?![0-9A-Za-z]|\.\d)", re.ASCII)
# Where people write what they like, letters may stand beside the digits: `tel13800138000`.
_MOBILE_GLUED = re.compile(rf"(?<![0-9.]){_MOBILE.pattern}(?![0-9]|\.\d)", re.ASCII)
_SAID = {
    "phone": re.compile(r"电话|手机|联系|号码|致电|拨打|微信|tel|phone|mobile|cell|call|whatsapp|fax", re.IGNORECASE),
    "bank_card": re.compile(r"卡号|银行卡|信用卡|储蓄卡|账号|card|visa|master|amex|account|acct", re.IGNORECASE),
}
_PLACE = re.compile(
    r"(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区|市|州|区|县|镇|乡)){1,3}[\u4e00-\u9fff0-9A-Za-z-]{0,20}?(?:路|街|道|巷|弄|村|小区|大厦)"
    r"[\u4e00-\u9fff0-9A-Za-z-]{0,12}?\d{1,5}(?:号|弄|栋|幢|室|单元)?"
    r"|\b\d{1,5} (?:[A-Z][a-z]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way)\b"
)


def find(text: str) -> Iterator[Found]:
    """Everything in a text that is personal beyond doubt, from left to right."""
    for match in _ANY.finditer(text):
        kind = _kind(match[0], text[max(0, match.start() - NEAR) : match.start()])
        if kind:
            yield Found(kind, match.start(), match.end())


def places(text: str) -> Iterator[Found]:
    """Street addresses, Chinese and English."""
    return (Found("address", match.start(), match.end()) for match in _PLACE.finditer(text))


def hide(text: str, mark: str = "****", *, with_places: bool = False) -> str:
    """The text with every personal value in it replaced, and street addresses where these are asked for.

    A mobile beside other words needs nobody to say that it is one: a number lost in a text costs less than one shown.
    Where people write what they like, and so also addresses, letters may touch it.
    """
    without = _replaced(text, find(text), mark)
    mobile = _MOBILE_GLUED if with_places else _MOBILE_WITHIN
    without = without if without.strip().isdigit() else mobile.sub(mark, without)
    return _replaced(without, places(without), mark) if with_places else without


def _replaced(text: str, found: Iterable[Found], mark: str) -> str:
    parts, begun = [], 0
    for piece in found:
        parts += [text[begun : piece.start], mark]
        begun = piece.end
    return "".join([*parts, text[begun:]]) if begun else text


def hide_shapes(text: str, mark: str = "****") -> str:
    """The text with whatever has the shape of a personal value replaced: notes that outlive a person lose little."""
    return _ANY.sub(mark, text)


def classify(cells: Sequence[str]) -> Classified:
    """What a column holds by its cells: a kind that most of them are, or that some have within other words."""
    filled = [text for cell in cells if (text := cell.strip())]
    if len(filled) < FILLED_LEAST:
        return Classified()
    best = Classified()
    for kind in _PATTERNS:
        share = sum(_is(kind, text) for text in filled) / len(filled)
        if share > max(MOST, best.whole):
            best = Classified(kind, share)
    if best.kind:
        return best
    kinds = [found.kind for text in filled if not text.isdigit() for found in find(text)]
    if kinds:
        kind = max(set(kinds), key=kinds.count)
        return Classified(kind, 0.0, sum(any(True for _ in find(text)) for text in filled) / len(filled))
    addressed = sum(any(True for _ in places(text)) for text in filled) / len(filled)
    return Classified("address", addressed) if addressed > MOST else Classified()


def _is(kind: str, text: str) -> bool:
    """Whether a cell is a value of a kind as far as one can tell in a column full of them."""
    return bool(_ALONE[kind].fullmatch(text)) and (SURE[kind](text) or LIKELY.get(kind, _never)(text))


def _kind(text: str, before: str) -> str:
    """The kind of a value: eighteen digits may be an identity number, a company's code or a card."""
    kinds = [kind for kind, pattern in _ALONE.items() if pattern.fullmatch(text)]
    sure = next((kind for kind in kinds if SURE[kind](text)), "")
    return sure or next((kind for kind in kinds if kind in LIKELY and LIKELY[kind](text) and _told(kind, before)), "")


def _told(kind: str, before: str) -> bool:
    return bool(_SAID[kind].search(before))


def is_company_code(text: str) -> bool:
    """Whether the check place of a Chinese unified social credit code is right (GB 32100-2015)."""
    code = text.upper()
    if len(code) != 18 or any(sign not in _COMPANY_SIGNS for sign in code) or not personal.is_region(code[2:4]):
        return False
    total = sum(_COMPANY_SIGNS.index(sign) * weight for sign, weight in zip(code, _COMPANY_WEIGHTS, strict=False))
    return _COMPANY_SIGNS[(31 - total % 31) % 31] == code[17]


def has_luhn_check(digits: str) -> bool:
    """Whether the last place of a number follows from the others by the Luhn sum (ISO/IEC 7812)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_bank_card(text: str) -> bool:
    """Of a card of any brand."""
    digits = _digits(text)
    return 15 <= len(digits) <= 19 and has_luhn_check(digits)


def _is_sure_card(text: str) -> bool:
    """UnionPay's first places stand for themselves, those of other brands only with the groups of a printed card."""
    return (text.startswith("62") or not text.isdigit()) and _is_bank_card(text)


def _is_id_card(text: str) -> bool:
    return personal.id_card(text).value is not None


def _is_iban(text: str) -> bool:
    """MOD 97-10 (ISO 13616)."""
    code = text.replace(" ", "")
    if not 15 <= len(code) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % 97 == 1


def _is_ssn(text: str) -> bool:
    area, group, serial = text.split("-")
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _is_marked_phone(text: str) -> bool:
    """With a country code, groups or an area code set apart."""
    return not text.isdigit() and _is_phone(text)


def _is_phone(text: str) -> bool:
    return 9 <= len(_digits(text)) <= 17


def _is_likely_phone(text: str) -> bool:
    """A column of bare numbers with leading noughts are numbers of the company, not of telephones."""
    return _is_marked_phone(text) or bool(_MOBILE.fullmatch(text))


def _always(_: str) -> bool:
    return True


def _never(_: str) -> bool:
    return False


SURE: Mapping[str, Callable[[str], bool]] = {
    "email": _always,
    "id_card": _is_id_card,
    "company_code": is_company_code,
    "iban": _is_iban,
    "bank_card": _is_sure_card,
    "phone": _is_marked_phone,
    "ssn": _is_ssn,
}
LIKELY: Mapping[str, Callable[[str], bool]] = {"phone": _is_likely_phone, "bank_card": _is_bank_card}
