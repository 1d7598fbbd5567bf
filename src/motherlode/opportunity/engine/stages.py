"""The stage of life of every customer: a hidden Markov model of five states, filtered.

After the nonhomogeneous hidden Markov models of customer relationships of Netzer, Lattin and Srinivasan (2008,
Marketing Science 27, 185), without covariates: what a customer pays against the own level, and does, in a period, is
drawn by the state; who has never bought or is lost pays nothing. Only the filter is used, so that no stage knows the
future.
"""

import msgspec
import numpy as np

from motherlode.opportunity.engine.panel import UNKNOWN, Floats, Ints, Panel

STAGES = ("intro", "trial", "mature", "decline", "lost")
INTRO, TRIAL, MATURE, DECLINE, LOST = range(5)
# Payments as a share of the own level, and events, by period: the edges between what counts as different.
SPEND_EDGES, EVENT_EDGES = (0.0, 0.08, 0.18, 0.32, 0.5, 0.75, 1.1), (0.5, 1.5, 2.5)
# Who never bought, or is lost, pays next to nothing.
HARDLY = 3e-4
SAMPLE, ROUNDS, ENOUGH = 4000, 20, 1e-4
PSEUDO = 20.0
PEER_WEIGHT = 8.0
# Odds of those who were here before the records begin.
BEFORE_RECORDS = (0.70, 0.08, 0.12, 0.04, 0.06)
WEEKLY_MOVES = (
    (0.95, 0.035, 0.0, 0.0, 0.015),
    (0.0, 0.955, 0.035, 0.0, 0.010),
    (0.0, 0.0, 0.985, 0.015, 0.0),
    (0.0, 0.0, 0.012, 0.978, 0.010),
    (0.0, 0.003, 0.0, 0.0, 0.997),
)
SPENDS = (
    (1 - HARDLY, *[HARDLY / 7] * 7),
    (0.50, 0.08, 0.10, 0.10, 0.08, 0.06, 0.05, 0.03),
    (0.25, 0.02, 0.05, 0.10, 0.14, 0.16, 0.13, 0.15),
    (0.58, 0.06, 0.10, 0.10, 0.07, 0.04, 0.03, 0.02),
    (1 - HARDLY, *[HARDLY / 7] * 7),
)
EVENTS = (
    (0.55, 0.30, 0.10, 0.05),
    (0.25, 0.35, 0.24, 0.16),
    (0.30, 0.36, 0.22, 0.12),
    (0.55, 0.30, 0.10, 0.05),
    (0.97, 0.02, 0.007, 0.003),
)


class Life(msgspec.Struct, frozen=True):
    """A fitted model: `moves` from a stage (row) to a stage (column) in a period, and what each stage shows."""

    moves: Floats
    spends: Floats
    events: Floats


def shown(panel: Panel, plain: Floats) -> Ints:
    """A number for what each customer shows in each period, `UNKNOWN` before it came.

    Parameters
    ----------
    plain
        Payments without season.
    """
    share = plain / own_level(panel, plain)
    spend = np.digitize(share, SPEND_EDGES, right=True)
    event = np.digitize(panel.done, EVENT_EDGES)
    numbers = (spend * (len(EVENT_EDGES) + 1) + event).astype(np.int16)
    here = np.arange(panel.today)[None, :] >= panel.born[:, None]
    return np.where(here, numbers, UNKNOWN)


def own_level(panel: Panel, plain: Floats) -> Floats:
    """What a customer pays in a full period, as far as known by then, drawn to comparable customers while it is new.

    The root mean square rather than the mean of payments: small beginnings and ends hardly lower it.
    """
    times = (plain > 0).cumsum(axis=1)
    square = np.sqrt((plain**2).cumsum(axis=1) / np.maximum(times, 1))
    peers = _peer_level(panel, square[:, -1], times[:, -1])[:, None]
    level: Floats = (times * square + PEER_WEIGHT * peers) / (times + PEER_WEIGHT)
    return np.maximum(level, 1e-9)


def _peer_level(panel: Panel, square: Floats, times: Ints) -> Floats:
    """The level in the middle of those of the same industry and size, or of the same size, or of all."""
    settled = times >= 3
    middle = np.median(square[settled]) if settled.any() else 1.0
    level = np.full(panel.customers, middle)
    for keys in (panel.level, panel.level * 1000 + panel.industry):
        for key in np.unique(keys[(panel.level >= 0) & settled]):
            here = (keys == key) & (panel.level >= 0)
            if (here & settled).sum() >= 30:
                level[here] = np.median(square[here & settled])
    return level


