"""A fuzzer of the tracking endpoints over HTTP: real servers, asked with damaged requests for as long as wanted.

    python tests/fuzzing.py [--minutes 10] [--seed 0]

Nothing may answer 5xx, hang or end; every body that was answered must be in the log byte for byte, or be counted as a
copy or as turned away; and what is in the log must be in the tables, in quarantine or counted: in = out, exactly.
"""

import argparse
import http.client
import json
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from damaged import Damaged, Seed, damaged, own_seeds, readings, recorded_seeds
from motherlode.live import consumer, senders
from motherlode.live.records import Record, decode
from motherlode.live.segments import Position, read
from motherlode.project import Project

# One connection each; what no server can frame comes over others, of sources of their own.
CONNECTIONS, ROUND_SECONDS, PATIENCE_SECONDS = 12, 20, 60
UNFRAMED = "unframed"
_SEPARATORS = (b" ", b"\t", b"\r", b"\n", b",")
_BEFORE_TEXT = re.compile(rb"(?:\xef\xbb\xbf|[ \t\r\n])*")


class Kept(msgspec.Struct):
    """A request whose answer says that a record of it is in the log."""

    name: str
    body: bytes
    status: int
    said: dict[str, Any]


class Found(msgspec.Struct, frozen=True):
    """Something that must not be: what, and the request that showed it."""

    what: str
    request: str


class Worker(threading.Thread):
    """Sends damaged requests over one connection that is kept open, and remembers what was answered."""

    def __init__(self, port: int, source: str, seeds: Sequence[Seed], seed: str, until: float) -> None:
        super().__init__()
        self.port, self.source, self.until = port, source, until
        self.seeds, self.seed = list(seeds), seed
        self.kept: list[Kept] = []
        self.found: list[Found] = []
        self.statuses: Counter[int] = Counter()
        self._open: socket.socket | None = None

    def run(self) -> None:
        number = 0
        while time.monotonic() < self.until and len(self.found) < 5:
            number += 1
            name = f"{self.seed} {self.source} {number}"
            sent = damaged(random.Random(name), self.seeds, self.source, number)
            if sent.is_framed:
                self._send(name, sent)
            else:
                # With a key of its own, as nobody can say which of it is a request.
                self._send_unframed(name, damaged(random.Random(name), self.seeds, UNFRAMED, number))
        if self._open is not None:
            self._open.close()

    def _send(self, name: str, sent: Damaged) -> None:
        """A whole request: whoever does not answer it, or answers with an error of its own, has failed."""
        was_open = self._open is not None
        try:
            self._open = self._open or _connected(self.port)
            for piece in sent.pieces:
                self._open.sendall(piece)
            status, body, stays = _answer(self._open, sent.method)
        except (OSError, http.client.HTTPException) as error:
            self._hang_up()
            # A server may close a connection that it no longer trusts; the request is new to a new one.
            if was_open and not isinstance(error, TimeoutError):
                self._send(name, sent)
            else:
                self.found.append(Found(f"no answer: {error!r}", f"{name}: {sent}"))
            return
        if not stays:
            self._hang_up()
        self.statuses[status] += 1
        if status >= 500:
            self.found.append(Found(f"answered {status}: {body[:300]!r}", f"{name}: {sent}"))
        said = _json(body)
        if is_in_log(status, said):
            self.kept.append(Kept(f"{name}: {sent.method} {sent.path}", sent.body, status, said))

    def _send_unframed(self, name: str, sent: Damaged) -> None:
        """What no server can frame, over a connection of its own."""
        try:
            with _connected(self.port) as connection:
                for piece in sent.pieces:
                    connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)
                status, body, _ = _answer(connection, sent.method)
        except TimeoutError as error:
            self.found.append(Found(f"hangs: {error!r}", f"{name}: {sent}"))
        except (OSError, http.client.HTTPException):
            self.statuses[0] += 1
        else:
            self.statuses[status] += 1
            if status >= 500:
                self.found.append(Found(f"answered {status}: {body[:300]!r}", f"{name}: {sent}"))

    def _hang_up(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _answer(connection: socket.socket, method: str) -> tuple[int, bytes, bool]:
    """Status and body of an answer, and whether the connection stays open."""
    with http.client.HTTPResponse(connection, method=method) as said:
        said.begin()
        return said.status, said.read(), not said.will_close


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def is_in_log(status: int, said: dict[str, Any]) -> bool:
    """Whether an answer says that a record was written."""
    if status == 200:
        return isinstance(said.get("results"), list | dict)
    return status == 400 and said.get("code") in ("not_json", "invalid_events")


def one_round(seeds: Sequence[Seed], seed: str, seconds: float) -> tuple[Counter[int], list[Found]]:
    """Serve a new project, send to it, stop it, and look whether all is there; gives statuses and what is wrong."""
    sources = [f"source{number}" for number in range(CONNECTIONS)]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "motherlode.toml").write_text('name = "fuzzed"\n[serve]\nsegment_mb = 8\n')
        with Project(root) as project:
            for source in (*sources, UNFRAMED):
                senders.add(project.ledger, source, source, senders.Settings(), actor="test", now=datetime(2026, 1, 1))
        port, errors = _free_port(), root / "errors.txt"
        command = [sys.executable, "-m", "motherlode", "serve", "--project", folder, "--port", str(port)]
        with errors.open("wb") as said, subprocess.Popen(command, stderr=said) as server:
            try:
                _wait_well(port)
                until = time.monotonic() + seconds
                workers = [Worker(port, source, seeds, seed, until) for source in sources]
                for worker in workers:
                    worker.start()
                for worker in workers:
                    worker.join()
                found = [one for worker in workers for one in worker.found]
                found += _unwell(port, server)
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(PATIENCE_SECONDS)
        text = errors.read_text(errors="replace")
        if "Traceback" in text or server.returncode:
            found.append(Found(f"the server ended with {server.returncode}", text[-4000:]))
        found += missing(root, {worker.source: worker.kept for worker in workers})
    return sum((worker.statuses for worker in workers), Counter[int]()), found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _health(port: int) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/health")
        health: dict[str, Any] = json.load(connection.getresponse())
        return health
    finally:
        connection.close()


