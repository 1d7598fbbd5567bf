"""Who exactly, how many, worth what: rules that are built, counted while they are built, named and kept."""

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
from starlette.responses import RedirectResponse, Response

from motherlode.errors import ContractError
from motherlode.web.pages import building
from motherlode.web.pages.customers import choices
from motherlode.web.pages.files import MOST_ROWS, as_file
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.roll import lent
from motherlode.web.pages.visit import Visit
from motherlode.web.pages.wording import said, shown, spoken, trait_name
from motherlode.worklist.rules import OPERATORS, VALUELESS, Condition, Group, Rule, conditions, people, read, write

# What the people of a segment are compared with everybody by.
PORTRAIT = ("value", "orders_365d", "idle_days", "spend_all", "tenure_days", "leaves_90d", "buys_90d")
MOST_NAME = 80
# Columns of the file of a segment's people.
LISTED = ("stage", "value_tier", "value", "orders_365d", "last_on", "play", "allowed", "verdict")


def segments(visit: Visit) -> Mapping[str, Any]:
    """The builder with its count, and the segments that were kept."""
    known, events = visit.traits(), _events(visit)
    rule = building.built(visit.query, known, events)
    complete = _complete(rule)
    names = sorted(known, key=lambda name: trait_name(known[name], visit.voice))
    used = [one.trait for one in conditions(rule) if isinstance(one, Condition)]
    return {
        "tree": building.shown(rule),
        "known": known,
        "groups": _by_table(visit, names),
        "events": events,
        "operators": OPERATORS,
        "choices": choices(visit, known, tuple(dict.fromkeys(used))),
        "counted": _counted(visit, complete),
        "told": spoken(complete, known, visit.voice) if complete.parts else "",
        "rule": write(complete),
        "whole_rule": write(rule),
        "speak": lambda part: said(part, known, visit.voice),
        "kept": [(row, _size(visit, row["rule"])) for row in kept(visit)],
        "segment_name": visit.query.get("name", ""),
    }


def kept(visit: Visit) -> list[dict[str, Any]]:
    """The segments that were kept and not taken away, the last first."""
    last = {row["name"]: row for row in visit.project.ledger.read("segments")}
    return sorted((row for row in last.values() if row["rule"]), key=lambda row: row["made_at"], reverse=True)


def keep(visit: Visit) -> Response:
    """Keep a rule under a name."""
    form = visit.request.state.form
    name, rule = str(form.get("name", "")).strip()[:MOST_NAME], str(form.get("rule", ""))
    if not name:
        raise ContractError(visit.voice.tell("name_needed"), hint=visit.voice.tell("name_needed_hint"))
    people(visit.project, read(rule), visit.traits())
    _record(visit, name, rule)
    return RedirectResponse("/segments#kept", 303)


def drop(visit: Visit) -> Response:
    """Take a segment away; what it was stays in the ledger."""
    _record(visit, str(visit.request.state.form.get("name", "")), "")
    return RedirectResponse("/segments#kept", 303)


def export(visit: Visit) -> Response:
    """The people of a rule as a file, with whether they may be contacted; it is written down who took it."""
    known = visit.traits()
    names = [name for name in LISTED if name in known]
    rows = people(visit.project, read(visit.query.get("rule", "{}")), known, *names)
    found = visit.project.query(rows.order_by("customer_id").limit(MOST_ROWS)).arrow
    return as_file(visit, found, "segment", visit.request.path_params["kind"])


def _record(visit: Visit, name: str, rule: str) -> None:
    fact = {"name": name, "rule": rule, "actor": visit.visitor.name, "made_at": visit.now}
    visit.project.ledger.record("segments", [fact])
    visit.project.audit.note("segment", fact, now=visit.now)


def _complete(rule: Group) -> Group:
    """Without the conditions whose value is not said yet, and the groups that are empty for it."""
    parts: list[Rule] = []
    for part in rule.parts:
        if isinstance(part, Group):
            inner = _complete(part)
            parts += [inner] if inner.parts else []
        elif not isinstance(part, Condition) or part.value or part.operator in VALUELESS:
            parts.append(part)
    return Group(rule.match, tuple(parts))


def _counted(visit: Visit, rule: Group) -> dict[str, Any]:
    """How many, what they bring, how many may be contacted, and how they differ from everybody."""
    try:
        mine = visit.keep(("segment", write(rule)), lambda: _measured(visit, rule))
    except ContractError as error:
        return {"problem": visit.voice.error(error.message)}
    everybody = visit.keep(("segment", write(Group())), lambda: _measured(visit, Group()))
    rows = [
        (
            trait_name(visit.traits()[name], visit.voice),
            *(shown(name, row[f"mean_{name}"], visit.voice) for row in (mine, everybody)),
        )
        for name in PORTRAIT
        if f"mean_{name}" in mine
    ]
    return {"problem": "", **mine, "of": everybody["customers"], "value_of": everybody.get("value"), "portrait": rows}


def _measured(visit: Visit, rule: Group) -> dict[str, Any]:
    known = visit.traits()
    names = [name for name in (*PORTRAIT, "allowed") if name in known]
    rows = people(visit.project, rule, known, *names, everybody=lent(visit))
    means = {f"mean_{name}": rows[name].cast("float64").mean() for name in names if name != "allowed"}
    found = visit.project.query(rows.aggregate(customers=rows.count(), **_sums(rows), **means)).to_dicts()
    return found[0]


def _sums(rows: ir.Table) -> dict[str, Any]:
    sums = {}
    if "value" in rows.columns:
        sums["value"] = rows.value.sum().fill_null(0.0)
    if "allowed" in rows.columns:
        sums["contactable"] = rows.count(where=rows.allowed.fill_null(False))
    return sums


def _size(visit: Visit, rule: str) -> dict[str, Any]:
    return _counted(visit, read(rule))


def _events(visit: Visit) -> list[str]:
    """What customers did that can be asked for, the most frequent first; an order is ""."""

    def look() -> list[str]:
        found = [""] if visit.has_rows("refine.orders") else []
        if visit.has_rows("refine.events"):
            rows = visit.project.expression("refine.events")
            counted = rows.group_by("event").aggregate(n=rows.count())
            found += visit.project.query(counted.order_by(counted.n.desc(), "event").limit(50))["event"]
        return found

    return visit.keep("events", look)


def _by_table(visit: Visit, names: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Traits with their words, by the table that knows them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    known = visit.traits()
    for name in names:
        table = known[name].address.partition(".")[2]
        groups.setdefault(table, []).append((name, trait_name(known[name], visit.voice)))
    return [(visit.voice.word("table", table), some) for table, some in groups.items()]


PAGE = Page(
    "segments",
    "/segments",
    "discover",
    5,
    segments,
    needs=("refine.customers",),
    stored=True,
    roles=("analyst", "marketer", "sales", "compliance"),
    also=(
        Also("/segments/people.{kind}", export),
        Also("/segments/keep", keep, method="POST", roles=("analyst", "marketer")),
        Also("/segments/drop", drop, method="POST", roles=("analyst", "marketer")),
    ),
)
