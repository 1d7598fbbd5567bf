"""Somebody in the customer file and in events is one customer in every table, until the link is undone."""

from datetime import datetime

import pytest

from collecting import KEY, collecting, rows, track
from motherlode.live import senders
from motherlode.people import lookup
from motherlode.project import Project
from small_project import copied

NOW = datetime(2024, 6, 20)
# Numbers that the site gave; the customer file has the phone of c001, spelled in another way, and no e-mail.
PHONE = "+86 138-0013 8001"


def at(day, **event):
    return {"timestamp": f"2024-06-{day:02}T10:00:00Z", **event}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    shop = copied(tmp_path_factory.mktemp("one"))
    with Project(shop) as project:
        senders.add(project.ledger, "web", KEY, senders.Settings(), actor="test", now=NOW)

    async def work(client, collector):
        bought = {"order_id": "web-1", "revenue": 77, "products": [{"product_id": "t2", "price": 77, "quantity": 1}]}
        visitor = {"type": "identify", "anonymousId": "phone-of-ann", "messageId": "i0", "traits": {"phone": PHONE}}
        batch = [
            at(1, type="page", anonymousId="phone-of-ann", messageId="p1", name="Home"),
            at(2, **visitor),
            at(3, type="identify", userId="web-ann", messageId="i1", traits={"phone": PHONE, "email": "ann@tea.cn"}),
            at(4, **track(4, who="web-ann", event="Order Completed", properties=bought)),
            at(5, **track(5, who="web-bob", event="Product Viewed")),
        ]
        return await client.send("/v1/batch", {"writeKey": KEY, "batch": batch})

    assert collecting(shop, work)[1]["results"] == ["ok"] * 5
    made(shop)
    return shop


def made(shop):
    with Project(shop) as project:
        project.run()


def about(shop, table):
    return rows(shop, f"SELECT * FROM {table} WHERE customer_id IN ('c001', 'web-ann')")  # noqa: S608


def test_her_order_in_the_shop_and_on_the_site_are_one_customers(shop):
    assert {row["customer_id"] for row in about(shop, "refine.orders")} == {"c001"}
    assert "web-1" in {row["order_id"] for row in about(shop, "refine.orders")}


def test_what_her_device_did_before_she_left_her_phone_is_hers(shop):
    events = rows(shop, "SELECT customer_id, event FROM refine.events WHERE anonymous_id = 'phone-of-ann' ORDER BY ALL")
    assert [row["customer_id"] for row in events] == ["c001", "c001"]


@pytest.mark.parametrize("table", ["refine.customers", "profile.features", "profile.rfm", "opportunity.candidates"])
def test_she_stands_once(shop, table):
    assert {row["customer_id"] for row in about(shop, table)} == {"c001"}


def test_she_is_found_by_any_of_her_numbers(shop):
    with Project(shop) as project:
        for said in ("c001", "web-ann", PHONE, "ann@tea.cn"):
            found = lookup.find(project.stores, said).customer_ids
            assert found[0] == "c001" and "web-ann" in found


def test_a_refusal_under_one_number_counts_under_all_and_a_link_can_be_undone(shop):
    with Project(shop) as project:
        no = {"purpose": "marketing", "decision": "withdrawn", "channel": "", "given_by": "subject", "said_at": NOW}
        text = {"text_version": "", "text_language": "", "text_hash": "", "evidence": "", "actor": "test"}
        project.ledger.record("consents", [{"customer_id": "web-ann", **no, **text}])
    made(shop)
    said = rows(shop, "SELECT customer_id, decision FROM govern.statements WHERE purpose = 'marketing'")
    assert {"customer_id": "c001", "decision": "withdrawn"} in said
    (link,) = rows(shop, "SELECT * FROM refine.links WHERE customer_id = 'web-ann' AND other_kind = 'phone'")
    with Project(shop) as project:
        cut = {name: link[name] for name in ("customer_id", "other_kind", "other")}
        project.ledger.record("cuts", [{**cut, "made_at": NOW, "actor": "test"}])
    made(shop)
    assert [row["order_id"] for row in about(shop, "refine.orders") if row["customer_id"] == "web-ann"] == ["web-1"]
    assert {row["customer_id"] for row in about(shop, "profile.features")} == {"c001", "web-ann"}
