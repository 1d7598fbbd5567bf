"""All that could be done, for everybody: a row a customer and play."""

from collections.abc import Mapping
from functools import reduce

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import P90
from motherlode.tables import table

# Facts about past spend.
ABOUT_MONEY = ("level_down", "at_level", "bigger_baskets")
# Who does hardly more is no example.
NOTABLE = 1.1

# What is missing and can be asked for, unlike a no.
UNRECORDED = ("no_record", "no_proof")

PROPOSED = {
    "customer_id": "string",
    "play": "string",
    "reason": "string",
    "actual": "float64",
    "benchmark": "float64",
    "peer_id": "string",
    "value": "float64",
    "value_low": "float64",
    "value_high": "float64",
    "cost": "float64",
    "at_stake": "float64",
}


@table(key=("customer_id", "play"), subject="customer_id", purpose="marketing")
def candidates(
    plays: Mapping[str, ir.Table], stakes: ir.Table, contactable: ir.Table, *, unrecorded: bool = True
) -> ir.Table:
    """Every play's proposals; `verdict` is "" or why the customer may not be asked at all.

    `contact` is "" or what stands in the way of sending: the verdict of `govern.contactable`. With `unrecorded`,
    customers whose consent is only missing on record are listed all the same, to be asked for it first.

    All values rest on assumed lifts (evidence level E0) until they are measured. `p_positive` is the probability that
    the action earns its cost, from the normal interval of the lift.
    """
    rows = reduce(ir.Table.union, [_proposed(play) for play in plays.values()], _none(contactable))
    facts = stakes.select(
        "customer_id", "stage", "value_tier", "yearly_orders", "peer_orders", "usual_orders",
        "idle_days", "cadence_days",
        "stage_reason", "stage_actual", "stage_benchmark", "peer_reason", "peer_actual", "peer_benchmark",
    )  # fmt: skip
    asked = contactable.select("customer_id", contact="verdict")
    rows = rows.left_join(facts, "customer_id").drop("customer_id_right")
    rows = rows.left_join(asked, "customer_id").drop("customer_id_right")
    contact = rows.contact.fill_null("no_record")
    return rows.select(
        *PROPOSED,
        "stage",
        "value_tier",
        net=(rows.value - rows.cost).round(4),
        roi=(rows.value - rows.cost) / rows.cost.nullif(0.0),
        p_positive=_p_positive(rows),
        **_second_fact(rows),
        evidence_level=ibis.literal("E0"),
        assumed=ibis.literal(True),
        contact=contact,
        verdict=ibis.ifelse(contact.isin(UNRECORDED), "", contact) if unrecorded else contact,
    )


def _second_fact(rows: ir.Table) -> dict[str, ir.Value]:
    """Another reason than the play's, and never one about money spent: so no row stands on past spend alone."""
    alive = rows.stage.isin(("trial", "mature", "decline"))
    more = rows.peer_benchmark >= rows.peer_actual * NOTABLE
    told = alive & more & rows.peer_reason.notnull() & ~rows.peer_reason.isin((rows.reason, *ABOUT_MONEY))
    same = (rows.stage_reason == rows.reason) | (rows.stage_actual == rows.actual).fill_null(False)
    staged = rows.stage_reason.notnull() & ~same & ~rows.stage_reason.isin(ABOUT_MONEY)
    told, staged = told.fill_null(False), staged.fill_null(False)
    usual = rows.peer_orders.coalesce(rows.usual_orders)
    # Somebody late who orders more than others is silent for once; somebody on time who does is just on time.
    fewer = ((rows.yearly_orders * NOTABLE <= usual) | (rows.reason == "overdue")).fill_null(True)
    counts = fewer | rows.idle_days.isnull()
    counted, clocked = ibis.literal("orders_a_year"), ibis.literal("order_rhythm")
    facts = (
        ("second_reason", rows.peer_reason, rows.stage_reason, counted, clocked),
        ("second_actual", rows.peer_actual, rows.stage_actual, rows.yearly_orders, rows.idle_days),
        ("second_benchmark", rows.peer_benchmark, rows.stage_benchmark, usual, rows.cadence_days),
    )
    return {
        name: ibis.cases((told, by_peer), (staged, by_stage), (counts, by_orders), else_=by_rhythm)
        for name, by_peer, by_stage, by_orders, by_rhythm in facts
    }


def _proposed(play: ir.Table) -> ir.Table:
    """A play's rows in the columns that all share; a play need not say what is at stake."""
    stated = play if "at_stake" in play.columns else play.mutate(at_stake=ibis.null("float64"))
    rounded = stated.select(**{name: stated[name].cast(kind) for name, kind in PROPOSED.items()})
    return rounded.filter(rounded.customer_id.notnull() & rounded.value.notnull())


def _none(people: ir.Table) -> ir.Table:
    """No rows, in the shape of proposals: a house without plays still has the table."""
    typed = {name: ibis.null(kind) for name, kind in PROPOSED.items()}
    return people.filter(ibis.literal(False)).select(**typed)


def _p_positive(rows: ir.Table) -> ir.FloatingValue:
    """P(value > cost): the logistic form of the normal distribution, right to 0.0002."""
    spread = (rows.value_high - rows.value) / P90
    sure = ibis.ifelse(rows.value > rows.cost, 1.0, 0.0)
    z = ((rows.value - rows.cost) / spread.nullif(0.0)).clip(-8.0, 8.0)
    smooth = 1.0 / ((z * -1.5976 - z * z * z * 0.07056).exp() + 1.0)
    return ibis.ifelse(z.isnull(), sure, smooth)
