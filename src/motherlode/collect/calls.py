"""What an event says, in one form for all SDKs: who did what when, with which properties and traits."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from motherlode.collect.sent_event import Shape, plain_id

JsonObject = Mapping[str, Any]

# A clock that is wrong by less is not told from a slow network; a request that comes later was kept and sent late.
_TOLERATED, _KEPT_BACK = 5_000_000, 86_400_000_000
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_PAGE_OF_POSTHOG = {"$pageview": "page", "$screen": "screen", "$identify": "identify", "$set": "identify"}
_PAGE_OF_POSTHOG |= {"$create_alias": "alias", "$merge_dangerously": "alias", "$groupidentify": "group"}


class Call(msgspec.Struct):
    """One call of a tracking SDK.

    Attributes
    ----------
    kind
        identify, track, page, screen, group or alias.
    occurred_at
        Microseconds since 1970, UTC, corrected for the clock of the device.
    previous_id
        Another id of the same person, which an alias names.
    name
        What was done, or the name of the page or screen.
    """

    kind: str
    message_id: str
    occurred_at: int
    user_id: str = ""
    anonymous_id: str = ""
    previous_id: str = ""
    group_id: str = ""
    name: str = ""
    properties: JsonObject = {}
    traits: JsonObject = {}
    context: JsonObject = {}


_object = msgspec.json.Decoder().decode


def read_call(
    raw: bytes, *, shape: Shape, kind: str, message_id: str, received_at: int, sent_at: str = "", common: bytes = b""
) -> Call:
    """A judged event in one form.

    Parameters
    ----------
    kind
        Type of the event where the path said it.
    received_at
        Microseconds since 1970.
    sent_at
        When the client sent the request, by its own clock.
    common
        A context that all events of the request share.
    """
    event = _object(raw)
    if shape == "snowplow":
        return _snowplow(event, message_id, received_at)
    moment = event.get("originalTimestamp") or event.get("timestamp")
    sent = event.get("sentAt") or sent_at
    occurred_at = corrected(micros(moment), micros(sent), received_at)
    if shape == "segment":
        return _segment(event, kind, message_id, occurred_at, _object(common) if common.strip() else {})
    return _posthog(event, message_id, occurred_at)


def corrected(occurred: int | None, sent: int | None, received: int) -> int:
    """When it happened by our clock: a device whose clock is wrong sends with the same error."""
    if occurred is None:
        return received
    if sent is None:
        return min(occurred, received)
    ahead = sent - received
    if ahead > _TOLERATED or -_KEPT_BACK < ahead < -_TOLERATED:
        return min(occurred - ahead, received)
    return min(occurred, received)


def micros(said: Any) -> int | None:
    """Microseconds since 1970 of a time as SDKs write it: ISO with 0 to 9 places, or seconds or milliseconds."""
    if isinstance(said, str):
        try:
            moment = datetime.fromisoformat(said)
        except ValueError:
            return _digits(said)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        try:
            return (moment - _EPOCH) // _MICROSECOND if moment > _EARLIEST else None
        except OverflowError:
            return None
    return _since_1970(said) if isinstance(said, int | float) and not isinstance(said, bool) else None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _digits(said: str) -> int | None:
    return _since_1970(int(said)) if said.isascii() and said.isdigit() and len(said) < 20 else None


def _since_1970(said: float) -> int | None:
    scale = next((by for most, by in ((1e11, 1e6), (1e14, 1e3), (1e17, 1)) if abs(said) < most), None)
    moment = int(said * scale) if scale else None
    return moment if moment is not None and moment > 631_152_000_000_000 else None


def _segment(event: JsonObject, kind: str, message_id: str, occurred_at: int, common: JsonObject) -> Call:
    context = _of(event, "context")
    context = {**common, **context} if common else context
    kind = kind or event["type"]
    # Rudder has the traits of a person in the context.
    traits = {**_of(context, "traits"), **_of(event, "traits")} if kind == "identify" else _of(event, "traits")
    return Call(
        kind,
        message_id,
        occurred_at,
        user_id=plain_id(event.get("userId")),
        anonymous_id=plain_id(event.get("anonymousId")),
        previous_id=plain_id(event.get("previousId")),
        group_id=plain_id(event.get("groupId")),
        name=plain_id(event.get("event")) if kind == "track" else plain_id(event.get("name")),
        properties=_of(event, "properties"),
        traits=traits,
        context=context,
    )


def _posthog(event: JsonObject, message_id: str, occurred_at: int) -> Call:
    inside = _of(event, "properties")
    said = plain_id(event.get("event"))
    kind = _PAGE_OF_POSTHOG.get(said, "track")
    who = plain_id(event.get("distinct_id")) or plain_id(inside.get("distinct_id"))
    device = plain_id(inside.get("$anon_distinct_id")) or plain_id(inside.get("$device_id"))
    if kind == "group":
        who = ""
    is_device = who == device or inside.get("$process_person_profile") is False
    traits = {**_of(event, "$set_once"), **_of(inside, "$set_once"), **_of(event, "$set"), **_of(inside, "$set")}
    return Call(
        kind,
        message_id,
        occurred_at,
        user_id="" if is_device else who,
        anonymous_id=who if is_device else device,
        # One SDK names the old id first and another the new one: a link has no direction.
        previous_id=plain_id(inside.get("alias")) if kind == "alias" else "",
        group_id=plain_id(inside.get("$group_key")),
        name=said if kind == "track" else plain_id(inside.get("$screen_name") or inside.get("title")),
        properties={name: value for name, value in inside.items() if not name.startswith("$")},
        traits=_of(inside, "$group_set") if kind == "group" else traits,
        context=_context_of_posthog(inside),
    )


def _context_of_posthog(inside: JsonObject) -> JsonObject:
    campaign = {name: inside.get(f"utm_{word}") for name, word in (("name", "campaign"), ("source", "source"))}
    return {
        "page": {"url": inside.get("$current_url")},
        "sessionId": inside.get("$session_id"),
        "device": {"type": inside.get("$device_type") or inside.get("$os")},
        "campaign": campaign,
    }


_EVENT_OF_SNOWPLOW = {"pv": "page", "pp": "page", "se": "track", "ue": "track", "tr": "track", "ti": "track"}


def _snowplow(event: JsonObject, message_id: str, received_at: int) -> Call:
    kind = _EVENT_OF_SNOWPLOW.get(event["e"], "track")
    moment = corrected(micros(event.get("dtm")), micros(event.get("stm")), received_at)
    schema, properties = _unstructured(event.get("ue_px"))
    name = plain_id(event.get("page")) if kind == "page" else schema or plain_id(event.get("se_ac")) or event["e"]
    return Call(
        kind,
        message_id,
        moment,
        user_id=plain_id(event.get("uid")),
        anonymous_id=plain_id(event.get("duid")) or plain_id(event.get("nuid")),
        name=name,
        properties=properties,
        context={"page": {"url": event.get("url")}, "device": {"type": event.get("p")}},
    )


def _unstructured(packed: Any) -> tuple[str, JsonObject]:
    """Name and data of a self-describing event."""
    try:
        inner = _of(_object(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))), "data")
    except (TypeError, binascii.Error, msgspec.DecodeError):
        return "", {}
    parts = plain_id(inner.get("schema")).split("/")
    return parts[1] if len(parts) > 1 else "", _of(inner, "data")


def _of(holder: Any, name: str) -> JsonObject:
    """A part that is an object; anything else in its place is none."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, dict) else {}


def campaign_of(call: Call) -> str:
    """The campaign that the SDK names, or that the address of the page does."""
    campaign = _of(call.context, "campaign")
    url = call.context.get("page", {}).get("url") if isinstance(call.context.get("page"), dict) else None
    said = plain_id(campaign.get("name") or campaign.get("source"))
    if said or not isinstance(url, str) or "utm_campaign=" not in url:
        return said
    return dict(parse_qsl(urlsplit(url).query)).get("utm_campaign", "")
