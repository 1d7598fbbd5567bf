"""Where customers stood before, and how the whole base did: what a run of that day would have said."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

import mills
from motherlode.graph.wiring import wire
from motherlode.plugins import find_promises
from motherlode.project import Project
from small_project import LAST, copied

ROOMS = ("refine", "govern", "profile")


def opened(folder: Path) -> Project:
    """The project with the tables of three rooms: the others are not asked here."""
    shop = Project(folder)
    promises = [promise for promise in find_promises() if promise.room in ROOMS or promise.kind == "feature"]
    # Parity looks at offers.
    shop.graph = wire(promise for promise in promises if promise.name != "offer_parity")
    return shop


@pytest.mark.parametrize(
    ("folder", "as_of", "days"),
    [(copied, LAST, 91), (mills.project, date(2024, 5, 20), 91)],
    ids=["shop", "mills"],
)
def test_an_earlier_stage_is_what_a_run_of_that_day_says(
    folder: Callable[[Path], Path], as_of: date, days: int, tmp_path: Path
) -> None:
    with opened(folder(tmp_path)) as shop:
        shop.run(as_of)
        day = as_of - timedelta(days=days)
        earlier = {row["customer_id"]: row[f"stage_{days}_days_before"] for row in shop.table("profile.earlier_stages")}
        moves = [row for row in shop.table("profile.stage_moves") if row["days_before"] == days]
        figures = {row["days_before"]: row for row in shop.table("profile.key_figures")}
        stages = {row["customer_id"]: row["stage"] for row in shop.table("profile.lifecycle")}
        known = {row["customer_id"] for row in shop.table("refine.customers") if (row["known_on"] or day) <= day}
        shop.run(day)
        then = {row["customer_id"]: row["stage"] for row in shop.table("profile.lifecycle")}
        now = next(row for row in shop.table("profile.key_figures") if row["days_before"] == 0)
    assert {who: stage for who, stage in earlier.items() if stage} == {who: then[who] for who in known}
    assert known
    counted = Counter((earlier[who] or "", stage) for who, stage in stages.items())
    assert {(move["stage_before"], move["stage"]): move["customers"] for move in moves} == counted
    # Who was in a file without a day, and did nothing until later, was not known then.
    if as_of == LAST:
        assert {**figures[days], "days_before": 0} == now
