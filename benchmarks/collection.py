"""How fast events are taken, and how soon they are seen: a server of our own at the loopback, asked by one client.

    python -m benchmarks.collection [--requests 20_000] [--seconds 20] [--erased-among 1_000_000]
    python -m benchmarks.collection --steady 600 [--steady-rate 15_000]      # nothing but a long load, minute by minute

Rates are per CPU second of the server, beside a server that only reads the body and says yes, asked by the same client
in the same run. Goals: one event a request >= 8,000 requests/s, 100 a request >= 50,000 events/s, end to end >= 15,000
events/s; at 1,000 requests/s p50 <= 15 ms and p99 <= 60 ms; an event is in its table p50 <= 250 ms, p99 <= 1 s at 5,000
events/s; <= 300 MB idle, <= 5 s to start; a person is out of the log of 10 M events in 60 s.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from benchmarks.measuring import say

KEY, NOW = "WK_benchmark", datetime(2026, 1, 1)
CONNECTIONS = 64
ECHO = """
import asyncio, sys
from granian.constants import Interfaces
from granian.server.embed import Server
async def app(scope, receive, send):
    if scope["type"] == "http":
        more = True
        while more:
            more = (await receive()).get("more_body")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})
server = Server(app, address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.ASGI, log_enabled=False)
asyncio.run(server.serve())
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int) -> Iterator[int]:
    """A server, by its process id."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            answered(port)
            yield server.pid
        finally:
            server.terminate()
            server.wait(60)


def answered(port: int) -> None:
    """Wait until somebody answers; the port is open a little before."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30):
                return
        except OSError:
            time.sleep(0.05)


def ours(root: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "motherlode", "serve", "--project", str(root), "--port", str(port)]


def cpu_seconds(process: int) -> float:
    said = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process: int, *, own: bool = False) -> float:
    """Memory of a process; `own` without the pages of files, which the kernel takes back when it needs them."""
    _, resident, of_files, *_ = map(int, Path(f"/proc/{process}/statm").read_text().split())
    return (resident - of_files * own) * os.sysconf("SC_PAGE_SIZE") / 2**20


