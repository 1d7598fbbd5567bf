"""What is set aside keeps its bytes, can be mended, and comes in once."""

import json
from contextlib import contextmanager
from datetime import datetime

import msgspec
import pytest

from collecting import KEY, collecting, project_at, rows, track
from motherlode.errors import ContractError
from motherlode.live import consumer, forgetting, rebuilding, repairs, segments
from motherlode.live.records import Record, encode
from motherlode.privacy import requests
from motherlode.project import Project

NOW = datetime(2025, 6, 1)


@pytest.fixture
def shop(tmp_path):
    return project_at(tmp_path)


@contextmanager
def seal(shop):
    with Project(shop) as project:
        yield project.vault.log_seal


def forget(shop, *who):
    with seal(shop) as opened:
        return forgetting.forget(shop / "data" / "log", opened, *who)


def in_clear(shop):
    """What is in the log, for who has the key."""
    with seal(shop) as opened:
        return b"".join(opened.open(one.payload) for one in segments.read(shop / "data" / "log", segments.Position()))


def send(shop, *events):
    async def work(client, collector):
        return await client.send("/v1/batch", {"writeKey": KEY, "batch": list(events)})

    return collecting(shop, work)


def test_a_mended_event_comes_in_once(shop):
    send(shop, {"type": "dance", "userId": "ann", "messageId": "m1", "event": "Tea Drunk"}, track(2))
    for _ in range(2):
        with Project(shop) as project:
            waiting = list(repairs.waiting(project.config, project.stores))
            mended = [msgspec.structs.replace(one, event=one.event.replace("dance", "track")) for one in waiting]
            repairs.readmit(project.config, project.stores, mended, 0)
    assert [row["event_id"] for row in rows(shop, "SELECT event_id FROM collect.raw_events ORDER BY 1")] == ["m1", "m2"]
    assert rows(shop, "SELECT 1 FROM collect.quarantined_events WHERE readmitted_at IS NULL") == []


def test_what_is_still_bad_stays_aside(shop):
    send(shop, {"type": "dance", "userId": "ann", "messageId": "m1"})
    with Project(shop) as project:
        waiting = list(repairs.waiting(project.config, project.stores))
        assert json.loads(waiting[0].event) == {"type": "dance", "userId": "ann", "messageId": "m1"}
        assert repairs.readmit(project.config, project.stores, waiting, 0) == 0
        assert len(list(repairs.waiting(project.config, project.stores))) >= 1


def test_everything_can_be_made_again_from_the_log(shop):
    identify = {"type": "identify", "userId": "ann", "messageId": "i1", "traits": {"city": "杭州"}}
    send(shop, track(1), track(2), identify, 7)
    tables = ("received", "quarantined_events", "raw_events", "raw_customers")
    sql = "SELECT * EXCLUDE (loaded_at) FROM collect.{} ORDER BY ALL"
    told = ["SELECT * FROM collect.received", "SELECT * FROM collect.quarantined_events"]
    told += [sql.format(name) for name in tables[2:]]
    before = [rows(shop, query) for query in told]
    with Project(shop) as project:
        rebuilding.empty(project.config, project.stores)
        consumer.drain(project.config, project.stores)
    assert [rows(shop, query) for query in told] == before
    assert all(before)


def test_gdpr_32_pipl_51_nothing_of_a_request_can_be_read_in_the_log_without_the_key(shop):
    traits = {"email": "canary@example.com", "name": "Canary Person"}
    aside = {"type": "dance", "userId": "canary", "messageId": "canary-2", "phone": "13800138000"}
    send(shop, {"type": "identify", "userId": "canary", "messageId": "canary-1", "traits": traits}, aside)
    text = b"".join(path.read_bytes() for path in (shop / "data" / "log").rglob("*") if path.is_file())
    assert text and not any(word in text.lower() for word in (b"canary", b"13800138000", b"identify"))
    assert b"canary@example.com" in in_clear(shop)


def test_records_of_an_older_version_are_read_emptied_and_keep_their_places(shop):
    with Project(shop) as project:
        record = Record("web", 0, "segment", "track", "", b"", [("m1", msgspec.json.encode(track(1)))], [], 0, 0, 0)
        log = segments.SegmentLog(consumer.log_folder(project.config))
        log.append([encode(record), encode(msgspec.structs.replace(record, kept=[("m2", b'{"userId":"bob"}')]))])
        log.close()
    folder = shop / "data" / "log"
    before = [found.end for found in segments.read(folder, segments.Position())]
    assert forget(shop, ["ann"]) == 1
    assert [found.end for found in segments.read(folder, segments.Position())] == before
    assert b'"ann"' not in in_clear(shop) and b'"bob"' in in_clear(shop)


