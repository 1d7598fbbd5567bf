"""Totals that leave the house, and the budget that they take."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime

import pytest

from motherlode.errors import ConfigError, ContractError, Refused
from motherlode.ledger import open_ledger
from motherlode.ledger.allowance import Allowance
from motherlode.privacy.release import KEYS, Query, check, exact, keys_of, noised, release
from motherlode.project import Project
from small_project import copied, said

NOW = datetime(2026, 3, 1, 12)
URL = "sqlite:///data/ledger.sqlite"


@pytest.fixture
def shop(tmp_path):
    with Project(copied(tmp_path)) as project:
        yield project


def asked(number: int) -> dict:
    return {"hash": f"query-{number}"}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (Query(("city",), 1.0, "p"), "by `city`"),
        (Query((), 1.0, "p"), "one or more public columns"),
        (Query(("stage", "stage"), 1.0, "p"), "one or more public columns"),
        (Query(("stage",), 0.0, "p"), "no privacy"),
        (Query(("stage",), 1.0, "p", "age", 10.0), "no sum of `age`"),
        (Query(("stage",), 1.0, "p", "spend_365d"), "needs a bound"),
    ],
)
def test_every_other_shape_is_refused(query, told):
    with pytest.raises(ContractError, match=told):
        check(query)


def test_exact_totals_have_a_cell_for_every_public_key_and_bound_each_customer(shop):
    query = Query(("stage", "value_tier"), 1.0, "p", "spend_365d", 50.0)
    counts, sums = exact(shop, query)
    assert len(counts) == len(sums) == len(KEYS["stage"]) * len(KEYS["value_tier"]) == len(keys_of(query))
    assert 0 < sum(counts) <= 80 and all(total <= count * 5000 for count, total in zip(counts, sums, strict=True))


def test_small_cells_are_left_empty_and_no_count_is_below_nought():
    query = Query(("stage",), 1.0, "p", "spend_365d", 10.0)
    rows = noised([-100, 3, 0, 50, 12], [5000, 10, 0, 100, 700], query, lambda values, moved, epsilon: values)
    assert [row["customers"] for row in rows] == [None, None, None, 50, 12]
    assert [row["spend_365d"] for row in rows] == [None, None, None, 1.0, 7.0]


def test_the_budget_of_a_recipient_is_never_overspent_and_survives_a_restart(tmp_path):
    first = Allowance(open_ledger(URL, tmp_path), 1.0)
    first.reserve("partner", 0.6, asked(1), actor="li", now=NOW)
    again = Allowance(open_ledger(URL, tmp_path), 1.0)
    with pytest.raises(Refused, match=r"epsilon 0.4 left of 1"):
        again.reserve("partner", 0.5, asked(2), actor="li", now=NOW)
    again.reserve("partner", 0.4, asked(3), actor="li", now=NOW)
    again.reserve("other", 0.9, asked(3), actor="li", now=NOW)
    again.reserve("partner", 1.0, asked(4), actor="li", now=NOW.replace(year=2027))
    assert again.spent("partner", 2026) == pytest.approx(1.0)


def test_many_at_once_do_not_overspend(tmp_path):
    def take(number: int) -> bool:
        try:
            Allowance(open_ledger(URL, tmp_path), 1.0).reserve("p", 0.1, asked(number), actor="li", now=NOW)
        except Refused:
            return False
        return True

    Allowance(open_ledger(URL, tmp_path), 1.0)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(40)))
    assert sum(taken) == 10
    assert Allowance(open_ledger(URL, tmp_path), 1.0).spent("p", 2026) == pytest.approx(1.0)


TAKE = """
import sys
from datetime import datetime
from pathlib import Path
from motherlode.ledger.allowance import Allowance
from motherlode.errors import Refused
from motherlode.ledger import open_ledger

root, me = Path(sys.argv[1]), sys.argv[2]
allowance = Allowance(open_ledger("sqlite:///data/ledger.sqlite", root), 1.0)
print("ready", flush=True)
sys.stdin.readline()
for number in range(10):
    try:
        allowance.reserve("p", 0.1, {"hash": f"{me}-{number}"}, actor=me, now=datetime(2026, 3, 1))
        print("taken", flush=True)
    except Refused:
        print("refused", flush=True)
"""


def test_many_processes_at_once_do_not_overspend(tmp_path):
    Allowance(open_ledger(URL, tmp_path), 1.0)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = [sys.executable, "-c", TAKE, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    with ExitStack() as stack:
        children = [stack.enter_context(subprocess.Popen([*run, str(me)], **pipes)) for me in range(5)]
        assert [child.stdout.readline() for child in children] == ["ready\n"] * 5
        for child in children:
            child.stdin.write("go\n")
            child.stdin.flush()
        told = [line for child in children for line in child.stdout.read().split()]
    assert (told.count("taken"), told.count("refused")) == (10, 40)
    spent = Allowance(open_ledger(URL, tmp_path), 1.0).all_spent()
    assert len(spent) == 10 and sum(row["epsilon"] for row in spent) == pytest.approx(1.0)


def test_a_release_takes_its_budget_first_and_the_same_question_is_answered_again_for_nothing(shop):
    pytest.importorskip("opendp", reason="the extra `privacy` is not installed")
    query = Query(("stage",), 0.5, "partner", "spend_365d", 500.0)
    first = release(shop, query, actor="li", now=NOW).to_pylist()
    assert release(shop, query, actor="li", now=NOW).to_pylist() == first
    allowance = Allowance(shop.ledger, 2.0)
    assert allowance.spent("partner", 2026) == 0.5
    counts, _ = exact(shop, query)
    told = {row["stage"]: row["customers"] for row in first}
    pairs = [(told[stage], count) for stage, count in zip(KEYS["stage"], counts, strict=True)]
    assert all(abs(noisy - count) < 60 for noisy, count in pairs if noisy is not None)
    with pytest.raises(Refused):
        release(shop, Query(("stage",), 1.6, "partner"), actor="li", now=NOW)


def test_without_opendp_the_error_says_what_to_install_and_nothing_is_spent(shop, monkeypatch):
    monkeypatch.setitem(sys.modules, "opendp.domains", None)
    with pytest.raises(ConfigError) as raised:
        release(shop, Query(("stage",), 0.5, "partner"), actor="li", now=NOW)
    assert "motherlode[privacy]" in raised.value.hint
    assert Allowance(shop.ledger, 2.0).all_spent() == []


def test_releases_and_budgets_are_told_on_the_command_line(shop):
    pytest.importorskip("opendp", reason="the extra `privacy` is not installed")
    shop.close()
    words = ("--by", "stage", "--epsilon", "1", "--recipient", "partner")
    assert said("govern", "release", *words, at=shop.root, lang="zh").exit_code == 0
    assert "partner" in said("govern", "budget", at=shop.root).output
