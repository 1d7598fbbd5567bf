"""Every page in both languages, without a script, with nothing from elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser
from motherlode.labels import LANGUAGES, catalogue, missing
from motherlode.web.pages.page import pages
from motherlode.web.pages.staying import share_at
from small_project import made

CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module", params=LANGUAGES)
def client(request: pytest.FixtureRequest) -> Iterator[TestClient]:
    with browser(made(), request.param) as one:
        one.language = request.param  # type: ignore[attr-defined]
        yield one


@pytest.fixture(scope="module")
def english() -> Iterator[TestClient]:
    with browser(made()) as one:
        yield one


def addresses() -> list[str]:
    return [page.path for page in pages()] + ["/customers/c001"]


@pytest.mark.parametrize("path", addresses())
def test_a_page_answers_in_the_language_that_is_asked_for(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-language"] == client.language  # type: ignore[attr-defined]
    seen = Seen(answer.text)
    assert ("zh-CN" if client.language == "zh" else "en") in answer.text[:200]  # type: ignore[attr-defined]
    if client.language == "en":  # type: ignore[attr-defined]
        # Words of the data, the name of the house and the switch are Chinese in any language.
        allowed = {"富矿", "中文", "上海", "茶", "杯", "壶", "礼"}
        assert set(CHINESE.findall(seen.text)) <= set("".join(allowed))
    else:
        assert len(CHINESE.findall(seen.text)) > 10


@pytest.mark.parametrize("path", addresses())
def test_a_page_carries_no_script_or_style_of_its_own_and_nothing_from_elsewhere(
    english: TestClient, path: str
) -> None:
    answer = english.get(path)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    for tag, said in Seen(answer.text).tags:
        assert not [name for name in said if name.startswith("on") or name == "style"]
        assert tag != "style" and (tag != "script" or str(said.get("src")).startswith("/static/"))
        for name in ("src", "href", "action"):
            assert not re.match(r"(?:[a-z]+:)?//|javascript:", str(said.get(name) or ""))


@pytest.mark.parametrize("path", addresses())
def test_every_link_of_a_page_leads_somewhere(english: TestClient, path: str) -> None:
    found = {
        link.partition("#")[0] for link in Seen(english.get(path).text).links if not link.startswith("/appearance")
    }
    # A few of each kind: a list has hundreds of the same.
    kinds: dict[str, str] = {re.sub(r"\d+|=[^&]*", "", link): link for link in sorted(found) if link}
    for link in kinds.values():
        assert english.get(link).status_code == 200, link


def test_every_page_and_word_of_the_pages_has_both_languages() -> None:
    assert missing(("page", page.key) for page in pages()) == []
    templates = Path(__file__).parents[3] / "src" / "motherlode" / "web" / "pages"
    written = " ".join(
        file.read_text(encoding="utf-8") for file in templates.rglob("*.*") if file.suffix in (".html", ".py")
    )
    told = set(re.findall(r"""\btell\(\s*"(\w+)"[,)]""", written))
    assert len(told) > 50
    assert missing(("web", key) for key in sorted(told)) == []


def test_no_words_are_left_that_nobody_says() -> None:
    folder = Path(__file__).parents[3] / "src" / "motherlode"
    written = " ".join(
        file.read_text(encoding="utf-8") for file in folder.rglob("*.*") if file.suffix in (".html", ".py")
    )
    # Keys that are put together of a beginning and a code.
    built = (
        "theme_",
        "dates_",
        "job_",
        "sign_",
        "times_",
        "did_",
        "match_",
        "request_",
        "log_",
        "joint_",
        "staying_",
        "identifier_",
        "joined_",
        "tab_",
        "unit_",
        "span_",
        "gap_",
        "length_",
        "answer_",
        "ask_",
        "calc_",
        "from_",
        "agree_",
        "pair_",
        "pairs_",
        "decision_",
        "case_of_",
        "discover",
        "act",
        "trust",
        "house",
    )
    unsaid = [
        key
        for key in catalogue()["web"]
        if not key.startswith(built) and f'"{key}"' not in written and f"'{key}'" not in written
    ]
    roles = {"analyst", "marketer", "sales", "compliance", "admin"}
    # What to do next is said with what happened.
    unsaid = [key for key in unsaid if not (key.endswith("_hint") and f'"{key.removesuffix("_hint")}"' in written)]
    assert sorted(set(unsaid) - roles) == []


def test_the_first_screen_answers_how_many_what_they_are_worth_and_what_to_do_first(english: TestClient) -> None:
    text = Seen(english.get("/").text).text
    claim, first = english.get("/tables/opportunity/claim.json").json()[0], english.get("/opportunities").text
    assert f"Customers with potential {claim['customers']}" in text
    assert "What acting on them should add" in text and "What to do first" in text
    assert re.search(r'href="/customers/c\d+"', first)


def test_filters_stand_in_the_address_and_narrow_the_list(english: TestClient) -> None:
    everybody = Seen(english.get("/customers").text).text
    lost = Seen(english.get("/customers?stage=lost").text).text
    assert "80 customers" in everybody
    assert "Lifecycle stage is Lost" in lost and "80 customers" not in lost


def test_pages_of_a_list_hold_everybody_once(english: TestClient) -> None:
    seen: list[str] = []
    for page in (1, 2, 3):
        seen += re.findall(
            r'<th scope="row"><input[^>]+> <a href="/customers/(c\d+)"', english.get(f"/customers?page={page}").text
        )
    assert len(seen) == len(set(seen)) == 80


def test_a_budget_ranks_again(english: TestClient) -> None:
    cheap = english.get("/tables/opportunity/ranked.json?budget=30").json()
    everything = english.get("/tables/opportunity/ranked.json?show=all").json()
    assert sum(row["cost"] for row in cheap) <= 30
    assert 0 < len(cheap) < len(everything)
    assert "Your budget" in english.get("/opportunities?budget=30").text


@pytest.mark.parametrize("budget", ["-1", "nan", "inf", "1e999", "abc", "'; DROP TABLE x", ""])
def test_a_budget_that_is_none_is_no_failure(english: TestClient, budget: str) -> None:
    assert english.get("/opportunities", params={"budget": budget}).status_code == 200


def test_one_customer_has_reasons_a_timeline_and_the_tables_that_each_number_came_from(english: TestClient) -> None:
    text = Seen(english.get("/customers/c001").text).text
    assert "Timeline" in text and "Order" in text and "What to do" in text
    assert "profile.features" in text


def test_a_search_for_a_number_or_a_phone_opens_the_customer(english: TestClient) -> None:
    for asked in ("c005", "13800138005"):
        answer = english.get("/customers", params={"q": asked}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/customers/c005")
    assert "Nobody found" in english.get("/customers", params={"q": "nobody at all"}).text


def test_the_end_of_a_phone_and_a_name_find_people_and_stand_in_the_log(english: TestClient) -> None:
    for asked, field in (("8012", "phone"), ("canary  person 12", "name")):
        answer = english.get("/customers", params={"q": asked}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/customers/c012"), asked
        entry = english.app.state.project.audit.entries(1)[0]  # type: ignore[attr-defined]
        assert (entry["what"], entry["actor"], entry["reason"]) == ("read", "local", f"search by {field}")
        assert asked not in str(entry["reason"])


def test_who_is_not_there_is_told_so(english: TestClient) -> None:
    answer = english.get("/customers/nobody")
    assert answer.status_code == 404 and "There is no customer nobody" in answer.text
    assert english.get("/nothing/here").status_code == 404


def test_a_table_comes_as_a_page_json_csv_and_excel(english: TestClient) -> None:
    rows = english.get("/tables/profile/rfm.json").json()
    csv = english.get("/tables/profile/rfm.csv")
    assert len(rows) == len(csv.content.decode("utf-8-sig").strip().splitlines()) - 1
    assert csv.content.startswith("\ufeff".encode()) and "attachment" in csv.headers["content-disposition"]
    assert english.get("/tables/profile/rfm.xlsx").content[:2] == b"PK"
    assert english.get("/tables/profile/rfm.exe").status_code == 404
    assert english.get("/tables/profile/nothing.csv").status_code == 404


def test_what_was_taken_stands_in_the_log(english: TestClient) -> None:
    english.get("/tables/profile/stages.csv")
    log = english.app.state.project.ledger.read("exports")  # type: ignore[attr-defined]
    assert (log[-1]["path"], log[-1]["actor"]) == ("profile.stages.csv", "local")


def test_the_language_and_the_theme_that_were_chosen_stay(english: TestClient) -> None:
    with browser(made()) as one:
        answer = one.get("/appearance?language=zh&theme=dark&back=/customers")
        assert answer.url.path == "/customers"
        assert 'data-theme="dark"' in answer.text and answer.headers["content-language"] == "zh"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(english: TestClient, back: str) -> None:
    answer = english.get("/appearance", params={"theme": "dark", "back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_before_the_first_run_a_page_says_how_to_begin(tmp_path: Path) -> None:
    (tmp_path / "motherlode.toml").write_text('name = "new"\n')
    with browser(tmp_path) as one:
        assert "Begin here" in one.get("/").text
        assert one.get("/opportunities").status_code == 200


def test_where_nothing_is_yet_a_page_leads_to_where_files_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "motherlode.toml").write_text('name = "new"\n')
    with browser(tmp_path) as client:
        for path in ("/", "/opportunities", "/accounts", "/tables/profile/rfm"):
            assert "/data" in Seen(client.get(path).text.partition("<main")[2]).links, path


def test_a_page_that_there_is_not_has_that_for_its_heading(english: TestClient) -> None:
    assert "<h1>There is no such page</h1>" in english.get("/nothing/here").text


def test_a_row_with_a_sentence_names_its_cells_for_narrow_screens(client: TestClient) -> None:
    page = client.get("/settings").text
    table = page[page.index('class="telling"') :].partition("</table>")[0]
    assert table.count('role="cell" data-name="') == table.count("<td") > 0


def test_names_of_the_settings_are_set_apart_from_the_prose(client: TestClient) -> None:
    assert "`" not in Seen(client.get("/privacy").text).text
    assert "<code>[tables.retention]</code>" in client.get("/privacy").text


def test_channels_are_said_in_the_language_of_the_page(english: TestClient) -> None:
    assumed = Seen(english.get("/settings", headers={"Accept-Language": "zh"}).text).text
    assert "渠道 邮件" in assumed and "渠道 email" not in assumed


def test_times_are_those_of_the_house(english: TestClient) -> None:
    # A day of a file is midnight in Shanghai, which is 16:00 of the day before in Greenwich.
    moments = english.get("/customers/c001").text.partition('id="timeline"')[2]
    assert "2024-06-19" in moments and "16:00" not in moments


def test_customers_can_be_downloaded_as_they_are_filtered(english: TestClient) -> None:
    assert "/customers.csv?stage=lost" in Seen(english.get("/customers?stage=lost").text).links
    lines = english.get("/customers.csv?stage=lost").text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("customer_id,") and len(lines) > 1
    assert all(",lost," in line for line in lines[1:])


def test_every_table_says_in_the_readers_language_what_it_holds(client: TestClient) -> None:
    page, table = client.get("/tables").text, client.get("/tables/refine/customers").text
    says = catalogue()["says"]["customers"][client.language]  # type: ignore[attr-defined]
    for text in (page, table):
        seen = "".join(Seen(text).text.split())
        assert "".join(says.replace("`", "").split()) in seen and "<code>known_on</code>" in text


def test_the_flow_from_stage_to_stage_leads_to_those_who_went(english: TestClient) -> None:
    moves = [row for row in english.get("/tables/profile/stage_moves.json").json() if row["days_before"] == 91]
    page = english.get("/?compare=91").text
    assert len(moves) > 1
    for move in moves:
        asked = f"={move['stage_before']}" if move["stage_before"] else ".unknown=yes"
        address = f"/customers?stage_91_days_before{asked}&stage={move['stage']}"
        assert address.replace("&", "&amp;") in page
        listed = english.get(address.replace("/customers?", "/customers.json?")).json()
        assert len(listed) == move["customers"]


def test_a_period_to_compare_with_that_there_is_not_is_the_nearest(english: TestClient) -> None:
    assert "91 days before (" in english.get("/?compare=7").text
    assert "364 days before" in english.get("/?compare=364").text


def test_a_customer_s_page_says_where_she_stood_before(english: TestClient) -> None:
    row = next(row for row in english.get("/tables/profile/earlier_stages.json").json() if row["customer_id"] == "c001")
    was = catalogue()["stage"][row["stage_91_days_before"]]["en"]
    assert f"91 days before {was} →" in " ".join(Seen(english.get("/customers/c001").text).text.split())


def test_columns_of_the_list_are_chosen_in_the_address_and_in_the_file(english: TestClient) -> None:
    asked = "column=spend_182d&column=stage&column=nothing_like_it"
    page = Seen(english.get(f"/customers?{asked}").text).text
    words = [catalogue()["column"][name]["en"] for name in ("spend_182d", "stage", "orders_365d")]
    heads = page.partition("Customer ")[2]
    assert words[0] in heads
    rows = english.get(f"/customers.json?{asked}").json()
    assert list(rows[0]) == ["customer_id", "spend_182d", "stage"] and rows[0]["spend_182d"] is not None
    first = english.get(f"/customers?{asked}&order=-value").text
    best = max(rows, key=lambda row: row["spend_182d"] or 0)
    assert f"{best['spend_182d']:,.0f}"[:3] in first


def test_two_customers_stand_side_by_side_and_what_is_the_same_below(english: TestClient) -> None:
    page = english.get("/compare?who=c001&who=c002").text
    assert 'href="/customers/c001"' in page and 'href="/customers/c002"' in page
    apart, _, alike = page.partition("that are the same")
    spend = catalogue()["column"]["spend_all"]["en"]
    assert spend in apart and spend not in alike and catalogue()["column"]["city"]["en"] in alike
    assert "Choose two customers first" in english.get("/compare?who=c001").text
    assert "Choose two customers first" in english.get("/compare?who=c001&who=c001").text
    assert english.get("/compare?who=c001&who=nobody").status_code == 200


def test_a_table_with_an_order_of_its_own_begins_with_its_first(english: TestClient) -> None:
    page = english.get("/tables/opportunity/ranked").text.partition("<tbody>")[2]
    ranks = [int(row) for row in re.findall(r'<tr><td class="number">(\d+)</td>', page)]
    assert ranks[:5] == [1, 2, 3, 4, 5] and ranks == sorted(ranks)


def test_the_page_of_tables_names_what_was_read_of_each_file_that_came(english: TestClient) -> None:
    page = english.get("/tables").text
    assert "/tables/refine/graded_orders.csv" in page and "/tables/refine/graded_deals.csv" not in page


def test_two_customers_are_compared_by_what_is_theirs_and_not_the_lists(english: TestClient) -> None:
    page = Seen(english.get("/compare?who=c001&who=c002").text).text
    assert "Lifetime value" in page and "Shadow price" not in page and "Second benchmark" not in page


def test_a_share_is_known_after_everybody_is_through() -> None:
    through, young = [(0.0, 0.0), (20.0, 1.0)], [(0.0, 0.0), (20.0, 0.4)]
    assert share_at(through, 90, "{:.0%}".format) == "100%" and share_at(young, 90, "{:.0%}".format) == "–"
