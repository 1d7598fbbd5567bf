"""The arithmetic of acquisition, lifetime, payback, break-even and samples: plain functions of numbers.

Money is in one currency, shares are 0 to 1. What cannot be (a division by nothing, a cost that never comes back) is
`None`, not infinity.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

MONTHS = 12


def acquisition_cost(cost_per_reach: float, conversion: float) -> float | None:
    """What a new customer costs: what it costs to reach somebody, over the share of those who become customers."""
    return cost_per_reach / conversion if conversion > 0 else None


def margin_of_order(order_value: float, margin_share: float, order_cost: float = 0.0) -> float:
    """What an order leaves: its margin without what it costs to serve it."""
    return order_value * margin_share - order_cost


def orders_to_pay_back(cost: float, margin: float) -> float | None:
    """How many orders of a margin it takes until a cost has come back."""
    return cost / margin if margin > 0 else None


def lifetime_value(yearly_margin: float, retention: float, discount: float, years: int = 0) -> float | None:
    """The margin of a customer's life, each year's at its beginning, worth less the later it comes.

    Parameters
    ----------
    retention
        Share of customers of a year who are still customers the year after.
    discount
        What a year's delay takes off, 0.1 for a tenth.
    years
        How many are counted; 0 for all: margin x (1 + discount) / (1 + discount - retention).
    """
    step = retention / (1 + discount)
    if years:
        return yearly_margin * (years if step == 1 else (1 - step**years) / (1 - step))
    return yearly_margin / (1 - step) if step < 1 else None


def payback_months(cost: float, yearly_margin: float, retention: float) -> float | None:
    """Months until the margin of customers, fewer of whom are left each month, has covered what they cost.

    `None` where it never does: all margin that will ever come is less than the cost.
    """
    monthly, stay = yearly_margin / MONTHS, retention ** (1 / MONTHS)
    if cost <= 0:
        return 0.0
    if monthly <= 0:
        return None
    if stay >= 1:
        return cost / monthly
    left = 1 - cost * (1 - stay) / monthly
    return math.log(left) / math.log(stay) if left > 0 and stay > 0 else None


def break_even_roas(margin_share: float) -> float | None:
    """Sales for each unit of money spent at which nothing is won and nothing lost: 1 over the margin."""
    return 1 / margin_share if margin_share > 0 else None


def break_even_response(contact_cost: float, margin: float, voucher: float = 0.0) -> float | None:
    """The share of contacted people who must order, beyond those who would have anyway, for the contacts to pay.

    `None` where an order leaves nothing after its voucher.
    """
    return contact_cost / (margin - voucher) if margin > voucher else None


def break_even_volume(discount: float, margin_share: float) -> float | None:
    """How much more must be sold at a discount for the same margin, as a share of today's sales."""
    return discount / (margin_share - discount) if margin_share > discount else None


def sample_size(base: float, other: float, *, alpha: float = 0.05, power: float = 0.8) -> int | None:
    """People needed in each of two groups to tell two shares apart (two-sided, normal approximation, Fleiss 1981).

    `None` where there is nothing to tell apart.
    """
    if base == other or not (0 <= base <= 1 and 0 <= other <= 1):
        return None
    scatter = base * (1 - base) + other * (1 - other)
    return math.ceil(round((_z(1 - alpha / 2) + _z(power)) ** 2 * scatter / (base - other) ** 2, 6))


def power_of(base: float, other: float, each: float, *, alpha: float = 0.05) -> float:
    """The chance of telling two shares apart with so many people in each of two groups."""
    scatter = base * (1 - base) + other * (1 - other)
    if each <= 0 or scatter <= 0:
        return 0.0
    return NormalDist().cdf(abs(base - other) * math.sqrt(each / scatter) - _z(1 - alpha / 2))


def least_detectable(base: float, each: float, *, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """The smallest rise of a share that so many people in each group would show; `None` where none would."""
    low, high = 0.0, 1 - base
    if each <= 0 or power_of(base, 1.0, each, alpha=alpha) < power:
        return None
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if power_of(base, base + middle, each, alpha=alpha) >= power else (middle, high)
    return high


def lost_orders(
    budget: float, cost_per_reach: float, conversion: float, fall: float, *, relative: bool
) -> float | None:
    """Orders that a fall of the conversion costs: of those whom a budget reaches.

    Parameters
    ----------
    fall
        In points (0.02 from 5.7 % to 3.7 %), or of the conversion itself (0.02 from 5.7 % to 5.586 %).
    """
    if cost_per_reach <= 0:
        return None
    return budget / cost_per_reach * (conversion * fall if relative else min(fall, conversion))


def on_curve(points: Sequence[tuple[float, ...]], cost: float) -> tuple[float, ...] | None:
    """What a curve says at a cost, between its points on a straight line; its last point beyond them.

    Parameters
    ----------
    points
        Each a cost and what it brings, in any number of figures; from the least cost to the greatest.
    """
    before: tuple[float, ...] | None = tuple(0.0 for _ in points[0]) if points else None
    for point in points:
        assert before is not None
        if point[0] >= cost:
            share = (cost - before[0]) / (point[0] - before[0]) if point[0] > before[0] else 1.0
            return tuple(low + (high - low) * share for low, high in zip(before, point, strict=True))
        before = point
    return before


def _z(share: float) -> float:
    return NormalDist().inv_cdf(min(max(share, 1e-12), 1 - 1e-12))
