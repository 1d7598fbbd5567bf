"""What to mind before a forecast is believed."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

COLUMNS = ("target", "model", "caution", "actual", "benchmark")


@table(key=("target", "model", "caution"), subject=None)
def cautions(
    backtest: ir.Table,
    champions: ir.Table,
    repeat_buying: ir.Table,
    *,
    flatters_by: float = 0.02,
    drift: float = 0.1,
) -> ir.Table:
    """Cautions about the champions, each a code and two numbers.

    `random_split_flatters`: customers of one day, split at random, would have made the champion look better than the
    days did. `drifts`: on some day its forecasts added up to much more or less than came. `nobody_seen_to_leave`: the
    histories do not tell those who left from those who pause, so the probability to be still a customer means little.

    Parameters
    ----------
    flatters_by
        Gain of AUC from a random split from which on it is told.
    drift
        Share (0 to 1) by which forecasts may be off what came in total.
    """
    chosen = champions.select("target", "model")
    known = backtest.semi_join(chosen, ["target", "model"])
    told = (_out_of_order(known, flatters_by), _drifted(known, drift), _nobody_left(repeat_buying))
    found = _flattered(known, flatters_by).union(*told)
    return found.select(*COLUMNS)


def _flattered(known: ir.Table, by: float) -> ir.Table:
    best = known.group_by("target", "model").aggregate(
        actual=known.value.max(where=known.metric == "auc_in_random_folds"),
        benchmark=known.value.mean(where=known.metric == "auc"),
    )
    told = best.filter(best.actual - best.benchmark > by)
    return told.mutate(caution=ibis.literal("random_split_flatters")).select(*COLUMNS)


def _out_of_order(known: ir.Table, by: float) -> ir.Table:
    both = known.group_by("target", "model").aggregate(
        actual=known.value.max(where=known.metric == "auc_in_file_order"),
        benchmark=known.value.mean(where=known.metric == "auc"),
    )
    told = both.filter(both.benchmark - both.actual > by)
    return told.mutate(caution=ibis.literal("file_order_matters")).select(*COLUMNS)


def _drifted(known: ir.Table, drift: float) -> ir.Table:
    totals = known.filter(known.metric == "total_ratio")
    worst = totals.group_by("target", "model").aggregate(low=totals.value.min(), high=totals.value.max())
    far = ibis.ifelse(worst.high - 1.0 > -(worst.low - 1.0), worst.high, worst.low)
    told = worst.mutate(actual=far, benchmark=ibis.literal(1.0), caution=ibis.literal("drifts"))
    return told.filter((told.actual - 1.0).abs() > drift).select(*COLUMNS)


def _nobody_left(repeat_buying: ir.Table) -> ir.Table:
    chosen = repeat_buying.filter(repeat_buying.chosen & ~repeat_buying.leaving_seen.fill_null(True))
    return chosen.select(
        "model",
        target=ibis.literal("buys_90d"),
        caution=ibis.literal("nobody_seen_to_leave"),
        actual=chosen.log_likelihood,
        benchmark=ibis.null("float64"),
    ).select(*COLUMNS)
