"""Numbers and reasons as sentences, in Chinese and English, for the report, the command line and the pages."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from motherlode.labels import Language, catalogue, label, say

SYMBOLS = {
    "CNY": "¥", "USD": "$", "GBP": "£", "EUR": "€", "JPY": "JP¥", "HKD": "HK$", "TWD": "NT$", "KRW": "₩", "INR": "₹",
    "AUD": "A$", "CAD": "C$", "SGD": "S$", "BRL": "R$", "THB": "฿", "VND": "₫", "PHP": "₱",
}  # fmt: skip
# Below this, the hundredths of a price matter.
SMALL_MONEY = 10
# From here on, tenths of a day or of an order say nothing.
MANY = 10
# From so many days on, an age is told in months.
IN_MONTHS, DAYS_A_MONTH = 91, 30.4375
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


def ago(days: float, language: Language) -> str:
    """So many days before the day of the answer: today, 1 day ago, 12 days ago, 12 天前."""
    return counted(days, "ago", language) if round(days) else say("today", language)


def change(ratio: float, language: Language) -> str:
    """How far something lies from what it is held against, as a ratio of it: 40% below, 27% above, level with."""
    off = percent(abs(ratio - 1.0), 0)
    side = "level" if off == "0%" else "below" if ratio < 1 else "above"
    return label("change", side, language).format(off=off)


def reason_sentence(
    reason: str, actual: float | None, benchmark: float | None, language: Language, currency: str
) -> str:
    """A reason and its two numbers as a sentence; the reason's name where a number or the sentence is missing."""
    template = catalogue().get("reason_sentence", {}).get(reason, {}).get(language)
    numbers = {"actual": actual, "benchmark": benchmark}
    if template is None or any(numbers[name] is None for name in _asked(template)):
        return label("reason", reason, language)
    return _Spoken(language, currency).format(template, **numbers)


def action(row: Mapping[str, Any], language: Language) -> str:
    """What to do, and with what: a row's play, and what it offers where that differs from customer to customer."""
    play = label("play", row["play"], language)
    return say("offered", language, play=play, what=row["offered"]) if row.get("offered") else play


def winners_sentence(row: Mapping[str, Any], language: Language) -> str:
    """What winners who began like a customer did and in which order; "" where nothing stands out against chance.

    `row` is one of `opportunity.ranked` or `profile.benchmarks`.
    """
    if not row.get("first_move") or row.get("first_days") is None:
        return ""
    key = "winners_in_order" if row.get("then_move") else "winners_sooner"
    days = {name: _age(row[name], language) for name in ("first_days", "then_days") if row.get(name) is not None}
    return say(key, language, first=label("move", row["first_move"], language), then=_move(row, language), **days)


def order_sentences(row: Mapping[str, Any], language: Language) -> list[str]:
    """The order in which winners did it, how many of them and of the others, and what the customer did so far."""
    told = winners_sentence(row, language)
    if not told:
        return []
    shares = {"winners": percent(row["order_winners_share"], 0), "losers": percent(row["order_losers_share"], 0)}
    own = []
    for move, days in (("first_move", "own_first_days"), ("then_move", "own_then_days")):
        if row[move]:
            done = "own_move_not" if row[days] is None else "own_move"
            day = "" if row[days] is None else _age(row[days], language)
            own.append(say(done, language, move=label("move", row[move], language), days=day))
    return [told, say("order_shares", language, **shares), *own]


def _age(days: float, language: Language) -> str:
    """Days of a customer's life: the day, or from a quarter of a year on the month."""
    if days < IN_MONTHS:
        return say("day_of_life", language, day=f"{days:.0f}")
    return say("month_of_life", language, month=f"{days / DAYS_A_MONTH:.0f}")


def _move(row: Mapping[str, Any], language: Language) -> str:
    return label("move", row["then_move"], language) if row.get("then_move") else ""


def _asked(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name]


class _Spoken(Formatter):
    """Writes `{actual:money}`, `percent`, `change` (of a ratio), `ago` (of days) or a unit such as `day`."""

    def __init__(self, language: Language, currency: str) -> None:
        self.language, self.currency = language, currency

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "money":
            return money(value, self.language, self.currency)
        if format_spec == "percent":
            return percent(value, 0)
        if format_spec == "change":
            return change(value, self.language)
        if format_spec == "ago":
            return ago(value, self.language)
        return counted(value, format_spec, self.language)
