"""Lay findings out as one HTML file in both languages."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from motherlode.labels import LANGUAGES, Language
from motherlode.project import Project
from motherlode.report.act import act, claim, opportunities
from motherlode.report.discover import NEAREST, discover
from motherlode.report.findings import Findings, gather
from motherlode.report.foresee import foresee
from motherlode.report.trust import checks, trust
from motherlode.report.view import Tile, Voice

YEAR = 365


def render(project: Project, language: Language) -> str:
    """The report of a project as one HTML file; the other language is in it too, behind a switch.

    Raises
    ------
    NotReady
        Nothing was made yet.
    """
    return page(gather(project), language)


def page(found: Findings, language: Language) -> str:
    """The HTML file of findings, opened in a language."""
    bodies = [_body(found, Voice(said, found.currency)) for said in LANGUAGES]
    style = Markup(_source("look.css") + _source("report.css"))
    return (
        _templates()
        .get_template("report.html")
        .render(language=language, name=found.name, bodies=bodies, style=style, voice=Voice(language, found.currency))
    )


def _body(found: Findings, voice: Voice) -> dict[str, Any]:
    """All that the template shows in one language."""
    rows = sum(row["came"] for row in found.rows("accounting"))
    listed = opportunities(found, voice)
    return {
        "voice": voice,
        "title": voice.say("title"),
        "made": voice.say("made", as_of=found.as_of, rows=voice.count(rows), made_at=f"{found.made_at:%Y-%m-%d %H:%M}"),
        "checks": checks(found, voice),
        "tiles": tiles(found, voice),
        "claim": claim(found, voice),
        "chapters": (discover(found, voice), foresee(found, voice), act(found, voice), trust(found, voice)),
        "opportunities": listed,
        "top_note": voice.say("top_note", expires_on=found.rows("ranked")[0]["expires_on"]) if listed else "",
    }


def tiles(found: Findings, voice: Voice, back: int = NEAREST) -> tuple[Tile, ...]:
    """The key figures, each with what it is a count of, and how it changed in `back` days."""
    now, then = found.figures(), found.figures(back)
    return (
        Tile(
            voice.say("customers"),
            voice.count(now["customers"]),
            voice.say("customers_note", buyers=voice.count(now["buyers"])),
            "lifecycle",
            _change(now["customers"], then["customers"], voice.count, back, voice),
        ),
        _revenue(now, then, found.row("reported")["reported"], voice),
        _active(now, then, voice),
        _repeat(now, then, voice),
        _rows(found, voice),
    )


def _change(now: float, then: float, show: Callable[[float], str], back: int, voice: Voice) -> str:
    """By how much a figure rose or fell: its share of what it was, and that."""
    if not then:
        return ""
    share = now / then - 1
    key = "same_as" if round(share, 3) == 0 else "more_than" if share > 0 else "less_than"
    return voice.say(key, share=voice.share(abs(share)), days=back, then=show(then))


def _over_a_year(now: float, then: dict[str, Any], name: str, show: Callable[[float], str], voice: Voice) -> str:
    """A change of what is summed over a year, where there was a year of orders before too."""
    if (then["orders_reach_days"] or 0) < YEAR:
        return voice.say("no_year_before", days=then["days_before"]) if then["orders"] else ""
    return _change(now, then[name], show, then["days_before"], voice)


def _revenue(now: dict[str, Any], then: dict[str, Any], reported: float, voice: Voice) -> Tile:
    counted = voice.say("revenue_note", orders=voice.count(now["orders"]), returned=voice.money(now["returned"]))
    note = counted if now["orders"] or not reported else voice.say("revenue_reported")
    change = _over_a_year(now["revenue"], then, "revenue", voice.money, voice)
    return Tile(voice.say("revenue"), voice.money(now["revenue"] + reported), note, "months", change)


def _active(now: dict[str, Any], then: dict[str, Any], voice: Voice) -> Tile:
    """Customers of whom there is no more than a summary have done nothing that could be counted."""
    if not now["buyers"] + now["with_events"]:
        return Tile(voice.say("active"), "–", voice.say("active_none"), "lifecycle")
    note = voice.say("active_note", share=voice.share(now["active"] / now["customers"]))
    change = _change(now["active"], then["active"], voice.count, then["days_before"], voice)
    return Tile(voice.say("active"), voice.count(now["active"]), note, "rfm", change)


def _repeat(now: dict[str, Any], then: dict[str, Any], voice: Voice) -> Tile:
    buyers, repeat = now["year_buyers"], now["repeat_buyers"]
    words = voice.say("repeat_note", buyers=voice.count(buyers), repeat=voice.count(repeat))
    note = words if buyers else voice.say("repeat_none")
    before = {**then, "rate": then["repeat_buyers"] / then["year_buyers"] if then["year_buyers"] else 0.0}
    change = _over_a_year(repeat / buyers, before, "rate", voice.share, voice) if buyers else ""
    return Tile(voice.say("repeat"), voice.share(repeat / buyers if buyers else None), note, "buyers", change)


def _rows(found: Findings, voice: Voice) -> Tile:
    sums = {name: sum(row[name] for row in found.rows("accounting")) for name in ("came", "kept", "set_aside")}
    note = voice.say("rows_note", kept=voice.count(sums["kept"]), set_aside=voice.count(sums["set_aside"]))
    return Tile(voice.say("rows"), voice.count(sums["came"]), note, "accounting")


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FunctionLoader(_source)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _source(name: str) -> str:
    return files("motherlode").joinpath("templates", name).read_text(encoding="utf-8")
