"""Canaries in what a server took in: events, traits, webhooks, what was set aside, and what was said on her page."""

import hashlib
import hmac
import json
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from canary_shop import BYSTANDER, WHO, found, write
from collecting import KEY, collecting, track
from motherlode.live import senders
from motherlode.project import Project
from motherlode.web.application import application
from small_project import said

DEVICE, SECRET = "zqcanary-device", "s3cret"
TILL = f'\n[webhooks.till]\nsecret = "{SECRET}"\nmapping = {{ event = "what", userId = "member", messageId = "no" }}\n'
# What an access request must find: what came with events, in the place where each kind is kept.
SAID = {"zqcanary-cup", "zqcanary-plan", "zqcanary-search"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that served: its pages, its tracking endpoints, a webhook, and two people who used them."""
    root = write(tmp_path_factory.mktemp("served") / "shop")
    with (root / "motherlode.toml").open("a") as settings:
        settings.write(TILL)
    with Project(root) as project:
        senders.add(project.ledger, "web", KEY, senders.Settings(), actor="test", now=datetime(2026, 11, 1))
        project.load()
        project.run()
    collecting(root, visits)
    with Project(root) as project:
        project.load()
        project.run()
    with Project(root) as project, TestClient(application(project), "http://127.0.0.1:8642") as client:
        key = project.vault.link([WHO], datetime(2100, 1, 1), now=datetime(2026, 11, 1))
        for form in ({"about": "marketing", "say": "yes"}, {"about": "sharing", "say": "no"}):
            assert client.post("/preferences", data={"key": key, **form}).status_code == 200
        assert client.get("/preferences", params={"key": key}, headers={"Sec-GPC": "1"}).status_code == 200
        assert client.get(f"/customers/{WHO}").status_code == 200
    said("opportunities", "--as-list", "spring", "--unrecorded", at=root)
    said("report", "-o", str(root / "report.html"), at=root)
    said("quarantine", "-o", str(root / "aside.csv"), at=root)
    return root


async def visits(client, collector):
    hers = [
        {"type": "identify", "messageId": "i1", "userId": WHO, "anonymousId": DEVICE,
         "traits": {"email": "zqcanary@example.com", "phone": "13800138777", "plan": "zqcanary-plan"}},
        track(1, WHO, properties={"cup": "zqcanary-cup", "note": "write to zqcanary@example.com"}, anonymousId=DEVICE),
        {"type": "page", "messageId": "p1", "userId": WHO, "properties": {"search": "zqcanary-search"}},
        {"type": "alias", "messageId": "a1", "userId": WHO, "previousId": DEVICE},
        {"type": "dance", "messageId": "d1", "userId": WHO, "event": "zqcanary-dance"},
        track(2, BYSTANDER, properties={"cup": "green"}),
    ]  # fmt: skip
    answer = await client.send("/v1/batch", {"writeKey": KEY, "batch": hers}, headers={"Sec-GPC": "1"})
    assert answer[0] == 200, answer
    body = json.dumps({"what": "zqcanary-till", "member": WHO, "no": "t1", "buyer": "zqcanary-buyer"}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert (await client.send("/v1/webhook/till", body, headers={"X-Signature": signature}))[0] == 200
    await client.send("/v1/track", f'{{"userId": "{WHO}", "zqcanary-torn'.encode(), headers={"X-Write-Key": KEY})


def test_gdpr_15_pipl_45_an_access_request_finds_what_a_server_took_in(shop):
    text = said("rights", "access", WHO, "--format", "json", at=shop).stdout
    assert {one for one in SAID if one not in text} == set()
    consents = json.loads(text)["consents"]
    assert [row["actor"] for row in consents if row["purpose"] == "marketing"][-1] == "subject"
    assert "green" not in text


def test_gdpr_17_pipl_47_what_a_server_took_in_goes_with_her_and_stays_gone(shop):
    assert found(shop), "the scan must see canaries while they are there"
    assert said("backup", str(shop / "backup"), at=shop).exit_code == 0
    done = said("rights", "erase", WHO, "--yes", at=shop)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["left"] == {}
    assert found(shop, beside=("inbox", "backup")) == []
    with Project(shop) as project:
        project.load()
        project.run()
    assert found(shop, beside=("inbox", "backup")) == []
    done = said("restore", str(shop / "backup"), "--yes", at=shop)
    assert done.exit_code == 0, done.output
    assert found(shop, beside=("inbox", "backup")) == []
    assert "is whole" in said("audit", "verify", at=shop).output
