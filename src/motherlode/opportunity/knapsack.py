"""One play a customer under limits of money and capacity: prices that balance what is wanted with what there is.

A multiple-choice knapsack with several limits. Every limit gets a price (a Lagrange multiplier); at given prices the
best play of each customer is found alone, and prices are raised or lowered by bisection, one kind of limit after the
other, until what is wanted fits. The value of the priced problem bounds from above what any choice could earn. What is
left of the limits is then filled by hand. Arrays throughout: a row a customer, a column a play.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Numbers = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Places = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

# So many customers show what a limit is worth; all of them only refine it.
SAMPLE = 40_000
ROUNDS, EXACT, REFINED = 4, 45, 11
# A kind of limit with more groups than this is not seen in a sample.
FEW_GROUPS = 40
FILLS = 24
LEAST_GAIN = 1e-9


class Limit(msgspec.Struct, frozen=True):
    """A kind of limit on numbers of customers: of channels, of owners, of pilots.

    Attributes
    ----------
    of
        Which of `names` a customer's play counts for, -1 for none; a row a customer or one, a column a play or one.
    most
        Customers that each of `names` has room for.
    """

    kind: str
    names: tuple[str, ...]
    of: Places
    most: Numbers

    def at(self, rows: Places, plays: Places) -> Places:
        """Which of the names these customers' plays count for."""
        of = self.of
        return of[rows if of.shape[0] > 1 else np.zeros_like(rows), plays if of.shape[1] > 1 else np.zeros_like(plays)]


class Problem(msgspec.Struct, frozen=True):
    """Plays of customers with what they bring and cost; a play that a customer has not brings minus infinity."""

    customers: pa.Array
    plays: tuple[str, ...]
    value: Numbers
    cost: Numbers
    limits: tuple[Limit, ...]
    budget: float
    hurdle: float

    def part(self, rows: Places) -> "Problem":
        """The same for some customers, with their share of every limit."""
        share = rows.size / max(len(self.value), 1)
        limits = tuple(
            msgspec.structs.replace(
                limit, of=limit.of[rows] if limit.of.shape[0] > 1 else limit.of, most=limit.most * share
            )
            for limit in self.limits
        )
        smaller = {"value": self.value[rows], "cost": self.cost[rows], "budget": self.budget * share}
        return msgspec.structs.replace(self, limits=limits, **smaller)


class Prices(NamedTuple):
    """What one more yuan, and room for one more customer, would earn; `bound` is the most that could be earned."""

    money: float
    limits: tuple[Numbers, ...]
    bound: float


class Wanted(NamedTuple):
    """Each customer's best play at some prices, what it earns beyond them, and what all of it would use."""

    play: Places
    surplus: Numbers
    money: float
    limits: tuple[Numbers, ...]


def priced(problem: Problem) -> Prices:
    """Prices at which what is wanted fits into every limit."""
    start = Prices(problem.hurdle, tuple(np.zeros(len(limit.names)) for limit in problem.limits), np.inf)
    if not problem.value.size:
        return start._replace(bound=0.0)
    if len(problem.value) > 2 * SAMPLE:
        rows = np.sort(np.random.default_rng(0).choice(len(problem.value), SAMPLE, replace=False))
        start = _balanced(problem.part(rows), start, ROUNDS, near=False)._replace(bound=np.inf)
        return _exact(problem, _balanced(problem, start, 2, near=True))
    return _exact(problem, _balanced(problem, start, ROUNDS, near=False))


def wanted(problem: Problem, prices: Prices) -> Wanted:
    """The best play of each customer at these prices."""
    score = scores(problem, prices)
    play = score.argmax(axis=1)
    surplus = np.take_along_axis(score, play[:, None], axis=1)[:, 0]
    rows = np.flatnonzero(surplus > 0)
    chosen = play[rows]
    counts = tuple(_counted(limit, limit.at(rows, chosen)) for limit in problem.limits)
    return Wanted(play, surplus, float(problem.cost[rows, chosen].sum()), counts)


def scores(problem: Problem, prices: Prices) -> Numbers:
    """What each play earns beyond the price of all that it uses."""
    score = problem.cost * -(1.0 + prices.money)
    score += problem.value
    for limit, price in zip(problem.limits, prices.limits, strict=True):
        if price.any():
            score -= np.append(price, 0.0)[limit.of]
    return score


def _counted(limit: Limit, groups: Places) -> Numbers:
    return np.bincount(groups + 1, minlength=len(limit.names) + 1)[1:].astype(np.float64)


def _balanced(problem: Problem, start: Prices, rounds: int, *, near: bool) -> Prices:
    """Prices found by bisection, kind by kind and again, as one kind's price moves what the others are worth."""
    prices, bound = start, start.bound
    for _ in range(rounds):
        before = prices
        prices = _money(problem, prices, near=near)
        for place in range(len(problem.limits)):
            prices = _limit(problem, prices, place, near=near)
        bound = min(bound, _bound(problem, prices))
        same = [np.allclose(a, b, rtol=1e-6) for a, b in zip(prices.limits, before.limits, strict=True)]
        if all(same) and np.isclose(prices.money, before.money, rtol=1e-6):
            break
    return prices._replace(bound=bound)


