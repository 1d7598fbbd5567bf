"""One customer: who this is, what happened, what comes next, what to do, and everything that was decided."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from motherlode.access import FIELD_CLASSES, ROWS, Reading, class_of, decide, rules_of
from motherlode.errors import GraphError
from motherlode.report.act import opportunity
from motherlode.sentences import action, order_sentences
from motherlode.warehouse import quoted
from motherlode.web.pages import acting
from motherlode.web.pages.contacts import contacts
from motherlode.web.pages.identity import ALSO as OF_IDENTITY
from motherlode.web.pages.identity import identity
from motherlode.web.pages.page import Also
from motherlode.web.pages.visit import PageVoice, Visit
from motherlode.web.pages.wording import is_money, shown

STANDING = ("stage", "value_tier", "segment", "value", "orders_365d", "idle_days", "spend_all", "first_on", "last_on")
REASONS = 3
MOST_MOMENTS = 60


def customer(visit: Visit) -> Mapping[str, Any]:
    """Everything that the tables know of one customer."""
    who = visit.request.path_params["customer_id"]
    if _one(visit, "refine.customers", who) is None:
        raise GraphError(visit.voice.tell("nobody", who=who), hint=visit.voice.tell("nobody_hint"))
    row, peer = traits_of(visit, who), _one(visit, "profile.benchmarks", who) or {}
    return {
        "who": who,
        "row": row,
        "standing": [(name, shown(name, row[name], visit.voice)) for name in STANDING if row.get(name) is not None],
        "stage_reason": _stage_reason(visit, who),
        "earlier": [(days, row[name]) for days in (364, 91) if row.get(name := f"stage_{days}_days_before")],
        "about": _about(row, visit.voice),
        "opportunity": _opportunity(visit, who),
        "others": _candidates(visit, who),
        "forecasts": _forecasts(visit, who),
        "peer": peer,
        "in_order": order_sentences(peer, visit.voice.language),
        "grown": _grown(peer),
        "moments": moments(visit, who),
        "contactable": _one(visit, "govern.contactable", who),
        "usable": _one(visit, "govern.usable", who),
        "statements": _rows(visit, "govern.statements", who, "said_at"),
        "traits": _all_traits(row, visit),
        "identity": identity(visit, who),
        "group": contacts(visit, row.get("company")),
        "fields": None,
        "purposes": purposes(visit),
        "stands": acting.standing(visit).of(who),
        **acting.panel(visit),
    }


def reveal(visit: Visit) -> Mapping[str, Any]:
    """Show personal fields as the rules of access allow for the visitor's role and purpose; the reading is logged."""
    form = visit.request.state.form
    who, fields = visit.request.path_params["customer_id"], [one for some in FIELD_CLASSES.values() for one in some]
    purpose, reason = str(form.get("purpose", "")), str(form.get("reason", "")).strip()[:200]
    verdict = decide(rules_of(visit.project.config.access), Reading(reads_as(visit), purpose), ())
    seen = [name for name in fields if class_of(name) in verdict.shows]
    reading = Reading(reads_as(visit), purpose, actor=visit.visitor.name, reason=reason)
    rows = visit.project.reveal([who], seen or fields, reading).to_dicts()
    shown_fields = [(name, rows[0][name]) for name in seen if rows and rows[0].get(name)]
    return {**customer(visit), "fields": shown_fields, "purpose": purpose}


def purposes(visit: Visit) -> list[str]:
    """What the visitor's role may read personal fields for, if there are any."""
    if not visit.project.vault.has(visit.request.path_params["customer_id"]):
        return []
    mine = [rule for rule in rules_of(visit.project.config.access) if rule.role == reads_as(visit)]
    more = [rule for rule in mine if {*rule.clear, *rule.masked} - {ROWS}]
    return list(dict.fromkeys(purpose for rule in more for purpose in rule.purposes))


def purpose_for(visit: Visit, field: str) -> str:
    """What the visitor's role may see a field for, be it masked; "" for nothing."""
    mine = [rule for rule in rules_of(visit.project.config.access) if rule.role == reads_as(visit)]
    return next((rule.purposes[0] for rule in mine if class_of(field) in (*rule.clear, *rule.masked)), "")


