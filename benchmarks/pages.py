"""How long the pages take on the server, and how many bytes they send, on a big project.

    python -m benchmarks.pages [--lines 10_000_000] [--customers 1_000_000] [--project FOLDER]

Goals, 95 of 100 answers within: lists 80 ms, one customer 100 ms, a page with charts that was asked for before 20 ms,
the count of a segment 300 ms by traits and 1 s by behaviour; data pages <= 40 KB at the first visit, <= 10 KB after.
Times are those of whole answers on loopback, one visitor; each is also given as a ratio to what a hand-written count
of the same customers takes in DuckDB in the same run.
"""

import argparse
import gzip
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import spine
from benchmarks.measuring import say
from motherlode import Project
from motherlode.rules import Behaviour, Condition, Group, write

REPEATS = 20
TRAITS = write(Group("all", (Condition("stage", "is", "decline"), Condition("spend_365d", "least", "{n}"))))
BEHAVIOUR = write(Group("all", (Condition("stage", "is", "decline"), Behaviour("", "least", 2, 365))))


def addresses(customer: str) -> dict[str, tuple[str, float]]:
    """What is asked, with a number that makes each asking a new one, and the goal in milliseconds."""
    return {
        "list of customers, another page each time": ("/customers?page={n}", 80),
        "list of opportunities, another page each time": ("/opportunities?page={n}", 80),
        "one customer": (f"/customers/{customer}", 100),
        "overview, asked for before": ("/", 20),
        "analysis, asked for before": ("/analyse", 20),
        "count of a segment by traits": ("/segments?" + urlencode({"rule": TRAITS}).replace("%7Bn%7D", "{n}"), 300),
        "count of a segment by behaviour": ("/segments?" + urlencode({"rule": BEHAVIOUR}).replace("365", "3{n}"), 1000),
    }


def prepared(folder: Path, lines: int, customers: int) -> Path:
    """A project of that size, loaded and run."""
    spine.generate(folder, lines, customers)
    root = spine.make_project(folder, "parquet")
    with Project(root) as project:
        project.load()
        project.run()
    return root


def asked(url: str) -> tuple[float, bytes, str]:
    """Milliseconds of an answer, its bytes as sent, and its text."""
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
    say(f"{'what':<46} {'median':>8} {'95 %':>8} {'goal':>6} {'x count':>8} {'KB sent':>8}")
    for what, (path, goal) in addresses(customer).items():
        asked(url + path.replace("{n}", "1"))
        answers = [asked(url + path.replace("{n}", str(number))) for number in range(2, REPEATS + 2)]
        times = sorted(took for took, _, _ in answers)
        late = times[int(len(times) * 0.95) - 1]
        size = max(len(body) for _, body, _ in answers) / 1024
        say(f"{what:<46} {statistics.median(times):6.0f}ms {late:6.0f}ms {goal:4.0f}ms {late / least:8.1f} {size:8.1f}")
    _, body, text = asked(f"{url}/customers")
    static = [part.split('"')[0] for part in text.split('="')[1:] if part.startswith("/static/")]
    whole = len(body) + sum(len(asked(url + path)[1]) for path in dict.fromkeys(static))
    say(
        f"first visit of /customers, with style, script and icon: {whole / 1024:.1f} KB; then {len(body) / 1024:.1f} KB"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--project", type=Path, help="A project that was run already.")
    said = parser.parse_args()
    from benchmarks.serving import served

    with tempfile.TemporaryDirectory() as folder:
        root = said.project or prepared(Path(folder), said.lines, said.customers)
        with Project(root, read_only=True) as project:
            least = floor(project)
            best = project.table("refine.customers", 1)["customer_id"]
            count = len(project.query(project.expression("refine.customers").select("customer_id")))
        say(f"{count:,} customers; a hand-written count takes {least:.0f} ms")
        with served(root) as url:
            measure(url, best[0], least)


if __name__ == "__main__":
    main()
