"""Numbers and amounts as people write them: currencies, thousands marks, parentheses, 万 and 亿."""

import functools

import ibis
import ibis.expr.types as ir

from motherlode.refine.text import BLANK, LEAD

_CURRENCY = (
    r"(?:(?:US|HK|NT|CA|AU|NZ|SG|MX|A|C|S|R)?\$|[¥￥€£₩₽₹฿₫₺]"
    r"|RMB|CNY|CNH|USD|EUR|GBP|JPY|HKD|TWD|MOP|KRW|SGD|AUD|NZD|CAD|CHF|INR|RUB|BRL|MXN|THB|VND|MYR|IDR|PHP"
    r"|SEK|NOK|DKK|PLN|CZK|HUF|TRY|ZAR|AED|SAR|ILS"
    r"|人民币|美元|美金|欧元|英镑|日元|港币|港元|新台币|韩元|元整|元|圆|块钱|块|円|원)"
)

# A thousands group begins with 1 to 9: `0,123` is a decimal comma, and must not become 123.
_INTEGER = (
    r"(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?:[ \x{A0}\x{2009}\x{202F}]\d{3})+|[1-9]\d{0,2}(?:['’]\d{3})+|\d{1,30})"
)
_DIGITS = rf"(?:{_INTEGER}(?:\.\d{{0,30}})?|\.\d{{1,30}})"
_GROUPING = r"[,'’ \x{A0}\x{2009}\x{202F}]"

# Written as powers of ten, so that the engine's own cast does the arithmetic, exactly.
_POWERS = {"万亿": "e12", "千万": "e7", "百万": "e6", "亿": "e8", "万": "e4", "千": "e3", "%": "e-2"}
_UNIT = "万亿|千万|百万|亿|万|千"

# Counted things after a number that is no amount.
_COUNTED = "(?:件|个|次|人|岁|分|星)"

_WIDE = "０１２３４５６７８９，．（）＋－−–﹣％"
_NARROW = "0123456789,.()+----%"
# The same with comma and point exchanged, for places that write 1.234,50.
_WIDE_EXCHANGED = _WIDE + ",."
_NARROW_EXCHANGED = _NARROW.replace(",.", ".,") + ".,"

# Everything but signs and parentheses; the sign of an exponent goes with its digits.
_NO_SIGN = r"(?i)[0-9.]e[-+]?[0-9]|[^-+()]"


def number(text: ir.StringValue, decimal_mark: ir.StringValue) -> ir.FloatingValue:
    """The number a cell means (a share for `12.5%`), or NULL where that is not certain.

    Parameters
    ----------
    text
        Cells as they came.
    decimal_mark
        `,` where the source writes 1.234,50; anything else is taken as a point.
    """
    return _read(text, decimal_mark, unit=f"{_UNIT}|%", after=_COUNTED).try_cast("float64")


def money(text: ir.StringValue, decimal_mark: ir.StringValue) -> ir.DecimalValue:
    """The amount a cell means, exact to four places, or NULL where that is not certain.

    Parameters
    ----------
    text
        Cells as they came.
    decimal_mark
        `,` where the source writes 1.234,50; anything else is taken as a point.
    """
    return _read(text, decimal_mark, unit=_UNIT).try_cast("decimal(18, 4)")


def _read(text: ir.StringValue, decimal_mark: ir.StringValue, unit: str, after: str = "") -> ir.StringValue:
    """The cell in the form that every engine casts, such as `-1.2e4`; NULL, or what none casts, for other cells."""
    marked = ibis.cases(
        (decimal_mark == ",", text.translate(_WIDE_EXCHANGED, _NARROW_EXCHANGED)),
        (text.re_search(f"[{_WIDE}]"), text.translate(_WIDE, _NARROW)),
        else_=text,
    )
    sign = marked.re_replace(_NO_SIGN, "").replace("()", "-")
    # A long pattern with groups costs RE2 forty times one without, so the cell is checked first and searched after.
    digits = marked.re_extract(_number(unit), 0).re_replace(_GROUPING, "")
    scaled = functools.reduce(lambda cell, power: cell.replace(*power), _POWERS.items(), digits)
    return ibis.ifelse(marked.re_search(_cell(unit, after)), sign.concat(scaled), ibis.null("string"))


def _number(unit: str) -> str:
    return rf"(?i:{_DIGITS}(?:e[-+]?\d{{1,2}}|{BLANK}*(?:{unit}))?)"


def _cell(unit: str, after: str) -> str:
    """Pattern of a whole cell; that its signs pair up is for the cast to find."""
    currency = rf"(?:{_CURRENCY}{BLANK}*)"
    before = rf"(?:[-+(]{BLANK}*{currency}?|{currency}?[-+(]?{BLANK}*)"
    after = rf"(?:{after}{BLANK}*|{currency}{{0,2}})" if after else rf"{currency}{{0,2}}"
    signed_after = rf"(?:{after}[-)]?|[-)]{BLANK}*{after})"
    return rf"(?i){LEAD}{before}{_number(unit)}{BLANK}*{signed_after}{BLANK}*$"
