"""Tests of what those who never bought may bring, from what is stated of them."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.predict.prospects import prospects

AS_OF = date(2025, 6, 30)
TEXTS = ("gender", "country", "province", "city", "district", "origin", "industry", "job_title")
NUMBERS = ("age", "birth_year", "employees", "annual_revenue")


def stated(rows: dict[str, dict[str, Any]]) -> pa.Table:
    cells = [
        {**{name: said.get(name) for name in (*TEXTS, *NUMBERS)}, "customer_id": who} for who, said in rows.items()
    ]
    shape = [("customer_id", pa.string()), *((name, pa.string()) for name in TEXTS)]
    shape += [(name, pa.float64()) for name in NUMBERS]
    table = pa.Table.from_pylist(cells, schema=pa.schema(shape))
    table = table.append_column("registered_on", pa.nulls(table.num_rows, pa.date32()))
    table = table.append_column("extra", pa.nulls(table.num_rows, pa.string()))
    return table.append_column("sensitive", pa.array([False] * table.num_rows))


def base(size: int = 400, told: float = 1.0) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Buyers whose value grows with the number of employees as far as it is `told`, and two prospects."""
    dice = np.random.default_rng(5)
    employees = dice.uniform(1, 1000, size)
    value = np.exp(told * employees / 300 + dice.normal(0, 0.5, size)) * 100
    people = {f"c{n:03}": {"employees": employees[n], "industry": "ab"[n % 2]} for n in range(size)}
    cases = [{"customer_id": f"c{n:03}", "prospect": False, "value": float(value[n]),
              "high": bool(value[n] > np.quantile(value, 0.8))} for n in range(size)]  # fmt: skip
    people |= {"small": {"employees": 20.0, "industry": "a"}, "large": {"employees": 950.0, "industry": "b"}}
    cases += [{"customer_id": who, "prospect": True, "value": None, "high": False} for who in ("small", "large")]
    return people, cases


def made(people: dict[str, dict[str, Any]], cases: list[dict[str, Any]], **settings: Any) -> dict[str, dict[str, Any]]:
    rows = prospects(stated(people), pa.Table.from_pylist(cases), as_of=AS_OF, **settings).to_pylist()
    return {row["customer_id"]: row for row in rows}


def test_people_who_differ_in_what_is_known_are_worth_what_those_like_them_bring() -> None:
    people, cases = base()
    found = made(people, cases)
    assert {row["verdict"] for row in found.values()} == {"signal"}
    assert found["large"]["value_if_active"] > found["large"]["active_mean"] > found["small"]["value_if_active"]
    values = {case["customer_id"]: case["value"] for case in cases if case["value"]}
    near = sorted(values, key=lambda who: abs(people[who]["employees"] - 950.0))[:20]
    assert found["large"]["value_if_active"] > 0.5 * np.mean([values[who] for who in near])


def test_the_peer_is_a_customer_of_high_value_and_alike() -> None:
    people, cases = base()
    row = made(people, cases)["large"]
    assert next(case["high"] for case in cases if case["customer_id"] == row["peer_id"])
    assert abs(people[row["peer_id"]]["employees"] - 950.0) < 200
    assert row["high_share"] > row["high_share_all"]


def test_where_nothing_tells_everybody_is_worth_the_mean_and_it_is_said() -> None:
    found = made(*base(told=0.0))
    assert {row["verdict"] for row in found.values()} == {"no_signal"}
    assert found["small"]["value_if_active"] == found["large"]["value_if_active"] == found["small"]["active_mean"]
    assert found["small"]["peer_id"] is None


def test_what_is_the_same_for_all_prospects_is_not_looked_at() -> None:
    """Revenue was written down when they bought: it is nil for all who did not, and tells all of the others."""
    people, cases = base(told=0.0)
    for case in cases:
        people[case["customer_id"]]["annual_revenue"] = case["value"] or 0.0
    assert {row["verdict"] for row in made(people, cases).values()} == {"no_signal"}


def test_a_giant_does_not_make_those_like_him_rich() -> None:
    people, cases = base()
    before = made(people, cases)["large"]["value_if_active"]
    next(case for case in cases if case["value"] == max(one["value"] or 0 for one in cases))["value"] = 1e9
    assert made(people, cases)["large"]["value_if_active"] < before * 1.5


def test_too_few_customers_tell_nothing() -> None:
    people, cases = base(50)
    assert made(people, cases) == {}
    assert len(made(people, cases, least_customers=40)) == 2


def test_the_order_of_rows_does_not_matter() -> None:
    people, cases = base()
    assert made(dict(reversed([*people.items()])), cases[::-1]) == made(people, cases)
