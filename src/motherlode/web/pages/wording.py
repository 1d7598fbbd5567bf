"""Values and conditions as people read them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from motherlode.labels import value_label
from motherlode.report.trust import MONEY as MONEY_SETTINGS
from motherlode.rules import VALUELESS, Behaviour, Condition, Group, Rule, Trait
from motherlode.sentences import figure
from motherlode.web.pages.visit import PageVoice

MONEY = (
    "value", "cost", "net", "amount", "spend", "worth", "paid", "price", "margin", "revenue", "discount", "returned",
    "largest_order", "aov", "value_per_order", "at_stake", "balance", "pays", *MONEY_SETTINGS,
)  # fmt: skip
SHARES = ("share", "novelty", "p_", "buys_", "leaves_", "chance", "rate", "growth")
NO_MONEY = ("value_rank", "value_tier", "share_of_value", "discount_share", "coupon_share", "returned_share")


def is_money(name: str) -> bool:
    return name.startswith(MONEY) and name not in NO_MONEY and not is_share(name)


def is_share(name: str) -> bool:
    return name.startswith(SHARES) or "_share" in name or name.endswith("share") or name == "score"


def shown(name: str, value: Any, voice: PageVoice) -> str:
    """A cell of a table with people in it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return voice.tell("yes" if value else "no")
    if isinstance(value, int | float | Decimal):
        return _number(name, float(value), voice)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
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


def said(condition: Condition | Behaviour, known: dict[str, Trait], voice: PageVoice) -> str:
    """A condition in words."""
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
