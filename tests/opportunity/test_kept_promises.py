"""Promises held against what came: their intervals must hold it as often as they say."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from opportunity_base import make

SAID, SEEN = 10.0, 15.0


def reading(number: int, promised: float, delivered: float, **more: Any) -> dict[str, Any]:
    ends = {"promised_low": promised - 1.2816 * SAID, "promised_high": promised + 1.2816 * SAID}
    ends |= {"delivered_low": delivered - 1.96 * SEEN, "delivered_high": delivered + 1.96 * SEEN}
    facts = {"list": f"list {number}", "play": "", "stage": "", "value_tier": "", "read_on": date(2025, 6, 1)}
    return {**facts, "promised": promised, "delivered": delivered, **ends, **more}


def lists(error: float, count: int = 40, bias: float = 0.0) -> dict[str, Any]:
    """Lists whose truth lies about the promise with a standard deviation of `error`, and is seen with noise."""
    dice = np.random.default_rng(9)
    rows = [reading(n, 100.0, 100.0 + bias + dice.normal(0, error) + dice.normal(0, SEEN)) for n in range(count)]
    return make({"recorded_readouts": rows}).row("kept_promises", play="")


def test_promises_that_say_how_unsure_they_are_are_held() -> None:
    row = lists(SAID)
    assert row["verdict"] == "as_said"
    assert row["held"] == pytest.approx(row["expected"], abs=6)
    assert row["claim_ratio"] == pytest.approx(1, abs=0.1)


def test_promises_that_say_too_much_are_found_out() -> None:
    assert lists(4 * SAID)["verdict"] == "too_narrow"
    high = lists(SAID, bias=-50.0)
    assert high["verdict"] == "too_narrow" and high["claim_ratio"] > 1.5


def test_of_few_readings_nothing_is_said_and_each_list_counts_once() -> None:
    rows = [reading(1, 100.0, 20.0, read_on=date(2025, 5, 1)), reading(1, 100.0, 99.0), reading(2, 50.0, 49.0)]
    row = make({"recorded_readouts": rows}).row("kept_promises")
    assert (row["lists"], row["held"], row["verdict"]) == (2, 2, "few_lists")


def test_a_reading_that_tells_nothing_is_not_counted() -> None:
    unread = {**reading(1, 100.0, 0.0), **dict.fromkeys(("delivered", "delivered_low", "delivered_high"))}
    assert make({"recorded_readouts": [unread]}).rows("kept_promises") == []
