"""Errors: what happened, and the next step."""

import pytest

from motherlode.errors import DeliveryError, MotherlodeError, Permanent, Transient, did_you_mean


def test_an_error_is_its_message_and_keeps_its_hint():
    error = MotherlodeError("`a.b` is not made yet", hint="motherlode run")
    assert (str(error), error.message, error.hint) == (
        "`a.b` is not made yet",
        "`a.b` is not made yet",
        "motherlode run",
    )


def test_what_may_be_tried_again_is_told_from_what_may_not():
    assert issubclass(Transient, DeliveryError) and not issubclass(Permanent, Transient)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("profile.rfmx", "did you mean `profile.rfm`?"),
        ("RANKED", "known: opportunity.ranked, profile.rfm"),
        ("", "known: opportunity.ranked, profile.rfm"),
    ],
)
def test_the_nearest_name_is_said_or_what_there_is(name, hint):
    assert did_you_mean(name, ["profile.rfm", "opportunity.ranked"]) == hint


def test_of_many_names_only_the_first_are_listed():
    assert did_you_mean("zzz", [f"t{number:02}" for number in range(40)]).count(",") == 11
    assert did_you_mean("zzz", [f"t{number:02}" for number in range(40)]).endswith(" …")