def test_a_record_that_somebody_changed_does_not_open(shop):
    with seal(shop) as opened:
        sealed = opened.close(b"tea", 20_000)
        assert opened.open(sealed) == b"tea" and opened.open(opened.instead(sealed, b"cup")) == b"cup"
        with pytest.raises(ContractError, match="does not open"):
            opened.open(sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_a_number_that_is_also_an_amount_takes_no_event_of_others(shop):
    send(shop, track(1, who="bob", properties={"cups": 42}), track(2, who=42), track(3, properties={"to": "a@b.cn"}))
    assert forget(shop, ["42"], ["a@b.cn"]) == 2


def test_a_person_is_emptied_from_the_log_and_all_others_keep_their_places(shop):
    send(shop, track(1, who="ann"), track(2, who="bob"), {"type": "dance", "userId": "ann", "messageId": "m3"})
    assert b'"ann"' in in_clear(shop)
    assert forget(shop, ["ann"]) == 2
    assert b'"ann"' not in in_clear(shop)
    with Project(shop) as project:
        rebuilding.empty(project.config, project.stores)
        consumer.drain(project.config, project.stores)
    assert rows(shop, "SELECT customer_id, row FROM collect.raw_events") == [{"customer_id": "bob", "row": 2}]


def test_who_is_emptied_from_the_log_moves_no_other_event(shop):
    send(shop, *(track(number, who="ann" if number % 2 else "bob") for number in range(8)))
    send(shop, track(8, who="cat"))
    folder = shop / "data" / "log"
    before = [found.end for found in segments.read(folder, segments.Position())]
    assert forget(shop, ["ann"]) == 4
    # A warehouse put back from an older copy goes on from a place that it remembers.
    assert [found.end for found in segments.read(folder, segments.Position())] == before
    (last,) = segments.read(folder, before[-2])
    with seal(shop) as opened:
        assert b'"cat"' in opened.open(last.payload)


def test_what_a_request_said_of_a_person_for_all_its_events_goes_with_her(shop):
    async def work(client, collector):
        context = {"app": {"name": "shop"}, "traits": {"email": "canary.ann@example.com"}}
        body = {"writeKey": KEY, "context": context, "batch": [track(1, who="ann"), track(2, who="bob")]}
        return await client.send("/v1/batch", body)

    collecting(shop, work)
    assert b"canary" in in_clear(shop)
    forget(shop, ["ann"], ["canary.ann@example.com"])
    assert b"canary" not in in_clear(shop)
    with Project(shop) as project:
        rebuilding.empty(project.config, project.stores)
        consumer.drain(project.config, project.stores)
    assert [row["customer_id"] for row in rows(shop, "SELECT customer_id FROM collect.raw_events")] == ["bob"]


def test_somebody_is_erased_while_we_collect_and_nobody_else_is_lost(shop):
    async def work(client, collector):
        await client.send("/v1/batch", {"writeKey": KEY, "batch": [track(1, who="ann"), track(2, who="bob")]})
        with collector.moving:
            stores = collector._stores
            beside = msgspec.structs.replace(stores, warehouse=stores.warehouse.beside())
            consumer.drain(collector._config, beside, seal=True)
            assert forgetting.forget(collector.door.folder, stores.vault.log_seal, ["ann"]) == 1
            beside.warehouse.close()
        await client.send("/v1/batch", {"writeKey": KEY, "batch": [track(3, who="cat")]})

    collecting(shop, work)
    send(shop, track(4, who="dan"), track(2, who="bob"))
    kept = rows(shop, "SELECT event_id FROM collect.raw_events ORDER BY 1")
    assert [row["event_id"] for row in kept] == ["m1", "m2", "m3", "m4"]
    with Project(shop) as project:
        rebuilding.empty(project.config, project.stores)
        consumer.drain(project.config, project.stores)
    kept = rows(shop, "SELECT event_id FROM collect.raw_events ORDER BY 1")
    assert [row["event_id"] for row in kept] == ["m2", "m3", "m4"]


def test_what_a_person_said_of_herself_in_events_goes_with_her(shop):
    said = {"type": "identify", "messageId": "m9", "userId": "ann", "traits": {"plan": "gold"}}
    send(shop, said, track(2, who="bob"))
    with Project(shop) as project:
        project.run()
        assert [row["trait"] for row in stated(project, "ann")] == ["level"]
        erased = requests.erase(project, ["ann"], requests.Request("called back", "cleo", NOW), lambda rows: True)
        assert erased.left == {} and stated(project, "ann") == []


def stated(project, who):
    everybody = project.warehouse.arrow('SELECT * FROM loaded."tracking:traits"').to_pylist()
    return [row for row in everybody if row["customer_id"] == who]
