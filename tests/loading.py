"""A project of real files for the tests of loading: written as a user would write them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from motherlode.graph.wiring import wire
from motherlode.ingest import Loaded
from motherlode.plugins import find_promises
from motherlode.project import Project

ORDERS = """
[sources.orders]
path = "inbox/orders*.csv"
table = "orders"
[sources.orders.columns]
order_id = "no"
customer_id = "who"
ordered_at = "day"
amount = "paid"
"""


def project(root: Path, toml: str = ORDERS, **files: Iterable[str]) -> Project:
    """A project of text files in `inbox`; `orders_csv` is `orders.csv`."""
    (root / "inbox").mkdir(parents=True, exist_ok=True)
    (root / "motherlode.toml").write_text(f'name = "t"\n{toml}', encoding="utf-8")
    for name, lines in files.items():
        write(root, name.replace("_csv", ".csv").replace("_jsonl", ".jsonl"), lines)
    return opened(root)


def opened(root: Path) -> Project:
    """The project with the tables of `refine` alone: the others cost seconds, and no test of loading asks them."""
    shop = Project(root)
    shop.graph = wire(promise for promise in find_promises() if promise.room == "refine")
    return shop


def write(root: Path, name: str, lines: Iterable[str]) -> Path:
    path = root / "inbox" / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def configure(root: Path, toml: str) -> Project:
    """The project opened anew under other settings."""
    (root / "motherlode.toml").write_text(f'name = "t"\n{toml}', encoding="utf-8")
    return opened(root)


def outcomes(loaded: Sequence[Loaded]) -> dict[str, str]:
    return {piece.file.removeprefix("inbox/"): piece.outcome for piece in loaded}


def raw(project: Project, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Cells of the raw rows, in the order of their places."""
    chosen = ", ".join(f'"{column}"' for column in columns)
    sql = f'SELECT {chosen} FROM collect.raw_{table} ORDER BY source, file, "row"'  # noqa: S608
    return [tuple(row.values()) for row in project.stores.warehouse.arrow(sql).to_pylist()]


def written(project: Project) -> str:
    """All text of the warehouse, and all bytes of it and of the ledger."""
    warehouse = project.stores.warehouse
    sql = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
    cells = [
        str(warehouse.arrow(f'SELECT * FROM "{row["table_schema"]}"."{row["table_name"]}"').to_pydict())  # noqa: S608
        for row in warehouse.arrow(sql).to_pylist()
    ]
    files = [path for path in sorted((project.root / "data").glob("*")) if "vault" not in path.name]
    return "\n".join([*cells, *(path.read_bytes().decode(errors="replace") for path in files)])
