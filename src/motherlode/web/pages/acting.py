"""What is done about customers by a form: on some rows or on a whole list, in one step, which can be taken back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from starlette.responses import RedirectResponse, Response

from motherlode import recorded
from motherlode.errors import ContractError
from motherlode.graph.given import GIVEN
from motherlode.web.pages.filtering import PAGE_ROWS
from motherlode.web.pages.sign_in import inside
from motherlode.web.pages.visit import Visit
from motherlode.web.users import Role
from motherlode.worklist import following
from motherlode.worklist.following import FOLLOW_UPS, REASONS, Act

TABLE, FACTS = "opportunity.follow_ups", "recorded_follow_ups"
# Who works a list; the administrator may do everything.
ACTORS: tuple[Role, ...] = ("marketer", "sales")
# On the list as long as nothing else was said.
TO_DO = ("open", "accepted")
SET_ASIDE = tuple(one for one in FOLLOW_UPS if one not in TO_DO)
SNOOZE_DAYS = 30
NOBODY, MINE = "-", "mine"
JOINED = ("customer_id", "play", "follow_up", "owner")


class Standing(msgspec.Struct, frozen=True):
    """How customers stand with those who work the list, as of the last act (its fact; `None` before the first)."""

    last: dict[str, Any] | None
    rows: pa.Table

    @property
    def mark(self) -> int:
        """Changes whenever somebody does something."""
        return self.last["follow_up_id"] if self.last else 0

    def of(self, who: str) -> dict[str, Any] | None:
        """How one customer stands."""
        mine: list[dict[str, Any]] = self.rows.filter(pc.equal(self.rows["customer_id"], who)).to_pylist()
        return mine[0] if mine else None


def standing(visit: Visit) -> Standing:
    """Read from the ledger, so that what was done a moment ago counts, also while a run goes on."""
    asked = visit.request.scope
    if "motherlode.standing" not in asked:
        # Once a visit: what is shown beside each other is of one moment.
        last = next(iter(visit.project.ledger.last("follow_ups", 1)), None)
        kept = ("standing", last and last["follow_up_id"])
        asked["motherlode.standing"] = visit.keep(kept, lambda: Standing(last, _rows(visit)))
    found: Standing = asked["motherlode.standing"]
    return found


def _rows(visit: Visit) -> pa.Table:
    facts = recorded.facts(visit.project.ledger, FACTS)
    with visit.project.warehouse.visible(facts) as name:
        said = ibis.table(ibis.schema(dict(GIVEN[FACTS])), name=name)
        return visit.project.query(visit.project.remade(TABLE, recorded_follow_ups=said)).arrow


@contextmanager
def beside(visit: Visit, rows: ir.Table) -> Iterator[ir.Table]:
    """Rows of customers with `follow_up` and `owner`; what was said of another play than the row's does not count."""
    found = standing(visit)
    if not found.rows.num_rows:
        # Nobody did anything yet: a join would cost and change nothing.
        yield rows.mutate(follow_up=ibis.literal("open"), owner=ibis.null("string"))
        return
    with visit.project.warehouse.visible(found.rows.select(JOINED)) as name:
        said = ibis.table(dict.fromkeys(JOINED, "string"), name=name).rename(said_of="play")
        joined = rows.left_join(said, "customer_id").drop("customer_id_right")
        counts = joined.follow_up.notnull()
        if "play" in rows.columns:
            counts &= (joined.follow_up == "snoozed") | joined.said_of.isin(("", joined.play))
        yield joined.mutate(follow_up=ibis.ifelse(counts.fill_null(False), joined.follow_up, "open")).drop("said_of")


def in_charge(visit: Visit, rows: ir.Table) -> ir.Table:
    """Rows with the owner that was given, else the one that the customer file names; "" for nobody."""
    customers = visit.project.expression("refine.customers").select("customer_id", filed="owner")
    joined = rows.left_join(customers, "customer_id").drop("customer_id_right")
    return joined.mutate(owner=joined.owner.coalesce(joined.filed, ibis.literal(""))).drop("filed")


