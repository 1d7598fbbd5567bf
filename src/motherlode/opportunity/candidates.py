"""All that could be done, for everybody: a row a customer and play."""

from collections.abc import Mapping
from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before, within
from motherlode.expressions.merged import as_one
from motherlode.opportunity.lift import SURE
from motherlode.opportunity.offers import ASSUMED, P90, WORTH_TODAY
from motherlode.opportunity.pooling import PLAY_SHARE, Pooled
from motherlode.tables import table

# Facts about past spend.
ABOUT_MONEY = ("level_down", "at_level", "bigger_baskets")
# Who does hardly more is no example.
NOTABLE = 1.1

# What is missing and can be asked for, unlike a no.
UNRECORDED = ("no_record", "no_proof")

# The columns of `govern.contactable` that say by which channel somebody may be contacted.
BY_CHANNEL = {channel: f"by_{channel}" for channel in ("email", "sms", "phone", "wecom", "app", "post")}

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
    "margin_share": "float64",
    "channel": "string",
    "offered": "string",
}
# What a play need not say.
OPTIONAL = ("at_stake", "margin_share", "channel", "offered")
# What only `own_actions` says of a proposal, as it has weighed belief and lots itself.
WEIGHED = {"believed_value": "float64", "believed_high": "float64", "weighed_level": "string"}
# Nobody is surer than this.
SURE_ENOUGH = (0.02, 0.98)
# Contacts are counted over so many days.
CONTACTS_DAYS = 30
# For so long after its last reading a lift counts as confirmed.
CONFIRMED_DAYS = 90
# What was measured on other stages is evidence where it weighs so much beside what was assumed.
ENOUGH = 1 / 3


@table(key=("customer_id", "play"), subject="customer_id", purpose="marketing")
def candidates(
    plays: Mapping[str, ir.Table],
    stakes: ir.Table,
    contactable: ir.Table,
    measured_lifts: ir.Table,
    tried_lifts: ir.Table,
    own_actions: ir.Table,
    recorded_lists: ir.Table,
    recorded_judgements: ir.Table,
    follow_ups: ir.Table,
    expert_weights: ir.Table,
    touches: ir.Table,
    merged_numbers: ir.Table,
    *,
    as_of: date,
    judged_days: int = 90,
    unrecorded: bool = True,
    most_contacts: int = 4,
    rested_days: int = 30,
    observed_days: int = 90,
) -> ir.Table:
    """Every play's proposals; `verdict` is "" or why the customer may not be asked at all.

    Beside the plays stand the company's own actions (`own_actions`) that no play describes; their reason is what the
    peer did otherwise, or else what tells the customer's stage of life.

    `contact` is "" or what stands in the way of sending: the verdict of `govern.contactable`, or `no_channel` where the
    customer may be contacted, but not by the play's channel. With `unrecorded`, customers whose consent is only missing
    on record are listed all the same, to be asked for it first. Who was contacted
    `most_contacts` times in 30 days is left alone, who was put on a frozen list rests for `rested_days`,
    who was held out of it is left alone for `observed_days`, so that the list can be measured.

    A play is valued by the lift that it assumes (`assumed_value`) until frozen lists, or past campaigns with hold-outs
    drawn by lot, have measured it: then by all of them, each weighted by its precision, stage by stage and tier by
    tier, as far as these were found to differ. `evidence_level` is E0
    (assumed, or measured less precisely than assumed), E1 (likewise, but carried out before, without lots), E2
    (measured on other stages), E3 (measured on this stage) or E4 (this stage, above nil beyond chance, within 90
    days). `p_positive` is the probability that the action earns its cost, from the normal interval of the lift.

    Who knows a customer may veto an action or say how likely it is to pay (`motherlode judge`). For `judged_days` a
    veto stands, and a score (`expert_score`) is pooled with the probability by the figures alone (`figures_score`):
    `pool_weight` of `expert_weights` (0.4 until outcomes say otherwise) of the logarithm of the odds is the expert's,
    and the value moves as the probability does (`figures_value` is the one before). Whom those who work the list put
    off is left alone until the day on which they said to come back (`follow_ups`).
    """
    own_actions = own_actions.filter(~own_actions.play.isin([*plays, ""]))
    proposals = [*plays.values(), _own(own_actions, stakes)]
    rows = reduce(ir.Table.union, [_proposed(each) for each in proposals], _none(contactable))
    facts = stakes.select(
        "customer_id", "stage", "value_tier", "yearly_orders", "peer_orders", "usual_orders",
        "idle_days", "cadence_days", "order_days",
        "stage_reason", "stage_actual", "stage_benchmark", "peer_reason", "peer_actual", "peer_benchmark",
        own_peer_id="peer_id",
        prime_spend=ibis.greatest(stakes.yearly_spend, stakes.former_yearly_spend).nullif(0.0)
        .coalesce(stakes.usual_spend),
    )  # fmt: skip
    rows = rows.left_join(facts, "customer_id").drop("customer_id_right")
    rows = _asked(rows, contactable)
    listed, judged = as_one(recorded_lists, merged_numbers), as_one(recorded_judgements, merged_numbers)
    rows = rows.left_join(_on_lists(listed, as_of, rested_days, observed_days), "customer_id")
    rows = rows.drop("customer_id_right").left_join(_contacted(touches, as_of, most_contacts), "customer_id")
    tried_lifts = tried_lifts.anti_join(own_actions, "play")
    rows = _weighed(rows.drop("customer_id_right"), tried_lifts, measured_lifts, touches, as_of)
    rows = _judged(rows, judged, expert_weights, as_of, judged_days)
    put_off = follow_ups.filter(follow_ups.follow_up == "snoozed").select(
        "customer_id", put_off=ibis.literal("snoozed")
    )
    rows = rows.left_join(put_off, "customer_id").drop("customer_id_right")
    refused = ibis.ifelse(rows.contact.isin(UNRECORDED), "", rows.contact) if unrecorded else rows.contact
    return rows.select(
        *PROPOSED,
        "stage",
        "value_tier",
        net=(rows.value - rows.cost).round(4),
        roi=(rows.value - rows.cost) / rows.cost.nullif(0.0),
        p_positive=p_positive(rows),
        expert_score=rows.expert_score,
        figures_score=rows.figures_score,
        figures_value=rows.figures_value,
        **_second_fact(rows),
        evidence_level=rows.evidence_level,
        assumed=rows.evidence_level.isin(ASSUMED),
        assumed_value=rows.assumed_value,
        assumed_high=rows.assumed_high,
        contact=rows.contact,
        verdict=ibis.ifelse(
            refused == "", rows.vetoed.coalesce(rows.put_off, rows.listed, rows.contacted, ibis.literal("")), refused
        ),
    )


