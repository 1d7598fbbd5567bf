"""Frozen lists: whom to act on, what was promised, who was held out; and what came of it.

The ledger keeps each list as it was on the day, so that a promise cannot be improved afterwards.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import ibis.expr.types as ir
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from motherlode import run
from motherlode.errors import MotherlodeError, NotReady, Refused, did_you_mean
from motherlode.labels import Language, label
from motherlode.machine import clock
from motherlode.machine.actor import actor
from motherlode.opportunity.candidates import UNRECORDED
from motherlode.opportunity.hold_out import held_out
from motherlode.opportunity.lift import updated
from motherlode.opportunity.pooling import PLAY_SHARE
from motherlode.opportunity.promises import promised
from motherlode.project import Project
from motherlode.sentences import action, reason_sentence

ASK = "`motherlode consent` records what people agreed to; --unrecorded lists those who are still to be asked"
NAME = re.compile(r"\w[\w.-]{0,99}")
MEMBER = (
    "customer_id", "play", "stage", "channel", "value", "value_low", "value_high", "cost",
    "at_stake", "margin_share", "assumed_value", "assumed_high", "value_tier",
    "expert_score", "figures_score", "figures_value",
)  # fmt: skip


class Draw(msgspec.Struct, frozen=True):
    """How a list is drawn from the opportunities.

    Attributes
    ----------
    hold_out, universal
        Parts (0 to 1) of the customers who are held out of this list, and out of every list of the year.
    unrecorded
        Also customers whose consent is only missing on record: they are to be asked for it first.
    """

    hold_out: float = 0.2
    universal: float = 0.05
    unrecorded: bool = False


class Frozen(msgspec.Struct, frozen=True):
    """A list as it was frozen.

    Attributes
    ----------
    treated
        Rows of opportunities to be acted on.
    held_out
        How many are held out.
    left_out
        How many may not be contacted, by why.
    promise
        `value`, `value_low`, `value_high` and `cost` of the treated.
    """

    name: str
    treated: pa.Table
    held_out: int
    left_out: Mapping[str, int]
    promise: Mapping[str, float]


def freeze(
    project: Project, name: str, rows: pa.Table, draw: Draw, definition: Mapping[str, Any], now: datetime | None = None
) -> Frozen:
    """Freeze opportunities as a list, with its hold-out, in the ledger.

    Raises
    ------
    Refused
        The name is taken, or no name; or nobody may be contacted.
    """
    now = now or clock.now()
    _check_name(project, name)
    asked = pc.or_(pc.equal(rows["contact"], ""), pc.is_in(rows["contact"], pa.array(UNRECORDED)))
    may = asked if draw.unrecorded else pc.equal(rows["contact"], "")
    left_out = Counter(rows.filter(pc.invert(may))["contact"].to_pylist())
    members = rows.filter(may)
    if not members.num_rows:
        why = ", ".join(f"{label('verdict', code, 'en')} ({count:,})" for code, count in left_out.items())
        raise Refused(f"nobody on this list may be contacted: {why or 'it is empty'}", hint=ASK)
    day = project.as_of
    arms = held_out(name, day.year, members["customer_id"].to_pylist(), draw.hold_out, draw.universal)
    treated = members.filter(pa.array([arm == "" for arm in arms]))
    promise = promised(treated)
    shared = {"list": name, "frozen_on": day}
    propensity = (1 - draw.universal) * (1 - draw.hold_out)
    facts = [
        {**shared, "held_out": arm, "propensity": propensity, **row}
        for arm, row in zip(arms, members.select(MEMBER).to_pylist(), strict=True)
    ]
    kept = {"definition": {**definition, **msgspec.structs.asdict(draw)}, "actor": actor()}
    held = members.num_rows - treated.num_rows
    head = {**shared, **kept, **promise, "frozen_at": now, "customers": treated.num_rows, "held_out": held}
    project.ledger.record("list_members", facts)
    project.ledger.record("lists", [head])
    project.audit.note("list", {**head, "left_out": dict(left_out)}, now=now)
    return Frozen(name, treated, held, left_out, promise)


def _check_name(project: Project, name: str) -> None:
    if not NAME.fullmatch(name):
        raise Refused(f"`{name}` is no name for a list", hint="letters, digits, - and _, such as spring-2025")
    for known in project.ledger.read("lists"):
        if known["list"] == name:
            told = f"there is a list `{name}`, frozen on {known['frozen_on']}: a frozen list is never changed"
            raise Refused(told, hint="give this one another name")


def exported(frozen: Frozen, currency: str, language: Language) -> pa.Table:
    """What a CRM or a mailing tool needs to act, and no more of a person than that."""
    rows = frozen.treated.to_pylist()
    return pa.table(
        {
            "list": [frozen.name] * len(rows),
            "customer_id": [row["customer_id"] for row in rows],
            "play": [row["play"] for row in rows],
            "action": [action(row, language) for row in rows],
            "channel": [row["channel"] for row in rows],
            "reason": [
                reason_sentence(row["reason"], row["actual"], row["benchmark"], language, currency) for row in rows
            ],
            "value": [row["value"] for row in rows],
            "cost": [row["cost"] for row in rows],
            "contact": [label("verdict", row["contact"], language) if row["contact"] else "" for row in rows],
            "expires_on": [row["expires_on"] for row in rows],
        }
    )


def read_out(project: Project, name: str, now: datetime | None = None) -> list[dict[str, Any]]:
    """What a list has brought, the whole first and then by play, recorded in the ledger.

    `lift_before` and `lift_after` are the lift that is expected of the play without this list, and with it.

    Raises
    ------
    NotReady
        The tables are not made since, or no day has passed.
    """
    known = {fact["list"]: fact for fact in project.ledger.read("lists")}
    if name not in known:
        hint = did_you_mean(name, known) if known else "motherlode opportunities --as-list NAME"
        raise MotherlodeError(f"there is no list `{name}`", hint=hint)
    rows = project.expression("opportunity.readings")
    found = project.query(rows.filter(rows.list == name).order_by("play", "stage")).to_dicts()
    if not found:
        raise NotReady(f"`{name}` was frozen after the tables were made", hint="motherlode run")
    if found[0]["verdict"] == "too_early":
        told = f"nothing has come in since `{name}` was frozen on {found[0]['frozen_on']}"
        raise NotReady(told, hint="motherlode run, when the orders after that day are in the inbox")
    _record(project, found, now or clock.now())
    run.refresh(project.config, project.stores, project.graph, ("measured_lifts", "kept_promises"))
    readouts = project.expression("collect.recorded_readouts")
    before, after = (_lifts(project, some) for some in (readouts.filter(readouts.list != name), readouts))
    whole = [row for row in found if not row["stage"]]
    return [
        {**row, "lift_before": _expected(row, before), "lift_after": _expected(row, after)} if row["play"] else row
        for row in whole
    ]


def _record(project: Project, found: list[dict[str, Any]], now: datetime) -> None:
    """The same reading is recorded once, however often it is asked for."""
    columns = [column for column in found[0] if column != "propensity"]
    recorded = [{name: fact[name] for name in columns} for fact in project.ledger.read("readouts")]
    new = [row for row in found if row not in recorded]
    project.ledger.record("readouts", [{**row, "read_at": now} for row in new])
    if new:
        project.audit.note("readout", {"list": found[0]["list"], "rows": new}, now=now)


def _lifts(project: Project, readouts: ir.Table) -> dict[str, list[dict[str, Any]]]:
    """What these readings have measured of each play, by the stage and tier of its customers."""
    measured = project.graph.find("opportunity.measured_lifts").function
    cells: dict[str, list[dict[str, Any]]] = {}
    for row in measured(project.query(readouts).arrow, as_of=project.as_of).to_pylist():
        cells.setdefault(row["play"], []).append(row)
    return cells


def _expected(row: Mapping[str, Any], lifts: Mapping[str, list[dict[str, Any]]]) -> float | None:
    """The lift that is believed of the play, after what was measured; of those who were treated where it is known."""
    if row["assumed_lift"] is None:
        return None
    mean: float = row["assumed_lift"]
    if row["play"] not in lifts:
        return mean
    cells = lifts[row["play"]]
    measured = cells[0]["play_lift"], cells[0]["play_error"]
    mean = updated(mean, row["assumed_lift_sd"] * math.sqrt(PLAY_SHARE), *measured)[0]
    # The row of a stage without a tier counts those of its tiers again; of lists from before tiers there is no other.
    cells = [cell for cell in cells if cell["treated"] and cell["value_tier"]] or cells
    treated = sum(cell["treated"] for cell in cells)
    if not treated:
        return mean
    return float(sum((cell["offset"] + cell["follows"] * mean) * cell["treated"] for cell in cells) / treated)


class Judgement(msgspec.Struct, frozen=True):
    """What somebody who knows a customer says of a play ("": of all): a veto, or the chance (0 to 1) that it pays."""

    customer_id: str
    play: str = ""
    veto: bool = False
    score: float | None = None
    reason: str = ""


def judge(project: Project, said: Judgement, now: datetime | None = None) -> None:
    """Record a judgement; it counts from the next run on.

    Raises
    ------
    MotherlodeError
        No such customer or play.
    """
    now = now or clock.now()
    customers = project.expression("refine.customers")
    if not len(project.query(customers.filter(customers.customer_id == said.customer_id).select("customer_id"))):
        hint = "motherlode table refine.customers --limit 5 shows what customer numbers look like"
        raise MotherlodeError(f"there is no customer `{said.customer_id}`", hint=hint)
    plays = [promise.name for promise in project.graph.promises.values() if promise.kind == "play"]
    if said.play and said.play not in plays:
        raise MotherlodeError(f"there is no play `{said.play}`", hint=did_you_mean(said.play, plays))
    fact = {**msgspec.structs.asdict(said), "made_at": now, "made_on": project.as_of, "actor": actor()}
    project.ledger.record("judgements", [{**fact, "figures_score": _by_figures(project, said)}])
    token = project.vault.token("customer_id", said.customer_id)
    told = {name: fact[name] for name in ("play", "veto", "score", "actor")}
    project.audit.note("judgement", {"person": token, **told}, now=now)


def _by_figures(project: Project, said: Judgement) -> float | None:
    """What the figures alone say of the action, or of the best one, on the day; none where they say nothing."""
    rows = project.expression("opportunity.candidates")
    if "figures_score" not in rows.columns:
        return None
    mine = rows.filter((rows.customer_id == said.customer_id) & ((rows.play == said.play) | (said.play == "")))
    found = project.query(mine.order_by(mine.net.desc(), mine.play).limit(1).select("figures_score")).to_dicts()
    return found[0]["figures_score"] if found else None


def expert_weight(project: Project) -> float:
    """How much an expert's score weighs (0 to 1) beside the figures."""
    rows = project.expression("opportunity.expert_weights")
    return float(project.query(rows.filter(rows.learnt_from == "together"))["pool_weight"][0])


def kept(project: Project) -> dict[str, Any] | None:
    """How often the intervals of all lists held what came; none before the first reading."""
    rows = project.expression("opportunity.kept_promises")
    found = project.query(rows.filter(rows.play == "")).to_dicts()
    return found[0] if found else None


def ledger_of_lists(project: Project) -> list[dict[str, Any]]:
    """Every list with what it promised and what its last reading says (兑现账), the latest first."""
    readings: dict[str, dict[str, Any]] = {}
    for fact in project.ledger.read("readouts"):
        if not fact["play"]:
            readings[fact["list"]] = fact
    told = ("days", "promised", "delivered", "delivered_low", "delivered_high", "claim_ratio", "verdict")
    lists = [
        {
            **{name: fact[name] for name in ("list", "frozen_on", "customers", "held_out", "cost", "value")},
            **{name: readings.get(fact["list"], {}).get(name) for name in told},
        }
        for fact in project.ledger.read("lists")
    ]
    return lists[::-1]
