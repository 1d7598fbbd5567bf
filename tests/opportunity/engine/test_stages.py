"""Stages are found from what customers pay and do, and no stage knows the future."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import f1_score

from motherlode.opportunity.engine import stages
from motherlode.opportunity.engine.panel import panel
from motherlode.opportunity.engine.traits import known, traits
from motherlode.opportunity.simulator.world import draw


@pytest.fixture(scope="module")
def world():
    return draw(105, 5000)


@pytest.fixture(scope="module")
def past(world):
    return known(panel(world.tables, world.customer_ids.tolist(), world.as_of))


def test_stages_of_the_simulated_firm_are_found(world, past):
    named = past.odds[-1].argmax(axis=1)
    assert f1_score(world.stage, named, average="macro") > 0.80


def test_who_is_sure_of_a_stage_is_right(world, past):
    sure = past.odds[-1].max(axis=1) > 0.9
    assert sure.mean() > 0.7
    assert (past.odds[-1].argmax(axis=1) == world.stage)[sure].mean() > 0.94


def test_odds_of_stages_sum_to_one_once_a_customer_is_known(past):
    periods = np.arange(past.panel.today)
    here = periods[:, None] >= past.panel.born[None, :]
    assert past.odds.sum(axis=2)[here] == pytest.approx(1.0, abs=1e-5)
    assert not past.odds[~here].any()


def test_what_is_known_of_a_day_does_not_depend_on_later_days(past):
    until = past.panel.today - 20
    numbers = stages.shown(past.panel, past.plain)
    life = stages.fit(numbers, past.panel.born, past.panel.days)
    changed = numbers.copy()
    changed[:, until:] = 5
    before = stages.filtered(life, numbers, past.panel.born)[:until]
    assert np.array_equal(before, stages.filtered(life, changed, past.panel.born)[:until])


def test_traits_of_a_day_see_nothing_of_the_days_after(past):
    until = past.panel.today - 20
    then = traits(past, until)
    later = past.panel.spend.copy()
    later[:, until:] *= 7
    panel_then = type(past.panel)(**{**_fields(past.panel), "spend": later})
    changed = type(past)(**{**_fields(past), "panel": panel_then, "plain": past.plain.copy()})
    changed.plain[:, until:] *= 7
    seen = [place for place, name in enumerate(then.names) if name != "mood"]
    assert np.array_equal(then.values[:, seen], traits(changed, until).values[:, seen], equal_nan=True)


def _fields(struct):
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


@pytest.mark.parametrize(("gap", "days"), [(9, 7), (25, 30)])
def test_periods_are_those_of_the_customer_in_the_middle_and_not_of_who_buys_most(gap: int, days: int) -> None:
    as_of = date(2025, 6, 30)
    often = [("keen", as_of - timedelta(days=4 * number)) for number in range(200)]
    seldom = [(f"c{who}", as_of - timedelta(days=gap * number)) for who in range(9) for number in range(8)]
    who, day = zip(*often, *seldom, strict=True)
    orders = pa.table({"customer_id": pa.array(who), "ordered_at": pa.array(day), "amount": [1.0] * len(who)})
    assert panel({"orders": orders}, sorted(set(who)), as_of).days == days
