"""What SDKs send is kept once, counted, and in the tables at the next run."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
from test_asking import until

from collecting import KEY, collecting, project_at, rows, track
from motherlode.errors import MotherlodeError
from motherlode.live import consumer
from motherlode.project import Project

NOW = datetime(2026, 11, 1)


def counted(shop: Path) -> dict[str, int]:
    sums = Counter()
    for row in rows(shop, "SELECT * EXCLUDE (source, minute) FROM collect.received"):
        sums.update(row)
    return +sums


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return project_at(tmp_path)


def test_a_batch_is_kept_once_and_counted(shop):
    async def work(client, collector):
        batch = {"writeKey": KEY, "batch": [track(1), track(2), {"type": "dance", "userId": "ann", "messageId": "m9"}]}
        first = await client.send("/v1/batch", batch)
        second = await client.send("/v1/batch/", batch)
        return first, second

    first, second = collecting(shop, work)
    assert first[0] == second[0] == 200
    assert first[1]["results"] == ["ok", "ok", "quarantined"]
    assert first[1]["problems"] == [{"event": 2, "problem": "unknown_type"}]
    assert second[1]["results"] == ["duplicate"] * 3
    assert rows(shop, "SELECT event_id, source FROM collect.raw_events ORDER BY ALL") == [
        {"event_id": "m1", "source": "web"},
        {"event_id": "m2", "source": "web"},
    ]
    assert counted(shop) == {"received": 6, "stored": 2, "duplicate": 3, "quarantined": 1}
    assert [row["problem"] for row in rows(shop, "SELECT * FROM collect.quarantined_events")] == ["unknown_type"]


def test_messages_are_known_after_a_restart(shop):
    async def work(client, collector):
        return await client.send("/v1/track", track(1), headers={"X-Write-Key": KEY})

    assert collecting(shop, work)[1]["results"] == ["ok"]
    assert collecting(shop, work)[1]["results"] == ["duplicate"]


def test_copies_in_flight_are_kept_once(shop):
    async def work(client, collector):
        sent = [client.send("/v1/t", track(1), headers={"X-Write-Key": KEY}) for _ in range(20)]
        return [answer[1]["results"][0] for answer in await asyncio.gather(*sent)]

    assert sorted(collecting(shop, work)) == ["duplicate"] * 19 + ["ok"]


def test_a_truncated_body_is_a_400_whose_whole_events_are_kept(shop):
    async def work(client, collector):
        body = json.dumps({"writeKey": KEY, "batch": [track(1), track(2)]}).encode()
        return await client.send("/v1/batch", body[:-12])

    status, body, _ = collecting(shop, work)
    assert (status, body["code"], body["detail"]["kept_whole_events"]) == (400, "not_json", 1)
    assert [row["problem"] for row in rows(shop, "SELECT problem FROM collect.quarantined_events")] == ["truncated"]


def test_strict_mode_asks_for_a_400(shop):
    async def work(client, collector):
        batch = {"writeKey": KEY, "batch": [track(1), 7]}
        return await client.send("/v1/batch", batch, headers={"X-Strict-Mode": "1"})

    status, body, _ = collecting(shop, work)
    assert (status, body["detail"]) == (400, [{"event": 1, "problem": "not_an_object"}])


def test_an_unknown_key_is_told_with_a_code_and_counted(shop):
    async def work(client, collector):
        return await client.send("/v1/batch", {"writeKey": "nobody's", "batch": [track(1), track(2)]})

    status, body, _ = collecting(shop, work)
    assert (status, body["code"]) == (401, "unknown_write_key")
    assert rows(shop, "SELECT source, refused FROM collect.received") == [{"source": "", "refused": 2}]


def test_too_many_events_are_told_to_come_back(tmp_path):
    shop = project_at(tmp_path, events_per_second=1)

    async def work(client, collector):
        return [
            await client.send("/v1/t", track(number), headers={"X-Write-Key": KEY, "Origin": "https://tea.example"})
            for number in range(12)
        ]

    answers = collecting(shop, work)
    assert [status for status, *_ in answers].count(429) == 2
    status, _, headers = answers[-1]
    assert (status, headers["retry-after"]) == (429, "1")
    assert headers["access-control-expose-headers"] == "Retry-After"
    assert headers["access-control-allow-origin"] == "https://tea.example"
    assert counted(shop) == {"received": 12, "stored": 10, "refused": 2}


def test_a_preflight_mirrors_what_is_asked(shop):
    async def work(client, collector):
        asked = {"Origin": "https://tea.example", "Access-Control-Request-Headers": "x-retry-count"}
        return await client.send("/v1/t", method="OPTIONS", headers=asked)

    status, _, headers = collecting(shop, work)
    assert (status, headers["access-control-allow-headers"]) == (204, "x-retry-count")


def test_browser_sdks_find_their_settings(shop):
    async def work(client, collector):
        host = {"Host": "collect.tea.example"}
        return [
            (await client.send(f"/v1/projects/{KEY}/settings", method="GET", headers=host))[1],
            (await client.send("/sourceConfig/", method="GET", query=f"writeKey={KEY}"))[1],
            (await client.send(f"/array/{KEY}/config", method="GET"))[1],
            (await client.send("/v1/projects/nobody/settings", method="GET"))[0],
            (await client.send("/pages/customers", method="GET"))[1],
        ]

    segment, rudder, posthog, unknown, page = collecting(shop, work)
    assert segment["integrations"]["Segment.io"] == segment["integrations"]["Segment.io"] | {
        "apiKey": KEY,
        "apiHost": "collect.tea.example/v1",
    }
    assert rudder["source"]["writeKey"] == KEY and rudder["source"]["enabled"]
    assert posthog["supportedCompression"]
    assert unknown == 401
    assert page == b"a page"


def test_who_refuses_analytics_is_not_followed(shop):
    async def work(client, collector):
        no = {"context": {"consent": {"categoryPreferences": {"Analytics": False}}}}
        return await client.send("/v1/batch", {"writeKey": KEY, "batch": [track(1, **no), track(2)]})

    assert collecting(shop, work)[1]["results"] == ["suppressed", "ok"]
    assert counted(shop) == {"received": 2, "stored": 1, "suppressed": 1}


def test_gdpr_7_3_pipl_15_whoever_refused_analytics_in_the_house_is_not_followed_until_they_agree(shop):
    def say(decision):
        with Project(shop) as project:
            said = {"purpose": "analytics", "channel": "", "decision": decision, "said_at": datetime(2026, 11, 1)}
            blank = dict.fromkeys(("text_version", "text_language", "text_hash", "evidence", "actor"), "")
            project.ledger.record("consents", [{"customer_id": "ann", "given_by": "subject", **said, **blank}])

    async def work(client, collector):
        return await client.send("/v1/batch", {"writeKey": KEY, "batch": [track(1), track(2, userId="bob")]})

    say("withdrawn")
    assert collecting(shop, work)[1]["results"] == ["suppressed", "ok"]
    say("granted")
    assert collecting(shop, work)[1]["results"] == ["ok", "duplicate"]


def test_ccpa_1798_135_ccr_7025_the_signal_of_a_browser_forbids_sharing(shop):
    async def work(client, collector):
        return await client.send("/v1/t", track(1), headers={"X-Write-Key": KEY, "Sec-GPC": "1"})

    for _ in range(2):
        collecting(shop, work)
    assert rows(shop, "SELECT customer_id, purpose, granted FROM collect.raw_consents") == [
        {"customer_id": "ann", "purpose": "sharing", "granted": False}
    ]
    with Project(shop) as project:
        (fact,) = project.ledger.read("consents")
    assert [fact[name] for name in ("customer_id", "purpose", "decision", "evidence")] == [
        "ann", "sharing", "opted_out", "Sec-GPC: 1",
    ]  # fmt: skip


def test_ccpa_1798_135_an_opt_out_by_signal_is_in_the_log_once_and_names_nobody(shop):
    async def work(client, collector):
        return await client.send("/v1/t", track(1), headers={"X-Write-Key": KEY, "Sec-GPC": "1"})

    for _ in range(2):
        collecting(shop, work)
    with Project(shop) as project:
        (entry,) = [entry for entry in project.audit.entries(100) if entry["what"] == "consent"]
        assert entry["person"] == project.vault.token("customer_id", "ann")
        assert project.audit.verify().outcome == "whole"
    assert (entry["purpose"], entry["decision"], entry["actor"]) == ("sharing", "opted_out", "serve")
    assert "ann" not in entry.values()


def sharing(shop):
    """What everybody said of sharing, in the order in which it was written down."""
    with Project(shop) as project:
        return [(fact["customer_id"], fact["decision"]) for fact in project.ledger.read("consents")]


def test_ccpa_1798_135_the_signal_of_a_device_counts_for_whoever_signs_in_on_it(shop):
    def visit(number, *, gpc=False, **who):
        async def work(client, collector):
            signal = {"Sec-GPC": "1"} if gpc else {}
            event = {"event": "x", "messageId": f"m{number}", **who}
            return await client.send("/v1/t", event, headers={"X-Write-Key": KEY, **signal})

        collecting(shop, work)

    visit(1, gpc=True, anonymousId="laptop")
    visit(2, anonymousId="phone")
    assert sharing(shop) == [("laptop", "opted_out")]
    visit(3, anonymousId="laptop", userId="ann")
    visit(4, anonymousId="phone", userId="bob")
    assert sharing(shop) == [("laptop", "opted_out"), ("ann", "opted_out")]
    with Project(shop) as project:
        fact = {"customer_id": "ann", "purpose": "sharing", "channel": "", "given_by": "subject", "evidence": "form"}
        text = {"text_version": "", "text_language": "", "text_hash": "", "actor": "test"}
        said_at = datetime.now(UTC).replace(tzinfo=None)
        project.ledger.record("consents", [{**fact, **text, "decision": "granted", "said_at": said_at}])
    visit(5, anonymousId="laptop", userId="ann")
    assert sharing(shop)[-1] == ("ann", "granted")
    visit(6, anonymousId="laptop", userId="ann", gpc=True)
    assert sharing(shop)[-1] == ("ann", "opted_out")


def test_ccpa_1798_135_ccr_7025_the_signal_counts_for_the_device_and_for_who_is_signed_in_and_is_kept_first(
    shop, monkeypatch
):
    async def work(client, collector):
        event = {"event": "x", "messageId": "m1", "anonymousId": "laptop", "userId": "ann"}
        return await client.send("/v1/t", event, headers={"X-Write-Key": KEY, "Sec-GPC": "1"})

    def fails(*_):
        raise MotherlodeError("the tables are not to be had")

    with monkeypatch.context() as there:
        there.setattr(consumer, "_write", fails)
        collecting(shop, work)
    kept = [("ann", "opted_out"), ("laptop", "opted_out")]
    assert sharing(shop) == kept and rows(shop, "SELECT * FROM collect.raw_events") == []
    with Project(shop) as project:
        project.load()
    assert sharing(shop) == kept and len(rows(shop, "SELECT * FROM collect.raw_events")) == 1


@pytest.mark.parametrize(("decision", "outcome"), [("withdrawn", "suppressed"), ("granted", "ok")])
def test_gdpr_7_3_who_withdraws_is_followed_no_more_on_her_device_either(shop, decision, outcome):
    signed_in = track(1, anonymousId="phone")

    async def work(client, collector):
        send = partial(client.send, "/v1/t", headers={"X-Write-Key": KEY})
        before = await send(signed_in)
        fact = {"customer_id": "ann", "purpose": "analytics", "channel": "", "given_by": "subject", "evidence": ""}
        text = {"text_version": "", "text_language": "", "text_hash": "", "actor": "test"}
        collector._stores.ledger.record("consents", [{**fact, **text, "decision": decision, "said_at": NOW}])
        collector.look_again()
        return before, await send(track(2)), await send({"anonymousId": "phone", "event": "x", "messageId": "m3"})

    with Project(shop) as project:
        pointers = {"kind": ["customer", "device"], "value": ["ann", "phone"], "customer_id": ["ann", "ann"]}
        project.warehouse.write("refine.identities", pa.table(pointers))
    said = collecting(shop, work)
    assert [answer[1]["results"] for answer in said] == [["ok"], [outcome], [outcome]]


def test_traits_are_those_of_the_latest_event_and_personal_ones_stay_in_the_vault(shop):
    def identify(number, at, **traits):
        return {"type": "identify", "messageId": f"i{number}", "userId": "ann", "timestamp": at, "traits": traits}

    async def work(client, collector):
        late = identify(1, "2026-11-02T00:00:00Z", city="杭州", email="Ann@Example.com")
        early = identify(2, "2026-11-01T00:00:00Z", city="北京", email="old@example.com", gender="f")
        for one in (late, early):
            await client.send("/v1/i", one, headers={"X-Write-Key": KEY})

    collecting(shop, work)
    (ann,) = rows(shop, "SELECT customer_id, city, gender, email_key FROM collect.raw_customers")
    assert (ann["city"], ann["gender"]) == ("杭州", "f")
    held = [path.read_bytes() for path in (shop / "data").glob("warehouse*")]
    assert not any(b"xample.com" in content.lower() for content in held)
    with Project(shop) as project:
        assert project.vault.find("email", "ann@example.com") == ["ann"]


def test_an_order_becomes_lines_that_add_up(shop):
    async def work(client, collector):
        goods = [{"product_id": "t1", "price": 10, "quantity": 2}, {"product_id": "t2", "price": 10}]
        order = {"order_id": "o1", "revenue": 20, "currency": "CNY", "products": goods}
        await client.send("/v1/t", track(1, event="Order Completed", properties=order), headers={"X-Write-Key": KEY})

    collecting(shop, work)
    lines = rows(shop, "SELECT product_id, CAST(amount AS DOUBLE) AS amount FROM collect.raw_orders ORDER BY 1")
    assert lines == [{"product_id": "t1", "amount": 13.33}, {"product_id": "t2", "amount": 6.67}]


def test_what_names_people_in_properties_does_not_reach_the_warehouse(shop):
    async def work(client, collector):
        inside = {
            "note": "call 13800138000",
            "email": "ann@example.com",
            "url": "https://t.example/?e=ann%40example.com",
        }
        await client.send("/v1/t", track(1, who="ann@example.com", properties=inside), headers={"X-Write-Key": KEY})

    collecting(shop, work)
    (event,) = rows(shop, "SELECT customer_id, extra, page_url FROM collect.raw_events")
    assert event["customer_id"].startswith("k")
    assert "13800138000" not in event["extra"] and "ann" not in event["extra"] + event["page_url"]


def test_bytes_that_are_no_text_are_set_aside_and_counted(shop):
    async def work(client, collector):
        good, bad = (
            json.dumps(track(1)).encode(),
            b'{"type":"track","userId":"ann","event":"x","messageId":"m2","a":"\xff"}',
        )
        headers = {"X-Write-Key": KEY}
        return [
            (await client.send("/v1/batch", b'{"batch":[' + good + b"," + bad + b"]}", headers=headers))[0],
            (await client.send("/v1/t", b"\xae\xff{", headers=headers))[0],
        ]

    assert collecting(shop, work) == [200, 400]
    assert counted(shop) == {"received": 3, "stored": 1, "quarantined": 2}
    kept = [row["event_id"] for row in rows(shop, "SELECT event_id FROM collect.raw_events")]
    assert kept == ["m1"]


def test_an_event_of_which_no_row_can_be_made_is_set_aside_and_stops_nobody(shop):
    deep = b'{"userId":"ann","event":"x","messageId":"m1","properties":' + b'{"a":' * 600 + b"1" + b"}" * 600 + b"}"

    async def work(client, collector):
        headers = {"X-Write-Key": KEY}
        said = [await client.send("/v1/t", body, headers=headers) for body in (deep, track(2))]
        await until(lambda: collector.moved_to == collector.door.end)
        return [body["results"] for _, body, _ in said], collector.state()["is_well"]

    assert collecting(shop, work) == ([["ok"], ["ok"]], True)
    assert [row["event_id"] for row in rows(shop, "SELECT event_id FROM collect.raw_events")] == ["m2"]
    aside = rows(shop, "SELECT message_id, problem FROM collect.quarantined_events")
    assert aside == [{"message_id": "m1", "problem": "unreadable"}]
    assert counted(shop) == {"received": 2, "stored": 1, "quarantined": 1}


def test_lines_that_are_worth_more_than_money_can_be_are_worth_nothing_known(shop):
    async def work(client, collector):
        goods = [{"product_id": "t1", "price": 1e12, "quantity": 99_999_999}, {"product_id": "t2", "price": 5}]
        order = track(1, event="Order Completed", properties={"order_id": "o1", "products": goods})
        await client.send("/v1/t", order, headers={"X-Write-Key": KEY})

    collecting(shop, work)
    lines = rows(shop, "SELECT product_id, CAST(amount AS DOUBLE) AS amount FROM collect.raw_orders ORDER BY 1")
    assert lines == [{"product_id": "t1", "amount": None}, {"product_id": "t2", "amount": 5.0}]


def test_a_consent_in_an_event_that_goes_too_deep_breaks_nothing(shop):
    consent = (
        b'"context":{"consent":{"categoryPreferences":{"Analytics":false}},"a":' + b"[" * 5000 + b"]" * 5000 + b"}"
    )

    async def work(client, collector):
        body = b'{"batch":[{"type":"track","userId":"ann","event":"x","messageId":"m1",' + consent + b"}]}"
        return (await client.send("/v1/batch", body, headers={"X-Write-Key": KEY}))[0]

    assert collecting(shop, work) in (200, 400)


def test_a_batch_of_nothing_is_answered_with_no_results(shop):
    async def work(client, collector):
        return (await client.send("/v1/batch", {"writeKey": KEY, "batch": []}))[1]

    assert collecting(shop, work) == {"success": True, "results": []}