def _asked(rows: ir.Table, contactable: ir.Table) -> ir.Table:
    """With `contact`: whether the customer may be contacted by the play's channel, and if not why."""
    asked = contactable.select("customer_id", *BY_CHANNEL.values(), contact="verdict")
    rows = rows.left_join(asked, "customer_id").drop("customer_id_right")
    may = rows.channel.cases(*((channel, rows[name]) for channel, name in BY_CHANNEL.items()), else_=True)
    contact = ibis.ifelse((rows.contact == "") & ~may, "no_channel", rows.contact).fill_null("no_record")
    return rows.mutate(contact=contact).drop(*BY_CHANNEL.values())


def _contacted(touches: ir.Table, as_of: date, most_contacts: int) -> ir.Table:
    """Who was contacted often enough lately."""
    lately = touches.filter(within(touches.touched_on, as_of, days=CONTACTS_DAYS) & touches.treated.fill_null(True))
    often = lately.group_by("customer_id").aggregate(contacts=lately.count())
    return often.filter(often.contacts >= most_contacts).select(
        "customer_id", contacted=ibis.literal("contacted_enough")
    )


def _on_lists(recorded_lists: ir.Table, as_of: date, rested_days: int, observed_days: int) -> ir.Table:
    """Who is on a frozen list that is still under way, and in which arm."""
    age = days_before(recorded_lists.frozen_on, as_of)
    treated = recorded_lists.held_out == ""
    open_for = ibis.ifelse(treated, rested_days, observed_days)
    # A list frozen on the day itself is one of today's answers, not something that happened before.
    under_way = recorded_lists.filter((age > 0) & (age <= open_for))
    arm = ibis.ifelse(under_way.held_out == "", "on_a_list", "held_out")
    return under_way.group_by("customer_id").aggregate(listed=arm.min())


def _weighed(
    rows: ir.Table, tried_lifts: ir.Table, measured_lifts: ir.Table, touches: ir.Table, as_of: date
) -> ir.Table:
    """Values by what is known of the lift: the play's assumption, what past campaigns tried, what lists measured."""
    rows = rows.mutate(
        assumed_value=rows.believed_value.coalesce(rows.value),
        assumed_high=rows.believed_high.coalesce(rows.value_high),
    )
    rows = _updated(_tried(rows, tried_lifts), as_of, "tried_level")
    rows = _updated(_joined(rows, measured_lifts, "last_read_on"), as_of, "measured_level")
    done = touches.filter(touches.treated.fill_null(True) & touches.play.notnull())
    done = done.group_by("play").aggregate(contacts=done.count())
    rows = rows.left_join(done, "play").drop("play_right")
    seen = rows.weighed_level.coalesce(ibis.ifelse(rows.contacts.notnull(), "E1", "E0"))
    return rows.mutate(evidence_level=ibis.greatest(rows.tried_level, rows.measured_level, seen))


