"""What every play's arithmetic has in common: an assumed lift of the margin at stake, less the cost of the action."""

import ibis
import ibis.expr.types as ir
import msgspec

DISCOUNT_PER_YEAR = 0.10
# What comes in evenly over the next twelve months is on average half a year away.
WORTH_TODAY = (1.0 + DISCOUNT_PER_YEAR) ** -0.5
# What is at stake with all customers of a list together is known no better than this (standard deviation, as a share).
STAKE_ERROR = 0.20
# Levels of evidence at which a value is still assumed.
ASSUMED = ("E0", "E1")
# How many standard deviations the 10 % and 90 % points of a normal distribution lie from its mean.
P90 = 1.2815515655446004


class Prior(msgspec.Struct, frozen=True):
    """A belief about lift: the share of the margin at stake that exists only because of the action.

    Attributes
    ----------
    lift
        Mean share, 0 to 1; of an action that works or does not, the probability that it works where nothing else would.
    lift_sd
        Standard deviation of the belief.
    lowest
        The least share that can be: 0 where nothing is left to lose, -1 where the action may drive customers away.
    """

    lift: float
    lift_sd: float
    lowest: float = -1.0

    @property
    def low(self) -> float:
        return max(self.lift - P90 * self.lift_sd, self.lowest)

    @property
    def high(self) -> float:
        return min(self.lift + P90 * self.lift_sd, 1.0)


class Effort(msgspec.Struct, frozen=True):
    """By which channel an action goes and what it costs a customer, in house currency.

    An incentive costs only where it is redeemed. `channel` is one of those that `govern.contactable` knows.
    """

    channel: str
    contact_cost: float
    human_minutes: float = 0.0
    cost_per_minute: float = 0.0
    incentive: float = 0.0
    redeem_share: float = 0.0

    @property
    def cost(self) -> float:
        return self.contact_cost + self.human_minutes * self.cost_per_minute + self.incentive * self.redeem_share


class Why(msgspec.Struct, frozen=True):
    """A reason: a word, what is, and what it is held against."""

    reason: ir.StringValue | str
    actual: ir.NumericValue
    benchmark: ir.NumericValue


def offer(
    rows: ir.Table,
    at_stake: ir.NumericValue,
    prior: Prior,
    effort: Effort,
    margin_share: float,
    why: Why,
    offered: ir.StringValue | None = None,
) -> ir.Table:
    """The candidates of a play, one a row of `rows` with something at stake.

    Parameters
    ----------
    rows
        Rows of `stakes` that the play suits.
    at_stake
        Sales of the next twelve months, in house currency, that the action could win or keep.
    margin_share
        Gross margin as a share of sales for customers whose costs are not known.
    offered
        What the customer is offered, such as a category; None where the play says it all.

    The interval is the 10 % to 90 % range of the lift alone: what is at stake is held fixed.
    """
    share = rows.margin_share.fill_null(margin_share)
    margin = at_stake.cast("float64") * share * WORTH_TODAY
    reason = ibis.literal(why.reason) if isinstance(why.reason, str) else why.reason
    proposed = rows.select(
        "customer_id",
        value=(margin * prior.lift).round(4),
        value_low=(margin * prior.low).round(4),
        value_high=(margin * prior.high).round(4),
        cost=number(round(effort.cost, 4)),
        reason=reason,
        actual=why.actual.cast("float64"),
        benchmark=why.benchmark.cast("float64"),
        peer_id=rows.peer_id,
        at_stake=margin.round(4),
        margin_share=share,
        channel=ibis.literal(effort.channel),
        offered=ibis.null("string") if offered is None else offered,
    )
    return proposed.filter(proposed.at_stake > 0)


def overdue(rows: ir.Table) -> ir.StringValue:
    """The reason of somebody who is late: by their own rhythm, or, having come on one day only, by that of others."""
    return ibis.ifelse(rows.order_days == 1, "not_back", "overdue")


def number(value: float) -> ir.FloatingScalar:
    """A plain number in a column of its own; a bare literal would be an exact decimal on some engines."""
    return ibis.literal(repr(float(value))).cast("float64")
