"""What an action brought, from those who were drawn to go without it; and what that does to a belief."""

import math
from typing import NamedTuple

import msgspec

# Fewer than so many on either side tell nothing.
LEAST_ARM = 10
# From so many on, an arm's own variance is known well enough.
LARGE_ARM = 30
# Half the width of a 95 % interval, in standard errors, where there are many.
SURE = 1.959963984540054
CHANCE = 0.05


class Arm(msgspec.Struct, frozen=True):
    """Sums over the treated, or over the held out, of outcomes y and of the same figure before, x."""

    n: int
    y: float
    yy: float
    x: float
    xx: float
    xy: float

    def within(self) -> tuple[float, float, float]:
        """Sums of squares and of products about the means: of y, of x, of both."""
        n = max(self.n, 1)
        return self.yy - self.y**2 / n, self.xx - self.x**2 / n, self.xy - self.x * self.y / n


class Effect(NamedTuple):
    """A difference per head with its standard error and degrees of freedom."""

    difference: float
    error: float
    freedom: float


def effect(treated: Arm, held_out: Arm) -> Effect | None:
    """What being treated added per head; `None` where an arm is too small to tell.

    The mean of the treated less that of the held out, after what the year before explains of each customer's outcome
    is taken out of both (CUPED: Deng, Xu, Kohavi and Walker 2013), with Welch's standard error. A small arm borrows
    the variance of both: twenty people of whom none bought have a variance of nil by luck.
    """
    if min(treated.n, held_out.n) < LEAST_ARM:
        return None
    (yy_t, xx_t, xy_t), (yy_h, xx_h, xy_h) = treated.within(), held_out.within()
    slope = (xy_t + xy_h) / (xx_t + xx_h) if xx_t + xx_h > 0 else 0.0
    rest = [max(yy - 2 * slope * xy + slope**2 * xx, 0.0) for yy, xx, xy in ((yy_t, xx_t, xy_t), (yy_h, xx_h, xy_h))]
    all_freedom = treated.n + held_out.n - 2
    variances, freedoms = [], []
    for own, n in zip(rest, (treated.n, held_out.n), strict=True):
        own_counts = n >= LARGE_ARM and own > 0
        variances.append((own / (n - 1) if own_counts else sum(rest) / all_freedom) / n)
        freedoms.append(n - 1 if own_counts else all_freedom)
    means = treated.y / treated.n - held_out.y / held_out.n
    before = treated.x / treated.n - held_out.x / held_out.n
    spread = sum(variance**2 / freedom for variance, freedom in zip(variances, freedoms, strict=True))
    freedom = sum(variances) ** 2 / spread if spread > 0 else math.inf
    return Effect(means - slope * before, math.sqrt(sum(variances)), freedom)


def updated(mean: float, sd: float, measured: float, error: float) -> tuple[float, float]:
    """Mean and standard deviation of a normal belief after a measurement with a normal error."""
    if sd <= 0:
        return mean, sd
    weight = sd**2 / (sd**2 + error**2)
    return mean + weight * (measured - mean), sd * math.sqrt(1 - weight)


def chance(found: Effect) -> float:
    """How often a difference as large would come about if the action did nothing (two-sided)."""
    from scipy.stats import t

    if found.error <= 0:
        return 0.0 if found.difference else 1.0
    return float(2 * t.sf(abs(found.difference) / found.error, found.freedom))


def half_width(found: Effect) -> float:
    """Half of the 95 % interval."""
    from scipy.stats import t

    return float(t.ppf(1 - CHANCE / 2, found.freedom)) * found.error
