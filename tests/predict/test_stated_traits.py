"""What files state of people helps where it tells something, leaks nothing, and breaks nothing where it is absent."""

from datetime import date, timedelta
from typing import Any

import buyers_drawn as drawn
import numpy as np
import pyarrow as pa
import pytest

from motherlode.graph.wiring import wire
from motherlode.plugins import find_promises
from motherlode.predict.champions import champions
from motherlode.predict.left_out_traits import left_out_traits
from motherlode.predict.order_backtest import known_traits, learnt, order_backtest, panels_of_snapshots
from motherlode.predict.panel import panel_of_snapshots
from motherlode.predict.scores import scores
from motherlode.predict.stated_traits import traits_of

GRAPH = wire(find_promises())
LABELS = {p.name: p for p in GRAPH.promises.values() if p.kind == "label"}
PARTS = {p.name: p for p in GRAPH.promises.values() if p.kind == "feature"}
BUYS = {"buys_90d": LABELS["buys_90d"]}
MODELS = {name: GRAPH.promises[name] for name in ("mean", "recency_frequency", "boosting")}
SIZE = 600
CHANCE = np.random.default_rng(5)
ROWS = drawn.snapshots(SIZE).drop_columns(["leaves_90d", "pays_90d"])
EVERYBODY = [f"c{number}" for number in range(SIZE)]
WHO, WHEN, PAID = drawn.orders(SIZE)
TOTAL = np.bincount(WHO, minlength=SIZE)


def loyal_rows() -> tuple[pa.Table, np.ndarray]:
    """Snapshots in which those of one trade order more than their past tells, and the trade of everybody."""
    trade = np.array(["bakery", "florist"])[CHANCE.integers(0, 2, SIZE)]
    of = dict(zip(EVERYBODY, trade, strict=True))
    florist = np.array([of[one] == "florist" for one in ROWS["customer_id"].to_pylist()])
    buys = np.where(CHANCE.random(florist.size) < np.where(florist, 0.7, 0.3), 1.0, 0.0)
    return ROWS.set_column(ROWS.schema.get_field_index("buys_90d"), "buys_90d", pa.array(buys)), trade


def judged(rows: pa.Table, stated: pa.Table, out: pa.Table = drawn.NONE_LEFT_OUT, **settings: Any) -> pa.Table:
    return order_backtest(rows, stated, out, models=MODELS, labels=BUYS, parts=PARTS, most_days=1, **settings)


def row(rows: pa.Table, metric: str) -> dict[str, Any]:
    return next(each for each in rows.to_pylist() if each["metric"] == metric)


def leaks(**columns: Any) -> dict[str, str]:
    found = left_out_traits(ROWS, drawn.traits(customer_id=EVERYBODY, **columns), labels=BUYS).to_pylist()
    return {each["column"]: each["why"] for each in found}


def test_a_trait_that_tells_something_helps_and_the_backtest_says_how_much():
    rows, trade = loyal_rows()
    gain = row(judged(rows, drawn.traits(customer_id=EVERYBODY, industry=trade)), "auc_over_orders_alone")
    assert gain["model"] == "boosting"
    assert gain["low"] > 0.05


def test_without_traits_nothing_is_asked_of_them():
    metrics = set(judged(ROWS, drawn.traits())["metric"].to_pylist())
    assert "auc" in metrics and "auc_over_orders_alone" not in metrics


