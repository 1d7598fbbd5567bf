"""Pages that a browser has already are not sent again: it stores them, and asks each time whether they have changed.

The validator is made of the very page that would be sent. So whatever a page depends on, be it the run, an act of a
moment ago, the language, the theme, the role or what is masked for it, changes it, and nothing has to be listed.
"""

import hashlib

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

# Without these a browser would not know what it has (RFC 9110, 15.4.5).
OF_UNCHANGED = ("etag", "cache-control", "vary", "content-language")


def validated(request: Request, page: Response) -> Response:
    """The page with its validator, or 304 where the browser has just this page; nobody else on the way may store it."""
    # Weak, as the bytes differ by how they are packed on the way.
    tag = f'W/"{hashlib.blake2b(bytes(page.body), digest_size=12).hexdigest()}"'
    page.headers["ETag"] = tag
    if clears(request.headers):
        page.headers["Cache-Control"] = "private, no-cache"
    if tag not in _had(request.headers):
        return page
    return Response(status_code=304, headers={name: page.headers[name] for name in OF_UNCHANGED})


def clears(headers: Headers) -> bool:
    """Whether the browser will clear what it stored when a session ends.

    It obeys `Clear-Site-Data` only where it trusts the connection (https, or this machine), and only then it says where
    a request comes from (`Sec-Fetch-Site`).
    """
    return "sec-fetch-site" in headers


def _had(headers: Headers) -> list[str]:
    """Validators of the pages that the browser has."""
    return [tag.strip() for tag in headers.get("if-none-match", "").split(",")]
