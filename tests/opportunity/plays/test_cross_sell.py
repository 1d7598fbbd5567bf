"""Tests of the missing-category play."""

import pytest
from opportunity_base import base, buyer, make


def test_a_category_is_worth_what_it_brings_with_others() -> None:
    row = make(base(buyer("ann", category="tea", category_spend=200.0))).row("candidates")
    assert row["at_stake"] == pytest.approx(200 * 0.30 * 1.1**-0.5, abs=1e-4)
    assert (row["reason"], row["actual"], row["benchmark"]) == ("missing_category", 0.0, 200.0)


def test_the_category_is_named() -> None:
    made = make(base(buyer("ann", category="tea", category_spend=200.0)))
    assert made.row("candidates")["offered"] == made.row("ranked")["offered"] == "tea"


def test_a_category_adds_no_more_than_a_quarter_of_own_sales() -> None:
    row = make(base(buyer("ann", category="tea", category_spend=9000.0))).row("candidates")
    assert row["at_stake"] == pytest.approx(250 * 0.30 * 1.1**-0.5, abs=1e-4)


def test_who_is_late_is_not_offered_more() -> None:
    assert make(base(buyer("ann", category="tea", category_spend=200.0, overdue_ratio=1.5))).rows("candidates") == []
