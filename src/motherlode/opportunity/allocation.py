"""Which steps a budget pays for, and what one more yuan of it would bring."""

import ibis
import ibis.expr.types as ir

MONEY = "decimal(18, 4)"


def paid(steps: ir.Table, budget: float | None, hurdle: float) -> ir.Table:
    """Steps with `taken`: whether the money goes there, best return first; at most `budget` in all.

    A step must bring back more than 1 + `hurdle` for each yuan of it. Where the next step does not fit any more, the
    rest of the money goes to the one step that earns most of those that do fit. So more budget never earns less, and
    what is missed against the best possible choice is less than what that next step would have earned.
    """
    worthy = steps.filter(steps.step_return > 1.0 + hurdle)
    if budget is None:
        return worthy.mutate(taken=ibis.literal(True), fits=ibis.literal(True))
    best_first = ibis.window(
        order_by=[worthy.step_return.desc(), worthy.customer_id, worthy.step], preceding=None, following=0
    )
    # Exact, so that the sum does not depend on the order in which an engine adds.
    running = worthy.mutate(spent=worthy.step_cost.cast(MONEY).sum().over(best_first))
    limit = ibis.literal(budget).cast(MONEY)
    running = running.mutate(fits=running.spent <= limit)
    return _with_filler(running, limit)


def shadow_price(paid_steps: ir.Table) -> ir.FloatingScalar:
    """Profit of one more yuan: the return of the best step left out, less the yuan; 0 where none is."""
    left_out = paid_steps.step_return.max(where=~paid_steps.fits)
    return (left_out - 1.0).fill_null(0.0)


def _with_filler(running: ir.Table, limit: ir.Value) -> ir.Table:
    """Take what fits, and the most profitable next step that the rest of the budget can still pay."""
    used = running.aggregate(used=running.spent.max(where=running.fits))
    reached = running.filter(running.fits).group_by("customer_id").aggregate(reached=ibis._.step.max())
    rows = running.left_join(reached, "customer_id").drop("customer_id_right").cross_join(used)
    rest = limit - rows.used.fill_null(ibis.literal(0).cast(MONEY))
    is_next = rows.step == rows.reached.fill_null(0) + 1
    fills = ~rows.fits & is_next & (rows.step_cost.cast(MONEY) <= rest)
    rows = rows.mutate(fills=fills, gain=ibis.ifelse(fills, rows.step_value - rows.step_cost, 0.0))
    most_first = ibis.window(order_by=[rows.gain.desc(), rows.customer_id, rows.step])
    rows = rows.mutate(place=ibis.row_number().over(most_first))
    return rows.mutate(taken=rows.fits | (rows.fills & (rows.place == 0))).drop(
        "spent", "used", "reached", "gain", "place", "fills"
    )
