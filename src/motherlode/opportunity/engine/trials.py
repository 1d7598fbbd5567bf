"""Past contacts drawn by lot: who was treated with what, who was held out, and what came of it."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.opportunity.engine.panel import UNKNOWN, Flags, Floats, Ints, Panel, days_ago

HELD_OUT = -1
# Contacts spread over many periods are judged from the beginnings of so many.
MOST_WAVES = 8


class Contacts(msgspec.Struct, frozen=True):
    """Past contacts and hold-outs.

    Attributes
    ----------
    who, period
        The customer's place, and the period of the contact.
    play
        Number of the play, `HELD_OUT` where the customer was held out.
    propensity
        The chance of just this, where it was drawn by lot; NaN where it was picked.
    cost
        Money spent on it, incentives included; NaN where not on record.
    wave
        The period from which the contact is judged: none of the contacts of a wave is known by then.
    """

    who: Ints
    period: Ints
    play: Ints
    propensity: Floats
    cost: Floats
    wave: Ints

    @property
    def drawn(self) -> Flags:
        lots: Flags = ~np.isnan(self.propensity)
        return lots

    def rows(self, these: Flags) -> "Contacts":
        return Contacts(*(getattr(self, name)[these] for name in self.__struct_fields__))


def contacts(
    tables: Mapping[str, pa.Table], customer_ids: Sequence[str], names: Sequence[str], panel: Panel, as_of: date
) -> Contacts:
    """Contacts with the plays `names`, and hold-outs; contacts with other plays are left out."""
    table = tables.get("touches")
    if table is None or "touched_at" not in table.column_names:
        table = pa.table({"customer_id": pa.array([], pa.string()), "touched_at": pa.array([], pa.timestamp("us"))})
    ids = pa.array(list(map(str, customer_ids)))
    who = pc.index_in(table["customer_id"].cast(pa.string()), ids).fill_null(UNKNOWN).to_numpy().astype(np.int64)
    ago = days_ago(table["touched_at"], as_of)
    play, treated = _plays(table, names)
    period = panel.today - 1 - ago // panel.days
    held_out = ~treated
    fine = (who >= 0) & (ago >= 0) & (period > 0) & (held_out | (play >= 0))
    play = np.where(held_out, HELD_OUT, play)
    propensity, cost = (_numbers(table, name)[fine] for name in ("propensity", "cost"))
    return Contacts(who[fine], period[fine], play[fine], propensity, cost, _waves(period[fine]))


def _plays(table: pa.Table, names: Sequence[str]) -> tuple[Ints, Flags]:
    """The number of the play, and whether it was carried out."""
    count = table.num_rows
    text = (
        table["play"].cast(pa.string()).fill_null("")
        if "play" in table.column_names
        else pa.array([""] * count, pa.string())
    )
    play = pc.index_in(text, pa.array(list(names), pa.string())).fill_null(UNKNOWN).to_numpy().astype(np.int64)
    if "treated" in table.column_names:
        return play, table["treated"].cast(pa.bool_()).fill_null(True).to_numpy()
    return play, np.ones(count, dtype=bool)


def _numbers(table: pa.Table, name: str) -> Floats:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return np.asarray(table[name].cast(pa.float64()).fill_null(np.nan).to_numpy())


def _waves(period: Ints) -> Ints:
    """The first period of the group of neighbouring periods that each lies in."""
    distinct = np.unique(period)
    if len(distinct) <= MOST_WAVES:
        return period
    starts = distinct[np.linspace(0, len(distinct), MOST_WAVES, endpoint=False).astype(int)]
    begun: Ints = starts[np.searchsorted(starts, period, "right") - 1]
    return begun
