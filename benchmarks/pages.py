"""How much the pages cost the server, how many bytes they send, and when they are seen, on a big project.

    python -m benchmarks.pages [--project FOLDER] [--customers 1_000_000] [--lines 3_000_000] [--events 10_000_000]

The project is made once and kept in the folder; the next run only measures. A step that was done is not done again.

Goals, 95 of 100 answers within: lists 80 ms, one customer 100 ms, a page with charts that was asked for before 20 ms, a
funnel or retention that nobody asked for yet 1 s, the count of a segment 300 ms by traits and 1 s by behaviour; with
eight visitors at once three times as long. Bytes with style, script and icon at the first visit: data pages <= 40 KB,
pages with charts <= 340 KB; <= 10 KB after. First contentful paint <= 300 ms.

Each time is given twice: by the clock, of the whole answer on loopback, and as CPU time of the server, which other work
on the machine does not change so much; each also as a ratio to what a hand-written count of the same customers takes in
the same run.
"""

import argparse
import os
import resource
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode

import pyarrow as pa

from benchmarks import browsing
from benchmarks.measuring import say
from benchmarks.serving import Server, served
from motherlode import Project
from motherlode.worklist.rules import Behaviour, Condition, Group, write

REPEATS, VISITORS = 20, 8
PACKED = {"br": "brotli", "gzip": "gzip"}
# With many visitors an answer may take so many times the goal of one.
CROWDED = 3
TRAITS = write(Group("all", (Condition("stage", "is", "decline"), Condition("spend_365d", "least", "{n}"))))
BEHAVIOUR = write(Group("all", (Condition("stage", "is", "decline"), Behaviour("", "least", 2, 365))))
DATA_PAGES = (
    "/customers",
    "/opportunities",
    "/segments",
    "/quality",
    "/calculators",
    "/data",
    "/privacy",
    "/decisions",
)
CHART_PAGES = (
    "/",
    "/analyse",
    "/analyse/funnel",
    "/analyse/retention",
    "/analyse/cohorts",
    "/analyse/paths",
    "/analyse/events",
    "/models",
)
# KB at the first visit to a data page and to a page with charts, and after.
MOST_DATA, MOST_CHARTS, MOST_WARM = 40, 340, 10
EVENTS = ("Product+Viewed", "Product+Added", "Page+Viewed", "Checkout+Started", "Order+Completed", ":order", ":return")
# Pages beside the questions whose goal is a number, each asked for before.
REST = ("/segments", "/data", "/quality", "/privacy", "/decisions", "/calculators", "/analyse/paths", "/analyse/events",
        "/models", "/settings")  # fmt: skip
# A wait for a condition would be a string to evaluate, which the pages' content security policy forbids.
FIRST_PAINT = """() => new Promise((done) => new PerformanceObserver((list) => {
  for (const found of list.getEntriesByName("first-contentful-paint")) done(found.startTime);
}).observe({ type: "paint", buffered: true }))"""


class Took(NamedTuple):
    """Milliseconds of an answer by the clock, and of the server's CPU."""

    clock: float
    cpu: float


class Asked(NamedTuple):
    """An answer: what it took, its bytes as sent, its text, and its validator."""

    took: Took
    body: bytes
    text: str
    tag: str


def addresses(customers: list[str]) -> dict[str, tuple[Callable[[int], str], float]]:
    """What is asked, by a number that makes each asking a new one, and the goal in milliseconds."""

    def plain(path: str) -> Callable[[int], str]:
        return lambda n: path.replace("{n}", str(n)).replace("{event}", EVENTS[n % len(EVENTS)])

    traits, behaviour = urlencode({"rule": TRAITS}), urlencode({"rule": BEHAVIOUR})
    return {
        "list of customers, another page each time": (plain("/customers?page={n}"), 80),
        "the same of one stage": (plain("/customers?stage=trial&page={n}"), 80),
        "list of opportunities, another page each time": (plain("/opportunities?page={n}"), 80),
        "the same of one stage ": (plain("/opportunities?stage=decline&page={n}"), 80),
        "one customer, another each time": (lambda n: f"/customers/{customers[n % len(customers)]}", 100),
        "overview, asked for before": (plain("/"), 20),
        "analysis, asked for before": (plain("/analyse"), 20),
        "funnel, asked for before": (plain("/analyse/funnel"), 20),
        "retention, asked for before": (plain("/analyse/retention"), 20),
        "funnel, another window each time": (plain("/analyse/funnel?window={n}"), 1000),
        "retention, another start each time": (plain("/analyse/retention?days=7&start={event}"), 1000),
        "count of a segment by traits": (plain("/segments?" + traits.replace("%7Bn%7D", "{n}")), 300),
        "count of a segment by behaviour": (plain("/segments?" + behaviour.replace("365", "3{n}")), 1000),
    }


