"""What SDKs ask for before they send anything: without an answer some of them do not start."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

_encode = msgspec.json.encode
_SCRIPT = ((b"content-type", b"application/javascript"),)
_UPDATED = "2026-01-01T00:00:00.000Z"


class SdkSettings(msgspec.Struct):
    """An answer made of the write key, the name of its source and the host that was asked."""

    write: Callable[[str, str, str], bytes]
    key: str = ""
    needs_key: bool = False
    headers: tuple[tuple[bytes, bytes], ...] = ()


def settings_for(path: str) -> SdkSettings | None:
    """What answers a path that carries no events, if one of the SDKs asks for it."""
    for pattern, write, needs_key in _ASKED:
        found = pattern.fullmatch(path)
        if found:
            key = (found.groupdict().get("key") or "") if needs_key else ""
            script = path.endswith(".js")
            return SdkSettings(write, key, needs_key, _SCRIPT if script else ())
    return None


def _segment(key: str, source: str, host: str) -> bytes:
    plan = {"__default": {"enabled": True, "integrations": {}}}
    kinds = ("track", "identify", "group")
    return _encode(
        {
            "integrations": {
                "Segment.io": {
                    "apiKey": key,
                    "apiHost": f"{host}/v1",
                    "protocol": "http",
                    "unbundledIntegrations": [],
                    "addBundledMetadata": True,
                    "maybeBundledConfigIds": {},
                    "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
                }
            },
            "plan": dict.fromkeys(kinds, plan),
            "edgeFunction": {},
            "analyticsNextEnabled": True,
            "middlewareSettings": {},
            "enabledMiddleware": {},
            "metrics": {"sampleRate": 0},
            "legacyVideoPluginsEnabled": False,
            "remotePlugins": [],
        }
    )


def _rudder(key: str, source: str, host: str) -> bytes:
    quiet = {"errors": {"enabled": False}, "metrics": {"enabled": False}}
    sender: dict[str, Any] = {
        "id": source,
        "name": source,
        "writeKey": key,
        "enabled": True,
        "workspaceId": "motherlode",
        "updatedAt": _UPDATED,
        "config": {"statsCollection": quiet},
        "dataplanes": {},
        "destinations": [],
        "connections": [],
    }
    return _encode({"source": sender, "updatedAt": _UPDATED, "consentManagementMetadata": {"providers": []}})


def _posthog(key: str, source: str, host: str) -> bytes:
    return _encode(
        {
            "token": key,
            "supportedCompression": ["gzip", "gzip-js"],
            "hasFeatureFlags": False,
            "autocapture_opt_out": True,
            "sessionRecording": False,
            "surveys": False,
            "heatmaps": False,
            "capturePerformance": False,
            "siteApps": [],
        }
    )


def _flags(key: str, source: str, host: str) -> bytes:
    return b'{"flags":{},"featureFlags":{},"featureFlagPayloads":{},"errorsWhileComputingFlags":false}'


def _nothing(key: str, source: str, host: str) -> bytes:
    return b'{"success":true}'


def _empty_script(key: str, source: str, host: str) -> bytes:
    return b"/* SDKs are not served from here: install them from their registry and name this host. */"


_ASKED: tuple[tuple[re.Pattern[str], Callable[[str, str, str], bytes], bool], ...] = (
    (re.compile(r"(?:/v1)?/projects/(?P<key>[^/]+)/settings/?"), _segment, True),
    (re.compile(r"/sourceConfig/?"), _rudder, True),
    (re.compile(r"/array/(?P<key>[^/]+)/config(?:\.js)?"), _posthog, True),
    (re.compile(r"/(?:flags|decide)/?"), _flags, False),
    (re.compile(r"/v1/m/?|/rudderstack/?"), _nothing, False),
    (re.compile(r"/p\.js"), _empty_script, False),
)
