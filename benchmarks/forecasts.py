"""Snapshots, learning, backtest and scores of a shop of a million customers, against a minute and 2 GiB.

    python -m benchmarks.forecasts [--lines 10_000_000] [--customers 1_000_000] [--folder FOLDER] [--memory-limit 1GB]

Goals: snapshot + train + score of 1 M customers in a minute and 2 GiB; scoring alone >= 20 M customers a minute, held
against LightGBM alone with the same trees in the same run.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import cost_and_result, say
from benchmarks.spine import generate, load, make_project

FORECASTS = ("snapshots", "left_out_traits", "order_backtest", "backtest", "champions", "scores")


def prepare(root: Path) -> None:
    """Make all that forecasts are made from."""
    from motherlode import Project, recorded
    from motherlode.graph.wiring import ancestors

    with Project(root) as project:
        recorded.copy(project.ledger, project.warehouse)
        _make(project, ancestors(project.graph, "scores") - {*FORECASTS})


def forecast(root: Path) -> dict[str, float]:
    """Make the forecasts of a project whose other tables are made; wall seconds a table."""
    from motherlode import Project

    with Project(root) as project:
        return _make(project, {*FORECASTS})


def _make(project: Any, names: Collection[str]) -> dict[str, float]:
    from motherlode.graph.wiring import compile_graph
    from motherlode.run import last_day, make

    steps = compile_graph(project.graph, last_day(project.warehouse), project.config.tables)
    made = [make(project.warehouse, project.graph, step) for step in steps if step.promise.name in names]
    return {each.address: each.seconds for each in made}


def limited(root: Path, memory: str) -> None:
    """Set how much memory the engine takes: without a limit it keeps what it read of its file."""
    path = root / "motherlode.toml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("memory_limit")]
    path.write_text("\n".join([f'memory_limit = "{memory}"', *lines]))


def rescore(customers: int) -> tuple[float, float]:
    """Wall seconds to score so many customers by boosted trees through the house, and by the same trees alone."""
    from motherlode.predict.boosting import Boosting

    chance = np.random.default_rng(1)
    values = chance.random((customers, 45), dtype=np.float32)
    target = (chance.random(60_000) < values[:60_000, 0]).astype(float)
    model = Boosting(leaves=7, columns_share=0.4, rounds=100).fit(values[:60_000], target)
    began = time.perf_counter()
    model.predict(values)
    ours = time.perf_counter() - began
    began = time.perf_counter()
    model.boosters_[0].predict(values, raw_score=True)
    return ours, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--memory-limit", default="1GB", help="of the engine; it spills what does not fit")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        root = folder / "project-parquet"
        if not root.exists():
            folder.mkdir(exist_ok=True)
            generate(folder, options.lines, options.customers)
            (folder / "lines.csv").unlink()
            make_project(folder, "parquet")
            cost_and_result(load, root)
            cost_and_result(prepare, root)
        limited(root, options.memory_limit)
        spent, tables = cost_and_result(forecast, root)
        say(f"{options.lines:,} order lines of {options.customers:,} customers")
        for address, seconds in tables.items():
            say(f"  {seconds:6.1f} s  {address}")
        minute = 60 * options.customers / 1_000_000
        without_test = sum(tables.values()) - tables["predict.order_backtest"]
        say(f"snapshots + train + score {without_test:6.1f} s")
        say(f"  of a minute a million   {without_test / minute:.2f}  (goal 1)")
        say(f"with the backtest         {spent}")
        say(f"  of 2 GiB                {spent.peak_mib / 2048:.2f}  (goal 1)")
        if not options.folder:
            shutil.rmtree(root)
    ours, alone = rescore(1_000_000)
    say(f"scoring 1,000,000 customers {ours:.2f} s: {60 / ours:.0f} M a minute (goal 20)")
    say(f"  ratio to LightGBM alone {ours / alone:.2f}")


if __name__ == "__main__":
    main()