def _tried(rows: ir.Table, tried_lifts: ir.Table) -> ir.Table:
    """Lifts of past campaigns: shares of a year in the prime, turned into shares of what is at stake."""
    rows = _joined(rows, tried_lifts, "last_tried_on")
    share = rows.prime_spend * rows.margin_share * WORTH_TODAY / rows.at_stake.nullif(0.0)
    return rows.mutate(**{name: rows[name] * share for name in Pooled._fields if name != "follows"})


def _joined(rows: ir.Table, lifts: ir.Table, day: str) -> ir.Table:
    """With what is known of the play's lift in the stage and tier, where anything is."""
    known = lifts.select("play", "stage", "value_tier", "stage_treated", *Pooled._fields, read_on=day)
    key = ["play", "stage", "value_tier"]
    return rows.left_join(known, key).drop(*(f"{name}_right" for name in key))


def _updated(rows: ir.Table, as_of: date, level: str) -> ir.Table:
    """The value moved towards what was found, by its precision, and as `level` the evidence that this is.

    What was assumed is a belief about the play as a whole, and says of the cell as much as the cell follows the play.
    """
    at_stake = rows.at_stake.nullif(0.0)
    rows = rows.mutate(assumed_lift=rows.value / at_stake, sd=(rows.value_high - rows.value) / P90 / at_stake)
    own = rows.sd * rows.sd * PLAY_SHARE
    weight = own / (own + rows.play_error * rows.play_error)
    rows = rows.mutate(
        left=own * (-weight + 1.0), play_now=rows.assumed_lift + weight * (rows.play_lift - rows.assumed_lift)
    )
    value = (rows.offset + rows.follows * rows.play_now) * rows.at_stake
    spread = (rows.offset_error * rows.offset_error + rows.follows * rows.follows * rows.left).sqrt() * rows.at_stake
    own_stage = rows.stage_treated > 0
    known = ibis.ifelse(own_stage, rows.lift_error <= rows.sd, weight >= ENOUGH).fill_null(False)
    recent = days_before(rows.read_on, as_of) <= CONFIRMED_DAYS
    evidence = ibis.cases(
        (~known, "E0"),
        (~own_stage, "E2"),
        (recent & (rows.lift > rows.lift_error * SURE), "E4"),
        else_="E3",
    )
    found = (rows.play_lift.notnull() & (rows.sd > 0)).fill_null(False)
    rows = rows.mutate(
        **{level: evidence},
        value=ibis.ifelse(found, value, rows.value).round(4),
        value_low=ibis.ifelse(found, value - spread * P90, rows.value_low).round(4),
        value_high=ibis.ifelse(found, value + spread * P90, rows.value_high).round(4),
    )
    return rows.drop(*Pooled._fields, "stage_treated", "read_on", "assumed_lift", "sd", "left", "play_now")


def _judged(rows: ir.Table, judgements: ir.Table, weights: ir.Table, as_of: date, judged_days: int) -> ir.Table:
    """With what somebody who knows the customer said last of the play, or of all plays."""
    said = judgements.filter(within(judgements.made_on, as_of, days=judged_days))
    last = ibis.window(group_by=["customer_id", "play"], order_by=said.judgement_id.desc())
    said = said.mutate(place=ibis.row_number().over(last))
    said = said.filter(said.place == 0)
    for name, some in (("own", said.filter(said.play != "")), ("all", said.filter(said.play == ""))):
        keys = ["customer_id", "play"] if name == "own" else ["customer_id"]
        told = some.select(*keys, **{f"{name}_score": some.score, f"{name}_veto": some.veto})
        rows = rows.left_join(told, keys).drop(*(f"{key}_right" for key in keys))
    veto = rows.own_veto.fill_null(False) | rows.all_veto.fill_null(False)
    rows = rows.mutate(
        vetoed=ibis.ifelse(veto, "vetoed", ibis.null("string")),
        expert_score=rows.own_score.coalesce(rows.all_score).clip(*SURE_ENOUGH),
        figures_score=p_positive(rows).clip(*SURE_ENOUGH),
        figures_value=rows.value,
    )
    in_force = weights.filter(weights.learnt_from == "together").select("pool_weight")
    rows = rows.cross_join(in_force)
    odds = _log_odds(rows.expert_score) * rows.pool_weight
    odds += _log_odds(rows.figures_score) * (-rows.pool_weight + 1.0)
    moved = (1.0 / ((-odds).exp() + 1.0) / rows.figures_score).fill_null(1.0)
    return rows.mutate(**{name: (rows[name] * moved).round(4) for name in ("value", "value_low", "value_high")})


def _log_odds(chance: ir.FloatingValue) -> ir.FloatingValue:
    return (chance / (-chance + 1.0)).ln()


