"""Sessions end, invitations work once, guessing takes long."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from motherlode.ledger import open_ledger
from motherlode.web import users
from motherlode.web.sessions import IDLE_SECONDS, INVITED_SECONDS, LONGEST_SECONDS, MOST_WRONG, WITHIN_SECONDS, Sessions
from motherlode.web.users import User


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(tmp_path: Path, clock: Clock) -> Iterator[Sessions]:
    ledger = open_ledger("sqlite:///ledger.sqlite", tmp_path)
    users.add(ledger, "ann", "admin", "correct horse", actor="", now=datetime(2024, 6, 30))
    yield Sessions(ledger, local=True, now=clock)
    ledger.close()


def begun(sessions: Sessions) -> str:
    return sessions.begin(sessions.users()["ann"])


def name_of(user: User | None) -> str:
    return user.name if user else ""


def test_a_session_is_found_until_it_is_ended(sessions: Sessions) -> None:
    key = begun(sessions)
    assert name_of(sessions.find(key)) == "ann" and sessions.find("something else") is None
    sessions.end(key)
    assert sessions.find(key) is None


def test_a_session_ends_by_itself(sessions: Sessions, clock: Clock) -> None:
    key = begun(sessions)
    clock.at += IDLE_SECONDS + 1
    assert sessions.find(key) is None
    key = begun(sessions)
    for _ in range(LONGEST_SECONDS // (IDLE_SECONDS // 2)):
        clock.at += IDLE_SECONDS // 2 - 1
        sessions.find(key)
    clock.at += IDLE_SECONDS // 2
    assert sessions.find(key) is None


def test_all_sessions_of_a_user_end_at_once(sessions: Sessions) -> None:
    keys = [begun(sessions), begun(sessions)]
    sessions.end_all("ann")
    assert [sessions.find(key) for key in keys] == [None, None]


def test_an_invitation_works_once_and_not_for_ever(sessions: Sessions, clock: Clock) -> None:
    key = sessions.invite("bob", "sales")
    assert sessions.invitation(key) and not sessions.invitation("guessed")
    sessions.accept(key)
    assert sessions.invitation(key) is None
    key = sessions.invite("bob", "sales")
    clock.at += INVITED_SECONDS + 1
    assert sessions.invitation(key) is None


def test_who_guesses_has_to_wait_and_others_need_not(sessions: Sessions, clock: Clock) -> None:
    for _ in range(MOST_WRONG):
        assert sessions.must_wait("ann", "10.0.0.1") == 0
        sessions.was_wrong("ann", "10.0.0.1")
    assert sessions.must_wait("ann", "10.0.0.2") > 0 and sessions.must_wait("bob", "10.0.0.1") == 0
    clock.at += WITHIN_SECONDS
    assert sessions.must_wait("ann", "10.0.0.1") == 0


def test_a_server_of_this_machine_alone_is_open_until_there_is_a_user(tmp_path: Path) -> None:
    ledger = open_ledger("sqlite:///new.sqlite", tmp_path)
    here, elsewhere = Sessions(ledger, local=True), Sessions(ledger, local=False)
    assert here.is_open and not elsewhere.is_open
    users.add(ledger, "ann", "admin", "correct horse", actor="", now=datetime(2024, 6, 30))
    here.changed()
    assert not here.is_open
    ledger.close()