def _money(problem: Problem, prices: Prices, *, near: bool) -> Prices:
    """The least price of money at which the budget is enough."""
    free = prices._replace(money=problem.hurdle)
    if wanted(problem, free).money <= problem.budget:
        return free
    with np.errstate(divide="ignore", invalid="ignore"):
        dearest = np.nanmax(np.where(problem.cost > 0, problem.value / problem.cost, 0.0), initial=1.0)
    low, high, steps = problem.hurdle, float(dearest), EXACT
    if near and prices.money > problem.hurdle:
        low, high = _around(prices.money, low, high)
        steps = REFINED
        if wanted(problem, prices._replace(money=high)).money > problem.budget:
            low, high, steps = high, float(dearest), EXACT // 2
    for _ in range(steps):
        middle = (low + high) / 2
        if wanted(problem, prices._replace(money=middle)).money > problem.budget:
            low = middle
        else:
            high = middle
    return prices._replace(money=high)


def _around(price: float, low: float, high: float) -> tuple[float, float]:
    return max(price * 0.8, low), min(price * 1.25, high)


def _limit(problem: Problem, prices: Prices, place: int, *, near: bool) -> Prices:
    """The least prices at which the limits of one kind are enough; all its groups are bisected at once."""
    limit, known = problem.limits[place], prices.limits[place]

    def at(price: Numbers) -> Prices:
        return prices._replace(limits=(*prices.limits[:place], price, *prices.limits[place + 1 :]))

    def over(price: Numbers) -> Flags:
        return wanted(problem, at(price)).limits[place] > limit.most

    nothing = np.zeros(len(limit.names))
    if not over(nothing).any():
        return at(nothing)
    low, high = nothing, np.full(len(limit.names), max(float(problem.value.max()), 0.0))
    steps = EXACT
    if near and len(limit.names) <= FEW_GROUPS:
        steps = REFINED
        low, high = np.where(known > 0, known * 0.8, low), np.where(known > 0, known * 1.25, known.max() * 0.05 + 1e-9)
        high = np.where(over(high), max(float(problem.value.max()), 0.0), high)
    elif near:
        steps = EXACT // 2
    for _ in range(steps):
        middle = (low + high) / 2
        more = over(middle)
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    # What nobody wants more of than there is has no price.
    return at(np.where(over(np.where(low > 0, high, 0.0)) | (low > 0), high, 0.0))


def _bound(problem: Problem, prices: Prices) -> float:
    """What no choice can exceed: the surplus at these prices and the worth of all that the limits hold."""
    surplus = float(np.maximum(wanted(problem, prices).surplus, 0.0).sum())
    held = sum(
        float(price[price > 0] @ limit.most[price > 0])
        for price, limit in zip(prices.limits, problem.limits, strict=True)
    )
    extra = prices.money - problem.hurdle
    return surplus + held + (extra * problem.budget if extra > 0 else 0.0)


