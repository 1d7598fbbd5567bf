"""One play a customer under a budget and capacities, against the bound that no choice can exceed.

    python -m benchmarks.allocation [--customers 1_000_000]

Goals: 20,000 customers x 6 plays within 0.2 % of the optimum of the linear programme (HiGHS), which is itself a bound;
1,000,000 x 6 within 0.5 % of the bound in 30 s. Money, room in three channels and sales people's time are scarce.
"""

import argparse
import time

import numpy as np
import pyarrow as pa
from scipy.optimize import linprog
from scipy.sparse import coo_array

from benchmarks.measuring import say
from motherlode.opportunity.allocation import allocation
from motherlode.opportunity.knapsack import arranged
from motherlode.opportunity.shadow_prices import shadow_prices

PLAYS = {
    "call": ("phone", 15.0, 0.06), "visit": ("phone", 60.0, 0.12), "mail": ("email", 0.2, 0.01),
    "gift": ("post", 12.0, 0.05), "nudge": ("sms", 0.5, 0.012), "voucher": ("email", 6.0, 0.03),
}  # fmt: skip
OWNERS = 30


def choices(customers: int) -> pa.Table:
    """Customers whose sales are as unequal as real ones, each with six plays that work better or worse."""
    dice = np.random.default_rng(11)
    worth = dice.lognormal(5.5, 1.3, customers)
    owner = dice.integers(0, OWNERS, customers)
    ids = np.char.add("c", np.char.zfill(np.arange(customers).astype(str), 7))
    parts = []
    for play, (channel, cost, lift) in PLAYS.items():
        parts.append(
            pa.table(
                {
                    "customer_id": pa.array(ids), "play": pa.array([play]).take(pa.array(np.zeros(customers, int))),
                    "value": np.round(worth * lift * dice.gamma(2.0, 0.5, customers), 4),
                    "cost": np.round(cost * dice.uniform(0.8, 1.2, customers), 4),
                    "channel": pa.array([channel]).take(pa.array(np.zeros(customers, int))),
                    "owner": pa.array([f"s{number:02}" for number in range(OWNERS)]).take(pa.array(owner)),
                    "pilot": pa.nulls(customers, pa.string()),
                }
            )
        )  # fmt: skip
    return pa.concat_tables(parts)


def limits(customers: int) -> dict[str, float]:
    return {
        "budget": customers * 0.8, "phone_customers": customers // 50, "email_customers": customers // 4,
        "owner_customers": customers // OWNERS * 2 // 3,
    }  # fmt: skip


def linear_optimum(rows: pa.Table, most: dict[str, float]) -> float:
    """What the linear programme would earn, in which a customer can get half a play."""
    kinds = [
        ("channel", "channel", {name: most[f"{name}_customers"] for name in ("phone", "email")}),
        ("owner", "owner", {"": most["owner_customers"]}),
    ]
    problem = arranged(rows, kinds, most["budget"], 0.0)
    who, play = np.nonzero(problem.value > problem.cost)
    columns = np.arange(who.size)
    parts = [
        (who, columns, np.ones(who.size)),
        (np.full(who.size, len(problem.value)), columns, problem.cost[who, play]),
    ]
    most_of = [*np.ones(len(problem.value)), problem.budget]
    for limit in problem.limits:
        group = limit.at(who, play)
        counted = group >= 0
        parts.append((len(most_of) + group[counted], columns[counted], np.ones(counted.sum())))
        most_of += limit.most.tolist()
    row, column, entry = (np.concatenate(some) for some in zip(*parts, strict=True))
    finite = np.isfinite(most_of)
    weights = coo_array((entry, (row, column)), shape=(len(most_of), who.size)).tocsr()[finite]
    net = problem.value[who, play] - problem.cost[who, play]
    return -float(linprog(-net, A_ub=weights, b_ub=np.array(most_of)[finite], bounds=(0, 1), method="highs").fun)


def measured(customers: int) -> tuple[pa.Table, float, float, float]:
    """Rows, what the list earns, the bound, and seconds."""
    rows = choices(customers)
    began = time.perf_counter()
    prices = shadow_prices(rows, **limits(customers))
    chosen = allocation(rows, prices)
    seconds = time.perf_counter() - began
    taken = chosen.filter(chosen["chosen"]).join(rows, ["customer_id", "play"])
    net = float(np.sum(taken["value"].to_numpy() - taken["cost"].to_numpy()))
    most = limits(customers)
    channels = dict(zip(*np.unique(taken["channel"].to_numpy(), return_counts=True), strict=True))
    assert np.sum(taken["cost"].to_numpy()) <= most["budget"] + 1e-6
    assert all(channels.get(name, 0) <= most[f"{name}_customers"] for name in ("phone", "email"))
    assert np.unique(taken["owner"].to_numpy(), return_counts=True)[1].max() <= most["owner_customers"]
    return rows, net, prices["bound"][0].as_py(), seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    options = parser.parse_args()
    rows, net, bound, seconds = measured(20_000)
    began = time.perf_counter()
    optimum = linear_optimum(rows, limits(20_000))
    took = time.perf_counter() - began
    say(f"20,000 x 6: gap {1 - net / optimum:.3%} to the linear programme, {1 - net / bound:.3%} to the own bound")
    say(f"            {seconds:.1f} s; HiGHS {took:.1f} s    goal: gap <= 0.2 %")
    _, net, bound, seconds = measured(options.customers)
    say(f"{options.customers:,} x 6: gap {1 - net / bound:.3%} to the own bound    goal: <= 0.5 %")
    say(f"            {seconds:.1f} s    goal: <= 30 s")


if __name__ == "__main__":
    main()
