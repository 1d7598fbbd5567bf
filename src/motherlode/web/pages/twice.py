"""Who may stand twice: pairs in doubt side by side, for somebody to join, keep apart or put off; each can be undone."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from motherlode.access import Reading, class_of, decide, rules_of
from motherlode.errors import ContractError, Refused
from motherlode.masking import mask
from motherlode.people import likeness
from motherlode.people.likeness import FIELDS, Pair
from motherlode.web.pages.customer import purpose_for, reads_as
from motherlode.web.pages.filtering import address, link
from motherlode.web.pages.page import Also
from motherlode.web.pages.visit import Visit
from motherlode.web.pages.wording import shown
from motherlode.worklist.rules import with_traits

PATH = "/quality/pairs"
AT_ONCE = 10
# What is on show, by what was decided.
STATES = {"open": ("open",), "later": ("later",), "decided": ("same", "different")}
TRAITS = ("first_on", "last_on", "orders_365d", "spend_all", "city", "stage")
# More people are compared on the command line, where nobody waits for a page.
MOST_AT_ONCE = 20_000


def waiting(visit: Visit) -> int:
    """How many pairs wait for somebody."""
    return sum(pair.decision == "open" for pair in likeness.pairs(visit.project.stores))


def pairs(visit: Visit) -> Mapping[str, Any]:
    """Pairs that wait, are put off or were decided, the likeliest first, each with what is known of both."""
    everything = likeness.pairs(visit.project.stores)
    state = visit.query.get("state", "open")
    state = state if state in STATES else "open"
    mine = [pair for pair in everything if pair.decision in STATES[state]]
    page = int(said) if (said := visit.query.get("page", "1")).isdecimal() and int(said) else 1
    some = mine[(page - 1) * AT_ONCE : page * AT_ONCE]
    return {
        "state": state,
        "counts": {name: sum(pair.decision in known for pair in everything) for name, known in STATES.items()},
        "rows": _side_by_side(visit, some),
        "page": page,
        "pages": -(-len(mine) // AT_ONCE),
        "at": lambda **changed: address(PATH, visit.query, **changed),
        "done": _done(visit, everything),
        "may_compare": len(visit.project.vault.ids()) <= MOST_AT_ONCE,
    }


def _side_by_side(visit: Visit, some: Sequence[Pair]) -> list[dict[str, Any]]:
    ids = sorted({who for pair in some for who in (pair.customer_id, pair.other)})
    alike = likeness.compared(visit.project.stores, some, actor=visit.visitor.name, now=visit.now)
    values, traits = _values(visit, ids), _traits(visit, ids)
    return [
        {
            "pair": pair,
            "odds": _odds(pair.bits),
            "fields": [
                (name, *(values[who].get(name) for who in (pair.customer_id, pair.other)), how)
                for name in (field.name for field in FIELDS)
                if (how := found.get(name, "missing")) != "missing" or _has(values, pair, name)
            ],
            "traits": [
                (name, *(shown(name, traits[who].get(name), visit.voice) for who in (pair.customer_id, pair.other)))
                for name in traits.get(pair.customer_id, {})
            ],
            "there": {who: bool(traits[who]) for who in (pair.customer_id, pair.other)},
        }
        for pair, found in zip(some, alike, strict=True)
    ]


def _has(values: Mapping[str, Mapping[str, str]], pair: Pair, name: str) -> bool:
    return any(values[who].get(name) for who in (pair.customer_id, pair.other))


def _odds(bits: float) -> str:
    """Bits of evidence as odds: 3 bits are 8 to 1."""
    return f"{2**bits:,.0f} : 1" if bits >= 1 else f"1 : {2**-bits:,.0f}" if bits <= -1 else "1 : 1"


def _values(visit: Visit, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Fields as far as the visitor's role may see them, masked whatever the role: enough to tell two apart."""
    found: dict[str, dict[str, str]] = {who: {} for who in ids}
    by_purpose: dict[str, list[str]] = {}
    for field in FIELDS:
        by_purpose.setdefault(purpose_for(visit, field.name), []).append(field.name)
    for purpose, names in by_purpose.items():
        if not purpose or not ids:
            continue
        reading = Reading(reads_as(visit), purpose, actor=visit.visitor.name, reason="who may stand twice")
        clear = decide(rules_of(visit.project.config.access), reading, ()).shows
        try:
            rows = visit.project.reveal(ids, names, reading).to_dicts()
        except Refused:
            # Who has seen as many people as an hour allows still sees which fields agree.
            continue
        for row in rows:
            told = {n: mask(n, row[n]) if clear.get(class_of(n)) == "clear" else row[n] for n in names if row.get(n)}
            found[row["customer_id"]] |= {name: value for name, value in told.items() if value}
    return found


def _traits(visit: Visit, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the tables say of each; nothing of who is not in them, as when two were joined already."""
    if visit.run is None:
        return {who: {} for who in ids}
    known = visit.traits()
    names = [name for name in TRAITS if name in known]
    rows = {row.pop("customer_id"): row for row in with_traits(visit.project, ids, known, names)}
    return {who: row if any(value is not None for value in row.values()) else {} for who, row in rows.items()}


def _done(visit: Visit, everything: Sequence[Pair]) -> Pair | None:
    """The pair that the visitor decided just now, as the address says."""
    one, two = visit.query.get("one", ""), visit.query.get("two", "")
    return next((p for p in everything if (p.customer_id, p.other) == (one, two) and p.decision != "open"), None)


def judge(visit: Visit) -> Response:
    """Join a pair, keep it apart, put it off, or take that back; it counts with the next run."""
    form = visit.request.state.form
    one, two, decision = (str(form.get(name, "")) for name in ("one", "two", "decision"))
    known = {(pair.customer_id, pair.other) for pair in likeness.pairs(visit.project.stores)}
    if (one, two) not in known or decision not in likeness.DECISIONS:
        raise ContractError(visit.voice.tell("no_pair"), hint=visit.voice.tell("no_pair_hint"))
    likeness.decide(visit.project.stores, one, two, decision, actor=visit.visitor.name, now=visit.now)
    fact = {"customer_id": one, "other": two, "decision": decision, "actor": visit.visitor.name}
    visit.project.audit.note("identity", fact, now=visit.now)
    state = str(form.get("state", ""))
    back = {"state": state if state in STATES and state != "open" else ""}
    return RedirectResponse(link(PATH, **back) if decision == "open" else link(PATH, **back, one=one, two=two), 303)


def compare(visit: Visit) -> Response:
    """Compare all customers of the vault anew."""
    found = likeness.look(visit.project.stores, actor=visit.visitor.name, now=visit.now)
    joined = sum(pair.decision == "same" for pair in found)
    fact = {"joined": joined, "waiting": len(found) - joined, "actor": visit.visitor.name}
    visit.project.audit.note("identity", fact, now=visit.now)
    return RedirectResponse(link(PATH, joined=joined or None, found=len(found)), 303)


ALSO = (
    Also(PATH, pairs, "pairs.html"),
    Also(PATH, judge, method="POST", roles=("analyst", "compliance")),
    Also(f"{PATH}/compare", compare, method="POST", roles=("analyst", "compliance")),
)
