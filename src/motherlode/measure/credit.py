"""Which share of what was sold each channel is given, by rules and by a chain of chances."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

# Of a journey with more than two contacts the first and the last are given so much each by position.
_ENDS = 0.4
_HALF_LIFE_DAYS = 7.0


class Journeys(NamedTuple):
    """Journeys from contact to contact, one after another.

    Attributes
    ----------
    journey
        For each contact the number of its journey, from 0; never falls, and leaves no number out.
    channel
        For each contact the number of its channel, from 0.
    days
        For each contact how many days before the end of its journey it was.
    bought
        For each journey how often it ended in an order.
    value
        For each journey what these orders were worth.
    ended
        For each journey how often it ended in nothing.
    channels
        How many channels there are.
    """

    journey: np.ndarray
    channel: np.ndarray
    days: np.ndarray
    bought: np.ndarray
    value: np.ndarray
    ended: np.ndarray
    channels: int


def first(journeys: Journeys) -> np.ndarray:
    """All to the first contact."""
    return _is_first(journeys).astype(float)


def last(journeys: Journeys) -> np.ndarray:
    """All to the last contact."""
    return _is_last(journeys).astype(float)


def linear(journeys: Journeys) -> np.ndarray:
    """The same to each contact."""
    shares: np.ndarray = 1 / _length(journeys)
    return shares


def position(journeys: Journeys) -> np.ndarray:
    """Two fifths to the first contact, two fifths to the last, the rest to those between."""
    length = _length(journeys)
    between = (1 - 2 * _ENDS) / np.maximum(length - 2, 1)
    shares = np.where(_is_first(journeys) | _is_last(journeys), _ENDS, between)
    return np.where(length <= 2, 1 / length, shares)


def decay(journeys: Journeys) -> np.ndarray:
    """Half as much for each week that a contact was earlier."""
    weights = np.exp2(-(journeys.days - _least(journeys)) / _HALF_LIFE_DAYS)
    shares: np.ndarray = weights / np.bincount(journeys.journey, weights)[journeys.journey]
    return shares


def shapley(journeys: Journeys) -> np.ndarray:
    """The same to each channel of a journey, however often it was used.

    This is the Shapley value of the game in which a coalition of channels is worth the orders of all journeys that used
    no other channel: the dividend of a set of channels is what was ordered on journeys of just that set, and each
    member has an equal part of it (Harsanyi 1959; Zhao, Mahboobi and Bagheri 2018).
    """
    pair = journeys.journey * journeys.channels + journeys.channel
    distinct, rows, times = np.unique(pair, return_inverse=True, return_counts=True)
    members = np.bincount(distinct // journeys.channels)
    shares: np.ndarray = 1 / (members[journeys.journey] * times[rows])
    return shares


# Rules that part each journey by itself: for each contact its share of what the journey brought.
RULES: Mapping[str, Callable[[Journeys], np.ndarray]] = {
    "first": first,
    "last": last,
    "linear": linear,
    "position": position,
    "decay": decay,
    "shapley": shapley,
}


def by_rule(journeys: Journeys, rule: Callable[[Journeys], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Orders and value of each channel by a rule; each sums to what all journeys brought."""
    shares = rule(journeys)
    return (
        np.bincount(journeys.channel, shares * journeys.bought[journeys.journey], journeys.channels),
        np.bincount(journeys.channel, shares * journeys.value[journeys.journey], journeys.channels),
    )


def by_removal(journeys: Journeys) -> tuple[np.ndarray, np.ndarray]:
    """Orders and value of each channel by what would be lost without it.

    Journeys are one chain of chances: from the start to a channel, from channel to channel, to an order or to nothing.
    Without a channel, whoever comes to it goes away. The chance of an order that is lost so, in proportion, is the
    channel's part (Anderl et al. 2016). Solved exactly, as linear equations, and so the same each time.
    """
    last = np.flatnonzero(_is_last(journeys))
    ends = journeys.channel[last]
    orders, value = (np.bincount(ends, brought, journeys.channels) for brought in (journeys.bought, journeys.value))
    an_order = np.divide(value, orders, out=np.zeros_like(value), where=orders > 0)
    between, wins = _chances(journeys, orders)
    return (
        _lost(between, wins) * journeys.bought.sum(),
        _lost(between, wins * np.append(an_order, 0)) * journeys.value.sum(),
    )


def _chances(journeys: Journeys, orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chances to go from each channel (the start is the last one) to each channel, and to an order."""
    start, weights = journeys.channels, journeys.bought + journeys.ended
    moves = np.zeros((start + 1, start + 1))
    first, onward = np.flatnonzero(_is_first(journeys)), np.flatnonzero(~_is_last(journeys))
    np.add.at(moves[start], journeys.channel[first], weights)
    steps = (journeys.channel[onward], journeys.channel[onward + 1])
    np.add.at(moves, steps, weights[journeys.journey[onward]])
    left = np.bincount(journeys.channel[_is_last(journeys)], journeys.ended, journeys.channels)
    total = moves.sum(axis=1) + np.append(orders + left, 0)
    some = np.maximum(total, np.finfo(float).tiny)
    return moves / some[:, None], np.append(orders, 0) / some


def _lost(between: np.ndarray, wins: np.ndarray) -> np.ndarray:
    """For each channel its part of what is lost when one channel is taken away, parts summing to 1.

    What goes away at a channel is the chance to come to it at all times what is won from it on; both stand in the
    fundamental matrix of the chain (Kemeny and Snell 1960, chapter 3), so one inverse does for all channels.
    """
    visits = np.linalg.inv(np.eye(len(between)) - between)
    reached = visits[-1, :-1] / np.diag(visits)[:-1]
    lost: np.ndarray = reached * (visits @ wins)[:-1]
    return lost / lost.sum() if lost.sum() > 0 else lost


def _is_first(journeys: Journeys) -> np.ndarray:
    return np.diff(journeys.journey, prepend=-1) > 0


def _is_last(journeys: Journeys) -> np.ndarray:
    return np.diff(journeys.journey, append=len(journeys.bought)) > 0


def _length(journeys: Journeys) -> np.ndarray:
    length: np.ndarray = np.bincount(journeys.journey)[journeys.journey]
    return length


def _least(journeys: Journeys) -> np.ndarray:
    """Days between the last contact of its journey and the end, for each contact."""
    least: np.ndarray = journeys.days[np.flatnonzero(_is_last(journeys))][journeys.journey]
    return least