def request(events: int, number: int) -> bytes:
    """A request as an SDK sends it; every event has a number of its own."""
    batch = [
        {
            "type": "track",
            "event": "Product Viewed",
            "userId": f"c{(number * events + place) % 5000}",
            "anonymousId": f"d{(number * events + place) % 5000}",
            "messageId": f"{number}-{place}-{time.time_ns()}",
            "timestamp": f"2026-11-21T19:14:{number % 60:02d}.467Z",
            "context": {"library": {"name": "benchmark", "version": "1.0.0"}},
            "properties": {"product_id": f"p{place}", "price": 12.5, "sent": time.time()},
        }
        for place in range(events)
    ]
    path, whole = ("/v1/track", batch[0]) if events == 1 else ("/v1/batch", {"batch": batch})
    body = json.dumps(whole).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nx-write-key: {KEY}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Client:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def post(self, sent: bytes) -> int:
        """Send a request, read the answer; gives its status."""
        self._socket.sendall(sent)
        status, length = int(self._file.readline().split()[1]), 0
        while (line := self._file.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        self._file.read(length)
        return status

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def flood(port: int, sent: list[bytes]) -> int:
    """Send all requests over several connections at once; gives how many were acknowledged."""
    good: list[int] = []

    def work(mine: list[bytes]) -> None:
        client = Client(port)
        good.append(sum(client.post(one) == 200 for one in mine))
        client.close()

    threads = [threading.Thread(target=work, args=(sent[place::CONNECTIONS],)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(good)


def caught_up(root: Path, port: int) -> None:
    """Wait until the tables have what the log has."""
    client = Client(port)
    while True:
        client._socket.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        length = 0
        while (line := client._file.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        said = json.loads(client._file.read(length))
        if (said["log"]["segment"], said["log"]["offset"]) == (said["consumer"]["segment"], said["consumer"]["offset"]):
            break
        time.sleep(0.05)
    client.close()


def rate(root: Path, events: int, requests: int, goal: int) -> None:
    """Events a CPU second, beside a server that only says yes; then with the tables."""
    sent = [request(events, number) for number in range(requests)]
    port = free_port()
    with running([sys.executable, "-c", ECHO, str(port)], port) as process:
        before = cpu_seconds(process)
        flood(port, sent)
        limit = requests * events / (cpu_seconds(process) - before)
    port = free_port()
    with running(ours(root, port), port) as process:
        flood(port, [request(events, number) for number in range(200)])
        caught_up(root, port)
        # The consumer sleeps while the door is measured: it waits for its own clock, not for requests.
        before, began = cpu_seconds(process), time.perf_counter()
        good = flood(port, sent)
        seconds, door = time.perf_counter() - began, cpu_seconds(process) - before
        caught_up(root, port)
        whole = cpu_seconds(process) - before
    say(
        f"{events:4} events a request: {good * events / door:10,.0f} events/CPU s acknowledged while tables are filled "
        f"(goal {goal:,}; {good * events / seconds:,.0f}/s wall); with the rest of the tables "
        f"{good * events / whole:,.0f} (goal 15,000); only saying yes {limit:,.0f}, "
        f"ratio {good * events / door / limit:.2f}; {good:,} of {requests:,} acknowledged"
    )


def paced(port: int, seconds: int, a_second: int, make: Callable[[int], bytes]) -> list[float]:
    """Milliseconds until each acknowledgement, at a steady pace."""
    took: list[float] = []
    began = time.perf_counter() + 0.1

    def work(first: int) -> None:
        client = Client(port)
        for number in range(first, seconds * a_second, CONNECTIONS):
            due = began + number / a_second
            time.sleep(max(0.0, due - time.perf_counter()))
            sent = make(number)
            at = time.perf_counter()
            if client.post(sent) == 200:
                took.append((time.perf_counter() - at) * 1000)
        client.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def tell(name: str, took: list[float], goal: str) -> None:
    cut = statistics.quantiles(took, n=100)
    say(f"{name}: p50 {cut[49]:.1f} ms, p99 {cut[98]:.1f} ms of {len(took):,} (goal {goal})")


def latencies(root: Path, seconds: int, reader: str) -> None:
    port = free_port()
    with running(ours(root, port), port) as process:
        flood(port, [request(1, number) for number in range(200)])
        caught_up(root, port)
        say(f"idle: {resident_mb(process):.0f} MB (goal 300)")
        tell("acknowledged at 1,000 requests/s", paced(port, seconds, 1000, lambda n: request(1, n)), "15 and 60 ms")
        caught_up(root, port)
        seen: list[float] = []
        stream = socket.create_connection(("127.0.0.1", port))
        stream.sendall(f"GET /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {reader}\r\n\r\n".encode())
        began = time.time()

        def listen() -> None:
            with stream.makefile("rb") as lines:
                for line in lines:
                    if line.startswith(b"data:"):
                        sent = json.loads(line[5:])["properties"]["sent"]
                        if sent > began:
                            seen.append((time.time() - sent) * 1000)

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        before = resident_mb(process)
        paced(port, seconds, 100, lambda n: request(50, n))
        caught_up(root, port)
        time.sleep(1)
        stream.shutdown(socket.SHUT_RDWR)
        tell("in its table and profile at 5,000 events/s", seen, "250 ms and 1 s")
        say(f"memory: {before:.0f} MB before, {resident_mb(process):.0f} MB after")


def steady(root: Path, seconds: int, a_second: int) -> None:
    """A load that goes on, 100 events a request: how it does minute by minute, and whether each event is there."""
    a_window, requests, acknowledged = min(seconds, 60), a_second // 100, 200
    port = free_port()
    with running(ours(root, port), port) as process:
        flood(port, [request(1, number) for number in range(acknowledged)])
        caught_up(root, port)
        first, before = resident_mb(process), cpu_seconds(process)
        for window in range(seconds // a_window):
            began = time.perf_counter()
            took = paced(port, a_window, requests, lambda n, by=window * a_window * requests: request(100, by + n))
            sent_in = time.perf_counter() - began
            began = time.perf_counter()
            caught_up(root, port)
            behind, after = time.perf_counter() - began, cpu_seconds(process)
            cut = statistics.quantiles(took, n=100)
            acknowledged += 100 * len(took)
            say(
                f"{(window + 1) * a_window:5} s: {100 * len(took) / sent_in:8,.0f} events/s of {a_second:,}, answered "
                f"p50 {cut[49]:.1f} ms p99 {cut[98]:.1f} ms, all in the tables {behind:.1f} s later, "
                f"{100 * len(took) / (after - before):,.0f} events/CPU s, {resident_mb(process):.0f} MB, "
                f"its own {resident_mb(process, own=True):.0f} MB"
            )
            before = after
        grown = resident_mb(process) - first
    kept, distinct = counted(root)
    say(
        f"steady: {acknowledged:,} events acknowledged, {acknowledged - distinct:,} lost, {kept - distinct:,} doubled; "
        f"memory {first:.0f} MB before, {grown:+.0f} MB"
    )


def counted(root: Path) -> tuple[int, int]:
    """Events in the tables, and how many different ones."""
    from motherlode.project import Project

    with Project(root) as project:
        sql = "SELECT count(*) AS kept, count(DISTINCT event_id) AS distinct_ids FROM collect.raw_events"
        (row,) = project.warehouse.arrow(sql).to_pylist()
        return row["kept"], row["distinct_ids"]


def start(root: Path) -> None:
    began, port = time.perf_counter(), free_port()
    with running(ours(root, port), port):
        say(f"starts in {time.perf_counter() - began:.1f} s (goal 5)")


def restart(root: Path) -> None:
    """A server in the place of another one, while a client asks over new connections all the time."""
    from motherlode.machine import handover

    port, took, stop = free_port(), [], threading.Event()
    refused: list[OSError] = []

    def ask() -> None:
        while not stop.is_set():
            began = time.perf_counter()
            try:
                client = Client(port)
                client.post(request(1, len(took)))
                client.close()
            except (OSError, IndexError) as error:
                refused.append(OSError(str(error)))
            took.append(time.perf_counter() - began)

    with running(ours(root, port), port):
        asking = threading.Thread(target=ask)
        asking.start()
        with subprocess.Popen([*ours(root, port), "--replace"], stderr=subprocess.DEVNULL) as new:
            while handover.serving(root) != new.pid:
                time.sleep(0.01)
            answered(port)
            stop.set()
            asking.join()
            new.terminate()
    say(f"restart: {len(refused)} of {len(took):,} turned away, longest wait {max(took):.2f} s (goal 1 s)")


def numbers(most: int) -> None:
    """How long it takes to know whether a message was taken before, as these become more, with cold caches."""
    from motherlode.live.seen import IN_MEMORY, Seen
    from motherlode.live.segments import Position

    with tempfile.TemporaryDirectory() as folder:
        seen, other = Seen(Path(folder)), bytearray(32 << 20)
        for size in range(IN_MEMORY, most + 1, IN_MEMORY):
            seen.add(os.urandom(16) for _ in range(IN_MEMORY))
            seen.adopt(seen.flush(seen.freeze(), Position(1, size), size))
            if size % (most // 5):
                continue
            took = 0.0
            for _ in range(100):
                asked = [os.urandom(16) for _ in range(100)]
                bytes(other)
                before = time.thread_time()
                seen.known(asked)
                took += time.thread_time() - before
            say(f"among {size:,} numbers of messages one is looked for in {took * 100:.1f} us of CPU, 100 at a time")


def erase(events: int) -> None:
    """One person out of a log, beside reading it once."""
    from motherlode.live.forgetting import forget
    from motherlode.live.records import Record, encode
    from motherlode.live.segments import SegmentLog
    from motherlode.vault.keys import Keys
    from motherlode.vault.log_seal import LogSeal

    with tempfile.TemporaryDirectory() as folder:
        root, seal = Path(folder), LogSeal(Keys([os.urandom(32)], "benchmark"))
        log = SegmentLog(root)
        bodies = [request(1, number).partition(b"\r\n\r\n")[2] for number in range(1000)]
        for first in range(0, events, 1000):
            kept = [(f"m{first + place}", raw) for place, raw in enumerate(bodies)]
            mine = [*kept[:-1], (kept[-1][0], kept[-1][1].replace(b"Product Viewed", b"gone@example.com"))]
            record = mine if first % max(events // 10, 1000) == 0 else kept
            whole = encode(Record("web", 0, "segment", "track", "", b"", record, [], 0, 0, 0))
            log.append([seal.close(whole, day=0)])
        log.close()
        size = sum(path.stat().st_size for path in root.glob("*.log"))
        began = time.perf_counter()
        for path in root.glob("*.log"):
            path.read_bytes()
        limit = time.perf_counter() - began
        began = time.perf_counter()
        gone = forget(root, seal, [], ["gone@example.com"])
        seconds = time.perf_counter() - began
        say(
            f"erased {gone} events of one person among {events:,} ({size / 2**20:,.0f} MB) in {seconds:.1f} s "
            f"(goal 60 s at 10 M); reading the log once {limit:.1f} s"
        )


def project(root: Path, memory_limit: str = "") -> str:
    """A project with one source and one reader; gives the reader's key."""
    from motherlode.live import readers, senders
    from motherlode.project import Project

    limit = f'memory_limit = "{memory_limit}"\n' if memory_limit else ""
    (root / "motherlode.toml").write_text(f'name = "benchmark"\n{limit}')
    with Project(root) as made:
        senders.add(made.ledger, "web", KEY, senders.Settings(), actor="benchmark", now=NOW)
        return readers.add(made.ledger, "bench", ("events:read",), "service", actor="benchmark", now=NOW)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--erased-among", type=int, default=1_000_000)
    parser.add_argument("--steady", type=int, default=0)
    parser.add_argument("--steady-rate", type=int, default=15_000)
    parser.add_argument("--memory-limit", default="", help="of the engine, such as 256MB; what it may keep of its file")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        reader = project(root, chosen.memory_limit)
        if chosen.steady:
            steady(root, chosen.steady, chosen.steady_rate)
            return
        start(root)
        restart(root)
        rate(root, 1, chosen.requests, 8_000)
        rate(root, 100, max(chosen.requests // 20, 100), 50_000)
        latencies(root, chosen.seconds, reader)
    numbers(9_000_000)
    erase(chosen.erased_among)


if __name__ == "__main__":
    main()
