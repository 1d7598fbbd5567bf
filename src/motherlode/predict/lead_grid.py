"""Which leads to work first: how well they fit against how much they are seen."""

from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

FIT = ("industry_points", "size_points", "finance_points")


@table(key="customer_id", subject="customer_id", stored=False, purpose="profiling")
def lead_grid(lead_scores: ir.Table, *, high_from: float = 0.667, middle_from: float = 0.333) -> ir.Table:
    """Fit (the expert's points for industry, size and finances) and engagement of each company, in bands.

    The bands are shares of the best company's points, so that the best leads stand in a corner of their own;
    `unknown` where nothing is known.

    Parameters
    ----------
    high_from, middle_from
        Shares (0 to 1) of the best company's points from which a band begins.
    """
    known = reduce(lambda one, other: one | other, (lead_scores[name].notnull() for name in FIT))
    fit = reduce(add, (lead_scores[name].fill_null(0.0) for name in FIT))
    rows = lead_scores.select(
        "customer_id",
        "score",
        fit_points=ibis.ifelse(known, fit, None),
        engagement_points="engagement_points",
    )
    bands = {f"{name}_band": _band(rows[f"{name}_points"], high_from, middle_from) for name in ("fit", "engagement")}
    return rows.mutate(**bands)


def _band(points: ir.FloatingValue, high_from: float, middle_from: float) -> ir.StringValue:
    share = points / points.max().over(ibis.window()).nullif(0.0)
    return ibis.cases(
        (points.isnull(), "unknown"),
        ((share >= high_from).fill_null(False), "high"),
        ((share >= middle_from).fill_null(False), "middle"),
        else_="low",
    )
