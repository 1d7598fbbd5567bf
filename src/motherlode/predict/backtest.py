"""Every backtest in one table."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("target", "model", "as_of", "metric"), subject=None, stored=False)
def backtest(order_backtest: ir.Table, category_backtest: ir.Table, outcome_backtest: ir.Table) -> ir.Table:
    """How well every model would have foretold every target, by test day and measure, with 95 % intervals."""
    return order_backtest.union(category_backtest, outcome_backtest)
