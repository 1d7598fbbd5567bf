"""Segments: planted groups come back, under the same names another day, and few buyers cost nothing."""

import numpy as np
import pyarrow as pa
import pytest

from motherlode.labels import missing
from motherlode.predict.clusters import nearest, scale_of, stable_clusters
from motherlode.predict.segment_traits import TRAITS
from motherlode.predict.segments import named, segment_model, segment_portraits, segments

# Typical buyers: value, orders, order value, idle, tenure, overdue, products, categories, coupon, returns.
KINDS = {
    "high_value_loyal": (3_000, 20, 150, 15, 600, 0.8, 60, 8, 0.1, 0.0),
    "one_time": (60, 1, 60, 280, 280, 5.0, 2, 1, 0.0, 0.0),
    "bargain_hunters": (200, 5, 40, 40, 400, 1.0, 10, 3, 0.9, 0.0),
    "promising_new": (80, 1, 80, 20, 20, 0.4, 3, 2, 0.0, 0.0),
}


def buyers(size: int, seed: int = 1, shift: float = 1.0) -> tuple[pa.Table, np.ndarray]:
    """Buyers of the four kinds, and the kind of each; `shift` moves everybody's money."""
    chance = np.random.default_rng(seed)
    kind = chance.integers(0, len(KINDS), size)
    typical = np.array([*KINDS.values()], dtype=float)[kind]
    noise = np.exp(chance.normal(0, 0.15, typical.shape))
    # Orders are whole, and shares parts of one.
    values = typical * np.where(np.arange(len(TRAITS)) == 1, 1.0, noise)
    values[:, [0, 2]] *= shift
    values[:, 8] = np.minimum(values[:, 8], 1.0)
    ids = [f"c{number:06}" for number in range(size)]
    return pa.table({"customer_id": ids, **dict(zip(TRAITS, values.T, strict=True))}), kind


BUYERS, KIND = buyers(1_200)
MODEL = segment_model(BUYERS)
SEGMENTS = segments(BUYERS, MODEL)


def test_planted_groups_come_back_under_the_names_of_what_they_are():
    found = SEGMENTS.column("segment").to_pylist()
    assert np.mean([list(KINDS)[kind] == name for kind, name in zip(KIND, found, strict=True)]) > 0.98


def test_the_same_kind_has_the_same_name_another_day_with_other_buyers_and_prices():
    later, kind = buyers(900, seed=2, shift=1.4)
    found = segments(later, segment_model(later)).column("segment").to_pylist()
    assert np.mean([list(KINDS)[at] == name for at, name in zip(kind, found, strict=True)]) > 0.98


def test_stability_is_high_for_groups_that_are_there():
    planted = stable_clusters(scale_of(_matrix())(_matrix()), seed=7)
    noise = stable_clusters(np.random.default_rng(3).normal(size=(600, 6)), seed=7)
    assert planted.agreement[len(KINDS)] > 0.97
    assert max(noise.agreement.values()) < 0.8 <= planted.stability.max()


def test_there_are_as_many_clusters_as_are_stable():
    found = stable_clusters(scale_of(_matrix())(_matrix()), seed=7)
    assert found.agreement[len(found.centres)] >= 0.8
    assert all(agreed < 0.8 for size, agreed in found.agreement.items() if size > len(found.centres))


def test_every_buyer_is_in_the_segment_of_the_nearest_centre():
    assert SEGMENTS.num_rows == BUYERS.num_rows
    assert nearest(np.array([[0.0, 1.0], [5.0, 5.0]]), np.array([[4.0, 4.0], [0.0, 0.0]])).tolist() == [1, 0]


def test_the_order_of_rows_changes_nothing():
    backwards = BUYERS.take(pa.array(range(BUYERS.num_rows - 1, -1, -1)))
    assert segment_model(backwards) == MODEL
    assert segments(backwards, MODEL).sort_by("customer_id") == SEGMENTS.sort_by("customer_id")


def test_portraits_add_up_and_tell_what_sets_each_segment_apart():
    rows = {row["segment"]: row for row in segment_portraits(BUYERS, SEGMENTS, MODEL).to_pylist()}
    assert sum(row["customers"] for row in rows.values()) == BUYERS.num_rows
    assert sum(row["share"] for row in rows.values()) == pytest.approx(1.0)
    assert sum(row["share_of_value"] for row in rows.values()) == pytest.approx(1.0)
    bargain = rows["bargain_hunters"]
    assert bargain["trait_1"] == "coupon_share" and bargain["actual_1"] > 0.7 > bargain["benchmark_1"]


def test_what_most_buyers_do_names_no_group():
    everybody = _matrix()
    everybody[:, TRAITS.index("coupon_share")] = 0.9
    assert named(everybody[KIND == 0], everybody) == "high_value_loyal"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"overdue_ratio": 3.0}, "high_value_at_risk"),
        ({"value": 150.0, "overdue_ratio": 6.0}, "sleeping"),
        ({"value": 100.0, "overdue_ratio": 3.0}, "slipping_away"),
        ({"value": 150.0}, "regular"),
        ({"value": 10.0}, "occasional"),
        ({"value": 10.0, "tenure_days": 60.0}, "promising_new"),
        ({"returned_share": 0.3}, "returners"),
    ],
)
def test_names_follow_what_the_middle_buyer_does(change, name):
    buyer = dict(zip(TRAITS, KINDS["high_value_loyal"], strict=True)) | {"value": 9_999.0} | change
    assert named(np.array([[*buyer.values()]], dtype=float), _matrix()) == name


@pytest.mark.parametrize("size", [0, 1, 299])
def test_few_buyers_are_not_grouped(size):
    few = BUYERS.slice(0, size)
    model = segment_model(few)
    assert (
        model.num_rows
        == segments(few, model).num_rows
        == segment_portraits(few, segments(few, model), model).num_rows
        == 0
    )


def test_buyers_all_alike_are_not_grouped():
    same = pa.table({"customer_id": [f"c{n}" for n in range(500)], **{trait: np.ones(500) for trait in TRAITS}})
    assert segment_model(same).num_rows == 0


def test_names_of_segments_and_traits_have_words():
    names = {*KINDS, "high_value_at_risk", "sleeping", "slipping_away", "regular", "occasional", "returners"}
    assert missing(("segment", name) for name in sorted(names)) == []
    assert missing(("column", trait) for trait in TRAITS) == []


def _matrix() -> np.ndarray:
    return np.column_stack([BUYERS.column(trait).to_numpy() for trait in TRAITS])
