"""Simple rankings on the members of frozen lists: who would have been the better half to contact."""

import numpy as np
import pyarrow as pa

from motherlode.opportunity.engine.registry import COLD, ENGINE, LEAST_ROWS, Rank, compared, spread
from motherlode.opportunity.gained import Numbers, arms_of, column, gained
from motherlode.opportunity.list_results import PROMISED_DAYS
from motherlode.opportunity.offers import WORTH_TODAY
from motherlode.tables import table

COLUMNS = {
    "policy": "string",
    "members": "int64",
    **dict.fromkeys(("value", "value_error", "ahead", "ahead_low"), "float64"),
    "better": "boolean",
}
KINDS = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "boolean": pa.bool_()}
# Before so many days nothing is made of a list.
LEAST_DAYS = 28


@table(key="policy", subject=None, columns=COLUMNS, purpose="analytics")
def list_rankings(member_results: pa.Table, list_results: pa.Table) -> pa.Table:
    """What the better half of the members of frozen lists brought a member, had it been chosen by each ranking.

    The half by the engine's values, by what was assumed before any experiment (`cold_start`), and by what the list
    promised in all, spread over its members by the margin of the year before (`past_spend`) or by recency, frequency
    and money (`rfm`). `value` is a year's profit in house currency, held against those held out, with its standard
    error; `ahead` is the lead on the engine, `ahead_low` its low end (99 % for all together), `better` whether that is
    above nil. Empty below 500 members, and before four weeks.
    """
    arms = arms_of(list_results)
    told = [row for row in member_results.to_pylist() if (row["list"], row["play"]) in arms]
    told = [row for row in told if row["days"] >= LEAST_DAYS and 0 < row["propensity"] < 1 and row["cost"] is not None]
    rows = _compared(told, gained(told, arms)) if len(told) >= LEAST_ROWS else []
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, KINDS[kind]) for name, kind in COLUMNS.items()]))


def _compared(told: list[dict[str, object]], since: Numbers) -> list[dict[str, object]]:
    names, days = np.array([row["list"] for row in told]), column(told, "days")
    profit = since * PROMISED_DAYS / days * WORTH_TODAY - column(told, "cost")
    values: dict[str, Numbers] = {}
    for name in np.unique(names):
        here = np.flatnonzero(names == name)
        for policy, score in _scores([told[place] for place in here]).items():
            best = here[np.argsort(-score, kind="stable")[: len(here) // 2]]
            values.setdefault(policy, np.zeros(len(told)))[best] = profit[best]
    return [
        {
            "policy": each.policy,
            "members": len(told),
            "value": round(each.value, 4),
            "value_error": round(each.error, 4),
            "ahead": round(each.ahead, 4),
            "ahead_low": round(each.ahead_low, 4),
            "better": each.ahead_low > 0,
        }
        for each in compared(values)
    ]


def _scores(told: list[dict[str, object]]) -> dict[str, Numbers]:
    """Members of a list by profit, as each ranking has it."""
    plays, play = np.unique([str(row["play"]) for row in told], return_inverse=True)
    value, assumed, cost, before = (column(told, name) for name in ("figures_value", "assumed_value", "cost", "x"))
    assumed = np.where(np.isnan(assumed), value, assumed)
    parts = (-column(told, "idle_before"), column(told, "orders_before"), before)
    fifths = np.sum([np.floor(5 * np.searchsorted(np.sort(part), part) / len(part)) for part in parts], axis=0)
    gains, costs = (np.tile(each, (len(plays), 1)) for each in (value, cost))
    figures = {"past_spend": np.maximum(before, 0.0), "rfm": fifths}
    spreads: dict[str, Numbers] = {
        name: spread(Rank(figure, play), gains, costs).score for name, figure in figures.items()
    }
    return {ENGINE: value - cost, COLD: assumed - cost, **spreads}
