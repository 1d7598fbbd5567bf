"""Dates and times as people write them.

Cells are of two sorts: those that name an instant (an offset, or seconds since 1970) and those that show a clock on
the wall, which become an instant by the time zone of their source. Each cell is checked whole, by one pattern; after
that, short patterns are enough to take it apart.
"""

import functools

import ibis
import ibis.expr.types as ir

from motherlode.refine.text import BLANK, LEAD
from motherlode.refine.zones import to_utc

_HALF_DAY = r"(?:上午|下午|[AP]\.?M\.?)"
_CLOCK = (
    r"(?:(?:[01]?\d|2[0-3])(?:[:时点][0-5]?\d(?:[:分][0-5]?\d(?:\.\d{1,9})?秒?|分)?|[时点]))"
    rf"\s*{_HALF_DAY}?\s*$"
)

# A year of four digits in front; one of the three numbers in front; a month by its name; eight digits.
_YEAR_FIRST = r"[1-9]\d{3}(?:[-/.]|\s*年\s*)\d{1,2}(?:[-/.]|\s*月\s*)\d{1,2}"
_THREE_NUMBERS = r"(?:\d{1,2}[-/.]\d{1,2}[-/.](?:[1-9]\d{3}|\d\d)|\d\d[-/.]\d{1,2}[-/.]\d)"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\.?"
_NAMED = rf"\d{{1,2}}[-/ ]?{_MONTH}[-/, ]{{0,2}}(?:[1-9]\d{{3}}|\d\d)|{_MONTH}[- ]?\d{{1,2}}(?:, ?|[- ])[1-9]\d{{3}}"
_NAMED += rf"|{_MONTH}-\d{{1,2}}-\d\d"
_COMPACT = r"(?:19|20)\d{6}"
_WALL = (
    rf"(?i)^\s*'?\s*(?:(?:{_YEAR_FIRST}|{_THREE_NUMBERS}|{_NAMED}|{_COMPACT})"
    rf"(?:\s*[日号]?\s*$|(?:\s*[日号]\s*|T\s*|,?\s+|{_HALF_DAY}){_HALF_DAY}?\s*{_CLOCK})|{_COMPACT}T?\d{{6}}\s*$)"
)

# Orders in which three numbers can be read.
_DD, _MM = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DAY_FIRST = rf"^\D*{_DD}[-/.]{_MM}[-/.](?:\d{{4}}|\d\d)(?:\D|$)"
_MONTH_FIRST = rf"^\D*{_MM}[-/.]{_DD}[-/.](?:\d{{4}}|\d\d)(?:\D|$)"
_SHORT_YEAR_FIRST = rf"^\D*\d\d[-/.]{_MM}[-/.]{_DD}(?:\D|$)"
_DAY_IS_MONTH = rf"^\D*(?:{'|'.join(f'0?{n}[-/.]0?{n}' for n in range(1, 13))})[-/.]"

# Days since 1899-12-30, from 1954 to 2119.
_SERIAL = rf"{LEAD}([2-7]\d{{4}}(?:\.\d{{1,15}})?){BLANK}*$"
# Seconds, or their thousandths, millionths or billionths, since 1970, from 2001 to 2096.
_EPOCH = rf"{LEAD}([1-3]\d{{9}}(?:\d{{3}}|\d{{6}}|\d{{9}}|\.\d{{1,6}})?){BLANK}*$"
_WITH_OFFSET = (
    rf"(?i){LEAD}[1-9]\d{{3}}[-/]\d{{1,2}}[-/]\d{{1,2}}(?:T|{BLANK}+)"
    rf"(?:[01]?\d|2[0-3]):[0-5]?\d(?::[0-5]?\d(?:\.\d{{1,9}})?)?{BLANK}*(?:Z|UTC|GMT|[-+][01]\d(?::?[0-5]\d)?){BLANK}*$"
)
_OFFSET = rf"([-+])(\d\d):?(\d\d)?{BLANK}*$"

_WIDE = "０１２３４５６７８９：／－．，\u3000\u00a0\u202f\ufeff"
_NARROW = "0123456789:/-.,    "


