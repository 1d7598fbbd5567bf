"""A project that collects, without a port."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from motherlode.live import senders
from motherlode.live.collector import Collector
from motherlode.project import Project
from motherlode.web.asking import asking
from motherlode.web.gate import Gate
from motherlode.web.tracking import Tracking

KEY = "WK_test"
NOW = 1_795_000_000_000_000


def project_at(root: Path, **settings: Any) -> Path:
    (root / "motherlode.toml").write_text('name = "tea-shop"\n')
    with Project(root) as project:
        senders.add(project.ledger, "web", KEY, senders.Settings(**settings), actor="test", now=datetime(2026, 11, 1))
    return root


class Client:
    """Sends to the application in this process."""

    def __init__(self, application: Tracking) -> None:
        self._application = application

    async def send(
        self, path: str, body: Any = b"", method: str = "POST", headers: dict[str, str] | None = None, query: str = ""
    ) -> tuple[int, Any, dict[str, str]]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
        }  # fmt: skip
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": data, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        await self._application(scope, receive, send)
        answer = {name.decode(): value.decode() for name, value in said[0]["headers"]}
        text = b"".join(message.get("body", b"") for message in said[1:])
        return said[0]["status"], json.loads(text) if text[:1] in (b"{", b"[") else text, answer


async def nobody(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"a page"})


def collecting(root: Path, work: Callable[[Client, Collector], Awaitable[Any]], **clock: Any) -> Any:
    """Run `work` while the project at `root` collects."""

    async def run(project: Project) -> Any:
        collector = Collector(project.config, project.stores, **clock)
        async with collector:
            front = Tracking(nobody, collector, "", project.config.webhooks, asking(project, collector, Gate()))
            return await work(Client(front), collector)

    with Project(root) as project:
        return asyncio.run(run(project))


def rows(root: Path, sql: str) -> list[dict[str, Any]]:
    with Project(root) as project:
        return project.warehouse.arrow(sql).to_pylist()


def track(number: int, who: str = "ann", event: str = "Tea Drunk", **more: Any) -> dict[str, Any]:
    return {"type": "track", "messageId": f"m{number}", "userId": who, "event": event, **more}
