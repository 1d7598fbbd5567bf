"""Whom the money and the capacity go to."""

import numpy as np
import pyarrow as pa

from motherlode.opportunity.knapsack import Flags, Numbers, Places, Prices, Problem, arranged, filled, scores
from motherlode.tables import table

COLUMNS = {
    **dict.fromkeys(("customer_id", "play"), "string"),
    "chosen": "boolean",
    **dict.fromkeys(("money_price", "capacity_price", "bound"), "float64"),
    "held_back_by": "string",
    **dict.fromkeys(("hurdle_value", "hurdle_cost", "peak_value", "peak_cost"), "float64"),
}
SCHEMA = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])


@table(key="customer_id", subject="customer_id", columns=COLUMNS, purpose="marketing", set_under="ranked")
def allocation(choices: pa.Table, shadow_prices: pa.Table, *, hurdle: float = 0.0) -> pa.Table:
    """For each customer the play that is paid for (`chosen`), or the best at today's prices of money and capacity.

    `money_price` and `capacity_price` are what a yuan, and the contact, would earn elsewhere, `bound` what no choice of
    plays within the limits could exceed. `held_back_by` is the
    limit that weighs most (money, channel, owner, pilot) where somebody who would pay is not chosen.
    `hurdle_*` and `peak_*` are value and cost of the play that is best without any limit, with and without the hurdle.
    """
    limits = shadow_prices.to_pylist()
    budget = next((row["most"] for row in limits if row["resource"] == "money"), None)
    kinds = [
        (kind, kind, {row["name"]: row["most"] for row in limits if row["resource"] == kind})
        for kind in ("channel", "owner", "pilot")
    ]
    problem = arranged(choices, kinds, np.inf if budget is None else budget, hurdle)
    money = next((row["price"] for row in limits if row["resource"] == "money"), 0.0) + hurdle
    known = {(row["resource"], row["name"]): row["price"] for row in limits}
    price = [np.array([known.get((limit.kind, name), 0.0) for name in limit.names]) for limit in problem.limits]
    bound = max((row["bound"] for row in limits), default=0.0)
    return _rows(problem, Prices(money, tuple(price), bound))


def _rows(problem: Problem, prices: Prices) -> pa.Table:
    if not problem.value.size:
        return SCHEMA.empty_table()
    play = filled(problem, prices)
    chosen = play >= 0
    best = np.where(chosen, play, scores(problem, prices).argmax(axis=1))
    rows = np.arange(len(best))
    parts = [
        np.append(price, 0.0)[limit.at(rows, best)] for limit, price in zip(problem.limits, prices.limits, strict=True)
    ]
    hurdle, peak = (_without_limits(problem, least) for least in (problem.hurdle, 0.0))
    columns = {
        "customer_id": problem.customers,
        "play": pa.array(problem.plays).take(pa.array(best)),
        "chosen": chosen,
        "money_price": np.full(len(best), prices.money),
        "capacity_price": sum(parts, start=np.zeros(len(best))),
        "bound": np.full(len(best), prices.bound),
        "held_back_by": _held_back(problem, prices, best, chosen, parts),
        "hurdle_value": hurdle[0],
        "hurdle_cost": hurdle[1],
        "peak_value": peak[0],
        "peak_cost": peak[1],
    }
    return pa.table([columns[name] for name in COLUMNS], schema=SCHEMA)


def _held_back(problem: Problem, prices: Prices, best: Places, chosen: Flags, parts: list[Numbers]) -> pa.Array:
    """The dearest limit of those who would pay and are not chosen; money where none has a price."""
    rows = np.arange(len(best))
    pays = problem.value[rows, best] > problem.cost[rows, best] * (1.0 + problem.hurdle)
    money = problem.cost[rows, best] * (prices.money - problem.hurdle)
    names = ("money", *(limit.kind for limit in problem.limits))
    dearest = np.argmax(np.stack([money, *parts]), axis=0)
    if not np.isfinite(problem.budget) and len(names) > 1:
        # What does not fit by one customer in the end has no price; it is no matter of money either.
        nothing = np.stack([money, *parts]).max(axis=0) <= 0
        dearest = np.where(nothing, 1, dearest)
    told = np.array(["", *names])[np.where(~chosen & pays, dearest + 1, 0)]
    return pa.array(told.tolist())


def _without_limits(problem: Problem, hurdle: float) -> tuple[Numbers, Numbers]:
    """Value and cost of the play that is best for each customer where nothing is scarce; nil where none pays."""
    score = problem.value - (1.0 + hurdle) * problem.cost
    best = score.argmax(axis=1)
    rows = np.arange(len(best))
    pays = score[rows, best] > 0
    return np.where(pays, problem.value[rows, best], 0.0), np.where(pays, problem.cost[rows, best], 0.0)
