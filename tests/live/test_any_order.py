"""Requests of real SDKs, in any order and in any batches, give the same people and the same profiles."""

import base64
import json
import random
from datetime import date
from pathlib import Path

import msgspec
import pytest

from collecting import project_at
from motherlode import run
from motherlode.collect.tracking import ROUTES, Unreadable, parcel
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import compile_graph
from motherlode.live import consumer
from motherlode.live.records import Record, encode
from motherlode.live.segments import SegmentLog
from motherlode.project import Project

pytestmark = pytest.mark.slow
RECORDINGS = Path(__file__).parents[3] / "shared" / "fixtures" / "http-clients"
RECEIVED_AT = 1_795_000_000_000_000
WANTED = ("identities", "events", "customers")


def recorded() -> list[Record]:
    """One record for each event that was ever recorded, each message once."""
    found: dict[tuple[str, str], Record] = {}
    for file in sorted(RECORDINGS.glob("*/*.json")):
        for request in json.loads(file.read_text())["requests"]:
            route = ROUTES.get(request["path"].partition("?")[0].rstrip("/"))
            body = base64.b64decode(request.get("body_raw_b64") or "")
            if route is None or request["method"] != "POST" or not body:
                continue
            try:
                sent = parcel(route, body, {})
            except Unreadable:
                continue
            shared = ("web", RECEIVED_AT, sent.shape, sent.type, sent.sent_at, sent.common)
            for event in sent.events:
                if not event.problem and event.message_id:
                    kept = [(event.message_id, event.raw)]
                    found.setdefault((sent.shape, event.message_id), Record(*shared, kept, [], 0, 0, 0))
    return list(found.values())


def in_batches(records: list[Record], chance: random.Random) -> list[Record]:
    """The same events in another order, some of them together."""
    mixed: list[Record] = []
    for record in chance.sample(records, len(records)):
        last = mixed[-1] if mixed else None
        if last is not None and chance.random() < 0.5 and _alike(last, record):
            mixed[-1] = msgspec.structs.replace(last, kept=[*last.kept, *record.kept])
        else:
            mixed.append(record)
    return mixed


def _alike(one: Record, other: Record) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("shape", "type", "sent_at", "common"))


def made_of(root: Path, records: list[Record], chance: random.Random) -> dict[str, list[tuple]]:
    """Who is who, what they did and what they are, of records that arrive in several goes."""
    root.mkdir()
    project_at(root)
    with Project(root) as project:
        log = SegmentLog(consumer.log_folder(project.config))
        for record in records:
            log.append([encode(record)])
            if chance.random() < 0.05:
                consumer.drain(project.config, project.stores)
        log.close()
        consumer.drain(project.config, project.stores)
        for step in compile_graph(project.graph, date(2027, 1, 1), {}, only=needed(project, WANTED)):
            run.make(project.warehouse, project.graph, step)
        # Where a row stands in the log is the order itself.
        select = {
            "refine.identities": "kind, value, customer_id, verdict, linked_at",
            "refine.events": "event_id, customer_id, anonymous_id, event, occurred_at",
            "refine.customers": "* EXCLUDE (phone_key, email_key)",
            'loaded."tracking:traits"': "customer_id, trait, said_at",
        }
        sql = "SELECT {} FROM {} ORDER BY ALL"
        return {
            name: [tuple(row.values()) for row in project.warehouse.arrow(sql.format(columns, name)).to_pylist()]
            for name, columns in select.items()
        }


def needed(project: Project, names: tuple[str, ...]) -> list[str]:
    found, waiting = list(names), list(names)
    while waiting:
        new = [read for read in project.graph.reads[waiting.pop()] if read not in GIVEN and read not in found]
        found += new
        waiting += new
    return found


def test_any_order_and_any_batches_give_the_same_people_and_profiles(tmp_path):
    if not RECORDINGS.is_dir():
        pytest.skip(f"the recordings are not at {RECORDINGS}: they are not shipped with the package")
    records = recorded()
    assert len(records) > 100
    once = made_of(tmp_path / "once", records, random.Random(1))
    assert len(once["refine.identities"]) > 5 and len(once["refine.events"]) == len(records)
    for seed in (2, 3):
        chance = random.Random(seed)
        assert made_of(tmp_path / str(seed), in_batches(records, chance), chance) == once
