"""Whom to act on now, why, and how far down the list it pays: filtered in the address, cut off by a budget."""

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from starlette.responses import JSONResponse, Response

from motherlode.charts import CutLine, ProfitPoint, ProfitWords, profit_curve
from motherlode.govern.verdicts import FINAL
from motherlode.report.act import LINES, opportunity, ranked_by, rankings, weights
from motherlode.report.view import figures
from motherlode.warehouse import quoted
from motherlode.web.pages import acting
from motherlode.web.pages.customers import choices
from motherlode.web.pages.filtering import address, link
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit
from motherlode.worklist.following import FOLLOW_UPS
from motherlode.worklist.rules import Condition, Group, write

FILTERS = ("stage", "value_tier", "play")
ASKED = ("contact", "show", "follow_up", "owner")
# Points of the curve that a dragged line can stop at.
MOST_STOPS = 200
# So many of a list are kept by their numbers; who leafs further is waited for a little longer.
MOST_KEPT = 5000
RANKED = "opportunity.ranked"
# Half of other lists: each row has its reasons, its peer and its interval, and a browser lays them all out at once.
ROWS = 25


def opportunities(visit: Visit) -> Mapping[str, Any]:
    """A page of the list, what the whole of it brings, and the curve on which it can be cut off."""
    budget, page = _budget(visit), _page_number(visit)
    shared = {
        "budget": budget,
        "choices": choices(visit, visit.traits(), FILTERS),
        "chosen": {name: visit.query.get(name, "") for name in (*FILTERS, *ASKED)},
        "page": page,
        "first": (page - 1) * ROWS + 1,
        "at": lambda **changed: address("/opportunities", visit.query, **changed),
        "file": lambda kind: address(f"/tables/opportunity/ranked.{kind}", visit.query),
        "segment_at": _segment(visit),
        "act_at": address("/opportunities/act", visit.query),
        "back_at": address("/opportunities/back", visit.query),
        "stops_at": link("/opportunities/stops", budget=visit.query.get("budget")),
        "lines": _lines(visit),
        "ranked_by": ranked_by(visit.findings()),
        "evidence": (rankings(visit.findings(), visit.voice), weights(visit.findings(), visit.voice)),
        "aside": None,
        **acting.panel(visit),
    }
    if visit.query.get("follow_up") in acting.SET_ASIDE:
        found, listed = acting.set_aside(visit, visit.query["follow_up"], page, visit.query.getlist("play"))
        shared |= {"aside": found, "rows": [], "sums": None}
    else:
        sums, first = _listed(visit, budget)
        listed = int(sums["customers"] or 0)
        people = _page(visit, budget, first, page)
        shared |= {"sums": sums, "rows": [(row, opportunity(row, visit.voice)) for row in people]}
    return {**shared, "listed": listed, "pages": -(-listed // ROWS), **_curve(visit, budget)}


def _segment(visit: Visit) -> str:
    """Where the people of the list can be kept as a segment."""
    chosen = () if visit.query.get("show") == "all" else (Condition("chosen", "is", "true"),)
    asked = (Condition(name, "is", value) for name in FILTERS if (value := visit.query.get(name)))
    contact = (Condition("allowed", "is", "true"),) if visit.query.get("contact") else ()
    parts = (*chosen, *asked, *contact) or (Condition("play", "known", ""),)
    return link("/segments", rule=write(Group("all", parts)))


def act(visit: Visit) -> Response:
    """Do something about some customers of the list, or about all of it."""
    with ranked(visit, _budget(visit)) as rows:
        # Whom nothing more can be done about is still there to be opened again.
        whole = filtered(visit, rows) if visit.request.state.form.get("whole") else _everybody(visit, rows)
        return acting.act(visit, whole, _back(visit))


def take_back(visit: Visit) -> Response:
    """Take back what was done last."""
    return acting.take_back(visit, _back(visit))


def _back(visit: Visit) -> str:
    return address("/opportunities", visit.query) + "#list"


def _everybody(visit: Visit, rows: ir.Table) -> ir.Table:
    """Everybody who is ranked, and who stands aside."""
    found = acting.standing(visit).rows
    name = visit.project.warehouse.lend(found.select(["customer_id", "play"]))
    aside = ibis.table({"customer_id": "string", "play": "string"}, name=name)
    return rows.select("customer_id", "play").union(aside.anti_join(rows, "customer_id"))


@contextmanager
def ranked(visit: Visit, budget: float | None) -> Iterator[ir.Table]:
    """The list as the last run left it, or ranked again for a budget; with how each customer stands by now."""
    with ExitStack() as held:
        rows = held.enter_context(_by_budget(visit, budget))
        yield held.enter_context(acting.beside(visit, rows))


@contextmanager
def _by_budget(visit: Visit, budget: float | None) -> Iterator[ir.Table]:
    project = visit.project
    if budget is None:
        yield project.expression(RANKED)
        return
    shape, found = _ranked_again(visit, budget)
    with project.warehouse.visible(found) as name:
        yield ibis.table(shape, name=name)


def _ranked_again(visit: Visit, budget: float) -> tuple[ibis.Schema, pa.Table]:
    """The list for a budget, kept."""

    def again() -> tuple[ibis.Schema, pa.Table]:
        rows = visit.project.remade(RANKED, {"budget": budget})
        return rows.schema(), visit.project.query(rows).arrow

    return visit.keep(("ranked", budget), again)


def filtered(visit: Visit, rows: ir.Table) -> ir.Table:
    """Whom the address asks for, without those who refused since or are off the list."""
    for name in FILTERS:
        values = [value for value in visit.query.getlist(name) if value]
        rows = rows.filter(rows[name].isin(values)) if values else rows
    if visit.query.get("contact"):
        rows = rows.filter(rows.contact == "")
    if visit.query.get("show") != "all":
        rows = rows.filter(rows.chosen)
    asked = visit.query.get("follow_up")
    rows = rows.filter(rows.follow_up.isin([asked] if asked in FOLLOW_UPS else acting.TO_DO))
    return _may_still(visit, acting.of_owner(visit, rows))


def _may_still(visit: Visit, rows: ir.Table) -> ir.Table:
    gate = visit.project.expression("govern.contactable")
    return rows.anti_join(gate.filter(gate.verdict.isin(FINAL)), "customer_id")


def _listed(visit: Visit, budget: float | None) -> tuple[dict[str, Any], list[str]]:
    """What the people listed should bring, by the function that makes the claim of the whole list; and the first of
    them, in their order.

    Kept by what is asked, as composing a question costs several times what the engine needs to answer it.
    """

    def ask() -> tuple[dict[str, Any], list[str]]:
        with ranked(visit, budget) as rows:
            shown = filtered(visit, rows)
            claimed = visit.project.remade("opportunity.claim", ranked=shown.mutate(chosen=ibis.literal(True)))
            first = shown.select("customer_id", "rank").order_by("rank").limit(MOST_KEPT)
            ids = visit.project.query(first.order_by("rank"))["customer_id"]
            return visit.project.query(claimed).to_dicts()[0], ids

    asked = tuple((name, *sorted(visit.query.getlist(name))) for name in (*FILTERS, *ASKED))
    return visit.keep(("listed", budget, asked, visit.visitor.name, acting.standing(visit).mark), ask)


def _page(visit: Visit, budget: float | None, first: list[str], page: int) -> list[dict[str, Any]]:
    """The rows of a page with the peer's value, and how each customer stands."""
    start = (page - 1) * ROWS
    ids = first[start : start + ROWS]
    if start >= MOST_KEPT:
        with ranked(visit, budget) as rows:
            shown = filtered(visit, rows).select("customer_id", "rank").order_by("rank")
            ids = visit.project.query(shown.limit(ROWS, offset=start))["customer_id"]
    if not ids:
        return []
    warehouse = visit.project.warehouse
    with ExitStack() as held:
        again = None if budget is None else _ranked_again(visit, budget)[1]
        source = quoted(RANKED) if again is None else held.enter_context(warehouse.visible(again))
        mine = "WHERE customer_id IN (SELECT unnest($ids))"
        sql = f"""
            SELECT ranked.*, peers.peer_value, customers.owner AS filed
            FROM (FROM {source} {mine}) AS ranked
            LEFT JOIN (FROM profile.benchmarks {mine}) AS peers USING (customer_id)
            LEFT JOIN (FROM refine.customers {mine}) AS customers USING (customer_id)
            ORDER BY "rank"
        """  # noqa: S608
        return acting.as_they_stand(visit, warehouse.arrow(sql, {"ids": ids}).to_pylist())


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


def _points(visit: Visit, budget: float | None) -> tuple[list[dict[str, Any]], int]:
    """The curve of the list as it is ranked and worked on now, and after how many customers it is cut off.

    The point of the cut is that of the claim itself: two hundred points would only come near it.
    """
    with ranked(visit, budget) as rows:
        left = _may_still(visit, rows.filter(rows.follow_up.isin(acting.TO_DO)))
        order = ibis.window(order_by=left["rank"])
        left = left.mutate(rank=ibis.row_number().over(order) + 1)
        curve = visit.project.query(visit.project.remade("opportunity.curve", ranked=left)).to_dicts()
        claim = visit.project.query(visit.project.remade("opportunity.claim", ranked=left)).to_dicts()[0]
    stop = int(claim["customers"] or 0)
    exact = {name: claim[name] for name in ("customers", "cost", "value", "value_low", "value_high", "net")}
    return [*(row for row in curve if row["customers"] != stop), *([exact] if stop else [])], stop


def _curve(visit: Visit, budget: float | None) -> dict[str, Any]:
    """The picture of the curve, the places at which it can be cut off, and where it is cut off now; kept."""
    mark = acting.standing(visit).mark
    points, stop = visit.keep(("curve", budget, mark), lambda: _points(visit, budget))
    drawn = ("drawn curve", budget, mark, visit.voice.language)
    return visit.keep(drawn, lambda: _drawn(visit, points, stop, budget))


def _drawn(visit: Visit, rows: list[dict[str, Any]], stop: int, budget: float | None) -> dict[str, Any]:
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
    stops = [row for place, row in enumerate(rows) if place % step == 0 or row is rows[-1] or row["customers"] == stop]
    told = [(row["customers"], round(row["cost"], 2), _stop(row, voice)) for row in stops]
    nearest = min(range(len(told)), key=lambda place: abs(told[place][0] - stop), default=0)
    return {"figures": drawn, "stops": told, "stop_at": nearest}


def stops(visit: Visit) -> Response:
    """The places at which the list can be cut off: after how many customers, at which cost, and what it brings then.

    Asked for by whoever is about to drag the line, as they are more than the rest of the page.
    """
    return JSONResponse(_curve(visit, _budget(visit))["stops"], headers={"Cache-Control": "no-store"})


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


PAGE = Page(
    "opportunities",
    "/opportunities",
    "discover",
    2,
    opportunities,
    needs=(RANKED,),
    stored=True,
    also=(
        Also("/opportunities/stops", stops),
        Also("/opportunities/act", act, method="POST", roles=acting.ACTORS),
        Also("/opportunities/back", take_back, method="POST", roles=acting.ACTORS),
    ),
)
