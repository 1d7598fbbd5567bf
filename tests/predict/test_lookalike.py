"""Lookalike: hidden good customers rank first, with few seeds too, and with what they share."""

import itertools

import numpy as np
import pyarrow as pa
import pytest

from motherlode.labels import missing
from motherlode.predict.early_traits import CATEGORIES, NUMBERS
from motherlode.predict.lookalike import COLUMNS, lookalike
from motherlode.predict.resemblance import closest, design_of, ranked, resemblance


def drawn(size: int = 1_500, seed: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Three numbers and a category; good are those who spend much early and come from the one place."""
    chance = np.random.default_rng(seed)
    values = np.column_stack([chance.lognormal(3, 1, size), chance.normal(size=size), chance.integers(0, 3, size)])
    logit = 1.5 * (np.log(values[:, 0]) - 3) + 1.5 * (values[:, 2] == 1) - 3
    return values, chance.random(size) < 1 / (1 + np.exp(-logit))


VALUES, GOOD = drawn()


def auc(good: np.ndarray, score: np.ndarray) -> float:
    return float((score[good][:, None] > score[~good][None, :]).mean())


@pytest.mark.parametrize(
    ("seeds", "method", "least"),
    [(120, "pu_logistic_boosting", 0.75), (30, "pu_logistic", 0.75), (8, "nearest_seed", 0.55)],
)
def test_hidden_good_customers_are_found_from_few_or_many_seeds(seeds, method, least):
    known = np.zeros(GOOD.size, dtype=bool)
    known[np.flatnonzero(GOOD)[:seeds]] = True
    score, used = resemblance(VALUES, known, categorical=(2,))
    assert used == method
    assert auc(GOOD[~known], score[~known]) > least
    assert np.array_equal(score, resemblance(VALUES, known, categorical=(2,))[0])


def test_the_nearest_seed_of_a_seed_is_another_one():
    points = np.array([[0.0], [0.2], [5.0], [5.1]])
    distance, nearest = closest(points, np.array([True, False, True, False]))
    assert nearest.tolist() == [2, 0, 0, 2]
    assert distance == pytest.approx([25.0, 0.04, 25.0, 0.01])


def test_unknown_values_stand_in_the_middle_and_rare_categories_nowhere():
    values = np.array([[1.0, 0.0]] * 50 + [[np.nan, 1.0]] * 48 + [[3.0, 2.0]] * 2)
    design = design_of(values, categorical=(1,))
    assert design.codes[1:].tolist() == [0.0, 1.0]
    assert design.points[60, 0] == 0.0


def test_ranks_lie_between_nothing_and_one_and_equals_share_theirs():
    assert ranked(np.array([3.0, 1.0, 3.0, 9.0])).tolist() == [0.5, 0.125, 0.5, 0.875]


def traits(size: int = 1_200) -> pa.Table:
    values, good = drawn(size)
    new = np.arange(size) % 3 == 0
    empty = {name: pa.array([0.0] * size) for name in NUMBERS} | {
        name: pa.nulls(size, pa.string()) for name in CATEGORIES
    }
    told = {
        "customer_id": [f"c{number:05}" for number in range(size)],
        "early_spend": values[:, 0],
        "country": [f"land{code:.0f}" for code in values[:, 2]],
        "seed": good & ~new,
        "new": new,
    }
    return pa.table({**empty, **told})


TRAITS = traits()
ROWS = lookalike(TRAITS).to_pylist()


def test_new_customers_alone_are_ranked_each_once_best_first():
    new = {row["customer_id"] for row in TRAITS.to_pylist() if row["new"]}
    assert {row["customer_id"] for row in ROWS} == new
    by_rank = sorted(ROWS, key=lambda row: row["rank"])
    assert [row["rank"] for row in by_rank] == list(range(1, len(new) + 1))
    assert all(one["score"] >= other["score"] for one, other in itertools.pairwise(by_rank))
    assert 0 < by_rank[-1]["score"] < by_rank[0]["score"] <= 1


def test_the_best_are_like_a_seed_and_say_what_they_share():
    seeds = {row["customer_id"] for row in TRAITS.to_pylist() if row["seed"]}
    best = [row for row in ROWS if row["rank"] <= 20]
    assert {row["peer_id"] for row in ROWS} <= seeds
    assert {row["trait_1"] for row in best} <= {"early_spend", "country"}
    shared = next(row for row in best if "country" in (row["trait_1"], row["trait_2"]))
    place = 1 if shared["trait_1"] == "country" else 2
    assert shared[f"actual_{place}"] > shared[f"benchmark_{place}"] > 0.2


def test_the_order_of_rows_changes_nothing():
    backwards = TRAITS.take(pa.array(range(TRAITS.num_rows - 1, -1, -1)))
    assert lookalike(backwards).to_pylist() == ROWS


@pytest.mark.parametrize("given", [TRAITS.slice(0, 0), TRAITS.slice(0, 50)])
def test_few_customers_are_not_ranked(given):
    assert lookalike(given).schema.names == list(COLUMNS)
    assert lookalike(given).num_rows == 0


def test_without_customers_of_high_value_nobody_is_ranked():
    none = TRAITS.set_column(TRAITS.schema.get_field_index("seed"), "seed", pa.array([False] * TRAITS.num_rows))
    assert lookalike(none).num_rows == 0


def test_methods_and_traits_have_words():
    assert missing(("method", name) for name in ("pu_logistic_boosting", "pu_logistic", "nearest_seed")) == []
    assert missing(("column", name) for name in (*NUMBERS, *CATEGORIES)) == []
