"""A run that is asked for in another shell is done by the server that holds the files."""

from pathlib import Path

import pytest

from chromium import served
from motherlode.machine import errand
from motherlode.project import Project
from motherlode.web.errands import errands
from motherlode.web.gate import Gate
from motherlode.web.jobs import Jobs
from motherlode.web.pages.kept import Kept
from small_project import command, copied


@pytest.mark.slow
def test_a_run_in_another_shell_goes_through_the_server(tmp_path: Path) -> None:
    shop = copied(tmp_path)
    with served(shop):
        done = command("run", "--as-of", "2024-06-01", at=shop)
        assert (done.returncode, "the pages show the new tables" in done.stderr) == (0, True), done.stderr
    with Project(shop) as project:
        assert str(project.as_of) == "2024-06-01"


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    (tmp_path / "motherlode.toml").write_text('name = "new"\n')
    project = Project(tmp_path)
    for store in ("warehouse", "ledger", "audit", "vault", "graph"):
        getattr(project, store)
    return Jobs(project, Gate(), Kept())


def test_only_the_owner_can_ask_and_nobody_when_the_server_is_gone(jobs: Jobs, tmp_path: Path) -> None:
    with errands(jobs._project, jobs):
        assert errand.place(tmp_path).stat().st_mode & 0o777 == 0o600
        assert list(errand.ask(tmp_path, {"do": "something else"}) or ["none"]) == []
        assert list(errand.ask(tmp_path, {"do": "run", "as_of": "no day"}) or ["none"]) == []
    assert errand.ask(tmp_path, {"do": "run"}) is None and not errand.place(tmp_path).exists()


def test_while_a_run_goes_on_another_is_refused(jobs: Jobs, tmp_path: Path) -> None:
    with errands(jobs._project, jobs), jobs._gate.writing():
        assert list(errand.ask(tmp_path, {"do": "run"}) or []) == [{"refused": True}]


def test_a_long_path_has_a_short_socket(tmp_path: Path) -> None:
    far = tmp_path / ("a" * 60) / ("b" * 60)
    assert len(str(errand.place(far))) <= 100
    assert errand.place(far) != errand.place(far / "c")
