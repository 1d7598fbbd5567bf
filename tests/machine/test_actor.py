"""Who acts on the command line."""

import os
import sys

import pytest

from motherlode.machine.actor import actor


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no list of accounts by number")
def test_the_environment_does_not_say_who_acts(monkeypatch):
    import pwd

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "zqsomebody")
    assert actor() == pwd.getpwuid(os.getuid()).pw_name != "zqsomebody"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no list of accounts by number")
def test_an_account_without_a_name_is_known_by_its_number(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)
    assert actor() == "uid-3999999999"
