"""Calculators: prefilled with the project's figures, worked out from the address, whatever stands in it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser
from small_project import made


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with browser(made()) as one:
        yield one


def rows_of(client: TestClient, address: str) -> list[dict[str, Any]]:
    """Rows of a table of the project that is served."""
    project = client.app.state.project.beside()
    rows = project.table(address).to_dicts()
    project.warehouse.close()
    return rows


def answers(client: TestClient, query: str, of: str) -> str:
    """What one calculator answers."""
    whole = client.get(f"/calculators?{query}").text
    return Seen(whole.partition(f'id="answer-{of}"')[2].partition("</table>")[0]).text


def test_they_begin_with_the_figures_of_the_project(client):
    page = client.get("/calculators").text
    rows = rows_of(client, "profile.features")
    orders, spent = sum(row["orders_365d"] for row in rows), sum(float(row["spend_365d"]) for row in rows)
    value = re.search(r'name="order_value"[^>]*value="([\d.]+)"', page)[1]  # type: ignore[index]
    assert float(value) == pytest.approx(spent / orders, abs=0.01) and "from this project" in page


def test_what_a_customer_costs_is_worked_out_before_ones_eyes(client):
    said = answers(client, "reach_cost=85&conversion=3.2&order_value=500&margin=30", "acquisition")
    assert "¥2,656" in said and "17.7" in said and "÷ 3.2%" in said


def test_a_sample_is_that_of_the_published_table(client):
    said = answers(client, "base=3.2&lift=0.9&alpha=5&power=80&each=6812&a_day=1000", "sample")
    assert "6,812" in said and "13.6" in said and "80%" in said and re.search(r"\+0\.9\d* points", said)


def test_a_fall_in_points_and_by_a_share_stand_side_by_side(client):
    said = answers(client, "spent=1000000&reach_cost=85&conversion=5.7&fall=2&order_value=500&margin=30", "losing")
    assert "235.3" in said and "13.4" in said


def test_a_budget_earns_what_the_curve_says_and_leads_to_its_list(client):
    last = rows_of(client, "opportunity.curve")[-1]
    page = client.get(f"/calculators?budget={last['cost'] * 5:.0f}").text
    assert f"{last['customers']:,.0f}" in answers(client, f"budget={last['cost'] * 5:.0f}", "budget")
    assert "/opportunities?budget=" in page


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "1e308", "x", "", "100", "1e12"])
def test_nothing_that_is_typed_breaks_them(client, value, language):
    names = re.findall(r'name="(\w+)" min', client.get("/calculators").text)
    query = "&".join(f"{name}={value}" for name in names)
    answer = client.get(f"/calculators?{query}", headers={"Accept-Language": language})
    assert answer.status_code == 200 and "inf" not in Seen(answer.text.partition("<main")[2]).text.split()