def reads_as(visit: Visit) -> str:
    """Whoever administers the house reads as those who answer for it do."""
    return "compliance" if visit.visitor.role == "admin" else visit.visitor.role


def traits_of(visit: Visit, who: str) -> dict[str, Any]:
    """Every trait of a customer, each table read once."""
    known, found = visit.traits(), {}
    rows = {address: _rows(visit, address, who) for address in dict.fromkeys(trait.address for trait in known.values())}
    for name, trait in known.items():
        mine = (row for row in rows[trait.address] if not trait.target or row["target"] == trait.target)
        found[name] = next(mine, {}).get(trait.column)
    return found


def _one(visit: Visit, address: str, who: str) -> dict[str, Any] | None:
    return next(iter(_rows(visit, address, who)), None)


def _rows(visit: Visit, address: str, who: str, at: str = "") -> list[dict[str, Any]]:
    """Rows of one customer, of a history its latest by `at`; none where there is no such table."""
    if not visit.has_rows(address):
        return []
    # What a page shows in several places is asked for once.
    asked: dict[Any, list[dict[str, Any]]] = visit.request.scope.setdefault("motherlode.rows", {})
    if (address, who, at) not in asked:
        # Composing an expression costs more than reading a person's rows, and so does ordering them.
        latest = f' ORDER BY "{at}" DESC LIMIT {MOST_MOMENTS}' if at else ""
        sql = f"SELECT * FROM {quoted(address)} WHERE customer_id = $who{latest}"  # noqa: S608
        asked[address, who, at] = visit.project.warehouse.rows(sql, {"who": who})
    return asked[address, who, at]


def _about(row: Mapping[str, Any], voice: PageVoice) -> list[tuple[str, str]]:
    """What the customer file says."""
    names = ("kind", "company", "industry", "country", "province", "city", "level", "origin", "owner", "tags", "gender")
    return [(name, shown(name, row[name], voice)) for name in names if row.get(name) not in (None, "")]


def _stage_reason(visit: Visit, who: str) -> str:
    found = _one(visit, "profile.lifecycle", who)
    return visit.voice.reason(found["reason"], found["actual"], found["benchmark"]) if found else ""


def _opportunity(visit: Visit, who: str) -> Any:
    found = _one(visit, "opportunity.ranked", who)
    if found is None:
        return None
    peer = _one(visit, "profile.benchmarks", who) or {}
    return found, opportunity({**found, "peer_value": peer.get("peer_value")}, visit.voice)


def _grown(peer: Mapping[str, Any]) -> list[str]:
    """How the customer and the peer grew in half a year, beyond the index of their peers."""
    both = [peer.get(name) for name in ("own_over_peers", "peer_over_peers")]
    return ["–" if grown is None else f"{grown - 1.0:+.0%}" for grown in both] if any(both) else []


def _candidates(visit: Visit, who: str) -> list[dict[str, Any]]:
    """What else was thought of, and why not."""
    voice = visit.voice
    return [
        {
            "play": action(row, voice.language),
            "reason": voice.reason(row["reason"], row["actual"], row["benchmark"]),
            "net": voice.money(row["net"]),
            "why_not": voice.word("verdict", row["verdict"] or row["contact"])
            if row["verdict"] or row["contact"]
            else "",
        }
        for row in sorted(_rows(visit, "opportunity.candidates", who), key=_by_net, reverse=True)
    ]


def _by_net(row: Mapping[str, Any]) -> tuple[float, str]:
    return float(row["net"] or 0.0), row["play"]


def _forecasts(visit: Visit, who: str) -> list[dict[str, Any]]:
    rows = sorted(_rows(visit, "predict.scores", who), key=lambda row: str(row["target"]), reverse=True)
    return [_forecast(row, visit.voice) for row in rows]