def _wait_well(port: int) -> None:
    for _ in range(600):
        try:
            _health(port)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing answers at port {port}")


def _unwell(port: int, server: "subprocess.Popen[bytes]") -> list[Found]:
    """Whether the server still answers, and its tables have what its log has."""
    end, health = time.monotonic() + PATIENCE_SECONDS, dict[str, Any]()
    while server.poll() is None and time.monotonic() < end:
        try:
            health = _health(port)
        except OSError as error:
            return [Found(f"/health: {error!r}", "")]
        log, moved = health["log"], health["consumer"]
        if (log["segment"], log["offset"]) == (moved["segment"], moved["offset"]):
            return []
        time.sleep(0.1)
    return [Found(f"the tables do not catch up with the log: {health}, process {server.poll()}", "")]


def missing(root: Path, kept: dict[str, list[Kept]]) -> list[Found]:
    """What was answered and is not in the log, and what is in the log and not in the tables."""
    records: dict[str, list[Record]] = {}
    found: list[Found] = []
    with Project(root) as project:
        for one in read(consumer.log_folder(project.config), Position()):
            record = decode(one.payload, project.vault.log_seal)
            records.setdefault(record.source, []).append(record)
        for source, requests in kept.items():
            mine = [record for record in records.get(source, []) if not record.refused]
            if len(mine) != len(requests):
                found.append(Found(f"{source}: {len(requests)} answered, {len(mine)} in the log", ""))
            for request, record in zip(requests, mine, strict=False):
                if wrong := told_wrong(request, record) or lost(request.body, record):
                    found.append(Found(wrong, f"{request.name} {request.status} {request.body[:3000]!r}"))
        return found[:10] + [Found(wrong, "") for wrong in unequal(project, records)]


def told_wrong(request: Kept, record: Record) -> str:
    """Where the answer counts other events than the log has."""
    results = request.said.get("results")
    if request.status == 200 and isinstance(results, list):
        told = tuple(map(results.count, ("ok", "quarantined", "duplicate", "suppressed")))
        there = (len(record.kept), len(record.aside), record.duplicate, record.suppressed)
        return f"answered {told}, in the log {there}" if told != there else ""
    return ""


