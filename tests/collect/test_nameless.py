"""Files without headers: a log is known by what stands in its columns, and where."""

import pytest

from motherlode.collect.nameless import nameless
from motherlode.collect.recognise import Look, propose


def columns(*rows: tuple[str, ...]) -> dict[str, list[str]]:
    return {f"column_{place + 1}": list(cells) for place, cells in enumerate(zip(*rows, strict=True))}


VIEWS = columns(
    *((str(1 + n % 7), str(2_268_318 + n % 90), str(2_520_377 + n % 9), ("pv", "buy", "cart", "fav")[n % 4],
       str(1_511_544_070 + 3_600 * n)) for n in range(200))
)  # fmt: skip
SALES = columns(
    *((f"{n % 50:05}", f"1997{1 + n % 12:02}{1 + n % 28:02}", str(1 + n % 5), f"{n % 90}.77") for n in range(200))
)


def test_views_and_purchases_without_headers_are_events():
    (proposal,) = propose([Look("UserBehavior.csv", VIEWS)])
    assert proposal.table == "events" and proposal.columns == {
        "customer_id": "column_1",
        "product_id": "column_2",
        "event": "column_4",
        "occurred_at": "column_5",
    }
    assert all(guess.confidence <= 0.5 for guess in proposal.guesses)


def test_sums_by_day_without_headers_are_orders():
    (proposal,) = propose([Look("log.txt", SALES)])
    assert proposal.table == "orders" and proposal.columns == {
        "customer_id": "column_1",
        "ordered_at": "column_2",
        "quantity": "column_3",
        "amount": "column_4",
    }


def test_what_comes_before_the_customer_and_is_hers_once_is_the_order():
    lines = columns(
        *((f"o{n // 3}", f"c{n // 3 % 7}", f"2024-0{1 + n // 3 % 9}-05", str(1 + n % 4), f"{n}.50") for n in range(150))
    )
    (proposal,) = propose([Look("sales.csv", lines)])
    assert proposal.columns == {
        "order_id": "column_1", "customer_id": "column_2", "ordered_at": "column_3", "quantity": "column_4",
        "amount": "column_5",
    }  # fmt: skip


def without(given: dict[str, list[str]], *names: str) -> dict[str, list[str]]:
    return {name: cells for name, cells in given.items() if name not in names}


@pytest.mark.parametrize(
    "given",
    [
        without(VIEWS, "column_5"),
        {**VIEWS, "column_6": VIEWS["column_5"]},
        without(SALES, "column_1", "column_3"),
        {**SALES, "column_1": [str(n) for n in range(200)]},
        {**SALES, "column_5": SALES["column_4"]},
        {**VIEWS, "column_4": ["pv", "xx"] * 100},
    ],
    ids=["no moment", "two moments", "nobody", "nobody comes twice", "two amounts", "unknown doing"],
)
def test_what_could_be_read_in_two_ways_is_left_alone(given):
    assert nameless(given) is None
    (proposal,) = propose([Look("log.csv", given)])
    assert proposal.table is None and proposal.why == "no_headers"


def test_a_log_beside_a_file_that_says_the_same_with_headers_is_left_alone():
    named = {"customer_id": SALES["column_1"], "date": SALES["column_2"], "dollar_value": SALES["column_4"]}
    master, sample = propose([Look("master.csv", named), Look("sample.txt", SALES)])
    assert (master.table, sample.table, sample.why) == ("orders", None, "no_headers")
