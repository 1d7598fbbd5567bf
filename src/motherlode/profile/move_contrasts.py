"""How many winners, and how many losers, made each move soon, and in which order."""

import ibis
import ibis.expr.types as ir

from motherlode.profile.milestones import MOVES
from motherlode.tables import table

KEY = ("peer_group", "first_move", "then_move")
COUNTED = (*KEY, "winners", "losers", "winners_did", "losers_did", "first_days", "then_days", "losers_days")
# Who never made a move made it later than anybody.
NEVER = 1e9


@table(key=KEY, subject=None, purpose="analytics")
def move_contrasts(peer_members: ir.Table, milestones: ir.Table) -> ir.Table:
    """Counts by peer group: who made a move sooner than the middle of the group, and one move before another.

    Without a `then_move`, `winners_did` counts winners who made the `first_move` sooner than the middle of the group;
    who never made it comes last. With one, `winners` are those who made both moves, `winners_did` those who made them
    in this order, on different days. `first_days` and `then_days` are those of a winner in the middle, from the first
    order on.
    """
    sides = peer_members.select("customer_id", "winner", "lower", peer_group="group")
    sides = sides.filter(sides.winner | sides.lower)
    whole = _sooner(sides, milestones).union(_before(sides, milestones))
    return whole.filter((whole.winners > 0) & (whole.losers > 0))


def _moves(milestones: ir.Table) -> ir.Table:
    """A row a customer and move; `day` is empty for never."""
    parts = [
        milestones.select("customer_id", move=ibis.literal(code), day=milestones[name].cast("float64"))
        for name, code in MOVES.items()
    ]
    return ibis.union(*parts)


def _sooner(sides: ir.Table, milestones: ir.Table) -> ir.Table:
    """Who made a move sooner than the middle of winners and losers."""
    rows = sides.inner_join(_moves(milestones), "customer_id")
    rows = rows.mutate(reached=rows.day.fill_null(NEVER))
    middle = rows.group_by("peer_group", "move").aggregate(middle=rows.reached.median())
    rows = rows.inner_join(middle, ["peer_group", "move"])
    soon = rows.reached < rows.middle
    counted = rows.group_by("peer_group", first_move=rows.move).aggregate(
        winners=rows.count(where=rows.winner),
        losers=rows.count(where=rows.lower),
        winners_did=rows.count(where=rows.winner & soon),
        losers_did=rows.count(where=rows.lower & soon),
        first_days=ibis.ifelse(rows.winner, rows.day, None).median().cast("float64"),
        losers_days=ibis.ifelse(rows.lower, rows.day, None).median().cast("float64"),
    )
    return counted.mutate(then_move=ibis.literal(""), then_days=ibis.null("float64")).select(COUNTED)


def _before(sides: ir.Table, milestones: ir.Table) -> ir.Table:
    """Of those who made both moves, who made the one before the other."""
    made = _moves(milestones)
    made = made.filter(made.day.notnull())
    other = made.select(who="customer_id", then_move="move", then_day="day")
    pairs = made.inner_join(other, [made.customer_id == other.who, made.move != other.then_move])
    rows = sides.inner_join(pairs.drop("who"), "customer_id")
    did = rows.day < rows.then_day
    there = rows.winner & did
    counted = rows.group_by("peer_group", first_move=rows.move, then_move=rows.then_move).aggregate(
        winners=rows.count(where=rows.winner),
        losers=rows.count(where=rows.lower),
        winners_did=rows.count(where=there),
        losers_did=rows.count(where=rows.lower & did),
        first_days=ibis.ifelse(there, rows.day, None).median().cast("float64"),
        then_days=ibis.ifelse(there, rows.then_day, None).median().cast("float64"),
    )
    return counted.mutate(losers_days=ibis.null("float64")).select(COUNTED)
