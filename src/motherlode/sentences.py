"""Numbers and reasons as sentences, in Chinese and English, for the report, the command line and the pages."""

from string import Formatter
from typing import Any

from motherlode.labels import Language, catalogue, label

SYMBOLS = {
    "CNY": "¥", "USD": "$", "GBP": "£", "EUR": "€", "JPY": "JP¥", "HKD": "HK$", "TWD": "NT$", "KRW": "₩", "INR": "₹",
    "AUD": "A$", "CAD": "C$", "SGD": "S$", "BRL": "R$", "THB": "฿", "VND": "₫", "PHP": "₱",
}  # fmt: skip
# Below this, the hundredths of a price matter.
SMALL_MONEY = 10
# From here on, tenths of a day or of an order say nothing.
MANY = 100
# From where a unit is used, and its size; what rounds up to 1M is not written as 1000K.
UNITS = {
    "zh": ((99_995_000, 1e8, "亿"), (10_000, 1e4, "万")),
    "en": ((999_950_000, 1e9, "B"), (999_950, 1e6, "M"), (10_000, 1e3, "K")),
}


def figure(value: float, language: Language, digits: int = 0) -> str:
    """A number short enough to be read at a glance: 3.2万 in Chinese, 32K or 1.4M in English."""
    for least, size, unit in UNITS[language]:
        if abs(value) >= least:
            return f"{value / size:,.1f}".removesuffix(".0") + unit
    return f"{value:,.{digits}f}"


def money(value: float, language: Language, currency: str) -> str:
    """An amount with its currency: ¥3.2万 in Chinese, ¥32.0K in English."""
    symbol = SYMBOLS.get(currency, f"{currency} ")
    whole = value == int(value)
    shown = figure(abs(value), language, 2 if abs(value) < SMALL_MONEY and not whole else 0)
    return f"{'-' if value < 0 else ''}{symbol}{shown}"


def percent(value: float, digits: int = 1) -> str:
    """A share of 0 to 1 in hundredths."""
    return f"{value * 100:.{digits}f}%"


def between(low: float, high: float, language: Language, currency: str) -> str:
    """Two amounts as the ends of an interval."""
    joint = label("report", "to", language)
    return joint.format(low=money(low, language, currency), high=money(high, language, currency))


def counted(value: float, unit: str, language: Language) -> str:
    """A number with its unit: 1 day, 12 days, 12 天."""
    singular, _, plural = label("unit", unit, language).partition("|")
    shown = figure(value, language, 0 if value == int(value) or value >= MANY else 1)
    return (singular if shown == "1" or not plural else plural).format(n=shown)


def reason_sentence(
    reason: str, actual: float | None, benchmark: float | None, language: Language, currency: str
) -> str:
    """A reason and its two numbers as a sentence; the reason's name where a number or the sentence is missing."""
    template = catalogue().get("reason_sentence", {}).get(reason, {}).get(language)
    numbers = {"actual": actual, "benchmark": benchmark}
    if template is None or any(numbers[name] is None for name in _asked(template)):
        return label("reason", reason, language)
    return _Spoken(language, currency).format(template, **numbers)


def _asked(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name]


class _Spoken(Formatter):
    """Writes `{actual:money}`, `{actual:percent}` or `{actual:day}` in a language."""

    def __init__(self, language: Language, currency: str) -> None:
        self.language, self.currency = language, currency

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "money":
            return money(value, self.language, self.currency)
        if format_spec == "percent":
            return percent(value, 0)
        return counted(value, format_spec, self.language)