def _forecast(row: Mapping[str, Any], voice: PageVoice) -> dict[str, Any]:
    """A forecast with its interval, and the reasons as bars to the left or the right."""
    target, amount = row["target"], is_money(row["target"])
    numbers = [row[name] for name in ("score", "low", "high")]
    score, low, high = (voice.money(n) if amount else voice.share(n) for n in numbers)
    reasons = [_reason(row, place, voice) for place in range(1, REASONS + 1) if row[f"reason_{place}"]]
    most = max((abs(reason["effect"]) for reason in reasons), default=1.0) or 1.0
    return {
        "target": voice.word("target", target),
        "score": score,
        "share": None if amount else row["score"],
        "interval": voice.say("to", low=low, high=high),
        "model": voice.word("model", row["model"]),
        "reasons": [{**reason, "width": round(100 * abs(reason["effect"]) / most)} for reason in reasons],
    }


def _reason(row: Mapping[str, Any], place: int, voice: PageVoice) -> dict[str, Any]:
    name = row[f"reason_{place}"]
    return {
        "name": voice.word("column", name),
        "actual": row[f"answer_{place}"] or shown(name, row[f"actual_{place}"], voice),
        "typical": shown(name, row[f"typical_{place}"], voice),
        "effect": row[f"effect_{place}"],
    }


def moments(visit: Visit, who: str) -> list[dict[str, Any]]:
    """What happened, the latest first: orders, returns, events, words, contacts, deals, consents."""
    voice = visit.voice
    found = [moment for source in SOURCES for moment in _moments(visit, who, *source)]
    found.sort(key=lambda moment: moment["at"], reverse=True)
    return [
        {**moment, "day": moment["at"][:10], "what": voice.tell(f"did_{moment['kind']}")}
        for moment in found[:MOST_MOMENTS]
    ]


# Table, moment, kind, and what is said of each.
SOURCES = (
    ("refine.orders", "ordered_at", "ordered", ("order_id", "amount", "lines", "channel")),
    ("refine.returns", "returned_at", "returned", ("amount", "product_id", "order_id")),
    ("refine.events", "occurred_at", "acted", ("event", "product_id", "page_url", "value")),
    ("refine.feedback", "given_at", "feedback", ("rating", "nps", "text")),
    ("refine.touches", "touched_at", "touch", ("campaign", "channel", "play", "responded")),
    ("refine.deals", "opened_at", "deal", ("deal_id", "amount", "outcome")),
    ("govern.statements", "said_at", "statement", ("purpose", "channel", "decision")),
)


def _moments(visit: Visit, who: str, address: str, at: str, kind: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = _rows(visit, address, who, at)
    return [
        {"kind": kind, "at": _text(row[at], visit.voice), "facts": _facts(row, names, visit.voice)}
        for row in rows
        if row[at] is not None
    ]


def _facts(row: Mapping[str, Any], names: tuple[str, ...], voice: PageVoice) -> list[tuple[str, str]]:
    words = {"purpose": "purpose", "decision": "decision", "outcome": "outcome", "channel": "channel"}
    told = []
    for name in names:
        if row.get(name) not in (None, ""):
            value = voice.word(words[name], row[name]) if name in words else shown(name, row[name], voice)
            told.append((voice.word("column", name), value))
    return told


def _text(moment: "datetime | date", voice: PageVoice) -> str:
    # What came as a day stands at its midnight; the time would be our invention.
    return voice.clock(moment).removesuffix(" 00:00") if isinstance(moment, datetime) else moment.isoformat()


def _all_traits(row: Mapping[str, Any], visit: Visit) -> list[tuple[str, str, str]]:
    """Every trait with its words, its value, and the table that it comes from."""
    known = visit.traits()
    return [
        (
            visit.voice.word("target" if known[name].target else "column", name),
            shown(name, value, visit.voice),
            known[name].address,
        )
        for name, value in row.items()
        if name in known and value not in (None, "")
    ]


# Numbers of customers are whatever the company's files say, slashes too.
ALSO = (
    *OF_IDENTITY,
    Also("/customers/{customer_id:path}/reveal", reveal, "customer.html", "POST"),
    Also("/customers/{customer_id:path}", customer, "customer.html", stored=True),
)


def address_of(customer_id: str) -> str:
    """Where a customer's page is."""
    return f"/customers/{quote(customer_id, safe='')}"