def prepared(folder: Path, lines: int, events: int, customers: int) -> Path:
    """A project of that size, loaded and run; what was done before is kept."""
    root, done = folder / "project-parquet", folder / "made"
    if done.exists():
        return root
    if not (folder / "generated").exists():
        _step("draw", lambda: browsing.generate(folder, lines, events, customers))
        (folder / "generated").touch()
    with Project(root if root.exists() else browsing.make_project(folder)) as project:
        _step("load", lambda: project.load(_told()))
        _step("run", lambda: project.run(tell=_told()))
    done.write_text(f"{customers} customers, {lines} lines, {events} events\n")
    return root


def _step(name: str, work: Callable[[], object]) -> None:
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    took = f"{time.perf_counter() - clock:7.1f} s  {time.process_time() - cpu:7.1f} CPU s"
    say(f"  {name:<6} {took}  {peak:6,} MiB at most so far")


def _told() -> Callable[[str, int, int], None]:
    """What is being made, where it took long enough to wonder."""
    last = [time.monotonic()]

    def tell(what: str, number: int, total: int) -> None:
        if time.monotonic() - last[0] > 5:
            say(f"    {number:>4} of {total}  {what}")
            last[0] = time.monotonic()

    return tell


def asked(server: Server, path: str, headers: Mapping[str, str] | None = None) -> Asked:
    """Ask for a page once."""
    # As browsers do on this machine.
    browser = {"Accept-Encoding": "gzip, br", "Accept-Language": "zh", "Cookie": f"motherlode={'b' * 43}"}
    sent = {**browser, **(headers or {})}
    request = urllib.request.Request(server.url + path, headers=sent)
    cpu, began = server.cpu_seconds(), time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=600) as answer:
            body, said = answer.read(), answer.headers
    except HTTPError as error:
        if error.code != 304:
            raise
        body, said = b"", error.headers
    took = Took((time.perf_counter() - began) * 1000, (server.cpu_seconds() - cpu) * 1000)
    packed = said.get("Content-Encoding")
    plain = pa.input_stream(pa.BufferReader(body), compression=packed and PACKED[packed]).read()
    return Asked(took, body, plain.decode(errors="replace"), said.get("ETag", ""))


