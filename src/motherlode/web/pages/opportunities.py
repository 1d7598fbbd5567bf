"""Whom to act on now, why, and how far down the list it pays: filtered in the address, cut off by a budget."""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from motherlode.charts import CutLine, ProfitPoint, ProfitWords, profit_curve
from motherlode.govern.verdicts import FINAL
from motherlode.report.act import LINES, opportunity
from motherlode.report.view import figures
from motherlode.web.pages.customers import choices
from motherlode.web.pages.filtering import PAGE_ROWS, address
from motherlode.web.pages.page import Page
from motherlode.web.pages.visit import Visit

FILTERS = ("stage", "value_tier", "play")
# Points of the curve that a dragged line can stop at.
MOST_STOPS = 200


def opportunities(visit: Visit) -> Mapping[str, Any]:
    """A page of the list, what the whole of it brings, and the curve on which it can be cut off."""
    budget = _budget(visit)
    page = _page_number(visit)
    with ranked(visit, budget) as rows:
        listed = filtered(visit, rows)
        sums = _sums(visit, listed, budget)
        shown = _page(visit, listed, page)
        points, stop = _points(visit, rows, budget)
    return {
        "sums": sums,
        "whole": visit.findings().row("claim"),
        "rows": [(row, opportunity(row, visit.voice)) for row in shown],
        "budget": budget,
        "choices": choices(visit, visit.traits(), FILTERS),
        "chosen": {name: visit.query.get(name, "") for name in (*FILTERS, "contact", "show")},
        "page": page,
        "pages": -(-int(sums["customers"] or 0) // PAGE_ROWS),
        "first": (page - 1) * PAGE_ROWS + 1,
        "at": lambda **changed: address("/opportunities", visit.query, **changed),
        "file": lambda kind: address(f"/tables/opportunity/ranked.{kind}", visit.query),
        "lines": _lines(visit),
        **_curve(visit, points, stop, budget),
    }


@contextmanager
def ranked(visit: Visit, budget: float | None) -> Iterator[ir.Table]:
    """The list as the last run left it, or ranked again for a budget."""
    project = visit.project
    if budget is None:
        yield project.expression("opportunity.ranked")
        return

    def again() -> tuple[ibis.Schema, pa.Table]:
        rows = project.remade("opportunity.ranked", {"budget": budget})
        return rows.schema(), project.query(rows).arrow

    shape, found = visit.keep(("ranked", budget), again)
    with project.warehouse.visible(found) as name:
        yield ibis.table(shape, name=name)


def filtered(visit: Visit, rows: ir.Table) -> ir.Table:
    """Whom the address asks for, without those who refused since."""
    for name in FILTERS:
        values = [value for value in visit.query.getlist(name) if value]
        rows = rows.filter(rows[name].isin(values)) if values else rows
    if visit.query.get("contact"):
        rows = rows.filter(rows.contact == "")
    if visit.query.get("show") != "all":
        rows = rows.filter(rows.chosen)
    gate = visit.project.expression("govern.contactable")
    return rows.anti_join(gate.filter(gate.verdict.isin(FINAL)), "customer_id")


def _sums(visit: Visit, rows: ir.Table, budget: float | None) -> dict[str, Any]:
    """What the people listed should bring, by the function that makes the claim of the whole list."""

    def ask() -> dict[str, Any]:
        chosen = rows.mutate(chosen=ibis.literal(True))
        claimed = visit.project.remade("opportunity.claim", ranked=chosen)
        return visit.project.query(claimed).to_dicts()[0]

    asked = tuple((name, *sorted(visit.query.getlist(name))) for name in (*FILTERS, "contact", "show"))
    return visit.keep(("sums of opportunities", budget, asked), ask)


def _page(visit: Visit, rows: ir.Table, page: int) -> list[dict[str, Any]]:
    shown = rows.order_by("rank").limit(PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
    peers = visit.project.expression("profile.benchmarks").select("customer_id", "peer_value")
    joined = shown.left_join(peers, "customer_id").drop("customer_id_right").order_by("rank")
    return visit.project.query(joined).to_dicts()


def _budget(visit: Visit) -> float | None:
    try:
        budget = float(visit.query.get("budget") or "nan")
    except ValueError:
        return None
    return budget if math.isfinite(budget) and budget >= 0 else None


def _page_number(visit: Visit) -> int:
    page = visit.query.get("page", "1")
    return max(int(page), 1) if page.isdecimal() else 1


def _lines(visit: Visit) -> list[dict[str, Any]]:
    rows = {row["line"]: row for row in visit.findings().rows("cut_lines")}
    return [rows[line] for line in LINES if line in rows and rows[line]["customers"]]


def _points(visit: Visit, rows: ir.Table, budget: float | None) -> tuple[list[dict[str, Any]], int]:
    """The curve of the list as it is ranked now, and after how many customers it is cut off."""
    if budget is None:
        found = visit.findings()
        return found.rows("curve"), int(found.row("claim").get("customers") or 0)

    def again() -> tuple[list[dict[str, Any]], int]:
        curve = visit.project.query(visit.project.remade("opportunity.curve", ranked=rows)).to_dicts()
        chosen = visit.project.query(rows.aggregate(n=rows.count(where=rows.chosen)))["n"][0]
        return curve, int(chosen)

    return visit.keep(("curve", budget), again)


def _curve(visit: Visit, rows: list[dict[str, Any]], stop: int, budget: float | None) -> dict[str, Any]:
    """The picture of the curve, the places at which it can be cut off, and where it is cut off now."""
    rows, voice = sorted(rows, key=lambda row: row["customers"]), visit.voice
    points = [ProfitPoint(r["customers"], r["cost"], r["value"], r["value_low"], r["value_high"]) for r in rows]
    lines = [CutLine(voice.word("cut_line", row["line"]), row["customers"]) for row in _lines(visit)]
    if budget is not None:
        lines = [CutLine(voice.tell("your_budget"), float(stop))]
    words = ProfitWords(
        voice.say("curve_title"), voice.say("curve_net"), voice.say("curve_cost"), voice.say("curve_bottom")
    )
    drawn = figures(lambda width: profit_curve(points, lines, voice.money, voice.short, words, width=width, height=260))
    step = max(1, len(rows) // MOST_STOPS)
    stops = [row for place, row in enumerate(rows) if place % step == 0 or row is rows[-1]]
    told = [[row["customers"], round(row["cost"], 2), _stop(row, voice)] for row in stops]
    nearest = min(range(len(told)), key=lambda place: abs(told[place][0] - stop), default=0)
    return {"figures": drawn, "stops": json.dumps(told, ensure_ascii=False), "stop_at": nearest}


def _stop(row: Mapping[str, Any], voice: Any) -> str:
    said: str = voice.tell(
        "stop",
        customers=voice.customers(row["customers"]),
        cost=voice.money(row["cost"]),
        value=voice.money(row["value"]),
        interval=voice.between(row["value_low"], row["value_high"]),
        net=voice.money(row["net"]),
    )
    return said


PAGE = Page("opportunities", "/opportunities", "discover", 2, opportunities, needs=("opportunity.ranked",))
