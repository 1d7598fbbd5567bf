"""What stands before every address: who may ask, what a browser may do with the answer, and forms of our own alone."""

import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "motherlode"
# Everything comes from here; no script or style stands in a page.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}


class Guard:
    """Lets through what comes to a known host by its name, and marks each answer with what may be done with it.

    Parameters
    ----------
    hosts
        Names under which the application may be asked for, so that no other site's name leads here; none for all.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._key = secrets.token_bytes(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self._hosts and _name(headers.get("host", "")) not in self._hosts:
            await PlainTextResponse("unknown host", 400)(scope, receive, send)
            return
        browser, is_new = _browser(headers.get("cookie", ""))
        scope.setdefault("state", {}).update(browser=browser, token=self.token(browser))

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                _mark(MutableHeaders(scope=message), browser if is_new else "")
            await send(message)

        await self._app(scope, receive, marked)

    def token(self, browser: str) -> str:
        """What a form of this browser has to send back."""
        return hmac.new(self._key, browser.encode(), sha256).hexdigest()


def is_ours(request: Request) -> bool:
    """Whether a form was made by a page of ours for this browser."""
    sent = str(request.state.form.get("token", ""))
    return same_site(request.headers) and hmac.compare_digest(sent, request.state.token)


def same_site(headers: Headers) -> bool:
    """Whether a request that changes something was made by a page of ours, as far as the browser says."""
    fetched = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin")
    ours = origin is None or urlsplit(origin).netloc == headers.get("host")
    return fetched in ("same-origin", "none") and ours


def _mark(headers: MutableHeaders, browser: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    if browser:
        headers.append("Set-Cookie", f"{COOKIE}={browser}; Path=/; HttpOnly; SameSite=Strict")


def _browser(cookies: str) -> tuple[str, bool]:
    """The name that a browser was given, and whether it is given now."""
    try:
        said = SimpleCookie(cookies)
    except Exception:  # noqa: BLE001
        said = SimpleCookie()
    known = said[COOKIE].value if COOKIE in said else ""
    fresh = len(known) != 43 or not known.replace("-", "").replace("_", "").isalnum()
    return (secrets.token_urlsafe(32), True) if fresh else (known, False)


def _name(host: str) -> str:
    """A host without its port."""
    return host.rpartition(":")[0].strip("[]") if host.rpartition(":")[2].isdecimal() and ":" in host else host
