"""Whom marketing may contact."""

from datetime import date, datetime

import pytest
from small_base import made, person, said

from motherlode.govern.grounds import GROUNDS, basis


def verdict(*recorded, imported=(), buyers=(), **facts) -> str:
    return made("contactable", [person("ann", **facts)], recorded, imported, buyers)["ann"]["verdict"]


def test_pipl_13_knows_no_legitimate_interest():
    assert {ground.legal_basis for ground in GROUNDS if ground.law == "pipl"} == {
        "contract", "consent", "separate_consent"
    }  # fmt: skip


def test_a_purpose_that_a_law_does_not_name_has_no_basis():
    assert basis("pipl", "astrology") == "none"


def test_pipl_13_marketing_to_a_customer_in_china_needs_a_yes_on_record():
    assert verdict(buyers=["ann"]) == "no_record"
    assert verdict(said("ann"), buyers=["ann"]) == ""


def test_gdpr_6_a_customer_in_europe_is_contactable_until_she_objects_and_a_stranger_is_not():
    assert verdict(country="France", buyers=["ann"]) == ""
    assert verdict(country="France") == "no_record"
    assert verdict(said("ann", "objected"), country="France", buyers=["ann"]) == "objected"


def test_gdpr_7_1_pipl_14_a_yes_without_the_text_that_was_shown_proves_nothing():
    assert verdict(said("ann", text_hash="")) == "no_proof"
    assert verdict(marketing_consent=True) == "no_proof"


def test_a_no_in_the_customer_file_is_a_no():
    assert verdict(marketing_consent=False, country="France", buyers=["ann"]) == "refused"


def test_the_last_statement_counts_and_of_two_at_once_the_no():
    later = datetime(2024, 4, 1)
    assert verdict(said("ann"), said("ann", "withdrawn", said_at=later)) == "refused"
    assert verdict(said("ann", "withdrawn"), said("ann", said_at=later)) == ""
    assert verdict(said("ann"), said("ann", "withdrawn")) == "refused"


def test_a_withdrawal_counts_in_lists_of_earlier_days_too():
    recorded = [said("ann", said_at=datetime(2023, 1, 1)), said("ann", "withdrawn", said_at=datetime(2026, 1, 1))]
    assert made("contactable", [person("ann")], recorded, as_of=date(2023, 6, 30))["ann"]["verdict"] == "refused"


def test_a_channel_is_refused_alone():
    row = made("contactable", [person("ann")], [said("ann"), said("ann", "withdrawn", channel="sms")])["ann"]
    assert (row["allowed"], row["by_email"], row["by_sms"]) == (True, True, False)


def test_a_yes_to_one_channel_is_no_yes_to_another():
    row = made("contactable", [person("ann")], [said("ann", channel="wecom")])["ann"]
    assert (row["by_wecom"], row["by_email"], row["verdict"]) == (True, False, "")


@pytest.mark.parametrize(("words", "allowed"), [(("营销", "短信"), "by_sms"), (("Newsletter", "E-Mail"), "by_email")])
def test_words_of_files_are_understood(words, allowed):
    purpose, channel = words
    imported = [{"customer_id": "ann", "purpose": purpose, "channel": channel, "granted": True, "text_version": "v2"}]
    row = made("contactable", [person("ann")], imported=imported)["ann"]
    assert [name for name in row if name.startswith("by_") and row[name]] == [allowed]


def test_pipl_31_under_fourteen_a_guardian_must_agree():
    assert verdict(said("ann"), birth_year=2011.0) == "child"
    assert verdict(said("ann", given_by="guardian"), birth_year=2011.0) == ""
    assert verdict(said("ann"), age=14.0) == ""


def test_pipl_31_gdpr_8_what_a_guardian_says_of_a_child_stands_whatever_the_child_says_later():
    def later(decision="granted", **facts):
        return said("ann", decision, said_at=datetime(2024, 4, 1), **facts)

    yes, no = said("ann", given_by="guardian"), said("ann", "withdrawn", given_by="guardian")
    assert verdict(yes, later(), birth_year=2011.0) == ""
    assert verdict(yes, later(channel="sms"), birth_year=2011.0) == ""
    assert verdict(no, later(), birth_year=2011.0) == "refused"
    assert verdict(yes, later("withdrawn"), birth_year=2011.0) == "refused", "a child may always refuse"
    assert verdict(no, later(), birth_year=2000.0) == "", "who is of age decides alone"
    row = made("contactable", [person("ann", birth_year=2011.0)], [yes, later(channel="sms")])["ann"]
    assert row["by_sms"] is True


def test_gdpr_8_the_age_of_own_decision_is_that_of_the_law():
    assert verdict(said("ann"), age=15.0) == ""
    assert verdict(said("ann"), age=15.0, country="法国") == "child"


def test_the_country_of_orders_counts_where_the_customer_file_has_none():
    row = made("residence", [person("ann", country=None), person("bob", country=None, province="California")])
    assert row["ann"]["law"] == "pipl"
    elsewhere = made("residence", [person("ann", country=None)], home="US")["ann"]["law"]
    assert elsewhere == "other"
    assert made("residence", [person("bob", country="US", province="California")])["bob"]["law"] == "ccpa"