def _exact(problem: Problem, prices: Prices) -> Prices:
    """The price of money as the return of the best step that was left out, instead of a number close above it."""
    if prices.money <= problem.hurdle:
        return prices
    at = wanted(problem, prices)
    net = scores(problem, prices._replace(money=0.0))
    taken = at.surplus > 0
    rows = np.arange(len(net))
    own_net = np.where(taken, net[rows, at.play] + problem.cost[rows, at.play], 0.0)
    own_cost = np.where(taken, problem.cost[rows, at.play], 0.0)
    more = problem.cost - own_cost[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        back = np.where(more > 0, (net + problem.cost - own_net[:, None]) / more - 1.0, -np.inf)
    best = float(back[back <= prices.money * (1 + 1e-9)].max(initial=problem.hurdle))
    return prices._replace(money=max(best, problem.hurdle))


def filled(problem: Problem, prices: Prices) -> Places:
    """Each customer's play, -1 for none: the best at these prices, and then what still fits, the best first."""
    size = len(problem.value)
    play = np.full(size, -1)
    if not problem.value.size:
        return play
    aim = np.where(np.isfinite(problem.value), problem.value - (1.0 + problem.hurdle) * problem.cost, -np.inf)
    score = scores(problem, prices)
    state = _State(
        play, np.zeros(size), np.zeros(size), problem.budget, [limit.most.copy() for limit in problem.limits]
    )
    for turn in range(FILLS):
        gain = _gain(problem, state, aim)
        # First what is worth most beyond its price, then, with what is left, what earns most.
        rank = np.where(gain > LEAST_GAIN, score - _own(state, score)[:, None], -np.inf) if turn % 2 == 0 else gain
        if turn == 0:
            rank = np.where(rank > 0, rank, -np.inf)
        if not _taken(problem, state, rank, aim) and turn % 2:
            break
    return state.play


class _State(NamedTuple):
    """Who has which play by now, and what is left of the limits."""

    play: Places
    aim: Numbers
    spent: Numbers
    budget: float
    left: list[Numbers]


def _own(state: _State, score: Numbers) -> Numbers:
    rows = np.arange(len(score))
    return np.where(state.play >= 0, score[rows, state.play], 0.0)


def _gain(problem: Problem, state: _State, aim: Numbers) -> Numbers:
    """What each play would add for its customer, where what is left has room for it; else minus infinity."""
    gain = aim - state.aim[:, None]
    gain[gain <= LEAST_GAIN] = -np.inf
    money = problem.budget - state.spent.sum()
    gain[problem.cost - state.spent[:, None] > money + LEAST_GAIN] = -np.inf
    for limit, left in zip(problem.limits, state.left, strict=True):
        full = np.append(left < 1.0, False)
        if full.any():
            # Who goes on in the same group needs no further room in it.
            own = np.where(state.play >= 0, limit.at(np.arange(len(gain)), np.maximum(state.play, 0)), -2)
            gain[full[limit.of] & (limit.of != own[:, None])] = -np.inf
    return gain


def _taken(problem: Problem, state: _State, rank: Numbers, aim: Numbers) -> bool:
    """Give customers their best play in the order of `rank` as far as the limits reach; whether anybody got one."""
    play = rank.argmax(axis=1)
    best = np.take_along_axis(rank, play[:, None], axis=1)[:, 0]
    rows = np.flatnonzero(np.isfinite(best))
    if not rows.size:
        return False
    rows = rows[np.argsort(-best[rows], kind="stable")]
    plays = play[rows]
    fits = np.ones(rows.size, dtype=bool)
    for limit, left in zip(problem.limits, state.left, strict=True):
        fits &= _has_room(limit.at(rows, plays), left)
    rows, plays = rows[fits], plays[fits]
    more = problem.cost[rows, plays] - state.spent[rows]
    money = problem.budget - state.spent.sum()
    within = np.cumsum(more) <= money + LEAST_GAIN
    rows, plays = rows[within], plays[within]
    if not rows.size:
        return False
    for limit, left in zip(problem.limits, state.left, strict=True):
        old = limit.at(rows, np.maximum(state.play[rows], 0))
        left += _counted(limit, np.where(state.play[rows] >= 0, old, -1)) - _counted(limit, limit.at(rows, plays))
    state.play[rows], state.aim[rows] = plays, aim[rows, plays]
    state.spent[rows] = problem.cost[rows, plays]
    return True


def _has_room(groups: Places, left: Numbers) -> Flags:
    """For customers in order, whether their group has room for them after those before."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    first = np.searchsorted(ordered, ordered)
    fits = np.empty(groups.size, dtype=bool)
    fits[order] = (ordered < 0) | (np.arange(groups.size) - first < np.append(left, np.inf)[ordered])
    return fits


def arranged(
    choices: pa.Table, most: Sequence[tuple[str, str, dict[str, float]]], budget: float, hurdle: float
) -> Problem:
    """Rows of customers and plays as arrays.

    Parameters
    ----------
    most
        Kinds of limits: name, the column of `choices` that says which group a row counts for (empty: none), and how
        many customers each group has room for; "" stands for every group that is not named.
    """
    customer, names = _coded(choices["customer_id"])
    play, plays = _coded(choices["play"])
    shape = (len(names), len(plays))
    value, cost = np.full(shape, -np.inf), np.zeros(shape)
    value[customer, play] = choices["value"].to_numpy()
    cost[customer, play] = choices["cost"].to_numpy()
    limits = []
    for kind, column, room in most:
        group, known = _coded(choices[column])
        groups = tuple(known.to_pylist())
        of = np.full(shape, -1, dtype=np.int64 if len(groups) > 100 else np.int8)
        of[customer, play] = group
        numbers = [room.get(name, room.get("", np.inf)) for name in groups]
        if np.isfinite(numbers).any():
            limits.append(Limit(kind, groups, _narrow(of, np.isfinite(value)), np.array(numbers)))
    return Problem(names, tuple(plays.to_pylist()), value, cost, tuple(limits), budget, hurdle)


def _coded(column: pa.ChunkedArray) -> tuple[Places, pa.Array]:
    """Places of the values among the distinct ones in order; -1 where there is none."""
    found = pc.dictionary_encode(column.combine_chunks())
    order = pc.sort_indices(found.dictionary)
    place = np.empty(len(order), dtype=np.int64)
    place[order.to_numpy()] = np.arange(len(order))
    codes = found.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    places: Places = np.where(codes < 0, -1, np.append(place, -1)[codes])
    return places, found.dictionary.take(order)


def _narrow(of: Places, there: Flags) -> Places:
    """One row where each play counts for one group for everybody, one column where the customer alone decides."""
    for axis in (0, 1):
        high = np.where(there, of, -1).max(axis=axis, keepdims=True, initial=-1)
        if (~there | (of == high)).all():
            return np.asarray(high, dtype=np.int64)
    return np.asarray(of, dtype=np.int64)
