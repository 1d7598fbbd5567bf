"""The doctor looks at everything, goes on whatever it finds, and changes nothing."""

import pytest

from motherlode.checks import examine
from motherlode.project import Project
from small_project import copied, made, plugin, plugins_forgotten, project, said


@pytest.fixture
def shop(tmp_path):
    with plugins_forgotten():
        yield copied(tmp_path)


def outcomes(root):
    return {finding.what: finding for finding in examine(root)}


def test_a_healthy_project_is_all_right():
    found = outcomes(made())
    assert {finding.outcome for finding in found.values()} == {"ok"}
    assert "rows came" in found["refine.accounting"].detail
    assert said("doctor", at=made()).exit_code == 0


def test_both_languages_are_spoken():
    assert "行 = 入库或隔离" in said("doctor", at=made(), lang="zh").stdout


def test_a_folder_without_a_project_is_told_and_left_empty(tmp_path):
    (found,) = [finding for finding in examine(tmp_path) if finding.outcome == "bad"]
    assert found.hint.startswith("motherlode init") and list(tmp_path.iterdir()) == []
    assert said("doctor", at=tmp_path).exit_code == 1


def test_a_project_that_was_never_run_is_no_problem_and_nothing_is_made(tmp_path):
    folder = project(tmp_path)
    found = outcomes(folder)
    assert (found["warehouse"].outcome, found["warehouse"].hint) == ("note", "motherlode run")
    assert not (folder / "data").exists() and not (folder / "motherlode.key").exists()


def test_a_project_that_was_loaded_but_not_run_is_told_once(tmp_path):
    folder = project(tmp_path)
    with Project(folder) as opened:
        opened.load()
    notes = [finding for finding in examine(folder) if finding.outcome == "note"]
    assert [note.hint for note in notes] == ["motherlode run"]


def test_a_missing_file_a_wrong_setting_and_a_broken_plugin_are_told(shop):
    (shop / "inbox" / "people.csv").unlink()
    assert outcomes(shop)["[sources.people]"].outcome == "bad"
    with (shop / "motherlode.toml").open("a") as settings:
        settings.write("\n[tables.ranked]\nbudgett = 5.0\n")
    assert outcomes(shop)["tables"].hint == "did you mean `budget`?"
    plugin(shop, "plays/broken.py", "oops")
    assert "broken.py" in outcomes(shop)["tables"].detail
    plugin(shop, "plays/labels.toml", "[play")
    assert "labels.toml" in outcomes(shop)["plugins"].detail


def test_a_file_that_is_gone_is_a_note_with_the_command_that_forgets_it(shop):
    (shop / "inbox" / "sales.csv").rename(shop / "inbox" / "sales 2.csv")
    hint = outcomes(shop)["inbox/sales.csv"].hint
    assert hint == "motherlode forget sales inbox/sales.csv"
    gone = said(*hint.split()[1:], at=shop)
    assert gone.exit_code == 0 and "3,876 rows of sales are gone" in gone.stderr
    assert "inbox/sales.csv" not in outcomes(shop)


def test_a_key_that_stands_twice_is_found(shop):
    with Project(shop) as opened:
        opened.warehouse.execute("INSERT INTO profile.rfm SELECT * FROM profile.rfm LIMIT 3")
    found = outcomes(shop)["profile.rfm"]
    assert found.outcome == "bad" and '3 values of its key ("customer_id") stand twice' in found.detail


def test_rows_that_went_missing_are_found(shop):
    with Project(shop) as opened:
        opened.warehouse.execute("UPDATE refine.accounting SET kept = kept - 1 WHERE came > 0")
    assert outcomes(shop)["refine.accounting"].outcome == "bad"
    assert said("doctor", at=shop).exit_code == 1
