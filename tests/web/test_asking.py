"""What programs ask a server that collects."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import datetime

import pyarrow as pa
import pytest

from collecting import KEY, collecting, project_at, rows, track
from motherlode.collect.plans import Plan, Property
from motherlode.live import planning, readers
from motherlode.project import Project

NOW = datetime(2026, 11, 1)


@pytest.fixture
def shop(tmp_path):
    return project_at(tmp_path)


def key(shop, *scopes, purpose="service"):
    with Project(shop) as project:
        return {"Authorization": f"Bearer {readers.add(project.ledger, 'crm', scopes, purpose, actor='test', now=NOW)}"}


async def until(condition):
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never happened")


def test_a_profile_is_what_was_said_last_and_what_lies_in_the_cart(shop):
    headers = key(shop, "profiles:read")

    async def work(client, collector):
        sent = [
            track(1, event="Product Added", timestamp="2026-11-03T00:00:00Z", properties={"product_id": "t2"}),
            track(2, event="Order Completed", timestamp="2026-11-02T00:00:00Z"),
            track(3, event="Product Added", timestamp="2026-11-01T00:00:00Z", properties={"product_id": "t1"}),
            {"type": "identify", "userId": "ann", "messageId": "i1", "traits": {"city": "杭州", "email": "a@b.cn"}},
        ]
        await client.send("/v1/batch", {"writeKey": KEY, "batch": sent})
        await until(lambda: collector.moved_to == collector.door.end)
        return [
            await client.send("/v1/profiles/ann", method="GET", headers=headers),
            await client.send("/v1/profiles/nobody", method="GET", headers=headers),
            await client.send("/v1/profiles/ann", method="GET"),
        ]

    ann, nobody, unknown = collecting(shop, work)
    assert ann[1]["traits"] == {"city": "杭州"}
    assert [line["product_id"] for line in ann[1]["cart"]] == ["t2"]
    assert ann[1]["events"]["Product Added"] == 2
    assert "a@b.cn" not in json.dumps(ann[1])
    assert (nobody[0], unknown[0]) == (404, 401)


def test_an_abandoned_cart_is_an_offer_at_once(shop):
    headers = key(shop, "profiles:read")
    stakes = {"customer_id": ["ann"], "yearly_spend": [300.0], "yearly_orders": [3.0], "margin_share": [0.5]}
    with Project(shop) as project:
        project.warehouse.write("opportunity.stakes", pa.table({**stakes, "peer_id": pa.array([None], pa.string())}))

    async def work(client, collector):
        tea = {"product_id": "t1", "price": 80}
        await client.send("/v1/t", track(1, event="Product Added", properties=tea), headers={"X-Write-Key": KEY})
        await until(lambda: collector.moved_to == collector.door.end)
        return await client.send("/v1/profiles/ann", method="GET", headers=headers)

    (offer,) = collecting(shop, work)[1]["offers"]
    assert (offer["play"], offer["reason"], offer["actual"]) == ("abandoned_cart", "open_cart", 80.0)


def test_a_key_without_the_scope_reads_nothing(shop):
    headers = key(shop, "events:read")

    async def work(client, collector):
        return await client.send("/v1/profiles/ann", method="GET", headers=headers)

    assert collecting(shop, work)[0] == 403


def test_health_metrics_and_counts_tell_the_whole_path(shop):
    headers = key(shop, "events:read")

    async def work(client, collector):
        await client.send("/v1/batch", {"writeKey": KEY, "batch": [track(1), 7]})
        await until(lambda: collector.moved_to == collector.door.end)
        return [
            (await client.send(path, method="GET", headers=headers))[1]
            for path in ("/health", "/metrics", "/v1/received")
        ]

    health, metrics, received = collecting(shop, work)
    assert health["status"] == "ok" and health["log"]["offset"] == health["consumer"]["offset"]
    assert b'motherlode_events_total{outcome="stored"} 1\n' in metrics
    assert b'motherlode_events_total{outcome="quarantined"} 1\n' in metrics
    assert [(row["source"], row["received"]) for row in received["received"]] == [("web", 2)]


def webhook_shop(shop):
    with (shop / "motherlode.toml").open("a") as out:
        out.write('[webhooks.crm]\nsecret = "s3"\nsignature = "X-Crm-Signature"\n')
        out.write('mapping = { event = "topic", userId = "customer.id", messageId = "id", properties = "order" }\n')
    return shop


def signed(body):
    return {"X-Crm-Signature": base64.b64encode(hmac.new(b"s3", body, hashlib.sha256).digest()).decode()}


def test_a_signed_webhook_becomes_an_event(shop):
    body = json.dumps({"topic": "Order Paid", "id": 7, "customer": {"id": 42}, "order": {"total": 9}}).encode()

    async def work(client, collector):
        return [
            (await client.send("/v1/webhook/crm", body, headers=signed(body)))[0],
            (await client.send("/v1/webhook/crm", body, headers=signed(body)))[1]["results"],
            (await client.send("/v1/webhook/crm", body, headers=signed(b"other")))[0],
            (await client.send("/v1/webhook/nobody", body))[0],
        ]

    assert collecting(webhook_shop(shop), work) == [200, ["duplicate"], 401, 404]
    assert rows(shop, "SELECT source, customer_id, event, event_id FROM collect.raw_events") == [
        {"source": "crm", "customer_id": "42", "event": "Order Paid", "event_id": "7"}
    ]


@pytest.mark.parametrize("nasty", [b"[" * 5000 + b"]" * 5000, b'{"a":' + b"9" * 400 + b"}", b'{"a":1e400}'])
def test_a_signed_body_that_cannot_be_read_is_kept_for_repair(shop, nasty):
    async def work(client, collector):
        return (await client.send("/v1/webhook/crm", nasty, headers=signed(nasty)))[0]

    assert collecting(webhook_shop(shop), work) in (200, 400)
    (counts,) = rows(shop, "SELECT received, stored, quarantined FROM collect.received")
    assert counts["received"] == counts["stored"] + counts["quarantined"] == 1


def test_a_plan_warns_sets_aside_or_blocks(shop):
    plan = Plan({"Tea Drunk": {"cups": Property(("number",), required=True)}})
    rules = {"unplanned_event": "block", "missing_property": "quarantine", "wrong_type": "warn"}
    with Project(shop) as project:
        planning.put(project.ledger, "web", planning.Ruled(plan, rules), actor="test", now=NOW)

    async def work(client, collector):
        batch = [
            track(1, properties={"cups": 2}),
            track(2, properties={"cups": "two"}),
            track(3),
            track(4, event="Coffee Drunk"),
        ]
        return (await client.send("/v1/batch", {"writeKey": KEY, "batch": batch}))[1]

    said = collecting(shop, work)
    assert said["results"] == ["ok", "ok", "quarantined", "refused"]
    assert said["warnings"] == ["wrong_type"]
    (counts,) = rows(shop, "SELECT received, stored, quarantined, refused FROM collect.received")
    assert list(counts.values()) == [4, 2, 1, 1]


def test_an_event_that_a_plan_cannot_read_to_its_end_fails_no_batch(shop):
    with Project(shop) as project:
        ruled = planning.Ruled(Plan({}), {"unplanned_event": "warn"})
        planning.put(project.ledger, "web", ruled, actor="test", now=NOW)
    huge = b'{"type":"track","userId":"ann","event":"x","messageId":"m2","properties":{"a":' + b"9" * 5000 + b"}}"

    async def work(client, collector):
        body = b'{"batch":[' + json.dumps(track(1)).encode() + b"," + huge + b"]}"
        return (await client.send("/v1/batch", body, headers={"X-Write-Key": KEY}))[1]["results"]

    assert collecting(shop, work)[0] == "ok"


def test_a_plan_is_learnt_from_what_was_sent(shop):
    async def work(client, collector):
        for start in (0, 100):
            batch = [track(start + n, properties={"cups": 1, "note": "x"} if n else {"cups": 2}) for n in range(30)]
            await client.send("/v1/batch", {"writeKey": KEY, "batch": batch})

    collecting(shop, work)
    with Project(shop) as project:
        plan = planning.learnt(shop / "data" / "log", project.vault.log_seal, "web")
    assert plan.events["Tea Drunk"] == {
        "cups": Property(("number",), required=True),
        "note": Property(("text",), required=False),
    }


def test_events_are_seen_as_they_come(shop):
    async def work(client, collector):
        seen = []
        collector.listeners.append(seen.extend)
        await client.send("/v1/t", track(1), headers={"X-Write-Key": KEY})
        await until(lambda: seen)
        return seen

    (one,) = collecting(shop, work)
    assert (one.source, one.call.name) == ("web", "Tea Drunk")
