"""Errors: what happened, and the next step."""

import re

import pytest

import raised
from motherlode.errors import DeliveryError, MotherlodeError, Permanent, Transient, did_you_mean
from motherlode.labels import GAP, catalogue, error_text


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


# What is typed as it stands, in any language.
COMMAND = r"motherlode( [a-z]+){1,2}( (--[\w-]+( [\w./-]+)?|[A-Z]+|[a-z]+\.\w+|\{\}))*|pip install \S+|chmod 600 \{\}"
CODE = r"--\w+( \S+)?|export \{\}=…|def .*|--reason '…'|[\w.]*( ?\[sources\.\{\}\])?: \{\}"
RAISED = raised.sentences()
# Parts of others, and not raised themselves.
PARTS = ("`{}` for `{}`", "its law knows no extension", "say why")


def test_every_sentence_of_an_error_has_chinese_words():
    said = {sentence: place for sentence, place in RAISED.items() if re.search("[a-z]", sentence)}
    told = {sentence for sentence in said if re.fullmatch(f"{COMMAND}|{CODE}", sentence)}
    assert {one: place for one, place in said.items() if one not in told and error_text(one, "zh") == one} == {}


def test_no_words_are_left_of_an_error_that_is_no_more():
    def fits(shape: str, sentence: str) -> bool:
        return bool(re.fullmatch(re.sub(r"\\\{\d*\\\}", ".*?", re.escape(shape)), sentence, re.DOTALL))

    known = [words["en"] for words in catalogue()["error"].values() if words["en"] not in PARTS]
    assert [one for one in known if not any(fits(one, sentence) or fits(sentence, one) for sentence in RAISED)] == []


@pytest.mark.parametrize("words", catalogue()["error"].values(), ids=catalogue()["error"])
def test_the_chinese_sentence_takes_what_the_english_one_takes(words):
    assert sorted(re.findall(GAP, words["zh"])) == re.findall(GAP, words["en"])


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("there is no table `profile.rfmx`", "没有表 `profile.rfmx`"),
        ("did you mean `profile.rfm`?", "是不是想写 `profile.rfm`？"),
        ("nobody `X1` in `opportunity.ranked` or in what it is made of", "`opportunity.ranked` 及其来源中都没有 `X1`"),
        ("`orders` failed: `x` is not made yet", "`orders` 失败：`x` 还没有计算"),
        ("motherlode run", "motherlode run"),
        ("a stranger's plugin says this", "a stranger's plugin says this"),
    ],
)
def test_an_error_is_said_in_chinese_with_what_was_put_into_it(english, chinese):
    assert error_text(english, "zh") == chinese and error_text(english, "en") == english
