"""Where each customer stood before: what a change is measured from."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="profiling")
def earlier_stages(
    lifecycle: ir.Table, lifecycle_91_days_before: ir.Table, lifecycle_364_days_before: ir.Table
) -> ir.Table:
    """Stage of each customer 91 and 364 days before `as_of`; empty where they were not known yet, or only summed up.

    A summary in a customer file says how things are, not when they became so.
    """
    rows = lifecycle.select("customer_id")
    for days, then in ((91, lifecycle_91_days_before), (364, lifecycle_364_days_before)):
        told = then.filter(then.method == "rule").select("customer_id", **{f"stage_{days}_days_before": then.stage})
        rows = rows.left_join(told, "customer_id").drop("customer_id_right")
    return rows


@table(key=("days_before", "stage_before", "stage"), subject=None, purpose="analytics")
def stage_moves(lifecycle: ir.Table, earlier_stages: ir.Table) -> ir.Table:
    """How many customers went from which stage to which in 91 and 364 days; `stage_before` is "" for the new ones."""
    now = lifecycle.filter(lifecycle.method == "rule").select("customer_id", "stage")
    rows = now.inner_join(earlier_stages, "customer_id")
    return ibis.union(*(_moves(rows, days) for days in (91, 364)))


def _moves(rows: ir.Table, days: int) -> ir.Table:
    before = rows[f"stage_{days}_days_before"].fill_null("")
    moves = rows.group_by(stage_before=before, stage=rows.stage).aggregate(customers=rows.count())
    return moves.select("stage_before", "stage", "customers", days_before=ibis.literal(days, "int64"))