def _second_fact(rows: ir.Table) -> dict[str, ir.Value]:
    """Another reason than the play's, and never one about money spent: so no row stands on past spend alone."""
    told = _peer_told(rows) & (rows.peer_reason != rows.reason)
    # Orders too few, and again orders too few, are one reason.
    told = told & ((rows.reason != "below_peer") | (rows.peer_reason != "orders_more_often"))
    same = (rows.stage_reason == rows.reason) | (rows.stage_actual == rows.actual).fill_null(False)
    staged = rows.stage_reason.notnull() & ~same & ~rows.stage_reason.isin(ABOUT_MONEY)
    told, staged = told.fill_null(False), staged.fill_null(False)
    # A play may hold a customer against a peer of its own, whose orders these are not.
    peers = (rows.peer_id == rows.own_peer_id) & rows.peer_orders.notnull()
    usual = ibis.ifelse(peers, rows.peer_orders, rows.usual_orders)
    # Somebody late who orders more than others is silent for once; somebody on time who does is just on time.
    late = rows.reason.isin(("overdue", "not_back"))
    fewer = ((rows.yearly_orders * NOTABLE <= usual) | late).fill_null(True)
    counts = (fewer | rows.idle_days.isnull()) & ~rows.reason.isin(("below_peer", "below_rhythm"))
    counted = ibis.ifelse(peers, "orders_beside_peer", "orders_beside_others")
    clocked = ibis.ifelse(rows.order_days == 1, "not_back", "order_rhythm")
    facts = (
        ("second_reason", rows.peer_reason, rows.stage_reason, counted, clocked),
        ("second_actual", rows.peer_actual, rows.stage_actual, rows.yearly_orders, rows.idle_days),
        ("second_benchmark", rows.peer_benchmark, rows.stage_benchmark, usual, rows.cadence_days),
    )
    return {
        name: ibis.cases((told, by_peer), (staged, by_stage), (counts, by_orders), else_=by_rhythm)
        for name, by_peer, by_stage, by_orders, by_rhythm in facts
    }


def _own(own_actions: ir.Table, stakes: ir.Table) -> ir.Table:
    """The company's own actions as a play would propose them, with what the peer did otherwise or tells the stage."""
    told = _peer_told(stakes).fill_null(False)
    about = stakes.select(
        "customer_id", "peer_id", "margin_share",
        reason=ibis.ifelse(told, stakes.peer_reason, stakes.stage_reason),
        actual=ibis.ifelse(told, stakes.peer_actual, stakes.stage_actual),
        benchmark=ibis.ifelse(told, stakes.peer_benchmark, stakes.stage_benchmark),
    )  # fmt: skip
    about = about.filter(about.reason.notnull())
    said = own_actions.rename(
        believed_value="assumed_value", believed_high="assumed_high", weighed_level="evidence_level"
    )
    return said.inner_join(about, "customer_id")


def _peer_told(rows: ir.Table) -> ir.BooleanValue:
    """Whether what the peer did otherwise says something that is not about money, of somebody who still buys."""
    alive = rows.stage.isin(("trial", "mature", "decline"))
    more = rows.peer_benchmark >= rows.peer_actual * NOTABLE
    return alive & more & rows.peer_reason.notnull() & ~rows.peer_reason.isin(ABOUT_MONEY)


def _proposed(play: ir.Table) -> ir.Table:
    """A play's rows in the columns that all share; it need not say what is at stake, how it goes or what it offers."""
    every = PROPOSED | WEIGHED
    unsaid = {name: ibis.null(every[name]) for name in (*OPTIONAL, *WEIGHED) if name not in play.columns}
    stated = play.mutate(**unsaid) if unsaid else play
    rounded = stated.select(**{name: stated[name].cast(kind) for name, kind in every.items()})
    return rounded.filter(rounded.customer_id.notnull() & rounded.value.notnull())


def _none(people: ir.Table) -> ir.Table:
    """No rows, in the shape of proposals: a house without plays still has the table."""
    typed = {name: ibis.null(kind) for name, kind in (PROPOSED | WEIGHED).items()}
    return people.filter(ibis.literal(False)).select(**typed)


def p_positive(rows: ir.Table) -> ir.FloatingValue:
    """P(value > cost): the logistic form of the normal distribution, right to 0.0002."""
    spread = (rows.value_high - rows.value) / P90
    sure = ibis.ifelse(rows.value > rows.cost, 1.0, 0.0)
    z = ((rows.value - rows.cost) / spread.nullif(0.0)).clip(-8.0, 8.0)
    smooth = 1.0 / ((z * -1.5976 - z * z * z * 0.07056).exp() + 1.0)
    return ibis.ifelse(z.isnull(), sure, smooth)
