"""What the next yuan buys: each customer's plays as steps of falling return."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

# The return of what costs nothing.
FREE = 1e18


@table(key=("customer_id", "step"), subject="customer_id", purpose="marketing")
def steps(candidates: ir.Table) -> ir.Table:
    """Each customer's plays that are the best at some price of money, and what each adds to the cheaper one.

    `step_return` is the money that the step's own cost brings back, per unit of it; it falls from step to step, so
    that taking all steps above a common return is the best use of the money they cost. Plays that lose money are no
    steps.
    """
    paying = candidates.filter((candidates.verdict == "") & (candidates.value > candidates.cost))
    paying = paying.select("customer_id", "play", "value", "cost")
    best = _on_the_frontier(_undominated(paying))
    climb = ibis.window(group_by="customer_id", order_by=[best.cost, best.play])
    before = best.mutate(
        step=ibis.row_number().over(climb) + 1,
        step_cost=best.cost - best.cost.lag().over(climb).fill_null(0.0),
        step_value=best.value - best.value.lag().over(climb).fill_null(0.0),
    )
    return before.mutate(
        step_cost=before.step_cost.round(4),
        step_value=before.step_value.round(4),
        step_return=(before.step_value / before.step_cost.nullif(0.0)).fill_null(FREE),
    )


def _undominated(paying: ir.Table) -> ir.Table:
    """Plays that bring more than every play of the customer that costs no more."""
    cheaper_first = ibis.window(
        group_by="customer_id", order_by=[paying.cost, paying.value.desc(), paying.play], preceding=(None, 1)
    )
    ranked = paying.mutate(cheaper_value=paying.value.max().over(cheaper_first))
    return ranked.filter(ranked.cheaper_value.isnull() | (ranked.value > ranked.cheaper_value)).drop("cheaper_value")


def _on_the_frontier(plays: ir.Table) -> ir.Table:
    """Plays that no mixture of a cheaper and a dearer one beats, doing nothing being the cheapest."""
    others = plays.select(customer_id="customer_id", other_cost="cost", other_value="value")
    pairs = plays.inner_join(others, "customer_id")
    slope = (pairs.value - pairs.other_value) / (pairs.cost - pairs.other_cost).nullif(0.0)
    hull = pairs.group_by("customer_id", "play", "value", "cost").aggregate(
        least=slope.min(where=pairs.other_cost < pairs.cost), most=slope.max(where=pairs.other_cost > pairs.cost)
    )
    alone = (hull.value / hull.cost.nullif(0.0)).fill_null(FREE)
    least = ibis.least(hull.least.fill_null(FREE), alone)
    # A further yuan that brings back less than itself is not worth spending.
    return hull.filter((least > hull.most.fill_null(0.0)) & (least > 1.0)).drop("least", "most")
