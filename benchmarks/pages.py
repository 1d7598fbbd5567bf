"""How long the pages take on the server, how many bytes they send, and when they are seen, on a big project.

    python -m benchmarks.pages [--lines 3_000_000] [--events 10_000_000] [--customers 1_000_000] [--project FOLDER]

Goals, 95 of 100 answers within: lists 80 ms, one customer 100 ms, a page with charts that was asked for before 20 ms, a
funnel or retention that nobody asked for yet 1 s, the count of a segment 300 ms by traits and 1 s by behaviour; with
eight visitors at once three times as long. Bytes with style, script and icon at the first visit: data pages <= 40 KB,
pages with charts <= 340 KB; <= 10 KB after. First contentful paint <= 300 ms.
Times are those of whole answers on loopback; each is also given as a ratio to what a hand-written count of the same
customers takes in DuckDB in the same run.
"""

import argparse
import gzip
import os
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import browsing
from benchmarks.measuring import say
from motherlode import Project
from motherlode.rules import Behaviour, Condition, Group, write

REPEATS, VISITORS = 20, 8
TRAITS = write(Group("all", (Condition("stage", "is", "decline"), Condition("spend_365d", "least", "{n}"))))
BEHAVIOUR = write(Group("all", (Condition("stage", "is", "decline"), Behaviour("", "least", 2, 365))))
DATA_PAGES = ("/customers", "/opportunities", "/segments", "/quality", "/calculators")
CHART_PAGES = ("/", "/analyse", "/analyse/funnel", "/analyse/retention", "/analyse/paths", "/models")
# KB at the first visit to a data page and to a page with charts, and after.
MOST_DATA, MOST_CHARTS, MOST_WARM = 40, 340, 10


def addresses(customer: str) -> dict[str, tuple[str, float]]:
    """What is asked, with a number that makes each asking a new one, and the goal in milliseconds."""
    return {
        "list of customers, another page each time": ("/customers?page={n}", 80),
        "the same of one stage": ("/customers?stage=trial&page={n}", 80),
        "list of opportunities, another page each time": ("/opportunities?page={n}", 80),
        "one customer": (f"/customers/{customer}", 100),
        "overview, asked for before": ("/", 20),
        "analysis, asked for before": ("/analyse", 20),
        "funnel, asked for before": ("/analyse/funnel", 20),
        "funnel, another window each time": ("/analyse/funnel?window={n}", 1000),
        "retention, another start each time": ("/analyse/retention?days=7&start={event}", 1000),
        "count of a segment by traits": ("/segments?" + urlencode({"rule": TRAITS}).replace("%7Bn%7D", "{n}"), 300),
        "count of a segment by behaviour": ("/segments?" + urlencode({"rule": BEHAVIOUR}).replace("365", "3{n}"), 1000),
    }


EVENTS = ("Product+Viewed", "Product+Added", "Page+Viewed", "Checkout+Started", "Order+Completed", ":order", ":return")


def prepared(folder: Path, lines: int, events: int, customers: int) -> Path:
    """A project of that size, loaded and run."""
    browsing.generate(folder, lines, events, customers)
    root = browsing.make_project(folder)
    with Project(root) as project:
        project.load()
        project.run()
    return root


def asked(url: str, number: int = 0) -> tuple[float, bytes, str]:
    """Milliseconds of an answer, its bytes as sent, and its text."""
    url = url.replace("{n}", str(number)).replace("{event}", EVENTS[number % len(EVENTS)])
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", "Accept-Language": "zh"})
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=300) as answer:
        body = answer.read()
    took = (time.perf_counter() - began) * 1000
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return took, body, (gzip.decompress(body) if packed else body).decode(errors="replace")


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


def measure(url: str, customer: str, least: float) -> None:
    """Times of one visitor, then of eight at once, who ask for everything in turn."""
    say(f"{'what':<46} {'median':>8} {'95 %':>8} {'goal':>6} {'x count':>8} {'95 % of 8':>10} {'x of 1':>7}")
    questions = addresses(customer)
    for path, _ in questions.values():
        asked(url + path, 1)
    alone = {what: _times(url + path, range(2, REPEATS + 2)) for what, (path, _) in questions.items()}
    together = _together(url, [path for path, _ in questions.values()])
    for what, (path, goal) in questions.items():
        late, crowded = _late(alone[what]), _late(together[path])
        words = f"{what:<46} {statistics.median(alone[what]):6.0f}ms {late:6.0f}ms {goal:4.0f}ms {late / least:8.1f}"
        say(f"{words} {crowded:8.0f}ms {crowded / late:7.1f}")


def _times(url: str, numbers: range) -> list[float]:
    return [asked(url, number)[0] for number in numbers]


def _together(url: str, paths: list[str]) -> dict[str, list[float]]:
    """Milliseconds by path, of visitors each of whom begins with another page."""

    def visitor(number: int) -> list[tuple[str, float]]:
        turns = paths[number % len(paths) :] + paths[: number % len(paths)]
        # Pages that nobody has asked for yet, here too.
        return [(path, asked(url + path, 100 + number * 10 + turn)[0]) for turn in range(3) for path in turns]

    found: dict[str, list[float]] = {path: [] for path in paths}
    with ThreadPoolExecutor(VISITORS) as pool:
        for some in pool.map(visitor, range(VISITORS)):
            for path, took in some:
                found[path].append(took)
    return found


def _late(times: list[float]) -> float:
    return sorted(times)[max(int(len(times) * 0.95) - 1, 0)]


def weigh(url: str) -> None:
    """Kilobytes of each page at the first visit and after."""
    say(f"{'page':<22} {'first KB':>9} {'goal':>6} {'after KB':>9} {'goal':>6}")
    for page in (*DATA_PAGES, *CHART_PAGES):
        _, body, text = asked(url + page)
        static = [part.split('"')[0] for part in text.split('="')[1:] if part.startswith("/static/")]
        whole = (len(body) + sum(len(asked(url + path)[1]) for path in dict.fromkeys(static))) / 1024
        most = MOST_DATA if page in DATA_PAGES else MOST_CHARTS
        say(f"{page:<22} {whole:9.1f} {most:6} {len(body) / 1024:9.1f} {MOST_WARM:6}")


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
            sheet.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
            yield page, sheet.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            sheet.close()
        window.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=3_000_000)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--project", type=Path, help="A project that was run already.")
    said = parser.parse_args()
    from benchmarks.serving import served

    with tempfile.TemporaryDirectory() as folder:
        root = said.project or prepared(Path(folder), said.lines, said.events, said.customers)
        with Project(root, read_only=True) as project:
            least = floor(project)
            best = project.table("refine.customers", 1)["customer_id"]
            everybody = project.expression("refine.customers")
            count = project.query(everybody.aggregate(n=everybody.count()))["n"][0]
        load, cores = os.getloadavg()[0], os.cpu_count()
        say(f"{count:,} customers; a hand-written count takes {least:.0f} ms; load {load:.1f} on {cores} cores")
        with served(root) as url:
            measure(url, best[0], least)
            weigh(url)
            paint(url)


if __name__ == "__main__":
    main()