def lost(body: bytes, record: Record) -> str:
    """Which bytes of a body are not in the log."""
    if not body or record.duplicate or record.suppressed:
        return ""
    left = [raw for _, problem, raw in record.aside if problem == "truncated"]
    events = [raw for _, raw in record.kept] + [raw for _, problem, raw in record.aside if problem != "truncated"]
    if left == [body] and not events:
        return ""
    texts = [text[_BEFORE_TEXT.match(text).end() :] for text in readings(body)]  # type: ignore[union-attr]
    if any(_covers(text, events, left[0] if left else None) for text in texts):
        return ""
    return f"not in the log as it came: kept {record.kept!r:.2000}, set aside {record.aside!r:.2000}"


_LISTS = re.compile(rb'^\[|"(?:batch|data)"\s*:\s*\[')


def _covers(text: bytes, events: Sequence[bytes], left: bytes | None) -> bool:
    """Whether a text is its events with nothing but commas between them, and what goes around them or is left."""
    if (left is None and list(events) == [text]) or (left == text and not events):
        return True
    for start in _LISTS.finditer(text):
        end = _end(text, start.end(), events)
        if end is None:
            continue
        head, rest = text[: start.end()], text[end:]
        if left is not None:
            return left == head + rest
        return rest[:1] == b"]" and not re.search(rb'"(?:batch|data)"\s*:\s*\[\s*[^\]\s]', head[: start.start()] + rest)
    return False


def _end(text: bytes, place: int, events: Sequence[bytes]) -> int | None:
    """Where the events end that stand in a text from a place on, in any order, and nothing else does."""
    waiting = Counter(events)
    while True:
        while text[place : place + 1] in _SEPARATORS and place < len(text):
            place += 1
        there = max((raw for raw in waiting if text.startswith(raw, place)), key=len, default=None)
        if there is None:
            return None if waiting else place
        waiting -= Counter([there])
        place += len(there)


def unequal(project: Project, records: dict[str, list[Record]]) -> Iterator[str]:
    """Where the tables count other events than the log has."""
    logged: Counter[str] = Counter()
    for record in (record for some in records.values() for record in some):
        logged.update(
            received=record.received, duplicate=record.duplicate, suppressed=record.suppressed, refused=record.refused,
            taken=len(record.kept) + len(record.aside),
        )  # fmt: skip
    sums = ", ".join(f"coalesce(sum({name}), 0)::BIGINT AS {name}" for name in ("received", *_OUTCOMES))
    (counted,) = project.warehouse.arrow(f"SELECT {sums} FROM collect.received").to_pylist()  # noqa: S608
    rows = {
        name: project.warehouse.value(f"SELECT count(*) FROM {table}")  # noqa: S608
        for name, table in (("stored", "collect.raw_events"), ("quarantined", "collect.quarantined_events"))
    }
    if counted["received"] != sum(counted[name] for name in _OUTCOMES):
        yield f"received is not the sum of what became of it: {counted}"
    for name in ("received", "duplicate", "suppressed", "refused"):
        if counted[name] != logged[name]:
            yield f"{name}: {logged[name]} in the log, {counted[name]} counted"
    if rows["stored"] + rows["quarantined"] != logged["taken"]:
        yield f"{logged['taken']} events in the log, {rows} in the tables"
    for name, number in rows.items():
        if counted[name] != number:
            yield f"{name}: {counted[name]} counted, {number} in the table"


_OUTCOMES = ("stored", "duplicate", "quarantined", "suppressed", "refused")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", default="0")
    chosen = parser.parse_args()
    seeds, statuses, end = [*own_seeds(), *recorded_seeds()], Counter[int](), time.monotonic() + 60 * chosen.minutes
    rounds = 0
    while time.monotonic() < end:
        answered, found = one_round(seeds, f"{chosen.seed}.{rounds}", ROUND_SECONDS)
        statuses, rounds = statuses + answered, rounds + 1
        for one in found:
            sys.stdout.write(f"{one.what}\n    {one.request[:6000]}\n")
        if found:
            raise SystemExit(f"{len(found)} found in round {rounds - 1} of seed {chosen.seed}")
    told = ", ".join(f"{status} {number:,}" for status, number in sorted(statuses.items()))
    sys.stdout.write(f"{sum(statuses.values()):,} requests in {rounds} rounds: nothing found ({told})\n")


if __name__ == "__main__":
    main()
