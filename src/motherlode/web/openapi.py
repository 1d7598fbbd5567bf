"""What a server answers to programs, as an OpenAPI document: made of the routes themselves, so that none is missing."""

from collections.abc import Iterator
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import msgspec

from motherlode.collect.sent_event import TYPES
from motherlode.collect.tracking import ROUTES, Route
from motherlode.web import asking, sdk_settings
from motherlode.web.answers import Problem, Taken, TakenByUuid
from motherlode.web.asking import Asked
from motherlode.web.tracking import WEBHOOKS

Json = dict[str, Any]

_SHAPES = "#/components/schemas/{name}"
_TEXT, _OBJECT = {"type": "string"}, {"type": "object"}
# Ids may be numbers, and some SDKs send null where they know none.
_ID = {"type": ["string", "number", "null"]}
_MOMENT = {"type": "string", "format": "date-time"}
# What stands in an event; what else stands there is kept too.
EVENTS: dict[str, Json] = {
    "segment": {
        "type": {"enum": sorted(TYPES), "description": "where the path does not say it"},
        "messageId": {"type": "string", "maxLength": 255, "description": "a second copy of it is not kept"},
        "userId": _ID,
        "anonymousId": _ID,
        "previousId": _ID,
        "groupId": _ID,
        "event": {"type": "string", "description": "what was done, of a track"},
        "name": {"type": "string", "description": "of a page or a screen"},
        "timestamp": _MOMENT,
        "properties": _OBJECT,
        "traits": _OBJECT,
        "context": _OBJECT,
        "writeKey": _TEXT,
    },
    "posthog": {
        "event": _TEXT,
        "uuid": {"type": "string", "maxLength": 255},
        "distinct_id": _ID,
        "timestamp": _MOMENT,
        "properties": _OBJECT,
        "api_key": _TEXT,
        "token": _TEXT,
    },
    "snowplow": dict.fromkeys(("e", "eid", "uid", "duid", "nuid", "aid", "dtm", "stm", "ue_px"), _TEXT),
}
_AROUND: dict[str, Json] = {
    "segment": {"sentAt": _TEXT, "writeKey": _TEXT, "context": _OBJECT},
    "posthog": {"sent_at": _TEXT, "api_key": _TEXT, "token": _TEXT},
    "snowplow": {"schema": _TEXT},
}
_SENDERS: list[dict[str, list[str]]] = [{"basic": []}, {"bearer": []}, {"header": []}, {"query": []}, {}]
_SCHEMES: Json = {
    "basic": {"type": "http", "scheme": "basic", "description": "the write key of a source as user name"},
    "bearer": {"type": "http", "scheme": "bearer", "description": "a write key, or the key of a program that reads"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Write-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "writeKey"},
}
_ABOUT = """Events in the forms of Segment, Rudder, PostHog, Jitsu and Snowplow come in, profiles and counts go out.

A slash may follow each address of events. Content-Type is ignored; bodies may be packed with gzip or zlib. 200 is said
once an event is on the disk, with what became of each; a message may be sent again. 429 says when to come back."""


def document() -> Json:
    """The whole document."""
    paths: dict[str, Json] = {}
    for path, operations in (*_tracked(), *_webhooks(), *_settings(), *_asked()):
        paths.setdefault(path, {}).update(operations)
    shapes = (Taken, TakenByUuid, Problem, *(one.shape for one in asking.ASKED if not isinstance(one.shape, str)))
    _, components = msgspec.json.schema_components(shapes, ref_template=_SHAPES)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Motherlode", "version": version("motherlode"), "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": {**dict(_bodies()), **components}, "securitySchemes": _SCHEMES},
    }


