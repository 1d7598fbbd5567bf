"""Why somebody buys less: the time of the year, the industry, or a reason of their own."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import within
from motherlode.expressions.sums import exact_sum
from motherlode.tables import table

# What is looked at: who paid at least three in ten less than before.
FALLEN_TO = 0.7
# So many customers weigh as much as the whole base.
OWN_WEIGHT = 60.0
# Parts of a fall that differ by this much are told apart with odds of e to one.
SOFTNESS = 0.12
# Who bought nothing lately has fallen by as much as half an order would be.
LEAST_ORDERS = 0.5
LOW_RATING, HIGH_RATING = 2.5, 4.0
LOW_NPS, HIGH_NPS = 6.0, 9.0
CAUSES = ("seasonal", "industry", "company", "effect")
# From this share on, own reasons are put down to the one or the other.
KNOWN = 0.6


@table(key="customer_id", subject="customer_id", purpose="profiling")
def decline_causes(
    customers: ir.Table,
    features: ir.Table,
    segment_seasons: ir.Table,
    orders: ir.Table,
    returns: ir.Table,
    events: ir.Table,
    feedback: ir.Table,
    *,
    as_of: date,
    effect_share: float = 0.5,
    settled_days: int = 182,
    least_orders: int = 4,
) -> ir.Table:
    """For everybody who paid 30 % less in the last 13 weeks than before, how much of it is season, industry and own.

    The fall is the logarithm of the last 13 weeks over the usual 13 of the 52 before. What season and the rest of the
    industry (without the customer) fell by is taken out of it; what remains is the customer's own. `loss_*` is each
    part in money a year, `p_*` the odds that it is the main cause. The own part is `company` (the customer's business
    is smaller) or `effect` (they are not happy with us): told apart by ratings and visits where there are any, and
    plain `own` where nothing tells.
    `cause` is unknown where there are too few orders to tell a fall from chance; `season_known` says whether records
    are long enough to know a season. `question` names the one fact that would tell most.

    Parameters
    ----------
    effect_share
        Part (0 to 1) of own declines that come from results with us, where nothing else is known.
    settled_days
        Days after the first order from which there is a level to fall from.
    least_orders
        Orders in the 52 weeks before, below which a quarter without an order is chance.
    """
    settled = _settled(customers, _net(features, returns, as_of), settled_days)
    rows = _parts(_fallen(settled, orders, as_of), segment_seasons, _industries(settled))
    rows = _with_signals(rows, events, feedback, as_of)
    rows = _odds(rows, effect_share)
    noise = (1.0 / ibis.greatest(rows.orders_13w.cast("float64"), LEAST_ORDERS) + 1.0 / rows.orders_before).sqrt()
    chance = (rows.orders_before < least_orders) | (-rows.fall < noise)
    own = rows.p_company + rows.p_effect
    likeliest = ibis.greatest(rows.p_seasonal, rows.p_industry, own)
    cause = ibis.cases(
        (chance | (likeliest <= 0), "unknown"),
        (rows.p_seasonal == likeliest, "seasonal"),
        (rows.p_industry == likeliest, "industry"),
        (rows.effect >= KNOWN, "effect"),
        (rows.effect <= 1.0 - KNOWN, "company"),
        else_="own",
    )
    loss = rows.level_yearly - rows.recent_yearly
    sizes = {part: ibis.greatest(-rows[part], 0.0) for part in ("season_part", "industry_part", "own_part")}
    whole = (sizes["season_part"] + sizes["industry_part"] + sizes["own_part"]).nullif(0.0)
    own_loss = loss * sizes["own_part"] / whole
    return rows.mutate(cause=cause).select(
        "customer_id",
        "cause",
        *(f"p_{cause}" for cause in CAUSES),
        fall=rows.fall.round(6),
        season_part=rows.season_part.round(6),
        industry_part=rows.industry_part.round(6),
        own_part=rows.own_part.round(6),
        loss=loss.round(4),
        loss_seasonal=(loss * sizes["season_part"] / whole).round(4),
        loss_industry=(loss * sizes["industry_part"] / whole).round(4),
        loss_company=(own_loss * (1.0 - rows.effect)).round(4),
        loss_effect=(own_loss * rows.effect).round(4),
        season_known=rows.season_known,
        recovers_on=(cause == "seasonal").ifelse(rows.season_high_on, None),
        question=_question(rows, cause),
    )


def _fallen(settled: ir.Table, orders: ir.Table, as_of: date) -> ir.Table:
    """Settled customers who paid less, with their fall as a logarithm."""
    rows = settled.filter(settled.recent_yearly < settled.level_yearly * FALLEN_TO)
    counts = orders.group_by("customer_id").aggregate(
        orders_13w=orders.count(where=within(orders.ordered_on, as_of, days=91)),
        orders_before=orders.count(where=within(orders.ordered_on, as_of, days=455, until=91)),
    )
    rows = rows.inner_join(counts, "customer_id").mutate(orders_before=ibis._.orders_before.cast("float64").clip(1.0))
    # An amount of nil has no logarithm: half an order of the usual size stands for it.
    order = rows.spend_prior_52w.cast("float64") / rows.orders_before
    least = ibis.least(order * LEAST_ORDERS * 4.0, rows.level_yearly)
    return rows.mutate(fall=(ibis.greatest(rows.recent_yearly, least) / rows.level_yearly).ln())


def _net(features: ir.Table, returns: ir.Table, as_of: date) -> ir.Table:
    """Sales of the two windows less what went back in them: a large order that was undone made no level."""
    back = returns.group_by("customer_id").aggregate(
        lately=returns.amount.sum(where=within(returns.returned_on, as_of, days=91)).cast("float64"),
        before=returns.amount.sum(where=within(returns.returned_on, as_of, days=455, until=91)).cast("float64"),
    )
    rows = features.select("customer_id", "spend_13w", "spend_prior_52w", "tenure_days")
    rows = rows.left_join(back, "customer_id").drop("customer_id_right")
    return rows.mutate(
        spend_13w=(rows.spend_13w.cast("float64") - rows.lately.fill_null(0.0)).clip(0.0),
        spend_prior_52w=(rows.spend_prior_52w.cast("float64") - rows.before.fill_null(0.0)).clip(0.0),
    )


def _settled(customers: ir.Table, rows: ir.Table, settled_days: int) -> ir.Table:
    """Everybody with a level to fall from: sales a year lately, and before."""
    rows = rows.left_join(customers.select("customer_id", "industry"), "customer_id").drop("customer_id_right")
    rows = rows.filter((rows.tenure_days > settled_days) & (rows.spend_prior_52w > 0))
    weeks = ibis.least((rows.tenure_days - 91).cast("float64") / 7.0, 52.0)
    return rows.select(
        "customer_id",
        "spend_prior_52w",
        industry=rows.industry.fill_null(""),
        recent_yearly=rows.spend_13w.cast("float64") * 4.0,
        level_yearly=rows.spend_prior_52w.cast("float64") / weeks * 52.0,
    )


def _industries(settled: ir.Table) -> ir.Table:
    """What the settled of each industry, and of the whole base under an empty one, pay lately and paid before.

    Without new customers, whose coming is no fortune of the industry.
    """
    named = settled.filter(settled.industry != "")
    both = named.union(settled.mutate(industry=ibis.literal("")))
    return both.group_by("industry").aggregate(
        recent=exact_sum(both.recent_yearly), before=exact_sum(both.level_yearly)
    )


def _parts(rows: ir.Table, seasons: ir.Table, industries: ir.Table) -> ir.Table:
    """The fall as the sum of what season, industry and the customer made of it."""
    firm = seasons.filter(seasons.industry == "").join(industries.filter(industries.industry == ""), "industry")
    firm = firm.select(firm_season="season_change", firm_known="season_known", firm_high="season_high_on",
                       firm_recent="recent", firm_before="before")  # fmt: skip
    own = seasons.join(industries, "industry").select(
        "industry", "payers", "season_change", "season_known", "season_high_on", "recent", "before"
    )
    rows = rows.left_join(own, "industry").drop("industry_right").cross_join(firm)
    season = rows.season_change.coalesce(rows.firm_season)
    share = (rows.payers / (rows.payers + OWN_WEIGHT)).fill_null(0.0)
    base = _move(rows, rows.firm_recent, rows.firm_before) - rows.firm_season
    move = (_move(rows, rows.recent, rows.before) - season).fill_null(0.0) * share + base * (1.0 - share)
    rows = rows.mutate(
        season_part=season,
        industry_part=move,
        season_known=rows.season_known.coalesce(rows.firm_known),
        season_high_on=rows.season_high_on.coalesce(rows.firm_high),
    )
    named = industries.filter(industries.industry != "").aggregate(in_industries=ibis._.count() > 0)
    rows = rows.cross_join(named)
    return rows.mutate(own_part=rows.fall - rows.season_part - rows.industry_part)


def _move(rows: ir.Table, recent: ir.FloatingColumn, before: ir.FloatingColumn) -> ir.FloatingValue:
    """Logarithm of what others pay lately over what they paid before."""
    lately, usual = recent - rows.recent_yearly, before - rows.level_yearly
    known = (lately > 0) & (usual > 0)
    return known.ifelse(lately / usual, 1.0).ln().clip(-2.0, 2.0)


def _with_signals(rows: ir.Table, events: ir.Table, feedback: ir.Table, as_of: date) -> ir.Table:
    """What speaks for or against results with us: ratings of half a year, and whether visits fell with the spending."""
    lately = events.group_by("customer_id").aggregate(
        seen=events.count(where=within(events.occurred_on, as_of, days=91)),
        seen_before=events.count(where=within(events.occurred_on, as_of, days=455, until=91)),
    )
    half_year = feedback.filter(within(feedback.given_on, as_of, days=182))
    said = half_year.group_by("customer_id").aggregate(rating=half_year.rating.mean(), nps=half_year.nps.mean())
    rows = rows.left_join(lately, "customer_id").drop("customer_id_right")
    rows = rows.left_join(said, "customer_id").drop("customer_id_right")
    visits = (rows.seen_before >= 8).ifelse(rows.seen * 4.0 / rows.seen_before, None)
    unhappy = (rows.rating <= LOW_RATING) | (rows.nps <= LOW_NPS)
    happy = (rows.rating >= HIGH_RATING) | (rows.nps >= HIGH_NPS)
    return rows.mutate(
        unhappy=unhappy.fill_null(False), happy=happy.fill_null(False),
        visits_fell=(visits < 0.6).fill_null(False), visits_stayed=(visits >= 0.85).fill_null(False),
    )  # fmt: skip


def _odds(rows: ir.Table, effect_share: float) -> ir.Table:
    """The odds of each cause: the larger its part of the fall, the likelier."""
    prior = ibis.literal(effect_share / (1.0 - effect_share)).ln()
    logit = prior + rows.unhappy.ifelse(1.0, 0.0) - rows.happy.ifelse(0.8, 0.0)
    logit = logit + rows.visits_fell.ifelse(0.8, 0.0) - rows.visits_stayed.ifelse(0.6, 0.0)
    rows = rows.mutate(effect=1.0 / (1.0 + (-logit).exp()))
    weights = {part: (ibis.greatest(-rows[part], 0.0) / SOFTNESS).clip(0.0, 30.0).exp() - 1.0
               for part in ("season_part", "industry_part", "own_part")}  # fmt: skip
    whole = sum(weights.values(), start=ibis.literal(0.0)).nullif(0.0)
    own = (weights["own_part"] / whole).fill_null(0.0)
    return rows.mutate(
        p_seasonal=(weights["season_part"] / whole).fill_null(0.0).round(4),
        p_industry=(weights["industry_part"] / whole).fill_null(0.0).round(4),
        p_company=(own * (1.0 - rows.effect)).round(4),
        p_effect=(own * rows.effect).round(4),
    )


def _question(rows: ir.Table, cause: ir.StringValue) -> ir.StringValue:
    """The fact that would tell most."""
    return ibis.cases(
        (cause == "unknown", "still_buying"),
        (~rows.season_known & (cause != "industry"), "same_season_last_year"),
        ((rows.industry == "") & rows.in_industries & cause.isin(("own", "company", "effect")), "which_industry"),
        ((cause == "own"), "happy_with_us"),
        (cause == "company", "how_is_business"),
        (cause == "effect", "what_went_wrong"),
        else_="when_again",
    )
