"""Seasons and fortunes of industries, from what all their customers pay."""

import numpy as np

from motherlode.opportunity.engine.panel import Floats, Panel

# Two waves a year, and a trend.
WAVES = 2
RIDGE = 2.0
# So many paying customers weigh as much as the whole firm.
OWN_WEIGHT = 200.0
LEAST, MOST = 0.2, 5.0
YEAR_DAYS = 364


def seasons(panel: Panel, ahead: int) -> Floats:
    """By segment (the last is the whole firm) and period up to `ahead` after today, what season makes of spending.

    1 is an ordinary period. A segment is an industry; one of few payers is drawn towards the firm. Where records are
    shorter than a year and a half nothing is known of seasons.
    """
    totals, payers = _totals(panel)
    count = panel.today
    year = YEAR_DAYS / panel.days
    if count < 1.5 * year:
        return np.ones((len(totals), count + ahead))
    at = np.arange(count + ahead)
    angle = 2 * np.pi * at[:, None] * np.arange(1, WAVES + 1) / year
    waves = np.hstack([np.sin(angle), np.cos(angle)])
    design = np.hstack([np.ones((count + ahead, 1)), at[:, None] / count, waves])
    logs = np.log(totals + 0.01 * totals.mean(axis=1, keepdims=True) + 1e-9)
    penalty = np.diag([0.0, 0.0, *[RIDGE] * (2 * WAVES)])
    seen = design[:count]
    fitted = np.linalg.solve(seen.T @ seen + penalty, seen.T @ logs.T)[2:]
    share = payers / (payers + OWN_WEIGHT)
    fitted = fitted * share + fitted[:, -1:] * (1 - share)
    index: Floats = np.exp(waves @ fitted).T
    level: Floats = index[:, : int(year)].mean(axis=1, keepdims=True)
    return np.clip(index / level, LEAST, MOST)


def moods(panel: Panel, season: Floats, until: int) -> Floats:
    """By segment, the logarithm of its last 13 weeks over the 52 before, without its season; firm last."""
    totals, payers = _totals(panel)
    plain = totals / season[:, : panel.today]
    recent, year = panel.weeks(13), panel.weeks(52)
    now = plain[:, max(until - recent, 0) : until].mean(axis=1)
    before = plain[:, max(until - recent - year, 0) : max(until - recent, 1)].mean(axis=1)
    move = np.log((now + 1e-9) / (before + 1e-9)).clip(-2, 2)
    share = payers / (payers + OWN_WEIGHT)
    result: Floats = move * share + move[-1] * (1 - share)
    return result


def _totals(panel: Panel) -> tuple[Floats, Floats]:
    """What each segment paid by period, and its number of payers; the firm last, also for those without industry."""
    count = int(panel.industry.max(initial=-1)) + 1
    totals = np.zeros((count + 1, panel.today))
    # A period of one very large payment is no season.
    bounded = np.minimum(panel.spend, np.quantile(panel.spend.max(axis=1), 0.99))
    for segment in range(count):
        totals[segment] = bounded[panel.industry == segment].sum(axis=0)
    totals[-1] = bounded.sum(axis=0)
    paid = panel.spend.any(axis=1)
    payers = np.append(np.bincount(panel.industry[paid & (panel.industry >= 0)], minlength=count), paid.sum())
    return totals, payers.astype(float)
