"""The drawn worlds are as described, reproducible, and their truth is the mean of the lives lived in them."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from motherlode.opportunity.simulator import lives
from motherlode.opportunity.simulator.nature import AS_OF, MATURE, Nature
from motherlode.opportunity.simulator.world import World, draw
from motherlode.schemas import INPUTS


@pytest.fixture(scope="module")
def world() -> World:
    return draw(101, 20_000)


def test_the_stages_hold_about_the_shares_of_the_described_firm(world):
    shares = np.bincount(world.stage, minlength=5) / len(world.stage)
    assert np.abs(shares - [0.06, 0.06, 0.31, 0.08, 0.49]).max() < 0.03


def test_a_fifth_of_payers_brings_four_fifths_of_a_year_of_about_150_million(world):
    orders = world.tables["orders"]
    year = orders.filter(pc.greater(orders["ordered_at"], datetime.combine(AS_OF, datetime.min.time()) - _days(364)))
    spend = np.sort(year.group_by("customer_id").aggregate([("amount", "sum")])["amount_sum"].to_numpy().astype(float))
    assert spend[-len(spend) // 5 :].sum() / spend.sum() == pytest.approx(0.795, abs=0.02)
    assert spend.sum() == pytest.approx(150e6, rel=0.1)


def test_who_knows_everything_gains_about_a_ninth_and_most_of_it_with_few(world):
    best = np.sort(np.maximum((world.gains - world.costs).max(axis=0), 0))[::-1]
    assert best.sum() == pytest.approx(5.9e6, rel=0.1)
    assert world.margins.sum() == pytest.approx(48e6, rel=0.1)
    assert best[: len(best) // 20].sum() / best.sum() == pytest.approx(0.70, abs=0.03)
    assert (best > 0).mean() == pytest.approx(0.63, abs=0.05)


def test_every_stage_has_a_play_of_its_own_that_pays_on_average(world):
    profit = world.gains - world.costs
    best = [max(profit[:, world.stage == stage].mean(axis=1)) for stage in range(5)]
    assert min(best) > 0


def test_a_discount_to_everybody_gives_money_away(world):
    names = [play.name for play in world.plays]
    profit = (world.gains - world.costs)[names.index("discount")]
    assert profit[world.stage == MATURE].mean() < -100


def test_a_seed_is_the_same_world_and_another_seed_is_another():
    first, again, other = draw(7, 300), draw(7, 300), draw(8, 300)
    assert first.tables == again.tables
    assert np.array_equal(first.gains, again.gains)
    assert not np.array_equal(first.gains, other.gains)


def test_the_records_are_canonical_tables_up_to_today(world):
    for name, rows in world.tables.items():
        columns = {column.name for column in INPUTS[name].columns}
        assert set(rows.column_names) <= columns
        moments = [column for column in rows.column_names if column.endswith("_at")]
        assert all(pc.max(rows[column]).as_py() < datetime.combine(AS_OF, datetime.max.time()) for column in moments)


def test_lots_spread_evenly_over_all_plays_and_none(world):
    drawn = world.tables["touches"].filter(pc.is_valid(world.tables["touches"]["propensity"]))
    counts = drawn.group_by("play").aggregate([([], "count_all")])["count_all"].to_numpy()
    assert len(counts) == len(world.plays) + 1
    assert drawn.num_rows == pytest.approx(0.11 * 20_000 * 2.5, rel=0.2)
    assert np.abs(counts / counts.mean() - 1).max() < 0.15
    held_out = pa.compute.equal(drawn["play"].fill_null(""), "")
    assert pc.all(pc.xor(held_out, drawn["treated"])).as_py()


def test_no_lots_where_nothing_is_randomised():
    touches = draw(7, 500, Nature(randomised=0.0)).tables["touches"]
    assert touches.num_rows > 0
    assert touches["propensity"].null_count == touches.num_rows


def test_the_odds_of_the_stages_are_the_shares_of_lives_drawn():
    nature, count = Nature(), 20_000
    condition = lives.Condition(*(np.full(count, each) for each in (0.4, 2.0, 0.0, 1.0, -0.2)))
    chance = np.random.default_rng(3)
    stage, odds = np.full(count, MATURE), np.zeros((5, count))
    odds[MATURE] = 1
    moves = lives.chances(lives.rates(condition, nature))
    for _ in range(52):
        stage = lives.moved(stage, moves, chance.random(count))
        odds = lives.spread(odds, moves)
    assert np.bincount(stage, minlength=5) / count == pytest.approx(odds[:, 0], abs=0.015)
    assert odds.sum(axis=0) == pytest.approx(1)


def _days(days: int) -> timedelta:
    return timedelta(days=days)


def test_the_categories_of_old_orders_do_not_know_of_later_adoptions():
    world = draw(104, 4000, Nature(randomised=0.9))
    orders, touches = world.tables["orders"], world.tables["touches"]
    first = touches.filter(pc.equal(touches["campaign"], "wave 60"))
    begun = pc.min(first["touched_at"])
    before = orders.filter(pc.less(orders["ordered_at"], begun))
    breadth = before.group_by("customer_id").aggregate([("category", "count_distinct")])
    seen = first.join(breadth, "customer_id", join_type="inner")
    mean = seen.group_by("play").aggregate([("category_count_distinct", "mean")]).to_pylist()
    means = {row["play"]: row["category_count_distinct_mean"] for row in mean}
    assert means["cross_sell"] == pytest.approx(means[None], abs=0.12)
