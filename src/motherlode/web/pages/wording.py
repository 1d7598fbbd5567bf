"""Values and conditions as people read them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from motherlode.labels import value_label
from motherlode.measure.marks import AtStep, InPeriod, Mark, OnWay
from motherlode.report.trust import MONEY as MONEY_SETTINGS
from motherlode.sentences import figure
from motherlode.web.pages.visit import PageVoice
from motherlode.worklist.rules import VALUELESS, Behaviour, Group, Rule, Single, Trait, Walked

MONEY = (
    "value", "cost", "net", "amount", "spend", "worth", "paid", "price", "margin", "revenue", "discount", "returned",
    "largest_order", "aov", "value_per_order", "at_stake", "balance", "pays", "lifetime_value", "annual_revenue",
    "expected_amount", "cumulative_", "assumed_", "figures_value", "bound", *MONEY_SETTINGS,
)  # fmt: skip
SHARES = ("share", "novelty", "p_", "buys_", "leaves_", "chance", "rate", "growth")
# What one model expects, where another learns from it.
EXPECTED_MONEY, EXPECTED_CHANCE = "_paid", "_logit"
NO_MONEY = ("value_rank", "value_tier", "share_of_value", "discount_share", "coupon_share", "returned_share")


def is_money(name: str) -> bool:
    money = name.startswith(MONEY) or name.endswith(EXPECTED_MONEY)
    return money and name not in NO_MONEY and not is_share(name)


def is_share(name: str) -> bool:
    return name.startswith(SHARES) or "_share" in name or name.endswith(("share", EXPECTED_CHANCE)) or name == "score"


def shown(name: str, value: Any, voice: PageVoice) -> str:
    """A cell of a table with people in it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return voice.tell("yes" if value else "no")
    if isinstance(value, int | float | Decimal):
        return _number(name, float(value), voice)
    if isinstance(value, datetime):
        return voice.clock(value).removesuffix(" 00:00")
    return value.isoformat() if isinstance(value, date) else str(value_label(name, value, voice.language))


def _number(name: str, value: float, voice: PageVoice) -> str:
    if is_share(name):
        return voice.share(value)
    if is_money(name):
        return voice.money(value)
    return figure(value, voice.language, 0 if value == int(value) else 1)


def spoken(rule: Rule, known: dict[str, Trait], voice: PageVoice) -> str:
    """A rule in words, with what stands together in brackets."""
    if not isinstance(rule, Group):
        return said(rule, known, voice)
    parts = [spoken(part, known, voice) for part in rule.parts]
    parts = [
        f"({words})" if isinstance(part, Group) and len(part.parts) > 1 else words
        for part, words in zip(rule.parts, parts, strict=True)
    ]
    joined = voice.tell("joint_all" if rule.match == "all" else "joint_any").join(parts)
    return voice.tell("not_so", what=joined) if rule.match == "none" else joined


def said(condition: Single, known: dict[str, Trait], voice: PageVoice) -> str:
    """A condition in words."""
    if isinstance(condition, Walked):
        return _behind(condition.mark, voice)
    if isinstance(condition, Behaviour):
        what = voice.tell("did_event", event=condition.event) if condition.event else voice.tell("did_order")
        times = voice.tell(f"times_{condition.operator}", n=condition.times)
        within = voice.tell("within_days", n=condition.days) if condition.days else voice.tell("ever")
        return f"{what} {times} {within}"
    trait = known[condition.trait]
    name = trait_name(trait, voice)
    sign = voice.tell(f"sign_{condition.operator}")
    if condition.operator in VALUELESS:
        return f"{name} {sign}"
    return f"{name} {sign} {_value(trait, condition.value, voice)}"


def _behind(mark: Mark, voice: PageVoice) -> str:
    """Who stands behind a mark, in words."""
    if isinstance(mark, AtStep):
        steps = [voice.word("doing", step) for step in mark.funnel.steps]
        way = voice.tell("way_to").join(steps[: mark.step - 1 if mark.lost else mark.step])
        within = span(mark.funnel.within_hours, voice)
        return voice.tell(
            "walked_lost" if mark.lost else "walked_to", way=way, next=steps[mark.step - 1], within=within
        )
    if isinstance(mark, InPeriod):
        asked, days = mark.retention, mark.period * mark.retention.period_days
        words = {"start": voice.word("doing", asked.start), "back": voice.word("doing", asked.back)}
        when = voice.tell("begun_in", month=mark.cohort) if mark.cohort else ""
        ways = {None: "walked_past", True: "walked_back", False: "walked_away"}
        which = ways[mark.back] if mark.period else "walked_began"
        return voice.tell(which, when=when, low=days - asked.period_days + 1, high=days, **words)
    if isinstance(mark, OnWay):
        return voice.tell(
            "walked_way", step=mark.step, doing=voice.word("doing", mark.doing), then=voice.word("doing", mark.then)
        )
    return voice.tell("walked_did", doing=voice.word("doing", mark.doing))


def span(hours: float, voice: PageVoice) -> str:
    """A time in the unit in which it is a handy number."""
    name, value = (
        ("minutes", hours * 60) if hours < 1 else ("hours", hours) if hours < 48 else ("days_long", hours / 24)
    )
    return voice.tell(f"span_{name}", n=f"{value:,.1f}".removesuffix(".0") if value < 100 else f"{value:,.0f}")


def trait_name(trait: Trait, voice: PageVoice) -> str:
    return voice.word("target", trait.target) if trait.target else voice.word("column", trait.name)


def _value(trait: Trait, value: str, voice: PageVoice) -> str:
    if trait.kind == "flag":
        return voice.tell("yes" if value == "true" else "no")
    if trait.kind == "number":
        try:
            return shown(trait.name, float(value), voice)
        except (ValueError, OverflowError):
            return value
    return str(value_label(trait.name, value, voice.language))
