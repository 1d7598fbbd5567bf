"""Where people drop: a funnel of any steps, each mark with its people."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from motherlode.charts import FunnelWords, Step, funnel_bars
from motherlode.errors import ContractError
from motherlode.measure.funnel import COLUMNS, Climb, Funnel, climbed, counted
from motherlode.measure.marks import AtStep
from motherlode.measure.moments import table_of
from motherlode.report.view import LONG, figures
from motherlode.web.pages.files import as_file
from motherlode.web.pages.filtering import address
from motherlode.web.pages.lives import chosen, lives, named, parts, people_at, ways_to_part, whole_number
from motherlode.web.pages.visit import PageVoice, Visit
from motherlode.web.pages.wording import span

MOST_STEPS = 6
UNITS = {"minutes": 1 / 60, "hours": 1.0, "days": 24.0}
PERIODS = (0, 30, 90, 365)
GAP_MINUTES = 30
MILESTONES = (":first_order", ":second_order", ":third_order")
# What shops call the steps of a purchase; the commonest event of each kind is proposed.
USUAL = (
    ("product viewed", "product_viewed", "view_item", "view", "pv", "浏览商品", "浏览"),
    ("product added", "product_added", "add to cart", "add_to_cart", "added to cart", "cart", "加入购物车", "加购"),
    ("checkout started", "checkout_started", "begin_checkout", "checkout", "提交订单", "结算"),
    ("order completed", "order_completed", "purchase", "buy", "支付成功", "下单", "支付"),
)


def funnel(visit: Visit) -> Mapping[str, Any]:
    """The funnel that the address asks for; at first the way to a purchase, or to the third order."""
    all_lives, voice = lives(visit), visit.voice
    asked, by = _asked(visit), chosen(visit, "by", [name for name, _ in ways_to_part(visit)], "")
    rows = _rows(visit, asked)
    words = FunnelWords(voice.word("table", "funnel"), voice.tell("reached"), voice.tell("lost_before"))
    steps = [_step(row, asked, voice) for row in rows]
    return {
        "tab": "funnel",
        "asked": asked,
        "by": by,
        "traits": ways_to_part(visit),
        "choices": named(all_lives.choices, voice),
        "rows": [(row, people_at(AtStep(asked, row["step"])), _lost(asked, row["step"])) for row in rows],
        "figure": next(
            iter(figures(lambda width: funnel_bars(steps, voice.count, words, width=width), wide=LONG)), None
        ),
        "parts_of": _parted(visit, asked, by) if by else [],
        "places": range(MOST_STEPS),
        "units": list(UNITS),
        "unit": chosen(visit, "unit", list(UNITS), "days"),
        "window": whole_number(visit, "window", _window(visit)),
        "periods": PERIODS,
        "visits": bool(asked.gap_minutes),
        "at": lambda path, **changed: address(path, visit.query, **changed),
        "span": lambda hours: "–" if hours is None else span(hours, voice),
        "said": _sentence(rows, asked, voice),
        "no_events": not all_lives.events,
    }


def file(visit: Visit) -> Response:
    """The steps as a file."""
    return as_file(visit, table_of(COLUMNS, _rows(visit, _asked(visit))), "funnel", visit.request.path_params["kind"])


def _asked(visit: Visit) -> Funnel:
    known = lives(visit).choices
    steps = tuple(step for step in visit.query.getlist("step") if step in known)[:MOST_STEPS]
    hours = whole_number(visit, "window", _window(visit)) * UNITS[chosen(visit, "unit", list(UNITS), "days")]
    gap = GAP_MINUTES if visit.query.get("visits") else 0
    return Funnel(steps or proposed(visit), hours, whole_number(visit, "last", 0), gap)


def proposed(visit: Visit) -> tuple[str, ...]:
    """The usual way to a purchase, as far as its steps are on record; else the first orders."""
    all_lives = lives(visit)
    found = [next((event for event in all_lives.events if event.lower() in names), "") for names in USUAL]
    steps = tuple(step for step in found if step)
    if len(steps) > 1:
        return steps if found[-1] or ":order" not in all_lives.choices else (*steps, ":order")
    return MILESTONES


def _window(visit: Visit) -> int:
    return 365 if proposed(visit) == MILESTONES else 30


def _climb(visit: Visit, asked: Funnel) -> Climb:
    all_lives = lives(visit)
    if not all_lives.choices:
        raise ContractError(visit.voice.tell("nothing_done"), hint=visit.voice.tell("empty_hint"))
    return climbed(all_lives.moments, all_lives.numbers, asked, visit.project.as_of)


def _rows(visit: Visit, asked: Funnel) -> list[dict[str, Any]]:
    return visit.keep(("funnel", asked), lambda: counted(_climb(visit, asked), asked, visit.project.as_of))


def _parted(visit: Visit, asked: Funnel, by: str) -> list[tuple[str, list[tuple[dict[str, Any], str]]]]:
    """The same for each value of a trait."""

    def look() -> list[tuple[str, list[dict[str, Any]]]]:
        climb = _climb(visit, asked)
        return [(value, counted(climb, asked, visit.project.as_of, only)) for value, only in parts(visit, by)]

    found = visit.keep(("funnel", asked, by), look)
    return [
        (value, [(row, people_at(AtStep(asked, row["step"]), by, value)) for row in rows])
        for value, rows in found
        if rows[0]["reached"]
    ]


def _lost(asked: Funnel, step: int) -> str:
    return people_at(AtStep(asked, step, lost=True)) if step > 1 else ""


def _step(row: dict[str, Any], asked: Funnel, voice: PageVoice) -> Step:
    between = ""
    if row["step"] > 1 and row["of_before"] is not None:
        between = voice.tell("of_step_before", share=voice.share(row["of_before"]))
        if row["hours_from_before"] is not None:
            between += " · " + voice.tell("half_within", span=span(row["hours_from_before"], voice))
    return Step(
        voice.word("doing", row["doing"]),
        row["reached"],
        row["lost"],
        between,
        people_at(AtStep(asked, row["step"])),
        _lost(asked, row["step"]),
    )


def _sentence(rows: list[dict[str, Any]], asked: Funnel, voice: PageVoice) -> str:
    """What the funnel says at a glance."""
    first, last = rows[0], rows[-1]
    worst = min(rows[1:], key=lambda row: row["of_before"] if row["of_before"] is not None else 1, default=None)
    if not first["reached"] or worst is None:
        return voice.tell("funnel_none")
    return voice.tell(
        "funnel_says" if worst["lost"] else "funnel_says_whole",
        all=voice.count(first["reached"]),
        share=voice.share(last["of_first"]),
        last=voice.word("doing", last["doing"]),
        within=span(asked.within_hours, voice),
        worst=voice.word("doing", worst["doing"]),
        lost=voice.count(worst["lost"]),
        waiting=voice.count(worst["waiting"]),
    )
