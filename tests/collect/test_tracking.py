"""Requests of tracking SDKs are read without trusting them."""

import base64
import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.collect.tracking import (
    LARGEST_REQUEST,
    ROUTES,
    TooLarge,
    Unreadable,
    inflated,
    parcel,
    salvage,
)

BATCH, TRACK = ROUTES["/v1/batch"], ROUTES["/v1/track"]


def event(**more):
    return {"type": "track", "event": "Tea Drunk", "userId": "ann", "messageId": "m1", **more}


def problems(*events, route=BATCH):
    return [one.problem for one in parcel(route, json.dumps({"batch": events}).encode(), {}).events]


def test_one_bad_event_does_not_fail_its_batch():
    bad = [7, None, {"type": "dance", "userId": "ann"}, event(userId=None), event(event=""), event(messageId="m" * 300)]
    said = ["not_an_object", "not_an_object", "unknown_type", "no_identity", "no_event_name", "bad_message_id"]
    assert problems(event(), *bad, event()) == ["", *said, ""]


def test_numbers_are_ids_and_null_is_none():
    (one,) = parcel(BATCH, json.dumps({"batch": [event(userId=42, anonymousId=None)]}).encode(), {}).events
    assert one.people == ("42",)


def test_events_stay_the_bytes_that_came():
    raw = b'{"type":"track",  "event":"\\u8336", "userId":"ann"}'
    (one,) = parcel(BATCH, b'{"batch":[' + raw + b"]}", {}).events
    assert one.raw == raw


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda body: body])
def test_packed_bodies_are_known_by_their_first_bytes(pack):
    body = json.dumps({"batch": [event()]}).encode()
    assert inflated(pack(body)) == body


def test_a_form_with_base64_is_a_body():
    packed = b"data=" + base64.b64encode(json.dumps({"api_key": "k", "batch": []}).encode()).replace(b"=", b"%3D")
    assert parcel(ROUTES["/e"], packed, {}).keys == ("k",)


def test_a_bomb_is_not_inflated():
    with pytest.raises(TooLarge):
        inflated(gzip.compress(bytes(LARGEST_REQUEST + 1)))


def test_the_key_tells_posthog_from_segment_on_the_path_that_they_share():
    one = {"event": "Tea Drunk", "distinct_id": "ann", "uuid": "u1"}
    assert parcel(ROUTES["/batch"], json.dumps({"api_key": "k", "batch": [one]}).encode(), {}).shape == "posthog"
    assert parcel(ROUTES["/batch"], json.dumps({"writeKey": "k", "batch": [event()]}).encode(), {}).shape == "segment"


def test_whole_events_of_a_truncated_batch_are_saved():
    body = json.dumps({"writeKey": "k", "batch": [event(), event(messageId="m2"), event(messageId="m3")]}).encode()
    with pytest.raises(Unreadable) as told:
        parcel(BATCH, body[: body.index(b"m3")], {})
    saved = salvage(BATCH, told.value)
    assert [one.message_id for one in saved.events] == ["m1", "m2"]
    assert saved.keys == ("k",)
    assert saved.left.endswith(b'"messageId": "')


@given(st.binary(max_size=300))
def test_no_body_breaks_the_parser(body):
    for route in {ROUTES["/v1/batch"], ROUTES["/v1/track"], ROUTES["/e"], ROUTES["/i/v1/analytics/events"]}:
        try:
            parcel(route, body, {"data": "e30="})
        except Unreadable as error:
            assert salvage(route, error).left
        except TooLarge:
            pass


WORDS = [
    "batch",
    "type",
    "userId",
    "messageId",
    "event",
    "distinct_id",
    "properties",
    "api_key",
    "context",
    "data",
    "e",
]
SCALARS = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)


def holders(inner):
    return st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)


@given(st.recursive(SCALARS, holders, max_leaves=20))
def test_no_json_breaks_the_parser(value):
    for route in set(ROUTES.values()):
        assert parcel(route, json.dumps(value).encode(), {}).events is not None


def test_packed_streams_one_behind_the_other_are_one_body():
    body = json.dumps({"batch": [event()]}).encode()
    assert inflated(gzip.compress(body[:20]) + gzip.compress(body[20:]) + b"\0\0") == body


def test_what_follows_a_packed_stream_is_not_lost():
    with pytest.raises(Unreadable) as found:
        parcel(BATCH, gzip.compress(json.dumps({"batch": [event()]}).encode()) + b"more", {})
    assert found.value.salvaged == [json.dumps(event()).encode()] and found.value.left.endswith(b"more")


def test_many_small_streams_are_not_opened_one_by_one_for_ever():
    bomb = gzip.compress(b"") * 1000
    assert inflated(bomb).startswith(b"\x1f\x8b")


def test_only_a_whole_mark_of_utf_8_is_taken_away():
    assert inflated(b"\xef\xbb\xbf {}") == b"{}"
    assert inflated(b"\xef\xbb\x83{") == b"\xef\xbb\x83{"


CUT = gzip.compress(json.dumps(event()).encode(), mtime=0)[:10]


@pytest.mark.parametrize("query", [{}, {"writeKey": "k"}, {"data": "e30="}])
@pytest.mark.parametrize("body", [CUT, b"data=" + base64.urlsafe_b64encode(CUT)], ids=["packed", "in a form"])
def test_a_stream_that_ends_before_its_first_letter_is_kept_as_it_came(body, query):
    with pytest.raises(Unreadable) as found:
        parcel(TRACK, body, query)
    assert found.value.left == body


def test_two_lists_under_one_name_are_set_aside_together():
    one, two = (json.dumps({"batch": [event(messageId=name)]}).encode() for name in "ab")
    body = one[:-1] + b"," + two[1:]
    (whole,) = parcel(BATCH, body, {}).events
    assert (whole.raw, whole.problem) == (body, "unreadable")
    assert problems(event(batch=1), event(properties={"batch": 2})) == ["", ""]


def test_base64_may_be_broken_into_lines():
    body = json.dumps({"api_key": "k", "batch": [event()]}).encode()
    assert parcel(ROUTES["/e"], b"data=" + base64.encodebytes(body).replace(b"\n", b"%0A"), {}).keys == ("k",)


def test_letters_that_are_no_base64_are_not_left_out():
    form = b"data=%20eyJ9!!" + base64.b64encode(b"{}")
    with pytest.raises(Unreadable) as found:
        parcel(ROUTES["/e"], form, {})
    assert found.value.left == form
