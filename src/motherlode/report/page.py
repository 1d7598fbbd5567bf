"""Lay findings out as one HTML file in both languages."""

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from motherlode.labels import LANGUAGES, Language
from motherlode.project import Project
from motherlode.report.act import act, claim, opportunities
from motherlode.report.discover import discover
from motherlode.report.findings import Findings, gather
from motherlode.report.foresee import foresee
from motherlode.report.trust import checks, trust
from motherlode.report.view import Tile, Voice


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


def tiles(found: Findings, voice: Voice) -> tuple[Tile, ...]:
    """The key figures, each with what it is a count of."""
    people, sales = found.row("people"), found.row("sales")
    return (
        Tile(
            voice.say("customers"),
            voice.count(people["customers"]),
            voice.say("customers_note", buyers=voice.count(people["buyers"])),
            "lifecycle",
        ),
        _revenue(sales, found.row("reported")["reported"], voice),
        _active(people, voice),
        _repeat(people, voice),
        _rows(found, voice),
    )


def _revenue(sales: dict[str, Any], reported: float, voice: Voice) -> Tile:
    counted = voice.say("revenue_note", orders=voice.count(sales["orders"]), returned=voice.money(sales["returned"]))
    note = counted if sales["orders"] or not reported else voice.say("revenue_reported")
    return Tile(voice.say("revenue"), voice.money(sales["revenue"] + reported), note, "months")


def _active(people: dict[str, Any], voice: Voice) -> Tile:
    """Customers of whom there is no more than a summary have done nothing that could be counted."""
    if not people["buyers"] + people["with_events"]:
        return Tile(voice.say("active"), "–", voice.say("active_none"), "lifecycle")
    share = voice.share(people["active"] / people["customers"])
    return Tile(voice.say("active"), voice.count(people["active"]), voice.say("active_note", share=share), "rfm")


def _repeat(people: dict[str, Any], voice: Voice) -> Tile:
    buyers, repeat = people["year_buyers"], people["repeat_buyers"]
    words = voice.say("repeat_note", buyers=voice.count(buyers), repeat=voice.count(repeat))
    note = words if buyers else voice.say("repeat_none")
    return Tile(voice.say("repeat"), voice.share(repeat / buyers if buyers else None), note, "buyers")


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