def floor(project: Project) -> float:
    """Milliseconds of a hand-written count over the customers."""
    sql = """SELECT count(*), sum(spend_365d) FROM profile.features JOIN profile.lifecycle USING (customer_id)
             WHERE stage = 'decline'"""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        project.warehouse.arrow(sql)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def measure(server: Server, customers: list[str], least: float) -> None:
    """Times of one visitor, then of eight at once, who ask for everything in turn."""
    say("\nserver time in ms: median and 95 of 100, by the clock and of CPU; x count: CPU to that of a count by hand;")
    say(f"with {VISITORS} visitors: median and 95 of 100 by the clock; the goal is {CROWDED} times that of one visitor")
    eight = f"{VISITORS}: clock"
    say(f"{'what':<46} {'clock':>13} {'CPU':>13} {'goal':>5} {'x count':>7} {eight:>13} {'goal':>5}")
    questions = addresses(customers)
    warm = {what: asked(server, path(1)).took for what, (path, _) in questions.items()}
    alone = {what: _times(server, path, range(2, REPEATS + 2)) for what, (path, _) in questions.items()}
    together = _together(server, {what: path for what, (path, _) in questions.items()})
    for what, (_, goal) in questions.items():
        late, crowded = _late([took.clock for took in alone[what]]), _late([took.clock for took in together[what]])
        cpu = _late([took.cpu for took in alone[what]])
        words = f"{what:<46} {_both(alone[what], 'clock')} {_both(alone[what], 'cpu')} {goal:5.0f} {cpu / least:7.1f}"
        missed = [who for who, took, most in (("1", late, goal), ("8", crowded, CROWDED * goal)) if took > most]
        said = f"missed by {' and '.join(missed)}" if missed else ""
        say(f"{words} {_both(together[what], 'clock')} {CROWDED * goal:5.0f}  {said}")
    say("\nthe first asking after the start, which reads what the others find ready, and pages without a goal")
    for what, took in warm.items():
        say(f"{what:<46} {took.clock:6.0f} ms {took.cpu:6.0f} CPU ms")
    for path in REST:
        first = asked(server, path).took
        times = [asked(server, path).took for _ in range(REPEATS // 2)]
        say(f"{path:<46} {_both(times, 'clock')} {_both(times, 'cpu')}  the first {first.cpu:.0f}")


def _both(times: list[Took], name: str) -> str:
    some = [getattr(took, name) for took in times]
    return f"{statistics.median(some):6.0f} {_late(some):6.0f}"


def _times(server: Server, path: Callable[[int], str], numbers: range) -> list[Took]:
    return [asked(server, path(number)).took for number in numbers]


def _together(server: Server, paths: dict[str, Callable[[int], str]]) -> dict[str, list[Took]]:
    """What each question took visitors each of whom begins with another one."""
    names = list(paths)

    def visitor(number: int) -> list[tuple[str, Took]]:
        turns = names[number % len(names) :] + names[: number % len(names)]
        # Pages that nobody has asked for yet, here too.
        return [
            (name, asked(server, paths[name](100 + number * 10 + turn)).took) for turn in range(3) for name in turns
        ]

    found: dict[str, list[Took]] = {name: [] for name in names}
    with ThreadPoolExecutor(VISITORS) as pool:
        for some in pool.map(visitor, range(VISITORS)):
            for name, took in some:
                found[name].append(took)
    return found


def _late(times: list[float]) -> float:
    return sorted(times)[max(int(len(times) * 0.95) - 1, 0)]


def weigh(server: Server, customer: str) -> None:
    """Kilobytes of each page at the first visit, at a visit when style and script are known, and when it is known."""
    say("\nkilobytes sent: with style, script and icon; the page alone; the page again when nothing has changed")
    say(f"{'page':<24} {'first':>7} {'goal':>5} {'page':>7} {'goal':>5} {'again':>7} {'elements':>9}")
    for page in (*DATA_PAGES, f"/customers/{customer}", *CHART_PAGES):
        one = asked(server, page)
        again = asked(server, page, {"If-None-Match": one.tag}) if one.tag else one
        static = [part.split('"')[0] for part in one.text.split('="')[1:] if part.startswith("/static/")]
        whole = len(one.body) + sum(len(asked(server, path).body) for path in dict.fromkeys(static))
        most = MOST_CHARTS if page in CHART_PAGES else MOST_DATA
        sizes = f"{whole / 1024:7.1f} {most:5} {len(one.body) / 1024:7.1f} {MOST_WARM:5} {len(again.body) / 1024:7.1f}"
        say(f"{page:<24} {sizes} {one.text.count('</') + one.text.count('/>'):9,}")


def paint(url: str) -> None:
    """Milliseconds until something is seen in a browser, where there is one."""
    for page, took in _painted(url):
        say(f"first contentful paint of {page:<20} {took:6.0f} ms (goal 300)")


def _painted(url: str) -> Iterator[tuple[str, float]]:
    import shutil

    browser = shutil.which("chromium")
    if browser is None:
        say("no browser here: nothing is painted")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for page in ("/", "/customers", "/opportunities", "/analyse/funnel"):
            sheet = window.new_page()
            sheet.goto(url + page)
            yield page, sheet.evaluate(FIRST_PAINT)
            sheet.close()
        window.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=3_000_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--project", type=Path, help="Where the project is kept, and made if it is not there yet.")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = said.project or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        _measured(prepared(folder, said.lines, said.events, said.customers))


def _measured(root: Path) -> None:
    with Project(root, read_only=True) as project:
        least = floor(project)
        people = list(project.table("refine.customers", 200)["customer_id"])
        rows: dict[str, Any] = {
            address: project.warehouse.value(f"SELECT count(*) FROM {address}")  # noqa: S608
            for address in ("refine.customers", "refine.order_lines", "refine.events")
        }
    counts = ", ".join(f"{count:,} {address.partition('.')[2]}" for address, count in rows.items())
    say(f"{counts}; a hand-written count takes {least:.0f} ms; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with served(root) as server:
        measure(server, people, least)
        weigh(server, people[0])
        paint(server.url)


if __name__ == "__main__":
    main()
