"""Deals that are not decided yet, in the order of what they should bring."""

from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before
from motherlode.tables import table

# From how many days on a deal is held against others that were as old; who is older than any that was ever won, against
# those that came to be so.
AGES = (0, 14, 30, 60, 90, 120, 180, 365)
BEYOND = -1
# What all deals tell of those of one age is worth so many of that age.
PRIOR_DEALS = 20.0
SURE = 1.2815515655446004
# A rank of companies is worth going by with this verdict only.
SIGNAL = "signal"


@table(key="deal_id", subject="customer_id", purpose="profiling")
def open_deals(
    deals: ir.Table,
    price_list: ir.Table,
    lead_scores: ir.Table,
    usable: ir.Table,
    *,
    as_of: date,
    ahead_days: int = 90,
) -> ir.Table:
    """Every open deal: what it is worth, how likely it is won within `ahead_days`, and how old it is beside won ones.

    `win_chance` is the part of earlier deals that, as old as this one and not decided, were won in the `ahead_days`
    after (`deals_alike` of them, `deals_alike_won` won), drawn towards deals of all ages where few were; deals that
    were never decided count among them. `win_low` and `win_high` are an 80 % interval. Where `predict.lead_scores` has
    found a signal, its odds of the company move it; `lead_verdict` says so. A deal without an amount is taken for what
    won deals of its product brought, then for its list price, then for what deals bring (`amount_basis`: stated, won,
    listed, house). `deal_standing` is `on_time`, `late` (older than nine in ten of those won were), `beyond` (older
    than any that was ever won) or `undated`.
    """
    dated = deals.mutate(age=days_before(deals.opened_on, as_of))
    # Deals of nobody known stay; those of customers who may not be profiled are not judged.
    unprofiled = usable.filter(~usable.profiling).select("customer_id")
    waiting = dated.filter(dated.outcome == "open").anti_join(unprofiled, "customer_id")
    closed = dated.filter(dated.outcome.isin(("won", "lost")) & dated.opened_on.notnull())
    closed = closed.mutate(took=closed.closed_on.delta(closed.opened_on, unit="day"))
    won = closed.filter((closed.outcome == "won") & closed.took.notnull())
    pace = won.aggregate(usual_days=won.took.median(), late_days=won.took.quantile(0.9), most_days=won.took.max())
    rows = _standing(_with_amount(waiting, closed, price_list).cross_join(pace))
    rows = _with_chance(rows, _of_each_age(closed, waiting, pace, ahead_days))
    rows = _with_company(rows, lead_scores, deals)
    rows = rows.mutate(expected_amount=(rows.worth * rows.win_chance).round(4))
    order = ibis.window(order_by=[rows.expected_amount.desc(), rows.worth.desc(), rows.deal_id])
    return rows.select(
        "deal_id",
        "customer_id",
        "owner",
        "product_id",
        "stage",
        "opened_on",
        days_open=rows.age,
        usual_days=rows.usual_days.cast("float64"),
        deal_standing=rows.deal_standing,
        amount=rows.worth.round(4),
        amount_basis=rows.amount_basis,
        win_chance=rows.win_chance.round(6),
        win_low=rows.win_low.round(6),
        win_high=rows.win_high.round(6),
        deals_alike=rows.alike,
        deals_alike_won=rows.alike_won,
        lead_verdict=rows.lead_verdict,
        expected_amount=rows.expected_amount,
        undecided=(rows.worth * rows.win_chance * (1.0 - rows.win_chance)).round(4),
        deal_rank=ibis.row_number().over(order) + 1,
    )


def _with_amount(waiting: ir.Table, closed: ir.Table, price_list: ir.Table) -> ir.Table:
    """What each deal is worth, and where that is from."""
    won = closed.filter((closed.outcome == "won") & (closed.amount > 0))
    sold = won.group_by("product_id").aggregate(usual=won.amount.mean().cast("float64"))
    house = won.aggregate(house=won.amount.mean().cast("float64"))
    listed = price_list.select("product_id", listed=price_list.unit_price.cast("float64"))
    rows = waiting.left_join(sold, "product_id").drop("product_id_right")
    rows = rows.left_join(listed, "product_id").drop("product_id_right").cross_join(house)
    stated = rows.amount.cast("float64").nullif(0.0)
    basis = ibis.cases(
        (stated.notnull(), "stated"), (rows.usual.notnull(), "won"), (rows.listed.notnull(), "listed"), else_="house"
    )
    return rows.mutate(
        worth=stated.coalesce(rows.usual, rows.listed, rows.house, ibis.literal(0.0)), amount_basis=basis
    )