def _tracked() -> Iterator[tuple[str, Json]]:
    for path, route in ROUTES.items():
        answers = {**_problems(400, 401, 413, 429), "200": _said("What became of each event", _taken(route))}
        post = {
            "summary": f"{route.type or 'Events'}, as {route.shape.removesuffix('_v1')} sends them".capitalize(),
            "operationId": _name("post", path),
            "security": _SENDERS,
            "requestBody": {"required": True, "content": {"application/json": {"schema": _body(route)}}},
            "responses": answers,
        }
        operations: Json = {"post": post}
        if path.startswith("/pixel/"):
            words = [_parameter("query", name) for name in ("writeKey", "userId", "anonymousId", "event", "messageId")]
            get = {"summary": "The same as the address of a picture", "operationId": _name("get", path)}
            operations["get"] = {**get, "parameters": words, "responses": answers}
        yield path, operations


def _taken(route: Route) -> type[msgspec.Struct]:
    return TakenByUuid if route.shape == "posthog_v1" else Taken


def _body(route: Route) -> Json:
    """A batch or one event; of the latter alone where the path says what it is."""
    shape = route.shape.removesuffix("_v1")
    event, batch = ({"$ref": _SHAPES.format(name=f"{shape}_{what}")} for what in ("event", "batch"))
    return event if route.type else {"anyOf": [batch, event]}


def _bodies() -> Iterator[tuple[str, Json]]:
    for shape, event in EVENTS.items():
        yield f"{shape}_event", {"type": "object", "properties": event}
        within = "data" if shape == "snowplow" else "batch"
        listed = {"type": "array", "items": {"$ref": _SHAPES.format(name=f"{shape}_event")}}
        yield (
            f"{shape}_batch",
            {
                "type": "object",
                "required": [within],
                "properties": {within: listed, **_AROUND[shape]},
            },
        )


def _webhooks() -> Iterator[tuple[str, Json]]:
    post = {
        "summary": "A signed body of a system without an SDK; `[webhooks.<name>]` says where in it an event stands",
        "operationId": "post_webhook",
        "parameters": [_parameter("path", "name")],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}},
        "responses": {**_problems(400, 401, 404, 413, 429), "200": _said("What became of each event", Taken)},
    }
    yield f"{WEBHOOKS}{{name}}", {"post": post}


def _settings() -> Iterator[tuple[str, Json]]:
    for asked in sdk_settings.ASKED:
        media = "application/javascript" if asked.is_script else "application/json"
        answers: Json = {"200": {"description": asked.says, "content": {media: {}}}}
        for path in asked.paths:
            where = [_parameter("path", "key")] if "{key}" in path else [_parameter("query", "writeKey")]
            get = {"summary": asked.says, "operationId": _name("get", path), "parameters": where}
            yield path, {"get": {**get, "responses": {**answers, **(_problems(401) if asked.needs_key else {})}}}


def _asked() -> Iterator[tuple[str, Json]]:
    for asked in asking.ASKED:
        answers = {str(status): _answer(asked) for status in (200, *asked.also)}
        answers |= _problems(*((401, 403) if asked.scope else ()), *((404,) if "{who}" in asked.path else ()))
        get: Json = {"summary": asked.says, "operationId": _name("get", asked.path), "responses": answers}
        if "{who}" in asked.path:
            get["parameters"] = [_parameter("path", "who")]
        if asked.scope:
            get["security"] = [{"bearer": []}]
            get["description"] = f"The key of the program must have the scope `{asked.scope}`."
        yield asked.path, {"get": get}


def _answer(asked: Asked) -> Json:
    if isinstance(asked.shape, str):
        return {"description": asked.says, "content": {asked.shape: {}}}
    return _said(asked.says, asked.shape)


def _said(description: str, shape: type[msgspec.Struct]) -> Json:
    schema = {"$ref": _SHAPES.format(name=shape.__name__)}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problems(*statuses: int) -> Json:
    return {str(status): _problem(status) for status in statuses}


def _problem(status: int) -> Json:
    said = _said(HTTPStatus(status).phrase, Problem)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        said["headers"] = {"Retry-After": {"description": "seconds", "schema": {"type": "string"}}}
    return said


def _parameter(place: str, name: str) -> Json:
    return {"name": name, "in": place, "required": place == "path", "schema": _TEXT}


def _name(method: str, path: str) -> str:
    return f"{method}_{path.strip('/').replace('/', '_').replace('.', '_').replace('{', '').replace('}', '')}"
