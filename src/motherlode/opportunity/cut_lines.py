"""Where one could stop, and what it would bring to stop there."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.promises import exact_sum
from motherlode.tables import table


@table(key="line", subject=None, purpose="marketing")
def cut_lines(ranked: ir.Table, steps: ir.Table) -> ir.Table:
    """The four lines at which a list can end, with what it would cost and bring to stop there.

    They are the highest return, the budget, the hurdle and the highest profit. Lines beyond the budget say what the
    list would bring if there were money for it, with the plays that are best then. A line that does not bind is the
    same as the next. `place` counts the lines from the innermost
    on. `shadow_price` is the profit of the next yuan at the line: highest return has none, as
    everything after it still pays.
    """
    price = ranked.aggregate(hurdle=ranked.hurdle.max().fill_null(0.0), shadow=ranked.shadow_price.max().fill_null(0.0))
    priced = steps.cross_join(price)
    peak = _listed(ranked.filter(ranked.cut_line == "roi_peak"), "roi_peak", 1)
    budget = _listed(ranked.filter(ranked.chosen), "budget", 2)
    hurdle = _stepped(priced.filter(priced.step_return > priced.hurdle + 1.0), "hurdle", 3)
    profit = _stepped(priced, "profit_peak", 4)
    lines = peak.union(budget, hurdle, profit).cross_join(price)
    at_line = lines.line.cases(("budget", lines.shadow), ("hurdle", lines.hurdle), ("profit_peak", 0.0), else_=None)
    return lines.select(
        "line",
        "place",
        "customers",
        "cost",
        "value",
        net=lines.value - lines.cost,
        roi=(lines.value - lines.cost) / lines.cost.nullif(0.0),
        shadow_price=at_line.cast("float64"),
    )


def _listed(rows: ir.Table, line: str, place: int) -> ir.Table:
    return _line(rows, rows.customer_id.count(), rows.cost, rows.value, line, place)


def _stepped(rows: ir.Table, line: str, place: int) -> ir.Table:
    customers = rows.count(where=rows.step == 1)
    return _line(rows, customers, rows.step_cost, rows.step_value, line, place)


def _line(
    rows: ir.Table,
    customers: ir.IntegerScalar,
    cost: ir.FloatingColumn,
    value: ir.FloatingColumn,
    line: str,
    place: int,
) -> ir.Table:
    sums = rows.aggregate(
        customers=customers, cost=exact_sum(cost).fill_null(0.0), value=exact_sum(value).fill_null(0.0)
    )
    return sums.mutate(line=ibis.literal(line), place=ibis.literal(place, "int64"))
