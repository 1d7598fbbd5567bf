"""Why customers pay less, as the tables say it, against worlds whose truth is known.

    python -m benchmarks.decline_causes [--seeds 1-3] [--customers 20_000]

Goals: of customers who fell by 30 % or more, season, industry and own reasons told apart in >= 85 % of cases. What one
would get by always naming the most frequent stands beside it.
"""

import argparse
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.measuring import say
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import ancestors, compile_graph, wire
from motherlode.opportunity.simulator.world import World, draw
from motherlode.plugins import find_promises
from motherlode.recorded import ARROW
from motherlode.run import make
from motherlode.warehouse import Warehouse, open_warehouse, quoted

CLASSES = ("seasonal", "industry", "own")
KINDS = {**ARROW, "decimal(18, 4)": pa.decimal128(18, 4)}
FALLEN = np.log(0.7)


def loaded(world: World) -> Warehouse:
    """The tables that causes are read from, made of what the company has on record."""
    warehouse = open_warehouse("duckdb://:memory:", Path())
    for name, rows in world.tables.items():
        shape = GIVEN[f"raw_{name}"]
        columns = {column: rows[column].cast(KINDS[shape[column]]) for column in rows.column_names}
        address = {"source": "world", "file": name, "timezone": "UTC", "date_order": "ymd", "decimal_mark": "."}
        for column, text in address.items():
            columns[column] = pa.array([text]).take(pa.array(np.zeros(rows.num_rows, dtype=np.int64)))
        columns["row"] = pa.array(np.arange(1, rows.num_rows + 1))
        columns["loaded_at"] = pa.array([datetime(2100, 1, 1)]).take(pa.array(np.zeros(rows.num_rows, dtype=np.int64)))
        with warehouse.visible(pa.table(columns)) as arrived:
            warehouse.execute(f"INSERT INTO {quoted(f'collect.raw_{name}')} BY NAME SELECT * FROM {arrived}")  # noqa: S608
    graph = wire(find_promises())
    needed = {"decline_causes", *ancestors(graph, "decline_causes")}
    for step in compile_graph(graph, world.as_of):
        if step.promise.name in needed:
            make(warehouse, graph, step)
    return warehouse


def measured(seed: int, customers: int) -> dict[str, float]:
    world = draw(seed, customers)
    rows = loaded(world).arrow("FROM profile.decline_causes").to_pylist()
    place = {who: number for number, who in enumerate(world.customer_ids.tolist())}
    truth = np.stack([world.changes[0], world.changes[1], world.changes[2] + world.changes[3]])
    found = [row for row in rows if truth[:, place[row["customer_id"]]].sum() < FALLEN]
    real = np.array([np.argmin(truth[:, place[row["customer_id"]]]) for row in found])
    parts = np.array([[row["season_part"], row["industry_part"], row["own_part"]] for row in found])
    told = parts.argmin(axis=1)
    known = np.array([row["cause"] != "unknown" for row in found])
    own = truth[:, [place[row["customer_id"]] for row in found]]
    return {
        "customers": len(found),
        "accuracy": float((told == real).mean()),
        "accuracy where told": float((told == real)[known].mean()),
        "told": float(known.mean()),
        "majority": float(np.bincount(real).max() / len(real)),
        **{f"r {name}": float(np.corrcoef(parts[:, k], own[k])[0, 1]) for k, name in enumerate(CLASSES)},
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="1-3")
    parser.add_argument("--customers", type=int, default=20_000)
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    found = []
    for seed in range(int(first), int(last or first) + 1):
        found.append(measured(seed, options.customers))
        say(f"seed {seed}: " + ", ".join(f"{name} {value:.3g}" for name, value in found[-1].items()))
    say(f"mean accuracy {np.mean([told['accuracy'] for told in found]):.3f}    goal: >= 0.85")


if __name__ == "__main__":
    main()
