"""Rights of a person whose canaries stand in every canonical table and field."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import canary_shop
from canary_shop import BYSTANDER, PERSONAL, WHO, canaries, found
from motherlode.privacy import requests
from motherlode.project import Project
from small_project import copied, said


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = canary_shop.write(tmp_path_factory.mktemp("canaries") / "shop")
    with Project(root) as project:
        project.load()
        project.run()
    return root


@pytest.fixture
def shop(loaded: Path, tmp_path: Path) -> Iterator[Path]:
    yield Path(shutil.copytree(loaded, tmp_path / "shop"))


def tables_with(project: Project, who: str) -> set[str]:
    """Tables that declare a subject and have rows of somebody."""
    promises = [p for p in project.graph.promises.values() if p.subject and p.kind not in ("feature", "label")]
    return {p.address for p in promises if who in project.table(p.address)[p.subject]}


def answer(shop: Path, who: str = WHO) -> dict:
    done = said("rights", "access", who, "--format", "json", at=shop)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_gdpr_15_pipl_45_an_access_request_finds_every_canary_of_every_table(loaded):
    text = json.dumps(answer(loaded), ensure_ascii=False)
    assert {one for one in canaries() if one not in text} == set()
    assert "zqcanary-broken" in text and "zqcanary-guest" in text
    assert BYSTANDER not in text and "13900139000" not in text


def test_gdpr_15_an_access_request_says_that_there_is_a_peer_and_not_who(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        peers = {row["customer_id"]: row["peer_id"] for row in project.table("opportunity.candidates")}
    who, peer = next((who, peer) for who, peer in peers.items() if peer and peer != who)
    told = answer(shop, who)
    assert peer not in json.dumps(told)
    assert {row["peer_id"] for row in told["rows"]["opportunity.candidates"]} == {"****"}
    copy = said("rights", "access", who, "--format", "csv", at=shop).stdout
    assert f",{peer}" not in copy and "peer_id,****" in copy


def test_gdpr_15_an_access_request_walks_every_table_that_declares_a_subject(loaded):
    with Project(loaded) as project:
        subjects = {
            p.address for p in project.graph.promises.values() if p.subject and p.kind not in ("feature", "label")
        }
        has = {name for name in subjects if WHO in project.table(name)[project.graph.find(name).subject]}
    assert has - set(answer(loaded)["rows"]) == set()
    assert {"profile.features", "profile.lifecycle", "refine.feedback", "refine.touches"} <= has


def test_gdpr_20_an_answer_is_also_given_as_rows_of_a_csv_with_every_canary(loaded, tmp_path):
    file = tmp_path / "mine.csv"
    assert said("rights", "access", WHO, "--format", "csv", "-o", str(file), at=loaded).exit_code == 0
    text = file.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {one for one in canaries() if one not in text} == set() and file.stat().st_mode & 0o077 == 0
    assert {"place": f"fields.{WHO}", "row": "1", "field": "email", "value": PERSONAL["email"]} in rows
    # A number of a phone is no formula of a spreadsheet.
    assert "'+8613800138777" in text
    copy = said("rights", "export", WHO, "--format", "csv", at=loaded).stdout
    assert "zqcanary-guest" in copy and "refine.customers" not in copy


@pytest.mark.parametrize("who", ["zqcanary@example.com", "138-0013-8777", "11010519491231002x"])
def test_a_person_is_found_by_any_identifier(loaded, who):
    # A file and an event of hers name other numbers of hers.
    others = ["zqcanary-customers-previous_id", "zqcanary-events-previous_id"]
    assert answer(loaded, who)["customer_ids"] == [WHO, *others]


def test_an_erasure_says_first_which_other_numbers_are_taken_for_hers(loaded):
    others = [f"zqcanary-{table}-previous_id" for table in ("customers", "events")]
    done = said("rights", "erase", WHO, at=loaded)
    assert done.exit_code != 0
    assert all(f"motherlode identity cut {WHO} customer {other}" in done.output for other in others)
    assert answer(loaded)["customer_ids"] == [WHO, *others]


def test_gdpr_17_pipl_47_after_an_erasure_no_file_has_a_canary(shop):
    said("opportunities", "--all", "-o", str(shop / "list.csv"), at=shop)
    said("table", "refine.customers", "-o", str(shop / "people.xlsx"), at=shop)
    said("table", "refine.customers", "-o", str(shop / "people.parquet"), at=shop)
    said("table", "profile.stages", "-o", str(shop / "stages.csv"), at=shop)
    said("consent", "grant", WHO, "--purpose", "marketing", at=shop)
    assert (shop / "people.xlsx").exists() and found(shop)
    done = said("rights", "erase", WHO, "--yes", at=shop)
    assert done.exit_code == 0, done.output
    receipt = json.loads(done.stdout)
    assert receipt["left"] == {} and receipt["rows"]["vault"] == 1
    assert found(shop) == []
    assert not (shop / "people.xlsx").exists() and not (shop / "people.parquet").exists()
    assert (shop / "stages.csv").exists()
    assert answer(shop, BYSTANDER)["fields"][BYSTANDER]["email"] == "other@example.com"


def test_gdpr_17_the_receipt_counts_what_the_access_request_had_shown(shop):
    before = answer(shop)["rows"]
    receipt = json.loads(said("rights", "erase", WHO, "--yes", at=shop).stdout)["rows"]
    tables = {name for name in receipt if name.startswith(("loaded.", "profile.", "opportunity.", "refine."))}
    shown = {name: len(before[name]) for name in tables & set(before)}
    # Rows made of a guest's loaded row are found by where that row stood, not by a number that they do not have.
    assert {name: receipt[name] for name in shown if receipt[name] < shown[name]} == {}
    assert receipt["loaded.orders"] == shown["loaded.orders"] == 2


def test_gdpr_17_an_erased_person_does_not_come_back_when_the_same_file_is_loaded_again(shop):
    said("rights", "erase", WHO, "--yes", at=shop)
    for path in (shop / "inbox").glob("*.csv"):
        with path.open("a", encoding="utf-8") as out:
            out.write("\r\n")
    done = said("ingest", at=shop)
    assert "rows of people who were erased were left out" in done.output
    with Project(shop) as project:
        project.run()
        assert project.table("refine.customers")["customer_id"] == [BYSTANDER]
    assert found(shop) == []


def test_gdpr_17_an_erased_person_does_not_come_back_with_an_older_backup(shop):
    assert said("backup", str(shop / "backup"), at=shop).exit_code == 0
    said("rights", "erase", WHO, "--yes", at=shop)
    done = said("restore", str(shop / "backup"), "--yes", at=shop)
    assert "1 people who were erased since are erased again" in done.output
    assert found(shop, beside=("inbox", "backup")) == []


@pytest.mark.parametrize("store", ["warehouse.duckdb", "ledger.sqlite", "vault.sqlite"])
def test_one_store_put_back_by_hand_is_mended_with_the_next_load(shop, store, tmp_path):
    said("consent", "grant", WHO, "--purpose", "marketing", at=shop)
    shutil.copy2(shop / "data" / store, tmp_path / store)
    said("rights", "erase", WHO, "--yes", at=shop)
    (tmp_path / store).replace(shop / "data" / store)
    said("ingest", at=shop)
    assert found(shop) == []


def test_several_people_are_erased_in_one_go(shop):
    receipt = json.loads(said("rights", "erase", WHO, BYSTANDER, "--yes", at=shop).stdout)
    assert receipt["rows"]["vault"] == 2 and receipt["rows"]["loaded.customers"] == 2


def test_without_a_yes_nothing_is_erased_and_the_preview_names_every_table(shop):
    done = said("rights", "erase", WHO, at=shop)
    assert done.exit_code == 1 and "would erase loaded.orders: 2 rows" in done.output
    assert answer(shop)["fields"][WHO]["email"] == "zqcanary@example.com"


def test_gdpr_18_who_is_restricted_is_stored_and_in_no_table(shop):
    assert said("rights", "restrict", WHO, at=shop).exit_code == 0
    with Project(shop) as project:
        assert WHO not in project.table("refine.customers")["customer_id"]
        project.run()
        assert tables_with(project, WHO) == set()
    assert answer(shop)["rows"]["loaded.customers"]
    assert said("rights", "restrict", WHO, "--lift", at=shop).exit_code == 0
    with Project(shop) as project:
        project.run()
        assert WHO in project.table("profile.features")["customer_id"]


def test_gdpr_18_orders_of_a_restricted_person_as_a_guest_count_in_no_total(shop):
    def orders(run=True):
        with Project(shop) as project:
            if run:
                project.load()
                project.run()
            return [row["order_id"] for row in project.table("refine.orders")]

    guest = "zqcanary-guest"
    assert guest in orders(run=False)
    assert said("rights", "restrict", WHO, at=shop).exit_code == 0
    with Project(shop) as project:
        assert guest not in project.table("refine.order_lines")["order_id"], "at once"
    assert guest not in orders()
    assert answer(shop)["rows"]["loaded.orders"]
    assert said("rights", "restrict", WHO, "--lift", at=shop).exit_code == 0
    assert guest in orders()


def test_gdpr_16_pipl_46_what_was_put_right_stays_right(shop):
    assert said("rights", "rectify", WHO, "email=new@example.com", "city=Shenzhen", at=shop).exit_code == 0
    with (shop / "inbox" / "customers.csv").open("a", encoding="utf-8") as out:
        out.write("\r\n")
    with Project(shop) as project:
        project.load()
        project.run()
        (row,) = [row for row in project.table("refine.customers") if row["customer_id"] == WHO]
        assert row["city"] == "Shenzhen"
        assert project.vault.find("email", "zqcanary@example.com") == []
    assert answer(shop, "new@example.com")["fields"][WHO]["email"] == "new@example.com"


def test_gdpr_16_what_rows_know_of_a_field_is_put_right_with_it_and_stays_so(shop):
    right = ("phone=13800138999", "email=new@example.com", "birthday=2015-01-02")
    assert said("rights", "rectify", WHO, *right, at=shop).exit_code == 0
    # What she bought as a guest is still hers, though it is known by her old phone alone.
    assert "zqcanary-guest" in json.dumps(answer(shop))
    for name in ("customers", "orders"):
        with (shop / "inbox" / f"{name}.csv").open("a", encoding="utf-8") as out:
            out.write("\r\n")
    with Project(shop) as project:
        project.load()
        project.run()
        (row,) = [row for row in project.table("refine.customers") if row["customer_id"] == WHO]
        (home,) = [row for row in project.table("govern.residence") if row["customer_id"] == WHO]
        old = {
            project.vault.token(name, value)
            for name, value in (("phone", "+8613800138777"), ("email", PERSONAL["email"]))
        }
        hers = project.warehouse.arrow("SELECT * FROM loaded.orders WHERE customer_id = $who", {"who": WHO}).to_pylist()
        assert (row["birth_year"], home["child"]) == (2015.0, True)
        assert old.isdisjoint(str(cell) for one in (row, *hers) for cell in one.values())
        assert old.isdisjoint(project.table("refine.identities")["value"])


@pytest.mark.parametrize("change", ["birthday=junk", "birthday=17.5.1990", "birthday=2990-01-01"])
def test_a_birthday_that_is_none_is_refused(shop, change):
    done = said("rights", "rectify", WHO, change, at=shop)
    assert done.exit_code == 1 and "this is no birthday" in done.output and "1990-05-17" in done.output


def test_a_wrong_value_is_refused_without_being_repeated(shop):
    done = said("rights", "rectify", WHO, "phone=12ab", at=shop)
    assert done.exit_code == 1 and "this is no phone" in done.output and "12ab" not in done.output
    done = said("rights", "rectify", WHO, "registered_at=zqsoon", at=shop)
    assert done.exit_code == 1 and "this is no registered_at" in done.output and "zqsoon" not in done.output
    assert said("rights", "rectify", WHO, "registered_at=2024-05-06", "age=41", at=shop).exit_code == 0


def test_gdpr_21_who_objects_is_not_contactable_whatever_the_basis(shop):
    assert said("rights", "object", WHO, at=shop).exit_code == 0
    (row,) = answer(shop)["rows"]["govern.contactable"]
    assert (row["allowed"], row["verdict"]) == (False, "objected")


def judged(project: Project, who: str) -> set[str]:
    """Tables for profiling and marketing that have rows of somebody."""
    purposes = {promise.address: promise.purpose for promise in project.graph.promises.values()}
    return {address for address in tables_with(project, who) if purposes[address] in ("profiling", "marketing")}


@pytest.mark.parametrize("purpose", ["profiling", "marketing"])
def test_gdpr_21_who_objects_to_profiling_is_in_no_table_that_judges_at_once_and_after_a_run(shop, purpose):
    with Project(shop) as project:
        assert {"profile.lifecycle", "opportunity.open_deals", "opportunity.candidates"} <= judged(project, WHO)
    assert said("rights", "object", WHO, "--purpose", purpose, at=shop).exit_code == 0
    with Project(shop) as project:
        assert judged(project, WHO) == set() and WHO in project.table("refine.orders")["customer_id"]
        project.run()
        assert judged(project, WHO) == set() and judged(project, BYSTANDER)


def test_gdpr_20_a_copy_holds_what_was_given_and_nothing_that_was_made_of_it(shop):
    copy = json.loads(said("rights", "export", WHO, at=shop).stdout)
    assert copy["fields"][WHO]["name"] == "zqcanary-name"
    assert all(name.startswith("loaded.") for name in copy["rows"])


@pytest.mark.parametrize(
    ("law", "due"), [("gdpr", date(2024, 2, 29)), ("ccpa", date(2024, 3, 16)), ("pipl", date(2024, 3, 1))]
)
def test_gdpr_12_ccpa_1798_130_a_request_has_the_deadline_of_its_law(law, due):
    assert requests.due_on(law, date(2024, 1, 31)) == due


@pytest.mark.parametrize(
    ("made", "months", "due"),
    [
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2026, 3, 5), 1, date(2026, 4, 5)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
    ],
)
def test_gdpr_12_a_month_ends_on_the_day_of_its_number_or_on_its_last(made, months, due):
    assert requests.months_after(made, months) == due


def test_gdpr_12_requests_are_written_down_with_their_deadline_and_outlive_the_person_namelessly(shop):
    said("rights", "access", WHO, "--identity", "passport seen", at=shop)
    request = answer(shop)["requests"][-1]
    assert (request["kind"], request["identity"], bool(request["due_on"])) == ("access", "passport seen", True)
    said("rights", "erase", WHO, "--yes", at=shop)
    with Project(shop) as project:
        kinds = [row["kind"] for row in project.ledger.read("requests")]
    assert kinds[-2:] == ["access", "erase"]


def test_gdpr_17_no_file_has_a_canary_after_decisions_lists_readings_cases_and_papers(shop):
    words = ("--role", "service", "--purpose", "service", "--reason", "call back")
    said("consent", "grant", WHO, "--purpose", "marketing", at=shop)
    said("run", at=shop)
    said("opportunities", "--as-list", "spring", "--unrecorded", at=shop)
    said("reveal", WHO, "--field", "phone", *words, at=shop)
    said("govern", "queue", "add", WHO, "--kind", "erase", at=shop)
    said("govern", "breach", "add", "shared account", "--since", "2020-01-01", at=shop)
    said("govern", "notice", "--keep", "-o", str(shop / "notice.md"), at=shop)
    assert said("backup", str(shop / "backup"), at=shop).exit_code == 0
    whole = json.dumps(answer(shop), ensure_ascii=False)
    assert {one for one in canaries() if one not in whole} == set()
    assert said("rights", "erase", WHO, "--yes", at=shop).exit_code == 0
    assert found(shop, beside=("inbox", "backup")) == []
    said("restore", str(shop / "backup"), "--yes", at=shop)
    assert found(shop, beside=("inbox", "backup")) == []
    assert said("govern", "breach", "affected", "breach-1", at=shop).output.startswith("erased:")
    assert "is whole" in said("audit", "verify", at=shop).output
