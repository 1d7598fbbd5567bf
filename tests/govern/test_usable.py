"""Whose data may be used for what."""

from small_base import made, person, said

from motherlode.project import Project
from small_project import copied


def usable(*recorded, settings=None, **facts):
    return made("usable", [person("ann", **facts)], recorded, **settings or {})["ann"]


def test_gdpr_21_who_objects_to_marketing_objects_to_profiling_for_it():
    row = usable(said("ann", "objected"), country="France")
    assert (row["profiling"], row["verdict"], row["analytics"]) == (False, "objected", True)


def test_pipl_24_without_a_record_people_are_profiled_only_where_the_house_is_not_strict():
    assert usable()["profiling"] and usable()["verdict"] == "no_record"
    assert not usable(settings={"unrecorded": False})["profiling"]
    assert usable(said("ann", purpose="profiling"), settings={"unrecorded": False})["profiling"]


def test_pipl_23_pipl_29_ccpa_1798_121_sharing_and_sensitive_fields_need_a_consent_of_their_own():
    assert not usable(said("ann"))["sharing"] and not usable(said("ann"))["sensitive"]
    row = usable(said("ann", purpose="sharing"))
    assert row["sharing"] and not row["sensitive"]


def test_ccpa_1798_120_sharing_ends_with_the_opt_out():
    home = {"country": "USA", "province": "CA"}
    assert usable(**home)["sharing"]
    row = usable(said("ann", "opted_out", purpose="sharing"), **home)
    assert (row["sharing"], row["profiling"]) == (False, True)


def test_pipl_28_a_child_is_not_profiled_without_a_guardian():
    assert not usable(age=9.0)["profiling"]
    assert usable(said("ann", purpose="profiling", given_by="guardian"), age=9.0)["profiling"]


def test_gdpr_22_pipl_24_who_refused_profiling_has_no_features_and_no_opportunity(tmp_path):
    # The customer file may say no to marketing only; profiling is refused in a file of consents.
    shop = copied(tmp_path)
    (shop / "inbox" / "said.csv").write_text("who,what,yes,day\nc001,profiling,no,2024-01-01\n")
    source = '[sources.said]\npath = "inbox/said.csv"\ntable = "consents"\n'
    columns = 'columns = { customer_id = "who", purpose = "what", granted = "yes", changed_at = "day" }\n'
    with (shop / "motherlode.toml").open("a") as settings:
        settings.write(source + columns)
    with Project(shop) as project:
        project.load()
        project.run()
        for name in ("profile.features", "opportunity.candidates", "predict.expected_purchases"):
            people = set(project.table(name)["customer_id"])
            assert "c002" in people and "c001" not in people, name
