"""Habits of a file that single cells do not show: the order of day and month, the mark of decimals, the currency."""

import re
from collections.abc import Iterable

from motherlode.collect.contents import plain

_YEAR_FIRST = re.compile(r"\d{4}[-/.年]\d{1,2}|(19|20)\d{6}(\d{4}|\d{6})?$")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)")
_DAY_AND_NAME = re.compile(r"\d{1,2}[-/ ]?[a-z]{3,9}\.?[-/, ]{1,2}\d{2,4}", re.IGNORECASE)
_NAME_AND_DAY = re.compile(r"[a-z]{3,9}\.?(?:[- ]\d{1,2},? \d{4}|-\d{1,2}-\d\d)", re.IGNORECASE)
_BOTH = re.compile(r"\d{1,3}(?:([.,])\d{3})+([.,])\d+")
_ONE = re.compile(r"\d+([.,])(\d+)")
# Signs of one country's money; `¥` is that of two.
_SIGNS = {"R$": "BRL", "€": "EUR", "£": "GBP", "₹": "INR", "円": "JPY", "元": "CNY", "$": "USD"}
_SAYINGS = {"RMB": "CNY", "人民币": "CNY", "EURO": "EUR"} | _SIGNS
_CODE = re.compile(r"[A-Z]{3}")
_CODES = frozenset(_SIGNS.values()) | {
    "HKD",
    "TWD",
    "KRW",
    "SGD",
    "AUD",
    "NZD",
    "CAD",
    "CHF",
    "RUB",
    "MXN",
    "THB",
    "TRY",
}
# What brackets of a header say of its numbers.
_UNIT = re.compile(r"[(\[【<]\s*(?:单位\s*[:：]?\s*)?([^()\[\]【】<>]+?)\s*[)\]】>]")
_FACTORS = {"分": 0.01, "fen": 0.01, "cents": 0.01, "cent": 0.01, "千元": 1e3, "万元": 1e4, "万": 1e4, "亿元": 1e8}
_YUAN = frozenset({"元", "人民币", "rmb", "cny", "分", "千元", "万元", "亿元"})
_MOST = 0.9
_REPEATED = re.compile(r"\d{1,3}(?:([.,])\d{3}){2,}")


def date_order(cells: Iterable[str], neighbours: str = "") -> tuple[str, bool]:
    """Order of day, month and year, and whether a day above 12 (or a leading year) proved it.

    Parameters
    ----------
    neighbours
        The order that other files of the same folder proved: it settles slashes that prove nothing, as a guess.
    """
    orders, marks, year_first, named = set(), set(), False, ""
    for cell in map(plain, cells):
        found = _YEAR_LAST.match(cell)
        if not found:
            year_first = year_first or bool(_YEAR_FIRST.match(cell))
            named = named or ("dmy" if _DAY_AND_NAME.match(cell) else "mdy" if _NAME_AND_DAY.match(cell) else "")
            continue
        marks.add(found[2])
        if int(found[1]) > 12:
            orders.add("dmy")
        if int(found[3]) > 12:
            orders.add("mdy")
    if len(orders) == 2:
        return "mixed", True
    if orders:
        return orders.pop(), True
    if not marks:
        return ("ymd", True) if year_first else (named, bool(named))
    return ("mdy" if neighbours == "mdy" and "." not in marks else "dmy"), False


def decimal_mark(cells: Iterable[str]) -> tuple[str, bool]:
    """The mark before decimals, and whether the cells leave no other reading."""
    proved, likely = set(), set()
    for cell in map(plain, cells):
        digits = re.sub(r"[^\d.,]", "", cell)
        if (found := _BOTH.fullmatch(digits)) and found[1] != found[2]:
            proved.add(found[2])
        elif found := _REPEATED.fullmatch(digits):
            proved.add("." if found[1] == "," else ",")
        elif (found := _ONE.fullmatch(digits)) and len(found[2]) != 3:
            likely.add(found[1])
    if len(proved) == 1 and likely <= proved:
        return proved.pop(), True
    if "," in likely and not proved and "." not in likely:
        return ",", False
    return ".", not proved and "," not in likely


def _units(header: str) -> list[str]:
    return [unit.lower() for unit in _UNIT.findall(plain(header))]


def counted_in(header: str) -> float | None:
    """The factor by which a header says that its numbers are to be multiplied: `(分)`, `(万元)`."""
    return next((_FACTORS[unit] for unit in _units(header) if unit in _FACTORS), None)


def currency(said: Iterable[str], amounts: Iterable[str], headers: Iterable[str] = ()) -> str:
    """The one currency of a file as three letters, or nothing where it says several or none.

    Parameters
    ----------
    said
        Cells of its column of currencies.
    amounts
        Cells of its columns of money, whose signs tell where the file has no such column.
    headers
        Names of its columns of money, whose brackets tell where no sign does.
    """
    words = {plain(cell).upper() for cell in said} - {""}
    if words:
        codes = {_SAYINGS.get(word, word) for word in words}
        return codes.pop() if len(codes) == 1 and all(map(_CODE.fullmatch, codes)) else ""
    filled = [text for cell in amounts if (text := plain(cell))]
    signs = [next((code for sign, code in _SIGNS.items() if sign in text), "") for text in filled]
    likely = max(set(signs), key=signs.count, default="")
    if likely and signs.count(likely) >= _MOST * len(signs):
        return likely
    units = {unit for header in headers for unit in _units(header)}
    stated = {"CNY" if unit in _YUAN else unit.upper() for unit in units if unit in _YUAN or unit.upper() in _CODES}
    return stated.pop() if len(stated) == 1 else ""