def moment(text: ir.StringValue, date_order: ir.StringValue, timezone: ir.StringValue) -> ir.TimestampValue:
    """The UTC time a cell means, or NULL where that is not certain."""
    return instant(text).coalesce(to_utc(wall_clock(text, date_order), timezone))


def instant(text: ir.StringValue) -> ir.TimestampValue:
    """The UTC time of a cell that names an instant: seconds or parts of them since 1970, or a time with its offset."""
    unread = ibis.null("timestamp(6)")
    return ibis.cases(
        (text.isnull(), unread),
        (text.re_search(_EPOCH), _since_1970(text)),
        (text.re_search(_WITH_OFFSET), _without_offset(text)),
        else_=unread,
    )


def wall_clock(text: ir.StringValue, date_order: ir.StringValue) -> ir.TimestampValue:
    """What the clock on the wall showed, for a cell without an offset.

    Parameters
    ----------
    text
        Cells as they came.
    date_order
        `dmy` or `mdy` settles days such as 02/01/2025, `ymd` those such as 02/01/25; any other word settles nothing,
        and a day with two possible readings is NULL.
    """
    cell = _narrowed(text)
    day = ibis.coalesce(_year_first_day(cell), _compact_day(cell), _named_day(cell), _ordered_day(cell, date_order))
    unread = ibis.null("timestamp(6)")
    return ibis.cases(
        (text.isnull(), unread),
        (text.re_search(_SERIAL), _since_1900(text)),
        (cell.re_search(_WALL), day.concat(" ", _time_of_day(cell)).try_cast("timestamp(6)")),
        else_=unread,
    )


def ambiguous(text: ir.StringValue, date_order: ir.StringValue) -> ir.BooleanValue:
    """Whether the cell is a day with several possible readings that `date_order` does not settle."""
    cell = _narrowed(text)
    return ibis.cases(
        (text.isnull(), ibis.null("boolean")),
        (~cell.re_search(rf"^\D*{_THREE_NUMBERS}(?:\D|$)"), False),
        else_=_unsettled(cell, date_order) & cell.re_search(_WALL),
    )


def _narrowed(text: ir.StringValue) -> ir.StringValue:
    return ibis.ifelse(text.re_search(f"[{_WIDE}]"), text.translate(_WIDE, _NARROW), text)


def _since_1970(text: ir.StringValue) -> ir.TimestampValue:
    digits = text.re_extract(_EPOCH, 1)
    # Of billionths the last three are no time that is stored.
    whole = ibis.ifelse(digits.re_search(r"^\d{19}$"), digits.substr(0, 16), digits)
    scale = ibis.cases((whole.re_search(r"^\d{16}$"), 1), (whole.re_search(r"^\d{13}$"), 1_000), else_=1_000_000)
    micros = (whole.try_cast("float64") * scale).round().cast("int64")
    return ibis.timestamp("1970-01-01 00:00:00") + micros.as_interval("us")


def _since_1900(text: ir.StringValue) -> ir.TimestampValue:
    """Spreadsheets store a time as the share of a day, which is only near the second that was typed."""
    seconds = (text.re_extract(_SERIAL, 1).try_cast("float64") * 86_400).round().cast("int64")
    return ibis.timestamp("1899-12-30 00:00:00") + seconds.as_interval("s")


def _without_offset(text: ir.StringValue) -> ir.TimestampValue:
    day = text.re_extract(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}", 0).replace("/", "-")
    wall = day.concat(" ", text.re_extract(r"\d{1,2}:[\d:.]+", 0)).try_cast("timestamp(6)")
    sign, hours, minutes = (text.re_extract(_OFFSET, group) for group in (1, 2, 3))
    ahead = _whole(sign.concat(hours)) * 60 + _whole(sign.concat(minutes))
    return wall - ahead.as_interval("m")


def _whole(digits: ir.StringValue) -> ir.IntegerValue:
    return digits.try_cast("int64").fill_null(0)


def _year_first_day(cell: ir.StringValue) -> ir.StringValue:
    return cell.re_extract(_YEAR_FIRST, 0).re_replace(r"\s", "").re_replace("[/.年月]", "-").nullif("")


def _compact_day(cell: ir.StringValue) -> ir.StringValue:
    year, month, day = (cell.re_extract(r"^\D*(\d{4})(\d\d)(\d\d)", group).nullif("") for group in (1, 2, 3))
    return year.concat("-", month, "-", day)


