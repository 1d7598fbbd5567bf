"""Text of a cell as people meant it: trimmed, half-width, and empty where it says nothing."""

import re
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

# Java and RE2 disagree on `\s`, so spaces of every width and line ends are spelled out; and marks of no width, such
# as those of direction that come along when a number is copied from a chat.
_WIDTH = r"\t\n\x0B\f\r\x{85}\x{A0}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}"
_NO_WIDTH = r"\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}\x{FEFF}"
BLANK = f"[ {_WIDTH}{_NO_WIDTH}]"

# What may stand before a value: blanks, and the apostrophe with which Excel keeps digits as text.
LEAD = f"^{BLANK}*'?{BLANK}*"

_FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "￥"
_HALF_WIDTH = "".join(chr(code) for code in range(0x21, 0x7F)) + "¥"

# One look that tells whether a cell needs any work: nearly none does, and the work costs up to 70 times the look.
UNTIDY = rf"^[ ']| $|  |[{_WIDTH}{_NO_WIDTH}！-～￥]"

# Cells that say "nothing is known", in lower case.
NOTHING = (
    "", "-", "--", "---", "–", "—", "——", "/", "\\", "\\n", ".", "?", "*",
    "n/a", "na", "n.a.", "#n/a", "#null!", "null", "(null)", "none", "nil", "nan", "nat", "undefined", "unknown",
    "(blank)", "blank", "empty", "not available",
    "无", "空", "暂无", "没有", "未知", "不详", "未填", "未填写", "免费",
    "0000-00-00", "0000-00-00 00:00:00", "0000/00/00", "0000/00/00 00:00:00", "00/00/0000", "0000-00-00t00:00:00",
)  # fmt: skip


def tidy(text: ir.StringValue) -> ir.StringValue:
    """The cell without outer blanks, double blanks, full-width letters and a leading apostrophe; NULL where empty."""
    return ibis.ifelse(text.re_search(UNTIDY), _squeezed(text), text).nullif("")


def absent(text: ir.StringValue) -> ir.BooleanValue:
    """Whether the cell says that there is no value, which is no problem to report."""
    return one_of(_squeezed(text).lower(), NOTHING)


def one_of(text: ir.StringValue, words: Iterable[str], *, any_case: bool = False) -> ir.BooleanValue:
    """Whether the text is one of many words, which are in lower case.

    A pattern, because DuckDB makes a hash join of a long IN list, and pays for it in every row even where `text` is
    NULL throughout.
    """
    choices = "|".join(re.sub(r"([\\.*+?()\[\]{}|^$])", r"\\\1", word) for word in words)
    return text.re_search(f"{'(?i)' if any_case else ''}^(?:{choices})$")


def repair_note(column_name: str, text: ir.StringValue, value: ir.Value) -> ir.StringValue:
    """The name of the column where its value had to be read from an unusual text."""
    return ibis.ifelse(text.notnull() & value.notnull(), ibis.literal(column_name), ibis.null("string"))


def _squeezed(text: ir.StringValue) -> ir.StringValue:
    visible = text.re_replace(f"[{_NO_WIDTH}]", "")
    single = visible.re_replace(f"[ {_WIDTH}]+", " ").re_replace(r"^ ?'? ?| $", "")
    # The engine builds the table of letters anew for every row.
    return ibis.ifelse(single.re_search("[！-～￥]"), single.translate(_FULL_WIDTH, _HALF_WIDTH), single)
