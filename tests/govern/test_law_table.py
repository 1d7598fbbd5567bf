"""Every duty of the law table has its proof, or says what it waits for."""

from pathlib import Path

import pytest

from motherlode.document import TESTS
from motherlode.document.laws import named_after_articles, proofs
from motherlode.govern.laws import DUTIES, LAW_NAMES, slug
from motherlode.labels import missing

NAMED = named_after_articles(TESTS)


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.name)
def test_a_duty_is_proven_or_says_what_it_waits_for(duty):
    assert proofs(duty, NAMED) or duty.waiting
    assert bool(duty.served_by) == bool(proofs(duty, NAMED)), "what serves a duty is proven, and nothing else is"


def test_every_test_that_is_named_after_an_article_proves_a_duty():
    proving = {name for duty in DUTIES for name in proofs(duty, NAMED)}
    assert sorted(NAMED.keys() - proving) == []


def test_duties_and_what_they_wait_for_have_words():
    pairs = [("duty", duty.name) for duty in DUTIES] + [("waiting", name) for duty in DUTIES for name in duty.waiting]
    assert missing(iter([*pairs, *(("law_name", name) for name in LAW_NAMES)])) == []
    assert {article.split()[0] for duty in DUTIES for article in duty.articles} == set(LAW_NAMES)


def test_an_article_is_not_taken_for_another_whose_number_begins_alike():
    duty = next(duty for duty in DUTIES if "PIPL 14" in duty.articles)
    tests = {name: Path() for name in ("test_gdpr_7_3_x", "test_gdpr_7_1_x", "test_pipl_141_x", "test_x_pipl_14_y")}
    assert proofs(duty, tests) == ["test_gdpr_7_1_x", "test_x_pipl_14_y"]
    assert slug("GDPR 7(3)") == "gdpr_7_3" and slug("CCPA 1798.100") == "ccpa_1798_100"