def as_they_stand(visit: Visit, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same as `beside` and `in_charge`, of a few rows with the owner that the file names as `filed`."""
    found = standing(visit).rows
    mine = found.filter(pc.is_in(found["customer_id"], pa.array([row["customer_id"] for row in rows], pa.string())))
    said = {row["customer_id"]: row for row in mine.to_pylist()}
    return [_as_it_stands(row, said.get(row["customer_id"], {})) for row in rows]


def _as_it_stands(row: dict[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    counts = said and (said["follow_up"] == "snoozed" or said["play"] in ("", row["play"]))
    owner = row.pop("filed") if said.get("owner") is None else said["owner"]
    return {**row, "follow_up": said["follow_up"] if counts else "open", "owner": owner or ""}


def left(visit: Visit, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of rows of the list, those that are still to be worked on."""
    aside = {row["customer_id"]: row for row in standing(visit).rows.to_pylist() if row["follow_up"] in SET_ASIDE}
    return [
        dict(row)
        for row in rows
        if (said := aside.get(row["customer_id"])) is None
        or (said["follow_up"] != "snoozed" and said["play"] not in ("", row["play"]))
    ]


def of_owner(visit: Visit, rows: ir.Table) -> ir.Table:
    """Rows in the hands of whom the address names."""
    asked = visit.query.get("owner", "")
    if not asked:
        return rows
    rows = in_charge(visit, rows)
    wanted = {NOBODY: "", MINE: visit.visitor.name}.get(asked, asked)
    return rows.filter(rows.owner == wanted)


def owners(visit: Visit) -> list[str]:
    """Who can be in charge: those who work lists and may sign in, and those who are in charge of somebody already."""
    given = {name for name in standing(visit).rows["owner"].to_pylist() if name}
    users = visit.request.app.state.sessions.users().values()
    return sorted({*given, *(user.name for user in users if user.role in (*ACTORS, "admin"))})


def may_act(visit: Visit) -> bool:
    return visit.visitor.role in (*ACTORS, "admin")


def panel(visit: Visit) -> dict[str, Any]:
    """What the form of a list offers, and what the visitor did last."""
    as_of = visit.as_of or visit.project.as_of
    return {
        "may_act": may_act(visit),
        "owners": owners(visit),
        "reasons": REASONS,
        "follow_ups": FOLLOW_UPS,
        "until": as_of + timedelta(days=SNOOZE_DAYS),
        "earliest": as_of + timedelta(days=1),
        "latest": as_of + timedelta(days=following.LONGEST_DAYS),
        "done": _done(visit),
    }


def _done(visit: Visit) -> dict[str, Any] | None:
    """The last act, where it is the visitor's and can be taken back."""
    last = standing(visit).last
    if last is None or last["actor"] != visit.visitor.name or last["takes_back"]:
        return None

    def count() -> int:
        return sum(fact["act"] == last["act"] for fact in visit.project.ledger.read("follow_ups"))

    return {**last, "customers": visit.keep(("act", last["act"]), count)}


def asked(visit: Visit, do: str) -> Act:
    """The act that a form asks for."""
    form = visit.request.state.form
    if do == "assign":
        return Act(owner=str(form.get("put_in_charge", "")).strip())
    if do == "claim":
        return Act(owner=visit.visitor.name)
    if do == "return":
        return Act(owner="")
    because = str(form.get(f"because_{do}", "")) if do in REASONS else ""
    until = _day(str(form.get("until", ""))) if do == "snoozed" else None
    return Act(follow_up=do, because=because, snoozed_until=until)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def act(visit: Visit, rows: ir.Table, back: str) -> Response:
    """Do what the form asks for about whom it names of these rows, or about all of them; then back to the list."""
    form = visit.request.state.form
    back = inside(str(form.get("back", ""))) or back
    do, _, one = str(form.get("one", "")).partition(" ")
    do, ids = (do, [one]) if one else (str(form.get("do", "")), [str(who) for who in form.getlist("who")])
    if one or not form.get("whole"):
        rows = rows.filter(rows.customer_id.isin(ids or [""]))
    rows = rows.select("customer_id", play=rows.play if "play" in rows.columns else ibis.literal(""))
    whom = [(row["customer_id"], row["play"]) for row in visit.project.query(rows).to_dicts()]
    following.do(visit.project, whom, asked(visit, do), actor=visit.visitor.name, now=visit.now)
    return RedirectResponse(back, 303)


def take_back(visit: Visit, back: str) -> Response:
    """Take back what the visitor did last."""
    done = _done(visit)
    if done is None or done["act"] != visit.request.state.form.get("act"):
        raise ContractError(visit.voice.tell("gone_back"), hint=visit.voice.tell("gone_back_hint"))
    following.take_back(visit.project, done["act"], actor=visit.visitor.name, now=visit.now)
    return RedirectResponse(back, 303)


def set_aside(visit: Visit, follow_up: str, page: int, plays: Sequence[str] = ()) -> tuple[list[dict[str, Any]], int]:
    """Customers who stand so, the last first, a page of them; and how many there are."""
    rows = standing(visit).rows
    rows = rows.filter(pc.equal(rows["follow_up"], follow_up))
    owner = {NOBODY: "", MINE: visit.visitor.name}.get(visit.query.get("owner", ""), visit.query.get("owner", ""))
    if visit.query.get("owner"):
        rows = rows.filter(pc.equal(pc.fill_null(rows["owner"], ""), owner))
    if plays:
        rows = rows.filter(pc.is_in(rows["play"], pa.array(plays, pa.string())))
    rows = rows.sort_by([("made_on", "descending"), ("customer_id", "ascending")])
    return rows.slice((page - 1) * PAGE_ROWS, PAGE_ROWS).to_pylist(), rows.num_rows
