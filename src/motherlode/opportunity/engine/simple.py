"""Figures by which people rank customers without an engine, as of any day: what they paid, RFM, what they will bring.

A ranking by such a figure takes over from the engine where it surely brought more (`registry`).
"""

from collections.abc import Sequence

import numpy as np

from motherlode.opportunity.engine import trees
from motherlode.opportunity.engine.outlook import Basis
from motherlode.opportunity.engine.panel import Floats, Panel
from motherlode.opportunity.engine.traits import Traits

YEAR = 52
PEER_QUANTILE, LEAST_PEERS = 0.90, 30
# Who pays in so many weeks after a contact has answered.
ANSWER_WEEKS = 4


def figures(base: Basis) -> dict[str, list[Floats]]:
    """By ranking, everybody's figure: at every snapshot, and today's last. None is below nil."""
    panel, views = base.past.panel, [*(shot.traits for shot in base.shots), base.now]
    return {
        "past_spend": [spent(panel, view.until) for view in views],
        "rfm": [rfm(panel, view) for view in views],
        "lifetime_value": [np.maximum(each, 0.0) for each in base.alone],
        "peer_headroom": [np.maximum(headroom(panel, view.until), 0.0) for view in views],
        "response_model": responses(base, views),
    }


def spent(panel: Panel, until: int) -> Floats:
    """Money paid in the year before a period."""
    paid: Floats = panel.spend[:, max(until - panel.weeks(YEAR), 0) : until].sum(axis=1)
    return paid


def rfm(panel: Panel, view: Traits) -> Floats:
    """Sum of the fifths of recency, frequency and money; who is alike in these goes by money."""
    recency = -np.nan_to_num(_trait(view, "since_last"), nan=np.inf)
    parts = (recency, _trait(view, "paid_52"), spent(panel, view.until))
    return sum((np.floor(5 * _fraction(part)) for part in parts), np.zeros(len(recency))) + _fraction(parts[-1])


def headroom(panel: Panel, until: int) -> Floats:
    """By how much a customer's year lies below that of the best tenth of its industry and size."""
    spend = spent(panel, until)
    paid = spend > 0
    best = np.full(len(spend), np.quantile(spend[paid], PEER_QUANTILE) if paid.any() else 0.0)
    peers = panel.industry * 1000 + panel.level
    for cell in np.unique(peers):
        here = paid & (peers == cell)
        if here.sum() >= LEAST_PEERS:
            best[peers == cell] = np.quantile(spend[here], PEER_QUANTILE)
    room: Floats = best - spend
    return room


def responses(base: Basis, views: Sequence[Traits]) -> list[Floats]:
    """Everybody's chance to answer a contact, by who answered before; nobody's own answer is known to the trees."""
    touched, panel = base.contacts, base.past.panel
    known = {shot.start: shot.traits.values for shot in base.shots}
    treated = touched.rows((touched.play >= 0) & np.isin(touched.wave, list(known)))
    if not treated.who.size:
        return [np.zeros(panel.customers) for _ in views]
    weeks = panel.weeks(ANSWER_WEEKS)
    contacts = zip(treated.who, treated.period, strict=True)
    answered = np.array([panel.spend[who, start : start + weeks].any() for who, start in contacts], dtype=float)
    values = np.array([known[int(wave)][who] for wave, who in zip(treated.wave, treated.who, strict=True)])
    fold = trees.folds(panel.customers)
    lessons = trees.Lessons(values, answered, fold[treated.who])
    return [np.asarray(each) for each in trees.across(lessons, [view.values for view in views], fold, "binary")]


def _trait(view: Traits, name: str) -> Floats:
    column: Floats = view.values[:, view.names.index(name)].astype(float)
    return column


def _fraction(values: Floats) -> Floats:
    """The share of customers who lie below."""
    return np.searchsorted(np.sort(values), values, "left") / len(values)