def test_reasons_name_a_trait_in_its_own_words_and_never_one_that_nobody_stated():
    rows, trade = loyal_rows()
    half = EVERYBODY[: SIZE // 2]
    stated = drawn.traits(customer_id=half, industry=trade[: SIZE // 2])
    found = judged(rows, stated)
    told = scores(
        drawn.features(SIZE), rows, found, champions(found, labels=BUYS), stated, drawn.NONE_LEFT_OUT,
        as_of=drawn.LAST, models=MODELS, labels=BUYS,
    ).to_pylist()  # fmt: skip
    of = dict(zip(half, trade, strict=False))
    answers = {each["customer_id"]: each["answer_1"] for each in told if each["reason_1"] == "industry"}
    assert len(answers) > 50
    assert answers == {one: of.get(one) for one in answers}


def test_a_trait_is_not_known_before_its_customer_registered():
    early, late = date(2020, 1, 1), drawn.LAST - timedelta(days=drawn.AHEAD + 10)
    days = [late if number % 2 else early for number in range(SIZE)]
    stated = drawn.traits(customer_id=EVERYBODY, registered_on=days, industry=["florist", "bakery"] * (SIZE // 2))
    panel = panel_of_snapshots(ROWS, BUYS, 90, traits_of(stated))
    odd = np.array([int(one[1:]) % 2 == 1 for one in panel.customers.to_pylist()])
    before = panel.days < late.toordinal() - date(1970, 1, 1).toordinal()
    industry, since = panel.seen(["industry"])[:, 0], panel.seen(["registered_days"])[:, 0]
    assert np.isnan(industry[odd & before]).all() and np.isnan(since[odd & before]).all()
    assert np.isfinite(industry[~(odd & before)]).all() and (since[~(odd & before)] >= 0).all()


def test_an_age_is_that_of_the_day():
    stated = drawn.traits(customer_id=EVERYBODY, birth_year=[1990.0] * SIZE)
    panel = panel_of_snapshots(ROWS, BUYS, 90, traits_of(stated))
    years = {date.fromordinal(719_163 + day).year - 1990 for day in panel.days.tolist()}
    assert set(panel.seen(["age"])[:, 0].tolist()) == years == {33, 34}


def test_whether_a_file_speaks_of_somebody_says_nothing():
    """Only who ordered often was ever asked for a trade: who has none is as the commonest."""
    asked = [one for one, number in zip(EVERYBODY, TOTAL, strict=True) if number > 3]
    stated = drawn.traits(customer_id=asked, industry=CHANCE.choice(["bakery", "florist"], len(asked)))
    panel = panels_of_snapshots(ROWS, BUYS, known_traits(stated, drawn.NONE_LEFT_OUT))[90]
    estimator, columns = learnt(MODELS["boosting"], panel, "buys_90d")
    values = panel.seen(columns)
    place = columns.index("industry")
    common = float(np.bincount(values[np.isfinite(values[:, place]), place].astype(int)).argmax())
    unknown, filled = values.copy(), values.copy()
    unknown[:, place], filled[:, place] = np.nan, common
    assert estimator.predict(unknown) == pytest.approx(estimator.predict(filled))


def test_a_sum_that_was_taken_later_is_found_and_left_out():
    assert leaks(visits_so_far=TOTAL) == {"visits_so_far": "adds_too_much"}


def test_a_copy_of_what_came_after_is_found():
    day = max(ROWS["snapshot_on"].to_pylist())
    last = {r["customer_id"]: r["buys_90d"] for r in ROWS.to_pylist() if r["snapshot_on"] == day}
    active = ["yes" if last.get(one) else "no" for one in EVERYBODY]
    assert leaks(active=active) == {"active": "says_the_outcome"}


def test_honest_traits_are_kept_and_any_can_be():
    assert leaks(city=CHANCE.choice(["上海", "北京", "广州"], SIZE), shoe_size=CHANCE.integers(35, 46, SIZE)) == {}
    stated = drawn.traits(customer_id=EVERYBODY, visits_so_far=TOTAL)
    assert left_out_traits(ROWS, stated, labels=BUYS, keep="visits_so_far").num_rows == 0


def test_what_is_left_out_is_not_learnt_from():
    stated = drawn.traits(customer_id=EVERYBODY, visits_so_far=TOTAL, city=CHANCE.choice(["上海", "北京"], SIZE))
    out = left_out_traits(ROWS, stated, labels=BUYS)
    assert [fact.name for fact in known_traits(stated, out).facts] == ["city"]


def test_a_trait_of_a_special_category_is_used_of_those_alone_who_agreed():
    faith = CHANCE.choice(["a", "b"], SIZE)
    agreed = [number < 50 for number in range(SIZE)]
    refused, some = (
        traits_of(drawn.traits(customer_id=EVERYBODY, religion=faith, sensitive=may))
        for may in ([False] * SIZE, agreed)
    )
    assert refused.facts == ()
    (religion,) = some.facts
    assert np.isfinite(religion.values).sum() == 50


def test_a_thousand_words_are_told_apart_only_where_they_are_common():
    names = [f"town {number % 3 if number < 400 else number}" for number in range(SIZE)]
    (city,) = traits_of(drawn.traits(customer_id=EVERYBODY, city=names)).facts
    assert city.words == ("town 0", "town 1", "town 2", "…")


def test_what_customers_do_besides_ordering_helps_too():
    """Who is going to order looks at goods before."""
    soon = ROWS["buys_90d"].to_numpy() * (CHANCE.random(ROWS.num_rows) < 0.6)
    rows = ROWS.append_column("views_28d", pa.array((CHANCE.poisson(0.5, ROWS.num_rows) + 4 * soon).astype(np.int64)))
    assert row(judged(rows, drawn.traits()), "auc_over_orders_alone")["low"] > 0.02


def test_of_a_very_wide_file_the_columns_that_are_filled_most_are_taken():
    columns = {f"q{number:02}": ["" if one < 3 * number else one % 7 for one in range(SIZE)] for number in range(60)}
    names = [fact.name for fact in traits_of(drawn.traits(customer_id=EVERYBODY, **columns)).facts]
    assert names == [f"q{number:02}" for number in range(40)]


def test_a_column_that_is_called_like_a_feature_does_not_take_its_place():
    plain = panel_of_snapshots(ROWS, BUYS, 90)
    stated = traits_of(drawn.traits(customer_id=EVERYBODY, orders_all=CHANCE.integers(0, 99, SIZE)))
    panel = panel_of_snapshots(ROWS, BUYS, 90, stated)
    assert panel.columns == plain.columns and panel.traits == ()
    assert np.array_equal(panel.values, plain.values, equal_nan=True)


def test_a_sum_of_later_is_found_although_nobody_orders_any_more():
    day = max(ROWS["snapshot_on"].to_pylist())
    buys = [0.0 if r["snapshot_on"] == day else r["buys_90d"] for r in ROWS.to_pylist()]
    rows = ROWS.set_column(ROWS.schema.get_field_index("buys_90d"), "buys_90d", pa.array(buys))
    stated = drawn.traits(customer_id=EVERYBODY, visits_so_far=TOTAL)
    assert left_out_traits(rows, stated, labels=BUYS)["column"].to_pylist() == ["visits_so_far"]
