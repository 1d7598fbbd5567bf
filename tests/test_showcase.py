"""The demo's folder and the port that it is served at."""

import socket

import pytest

from motherlode import showcase
from motherlode.errors import MotherlodeError


def test_a_port_that_is_taken_gives_way_to_another():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        assert showcase.free_port(taken) != taken
    assert showcase.free_port(taken) == taken


def test_the_folder_is_made_once_and_what_people_changed_in_it_stays(tmp_path):
    assert showcase.prepare(tmp_path / "demo") == showcase.prepare(tmp_path / "demo") == 541_909
    settings = tmp_path / "demo" / "motherlode.toml"
    settings.write_text(settings.read_text() + "\n[tables.ranked]\nbudget = 100.0\n")
    showcase.prepare(tmp_path / "demo")
    assert "budget = 100.0" in settings.read_text()


def test_another_project_s_folder_is_left_alone(tmp_path):
    (tmp_path / "motherlode.toml").write_text('name = "mine"')
    with pytest.raises(MotherlodeError, match="holds another project") as told:
        showcase.prepare(tmp_path)
    assert told.value.hint == "motherlode demo --folder demo-shop"
    assert [path.name for path in tmp_path.iterdir()] == ["motherlode.toml"]
