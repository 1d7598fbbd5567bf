"""Load and full run of a shop's order lines, against the same work written by hand in DuckDB SQL.

    python -m benchmarks.spine [--lines 10_000_000] [--customers 1_000_000]

Goals: load <= 1.4x (CSV) and 1.5x (Parquet) of a clean typed load; features, RFM, lifecycle and tiers <= 1.3x;
the whole run <= 5 minutes and <= 6 GiB.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import duckdb

from benchmarks.measuring import cost, cost_and_result, say

# Tables that hold what the hand-written SQL makes; the others have no peer.
SAME = ("refine.orders", "profile.features", "profile.order_gaps", "profile.rhythm", "profile.rfm",
        "profile.yearly_value", "profile.value_tiers", "profile.season", "profile.lifecycle")  # fmt: skip
READING = ("refine.doubtful_orders", "refine.graded_orders", "refine.order_lines", "refine.grades",
           "refine.quarantine", "refine.accounting")  # fmt: skip

COLUMNS = {
    "order_id": "VARCHAR",
    "customer_id": "VARCHAR",
    "ordered_at": "TIMESTAMP",
    "product_id": "VARCHAR",
    "category": "VARCHAR",
    "quantity": "DOUBLE",
    "unit_price": "DECIMAL(18, 4)",
    "channel": "VARCHAR",
}


def _quiet(path: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(path)
    connection.execute("SET enable_progress_bar = false").fetchall()
    return connection


def generate(folder: Path, lines: int, customers: int) -> None:
    """Orders of one to five lines over two years; a few customers buy very often, most rarely."""
    connection = _quiet(":memory:")
    connection.execute("SELECT setseed(0.7)").fetchall()
    sql = f"""
        SELECT 'O' || (i // 3) AS order_id,
            'C' || CAST(floor({customers} * pow(hash(i // 3) % 1000003 / 1000003.0, 1.6)) AS BIGINT) AS customer_id,
            TIMESTAMP '2023-01-01' + INTERVAL (hash(i // 3, 1) % 63072000) SECOND AS ordered_at,
            'P' || (hash(i, 2) % 5000) AS product_id,
            'K' || (hash(i, 2) % 5000 % 40) AS category,
            CASE WHEN hash(i, 3) % 50 = 0 THEN -1 ELSE 1 + hash(i, 4) % 4 END AS quantity,
            CAST((100 + hash(i, 5) % 9900) / 100.0 AS DECIMAL(18, 2)) AS unit_price,
            'S' || (hash(i // 3, 6) % 4) AS channel
        FROM range({lines}) AS t(i)
    """  # noqa: S608
    connection.execute(f"COPY ({sql}) TO '{folder / 'lines.parquet'}' (FORMAT parquet)").fetchall()
    connection.execute(f"COPY (FROM '{folder / 'lines.parquet'}') TO '{folder / 'lines.csv'}' (HEADER)").fetchall()


def make_project(folder: Path, suffix: str) -> Path:
    """A project with one source."""
    root = folder / f"project-{suffix}"
    root.mkdir(exist_ok=True)
    columns = "\n".join(f'{name} = "{name}"' for name in COLUMNS)
    text = f'[sources.lines]\npath = "{folder}/lines.{suffix}"\ntable = "orders"\n[sources.lines.columns]\n{columns}\n'
    (root / "motherlode.toml").write_text(text)
    return root


def load(root: Path) -> None:
    from motherlode import Project

    with Project(root) as project:
        project.load()


def run(root: Path) -> dict[str, float]:
    """CPU seconds a table."""
    from motherlode import Project

    with Project(root) as project:
        done = project.run()
    for made in sorted(done.made, key=lambda made: -made.cpu_seconds)[:12]:
        say(f"    {made.cpu_seconds:6.2f} CPU s  {made.address}")
    return {made.address: made.cpu_seconds for made in done.made}


def hand_load(folder: Path, suffix: str) -> None:
    """The limit: a clean typed load of the same rows."""
    connection = _quiet(str(folder / f"hand-{suffix}.duckdb"))
    typed = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    read = f"read_csv('{folder}/lines.csv', header=true, columns={{{typed}}})"
    source = read if suffix == "csv" else f"'{folder}/lines.parquet'"
    connection.execute(f"CREATE OR REPLACE TABLE lines AS FROM {source}").fetchall()
    connection.close()


def hand_run(folder: Path) -> None:
    """The peer: the same orders, returns, features, RFM, tiers and stages, by hand."""
    connection = _quiet(str(folder / "hand-csv.duckdb"))
    connection.execute("SET preserve_insertion_order = false").fetchall()
    for statement in (Path(__file__).parent / "spine.sql").read_text().split(";\n"):
        if statement.strip():
            connection.execute(statement).fetchall()
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        if not (folder / "lines.csv").exists():
            generate(folder, options.lines, options.customers)
        say(f"{options.lines:,} order lines of {options.customers:,} customers")
        loads = {suffix: _loaded(folder, suffix) for suffix in ("csv", "parquet")}
        whole, tables = cost_and_result(run, folder / "project-csv")
        by_hand = cost(hand_run, folder)
        reading = sum(tables.get(name, 0.0) for name in READING)
        same = sum(tables.get(name, 0.0) for name in SAME)
        ours, typed = loads["csv"]
        say(f"load CSV and read every cell, quarantine, accounting: {ours + reading:.1f} CPU s")
        say(f"  ratio to a typed load   {(ours + reading) / typed:.2f}  (goal 1.4)")
        say(f"orders, features, RFM, tiers, lifecycle: {same:.1f} CPU s, by hand {by_hand}")
        say(f"  ratio                   {same / by_hand.cpu_seconds:.2f}  (goal 1.3)")
        say(f"whole run    {whole}")
        say(f"  of 300 s                {whole.wall_seconds / 300:.2f}")
        say(f"  of 6 GiB                {whole.peak_mib / 6144:.2f}")


def _loaded(folder: Path, suffix: str) -> tuple[float, float]:
    by_hand = cost(hand_load, folder, suffix)
    root = make_project(folder, suffix)
    shutil.rmtree(root / "data", ignore_errors=True)
    ours = cost(load, root)
    say(f"load {suffix:8}{ours}\n  by hand    {by_hand}\n  ratio      {ours.cpu_seconds / by_hand.cpu_seconds:.2f}")
    return ours.cpu_seconds, by_hand.cpu_seconds


if __name__ == "__main__":
    main()
