"""A world, drawn from a seed."""

from collections.abc import Mapping
from datetime import date

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motherlode.opportunity.engine.seen import Play, Seen
from motherlode.opportunity.simulator.accounts import Floats, Ints, draw_accounts
from motherlode.opportunity.simulator.economy import draw_economy
from motherlode.opportunity.simulator.history import live
from motherlode.opportunity.simulator.nature import AS_OF, Nature
from motherlode.opportunity.simulator.observed import customer_ids, observed
from motherlode.opportunity.simulator.treatments import TREATMENTS
from motherlode.opportunity.simulator.truth import truth


class World(msgspec.Struct, frozen=True):
    """What a company has on record, and, apart from it, the truth.

    Attributes
    ----------
    tables
        The canonical input tables (`motherlode.schemas`) by name.
    customer_ids
        The order of customers in all arrays.
    gains, costs
        By play and customer: discounted margin of the coming year that exists only because of the play, and what the
        play is expected to cost.
    margins
        Discounted margin of the coming year of each customer without any play.
    stage
        Number of the true stage of each customer: intro, trial, mature, decline, lost; empty where a world has none.
    changes
        Four rows, as `history.Past`: what season, industry, the customer's own trouble and its results with us made of
        its level; empty where a world has none.
    headroom
        Money a year that each customer spends elsewhere; empty where a world has none.
    """

    as_of: date
    margin_share: float
    plays: tuple[Play, ...]
    tables: Mapping[str, pa.Table]
    customer_ids: NDArray[np.str_]
    margins: Floats
    gains: Floats
    costs: Floats
    stage: Ints
    changes: Floats
    headroom: Floats

    @property
    def seen(self) -> Seen:
        """All that an engine may see of it."""
        return Seen(self.as_of, self.margin_share, self.plays, self.tables, self.customer_ids)


def draw(seed: int, customers: int = 20_000, nature: Nature | None = None) -> World:
    """The world of a seed: the same for ever."""
    nature = nature or Nature()
    chance = np.random.default_rng(seed)
    economy = draw_economy(chance, nature)
    accounts = draw_accounts(chance, customers, nature)
    past = live(chance, accounts, economy, nature)
    known = truth(accounts, economy, past, nature)
    stages = ("intro", "trial", "mature", "decline", "lost", "")
    return World(
        as_of=AS_OF,
        margin_share=nature.margin,
        plays=tuple(
            Play(each.name, stages[each.fits], each.cost, each.rebate, each.voucher, 7 * each.weeks)
            for each in TREATMENTS
        ),
        tables=observed(chance, accounts, past, nature),
        customer_ids=customer_ids(customers),
        margins=known.margins,
        gains=known.gains,
        costs=known.costs,
        stage=past.stage,
        changes=past.changes,
        headroom=np.maximum(52 * accounts.wallet - past.spend[:, -52:].sum(axis=1), 0.0),
    )