def _named_day(cell: ir.StringValue) -> ir.StringValue:
    """The first number of 5-Jan-2024 and of Jan 5, 2024 is the day, the second the year."""
    name = cell.re_extract(f"(?i){'|'.join(_MONTHS)}", 0).lower().nullif("")
    month = functools.reduce(lambda part, named: part.replace(named[1], str(named[0])), enumerate(_MONTHS, 1), name)
    first, second = r"\d{1,2}", r"\d{1,2}\D+(\d{4}|\d\d)"
    return _full_year(cell, second, 1).concat("-", month, "-", cell.re_extract(first, 0))


def _ordered_day(cell: ir.StringValue, date_order: ir.StringValue) -> ir.StringValue:
    """Three numbers in the order that is asked for; failing that, in the only one that is possible."""
    first, second, third = r"\d+", r"\d+\D(\d+)", r"\d+\D\d+\D(\d+)"
    middle = cell.re_extract(second, 1)
    day_first = _full_year(cell, third, 1).concat("-", middle, "-", cell.re_extract(first, 0))
    month_first = _full_year(cell, third, 1).concat("-", cell.re_extract(first, 0), "-", middle)
    year_first = _full_year(cell, first, 0).concat("-", middle, "-", cell.re_extract(third, 1))
    by_year = (date_order == "ymd") & cell.re_search(_SHORT_YEAR_FIRST)
    by_month = (date_order == "mdy") | ~cell.re_search(_DAY_FIRST)
    return ibis.cases(
        (_unsettled(cell, date_order), ibis.null("string")),
        (cell.re_search(_MONTH_FIRST) & by_month, month_first),
        (cell.re_search(_DAY_FIRST) & ~by_year, day_first),
        (cell.re_search(_SHORT_YEAR_FIRST), year_first),
        else_=ibis.null("string"),
    )


def _unsettled(cell: ir.StringValue, date_order: ir.StringValue) -> ir.BooleanValue:
    """Several orders are possible, give different days, and none of them is asked for."""
    day_first, month_first = cell.re_search(_DAY_FIRST), cell.re_search(_MONTH_FIRST)
    year_first = cell.re_search(_SHORT_YEAR_FIRST)
    several = day_first & month_first & ~cell.re_search(_DAY_IS_MONTH) | year_first & (day_first | month_first)
    asked = date_order.isin(("dmy", "mdy")) | (date_order == "ymd") & year_first
    return ~asked.fill_null(False) & several


def _full_year(cell: ir.StringValue, pattern: str, group: int) -> ir.StringValue:
    """Two digits mean 1969 to 2068, as in POSIX."""
    year = cell.re_extract(pattern, group)
    century = ibis.cases((year.length() == 4, ""), (year <= "68", "20"), else_="19")
    return century.concat(year)


def _time_of_day(cell: ir.StringValue) -> ir.StringValue:
    """Time on a clock of 24 hours, midnight where the cell has none."""
    written = cell.re_extract(rf"(?i){_CLOCK}", 0).re_replace(rf"(?i)\s|{_HALF_DAY}", "").re_replace("[分秒]$", "")
    clock = written.re_replace("[时点]$", ":00").re_replace("[时点分]", ":").nullif("")
    hour, minute, second = (
        cell.re_extract(r"(?i)^\D*\d{8}T?(\d\d)(\d\d)(\d\d)", group).nullif("") for group in (1, 2, 3)
    )
    return ibis.ifelse(
        cell.re_search(rf"(?i){_HALF_DAY}"),
        _hour_of_24(cell).cast("string").concat(clock.re_replace(r"^\d+", "")),
        ibis.coalesce(clock, hour.concat(":", minute, ":", second), ibis.literal("00:00")),
    )


def _hour_of_24(cell: ir.StringValue) -> ir.IntegerValue:
    hour = cell.re_extract(r"(\d{1,2})[:时点]", 1).try_cast("int64")
    afternoon = cell.re_search(r"(?i)下午|P\.?M")
    return ibis.cases(
        (afternoon & (hour < 12), hour + 12),
        (afternoon, hour),
        # 13:05 AM is no time.
        (hour > 12, ibis.null("int64")),
        else_=hour % 12,
    )
