"""What pages need again and again."""

from motherlode.web.pages.kept import Kept


def test_what_nobody_asked_for_the_longest_is_let_go_first() -> None:
    kept = Kept(most=2)
    kept.get(1, "lives", lambda: "read once")
    for name in ("a", "b", "c"):
        kept.get(1, name, str)
        assert kept.get(1, "lives", lambda: "read again") == "read once"
    assert kept.get(1, "a", lambda: "made again") == "made again"


def test_nothing_of_the_run_before_is_kept() -> None:
    kept = Kept()
    assert kept.get(1, "n", lambda: "first") == kept.get(1, "n", lambda: "again") == "first"
    assert kept.get(2, "n", lambda: "second") == "second"
    kept.forget()
    assert kept.get(2, "n", lambda: "anew") == "anew"
