"""Load and full run of a shop's order lines, against the same work written by hand in DuckDB SQL.

    python -m benchmarks.spine [--lines 10_000_000] [--customers 1_000_000]

Goals: load <= 1.4x (CSV) and 1.5x (Parquet) of a clean typed load; features, RFM, lifecycle and tiers <= 1.3x;
the whole run <= 5 minutes and <= 6 GiB.
"""

import argparse
import tempfile
from pathlib import Path

import duckdb

from benchmarks.measuring import cost, say

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


def generate(folder: Path, lines: int, customers: int) -> None:
    """Orders of one to five lines over two years; a few customers buy very often, most rarely."""
    connection = duckdb.connect()
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


def run(root: Path) -> None:
    from motherlode import Project

    with Project(root) as project:
        done = project.run()
        for made in sorted(done.made, key=lambda made: -made.seconds)[:16]:
            say(f"    {made.seconds:6.2f} s  {made.address}")


def hand_load(folder: Path, suffix: str) -> None:
    """The limit: a clean typed load of the same rows."""
    connection = duckdb.connect(str(folder / f"hand-{suffix}.duckdb"))
    typed = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    read = f"read_csv('{folder}/lines.csv', header=true, columns={{{typed}}})"
    source = read if suffix == "csv" else f"'{folder}/lines.parquet'"
    connection.execute(f"CREATE OR REPLACE TABLE lines AS FROM {source}").fetchall()
    connection.close()


def hand_run(folder: Path) -> None:
    """The peer: the same orders, returns, features, RFM, tiers and stages, by hand."""
    connection = duckdb.connect(str(folder / "hand-csv.duckdb"))
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
        for suffix in ("csv", "parquet"):
            by_hand = cost(hand_load, folder, suffix)
            ours = cost(load, make_project(folder, suffix))
            ratio = ours.cpu_seconds / by_hand.cpu_seconds
            say(f"load {suffix:8}{ours}\n  by hand    {by_hand}\n  ratio      {ratio:.2f}")
        ours = cost(run, folder / "project-csv")
        by_hand = cost(hand_run, folder)
        say(f"run          {ours}\n  by hand    {by_hand}\n  ratio      {ours.cpu_seconds / by_hand.cpu_seconds:.2f}")


if __name__ == "__main__":
    main()