def _standing(rows: ir.Table) -> ir.Table:
    """How old each deal is beside those that were won, and from which age on others are held against it."""
    beyond = (rows.age > rows.most_days).fill_null(False)
    late = (rows.age > rows.late_days).fill_null(False)
    standing = ibis.cases((rows.age.isnull(), "undated"), (beyond, "beyond"), (late, "late"), else_="on_time")
    # A deal without a day is taken for a new one.
    age = rows.age.fill_null(0).clip(lower=0)
    from_days = ibis.cases(*((age >= low, low) for low in reversed(AGES[1:])), else_=0)
    return rows.mutate(
        deal_standing=standing, from_days=ibis.ifelse(beyond, ibis.literal(BEYOND), from_days.cast("int64"))
    )


def _of_each_age(closed: ir.Table, waiting: ir.Table, pace: ir.Table, ahead_days: int) -> ir.Table:
    """By age: the earlier deals that were as old and undecided long enough ago, and how many of them were won soon."""
    still = waiting.filter(waiting.age.notnull()).mutate(took=ibis.null("int64"))
    names = ("age", "took", "outcome")
    known = closed.filter(closed.took.notnull()).select(*names).union(still.select(*names)).cross_join(pace)
    parts = []
    for from_days in (*AGES, BEYOND):
        low = known.most_days + 1 if from_days == BEYOND else ibis.literal(from_days, "int64")
        # Only deals that were so old at least `ahead_days` ago tell what came of them.
        there = ((known.age - low >= ahead_days) & (known.took.isnull() | (known.took - low >= 0))).fill_null(False)
        soon = there & ((known.outcome == "won") & (known.took - low < ahead_days)).fill_null(False)
        part = known.aggregate(alike=known.count(where=there), alike_won=known.count(where=soon))
        parts.append(part.mutate(from_days=ibis.literal(from_days, "int64")))
    return reduce(ir.Table.union, parts)


def _with_chance(rows: ir.Table, ages: ir.Table) -> ir.Table:
    """The chance of each deal by its age, drawn towards that of all deals from their first day on."""
    new = ages.filter(ages.from_days == 0).select(all_alike="alike", all_won="alike_won")
    rows = rows.left_join(ages, "from_days").drop("from_days_right").cross_join(new)
    # Before anything is decided, one deal in two.
    house = (rows.all_won + 1.0) / (rows.all_alike + 2.0)
    weight = rows.alike + PRIOR_DEALS
    chance = (rows.alike_won + house * PRIOR_DEALS) / weight
    error = (chance * (1.0 - chance) / weight).sqrt() * SURE
    return rows.mutate(
        win_chance=chance, win_low=(chance - error).clip(0.0, 1.0), win_high=(chance + error).clip(0.0, 1.0)
    )


def _with_company(rows: ir.Table, lead_scores: ir.Table, deals: ir.Table) -> ir.Table:
    """The chance moved by the company's odds over everybody's, where these are known to say something."""
    said = lead_scores.select("customer_id", lead_score="score", lead_verdict="verdict")
    decided = deals.filter(deals.outcome.isin(("won", "lost")))
    base = decided.aggregate(base=decided.count(where=decided.outcome == "won") / decided.count().nullif(0))
    verdicts = lead_scores.aggregate(house_verdict=lead_scores.verdict.max())
    rows = rows.left_join(said, "customer_id").drop("customer_id_right").cross_join(base).cross_join(verdicts)
    counts = ((rows.lead_verdict == SIGNAL) & (rows.base > 0) & (rows.base < 1)).fill_null(False)
    ratio = _odds(rows.lead_score.clip(0.02, 0.98)) / _odds(rows.base)
    moved = {}
    for name in ("win_chance", "win_low", "win_high"):
        odds = _odds(rows[name].clip(0.0001, 0.9999)) * ratio
        moved[name] = ibis.ifelse(counts, odds / (odds + 1.0), rows[name])
    return rows.mutate(**moved, lead_verdict=rows.lead_verdict.coalesce(rows.house_verdict, ibis.literal("too_few")))


def _odds(chance: ir.FloatingValue) -> ir.FloatingValue:
    return chance / (1.0 - chance)
