"""`motherlode simulate`: marks of rankings in built-in worlds and in worlds of a file."""

import json
import re
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from motherlode import simulate
from motherlode.errors import InputError
from motherlode.opportunity.engine.outlook import basis
from motherlode.opportunity.simulator.policies import POLICIES
from small_project import command

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "simulate.md"
FIELDS = {"policy", "seed", "depth", "share_of_oracle", "claim_ratio"}


@pytest.fixture
def world_file(tmp_path):
    """The example of the documentation."""
    path = tmp_path / "my_world.py"
    path.write_text(re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1])
    return path


def test_scores_are_pure_json_with_progress_apart(world_file):
    words = ("simulate", "--world", str(world_file), "--seeds", "1-2", "--accounts", "400", "--depths", "0.1,0.5")
    told = command(*words, "--format", "json", at=world_file.parent)
    rows = json.loads(told.stdout, parse_constant=pytest.fail)
    assert told.returncode == 0 and "2" in told.stderr
    assert {frozenset(row) for row in rows} == {frozenset(FIELDS)}
    assert [row["policy"] for row in rows if row["seed"] == 2 and row["depth"] == 0.5] == list(POLICIES)
    assert all(row["share_of_oracle"] == pytest.approx(1) for row in rows if row["policy"] == "oracle")


def test_a_small_built_in_world_is_marked():
    scores = next(iter(simulate.simulated([101], [0.2], 3000, simulate.built_in(0.3))))
    share = {score.policy: score.share_of_oracle for score in scores}
    naive = ("random", "past_spend", "rfm", "churn_probability", "lifetime_value", "peer_headroom", "response_model")
    assert share["engine"] > max(share[name] for name in (*naive, "uplift_t_learner"))
    assert share["oracle"] == pytest.approx(1)
    assert {score.policy for score in scores if score.claim_ratio is None} >= set(naive)


def test_a_file_without_draw_is_told_where_to_look(tmp_path):
    path = tmp_path / "empty.py"
    path.write_text("x = 1\n")
    with pytest.raises(InputError, match="draw"):
        simulate.of_file(path)


@pytest.mark.parametrize(
    ("part", "value", "told"),
    [("gains", None, "gains"), ("costs", np.zeros((2, 3)), "costs"), ("as_of", "today", "as_of")],
)
def test_a_world_that_lacks_a_part_is_told_which(world_file, part, value, told):
    namespace = {}
    exec(compile(world_file.read_text(), "world", "exec"), namespace)
    with pytest.raises(InputError, match=told):
        simulate.world(namespace["draw"](1, 50) | {part: value})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"stage": "growth"}, "stage `growth`"),
        ({"lifts": [0.1]}, "are 1 numbers"),
        ({"lifts": {"grown": 0.1}}, "stage `grown`"),
        ({"contact_cost": "dear"}, "cannot be read"),
    ],
)
def test_a_play_that_cannot_be_read_is_told_why(world_file, said, told):
    namespace = {}
    exec(compile(world_file.read_text(), "world", "exec"), namespace)
    play = {"name": "call", "stage": "mature", "contact_cost": 5.0}
    with pytest.raises(InputError, match=told):
        simulate.world(namespace["draw"](1, 50) | {"plays": [play | said]})


def test_lifts_may_be_told_by_stage(world_file):
    namespace = {}
    exec(compile(world_file.read_text(), "world", "exec"), namespace)
    play = {"name": "call", "contact_cost": 5, "lifts": {"mature": 0.1, "lost": 0.02}}
    given = namespace["draw"](1, 50)
    read = simulate.world(given | {"plays": [play] * len(given["plays"])})
    assert read.plays[0].lifts == (0.0, 0.0, 0.1, 0.0, 0.02) and read.plays[0].stage == ""


def test_numbers_as_ids_days_as_dates_and_flags_as_numbers_are_understood(world_file):
    namespace = {}
    exec(compile(world_file.read_text(), "world", "exec"), namespace)
    given = namespace["draw"](1, 600)
    ids = list(range(600))
    orders = given["tables"]["orders"]
    numbers = pa.array([int(each[1:]) for each in orders["customer_id"].to_pylist()])
    touches = {
        "customer_id": ids,
        "touched_at": [date(2025, 1, 15)] * 600,
        "play": ["call" if each % 2 else None for each in ids],
        "treated": [each % 2 for each in ids],
        "propensity": [0.5] * 600,
    }
    tables = {"customers": {"customer_id": ids}, "orders": orders.set_column(0, "customer_id", numbers)}
    odd = given | {"customer_ids": ids, "tables": tables | {"touches": touches}, "as_of": datetime(2025, 6, 30, 8)}
    read = basis(simulate.world(odd).seen)
    assert read.past.panel.spend.sum() == pytest.approx(float(np.sum(orders["amount"].to_numpy())))
    assert (read.contacts.play == 0).sum() == (read.contacts.play == -1).sum() == 300