def fit(numbers: Ints, born: Ints, days: int, seed: int = 7) -> Life:
    """Expectation maximisation on a sample of customers, held near what custom says of lives."""
    chance = np.random.default_rng(seed)
    count = len(numbers)
    sample = chance.permutation(count)[:SAMPLE]
    life, best = _first_guess(days), -np.inf
    prior = life
    for _ in range(ROUNDS):
        moves, seen, likelihood = _expected(life, numbers[sample], born[sample])
        life = _maximised(prior, moves, seen)
        if likelihood - best < ENOUGH * abs(likelihood):
            break
        best = likelihood
    return life


def filtered(life: Life, numbers: Ints, born: Ints) -> Floats:
    """The odds of the five stages (last axis) of every customer after every period (first axis)."""
    table = _likelihoods(life)
    odds = np.zeros((numbers.shape[1], len(numbers), 5), dtype=np.float32)
    now = np.zeros((len(numbers), 5))
    for period in range(numbers.shape[1]):
        now = _entered(now @ life.moves, born, period) * table[numbers[:, period]]
        now /= np.maximum(now.sum(axis=1, keepdims=True), 1e-300)
        odds[period] = now
    return odds


def _first_guess(days: int) -> Life:
    weekly = np.array(WEEKLY_MOVES)
    moves = np.linalg.matrix_power(weekly, max(round(days / 7), 1)) * (weekly > 0)
    return Life(moves / moves.sum(axis=1, keepdims=True), np.array(SPENDS), np.array(EVENTS))


def _likelihoods(life: Life) -> Floats:
    """By number shown (the last: not there yet) and stage."""
    both = life.spends.T[:, None, :] * life.events.T[None, :, :]
    return np.vstack([both.reshape(-1, 5), np.ones(5)])


def _entered(odds: Floats, born: Ints, period: int) -> Floats:
    """Newcomers begin in the first stage; who was here before the records begin may be anywhere."""
    odds[born == period] = np.eye(5)[INTRO]
    if period == 0:
        odds[born < 0] = BEFORE_RECORDS
    return odds


def _expected(life: Life, numbers: Ints, born: Ints) -> tuple[Floats, Floats, float]:
    """Expected moves, expected numbers shown by stage, and the logarithm of the likelihood."""
    table = _likelihoods(life)
    count, periods = numbers.shape
    forward = np.zeros((periods, count, 5))
    scale = np.ones((periods, count))
    now = np.zeros((count, 5))
    for period in range(periods):
        now = _entered(now @ life.moves, born, period) * table[numbers[:, period]]
        total = now.sum(axis=1)
        scale[period] = np.where(total > 0, total, 1.0)
        now /= scale[period][:, None]
        forward[period] = now
    moves, seen = np.zeros((5, 5)), np.zeros((len(table), 5))
    backward = np.ones((count, 5))
    for period in range(periods - 1, -1, -1):
        posterior = forward[period] * backward
        posterior /= np.maximum(posterior.sum(axis=1, keepdims=True), 1e-300)
        for stage in range(5):
            seen[:, stage] += np.bincount(numbers[:, period] % len(table), posterior[:, stage], len(table))
        ahead = table[numbers[:, period]] * backward / scale[period][:, None]
        if period > 0:
            stays = born < period
            moves += life.moves * (forward[period - 1][stays].T @ ahead[stays])
        backward = np.where((born < period)[:, None], ahead @ life.moves.T, 1.0)
    return moves, seen[:-1], float(np.log(scale).sum())


def _maximised(prior: Life, moves: Floats, seen: Floats) -> Life:
    by_spend = seen.reshape(len(SPEND_EDGES) + 1, len(EVENT_EDGES) + 1, 5)
    moves = moves + PSEUDO * prior.moves
    spends = by_spend.sum(axis=1).T + PSEUDO * prior.spends
    events = by_spend.sum(axis=0).T + PSEUDO * prior.events
    spends /= spends.sum(axis=1, keepdims=True)
    for stage in (INTRO, LOST):
        spends[stage] = prior.spends[stage]
    return Life(moves / moves.sum(axis=1, keepdims=True), spends, events / events.sum(axis=1, keepdims=True))
