"""What SDKs ask for before they send anything: without an answer some of them do not start."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

_encode = msgspec.json.encode
_SCRIPT = ((b"content-type", b"application/javascript"),)
_UPDATED = "2026-01-01T00:00:00.000Z"


class Asked(msgspec.Struct, frozen=True):
    """What some addresses are answered with.

    Attributes
    ----------
    paths
        Addresses, with `{key}` where the write key stands; a slash may follow.
    write
        Makes the answer of the write key, the name of its source and the host that was asked.
    says
        What it is, for whoever reads the description of the addresses.
    """

    paths: tuple[str, ...]
    write: Callable[[str, str, str], bytes]
    says: str
    needs_key: bool = False
    is_script: bool = False


class SdkSettings(msgspec.Struct, frozen=True):
    """An answer, with the write key where the address has one."""

    write: Callable[[str, str, str], bytes]
    key: str = ""
    needs_key: bool = False
    headers: tuple[tuple[bytes, bytes], ...] = ()


def settings_for(path: str) -> SdkSettings | None:
    """What answers a path that carries no events, if one of the SDKs asks for it."""
    for pattern, asked in _PATTERNS:
        found = pattern.fullmatch(path)
        if found:
            key = found.groupdict().get("key") or ""
            return SdkSettings(asked.write, key, asked.needs_key, _SCRIPT if asked.is_script else ())
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
    return _encode(_of_posthog(key))


def _of_posthog(key: str) -> dict[str, Any]:
    return {
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


def _posthog_script(key: str, source: str, host: str) -> bytes:
    """The same where the SDK looks for it when it is loaded as a script."""
    said = _encode({key: {"config": _of_posthog(key), "siteApps": []}})
    return b"window._POSTHOG_REMOTE_CONFIG=Object.assign(window._POSTHOG_REMOTE_CONFIG||{}," + said + b");"


def _flags(key: str, source: str, host: str) -> bytes:
    return b'{"flags":{},"featureFlags":{},"featureFlagPayloads":{},"errorsWhileComputingFlags":false}'


def _nothing(key: str, source: str, host: str) -> bytes:
    return b'{"success":true}'


def _empty_script(key: str, source: str, host: str) -> bytes:
    return b"/* SDKs are not served from here: install them from their registry and name this host. */"


ASKED = (
    Asked(("/v1/projects/{key}/settings", "/projects/{key}/settings"), _segment, "Settings of Segment's SDKs", True),
    Asked(("/sourceConfig",), _rudder, "Settings of Rudder's SDK for browsers", True),
    Asked(("/array/{key}/config",), _posthog, "Settings of PostHog's SDK for browsers", True),
    Asked(("/array/{key}/config.js",), _posthog_script, "The same as a script", True, is_script=True),
    Asked(("/flags", "/decide"), _flags, "Feature flags of PostHog: there are none"),
    Asked(("/v1/m", "/rudderstack"), _nothing, "Figures that SDKs send about themselves: not kept"),
    Asked(("/p.js",), _empty_script, "Says where SDKs come from", is_script=True),
)
_PATTERNS = tuple(
    (re.compile(re.escape(path).replace(r"\{key\}", "(?P<key>[^/]+)") + "/?"), asked)
    for asked in ASKED
    for path in asked.paths
)
