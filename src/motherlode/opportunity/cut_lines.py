"""Where one could stop, and what it would bring to stop there."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.promises import exact_sum
from motherlode.tables import table


@table(key="line", subject=None, purpose="marketing")
def cut_lines(ranked: ir.Table, allocation: ir.Table) -> ir.Table:
    """The four lines at which a list can end, with what it would cost and bring to stop there.

    They are the highest return, the budget (of money and capacity), the hurdle and the highest profit. Lines beyond the
    budget say what the list would bring if nothing were scarce, with the plays that are best then. A line that does
    not bind is the same as the next. `place` counts the lines from the innermost on. `shadow_price` is the profit of
    the next yuan at the line: highest return has none, as everything after it still pays.
    """
    price = ranked.aggregate(hurdle=ranked.hurdle.max().fill_null(0.0), shadow=ranked.shadow_price.max().fill_null(0.0))
    peak = _line(ranked.filter(ranked.cut_line == "roi_peak"), "roi_peak", 1)
    budget = _line(ranked.filter(ranked.chosen), "budget", 2)
    hurdle, profit = (_unlimited(allocation, name) for name in ("hurdle", "peak"))
    lines = peak.union(budget, _line(hurdle, "hurdle", 3), _line(profit, "profit_peak", 4)).cross_join(price)
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


def _unlimited(allocation: ir.Table, name: str) -> ir.Table:
    rows = allocation.select(value=f"{name}_value", cost=f"{name}_cost")
    return rows.filter(rows.value > 0)


def _line(rows: ir.Table, line: str, place: int) -> ir.Table:
    sums = rows.aggregate(
        customers=rows.count(), cost=exact_sum(rows.cost).fill_null(0.0), value=exact_sum(rows.value).fill_null(0.0)
    )
    return sums.mutate(line=ibis.literal(line), place=ibis.literal(place, "int64"))
