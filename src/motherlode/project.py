"""A project folder opened: the three verbs and the tables, for Python, notebooks and the command line."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

import ibis.expr.types as ir

from motherlode import ingest, run
from motherlode.config import Config, read_config
from motherlode.errors import NotReady
from motherlode.graph import GIVEN, Graph, to_sql, wire
from motherlode.ledger import open_ledger
from motherlode.plugins import find_promises
from motherlode.rows import Rows
from motherlode.vault import open_vault
from motherlode.warehouse import open_warehouse


class Project:
    """A folder with a `motherlode.toml`; its stores are opened at the first need and closed by `close`.

    >>> with Project("demo-shop") as shop:          # doctest: +SKIP
    ...     shop.load()
    ...     shop.run()
    ...     shop.opportunities(budget=5000, limit=20)
    """

    def __init__(self, root: str | Path = ".", config: Config | None = None) -> None:
        self.root = Path(root).resolve()
        self.config = config or read_config(self.root)

    @cached_property
    def stores(self) -> ingest.Stores:
        config = self.config
        warehouse = open_warehouse(
            config.warehouse, self.root, memory_limit=config.memory_limit, threads=config.threads
        )
        vault = open_vault(config.vault, self.root, key_file=self.root / config.key_file)
        return ingest.Stores(warehouse, open_ledger(config.ledger, self.root), vault)

    @cached_property
    def graph(self) -> Graph:
        return wire(find_promises(self.root))

    def load(self, tell: ingest.Tell = lambda *_: None) -> list[ingest.Loaded]:
        """Load what is new or changed in the sources; see `ingest.ingest`."""
        return ingest.ingest(self.config, self.stores, now=_now(), tell=tell)

    def run(self, as_of: date | None = None, tell: run.Tell = lambda *_: None) -> run.Run:
        """Make every table as of a day, by default the last day in the data; see `run.run`."""
        stores = self.stores
        return run.run(
            self.config,
            stores.warehouse,
            stores.ledger,
            self.graph,
            now=_now(),
            version=version("motherlode"),
            as_of=as_of,
            tell=tell,
        )

    def table(self, address: str, limit: int | None = None) -> Rows:
        """The rows of `room.name` (or plain `name`); `NotReady` where it is not made yet."""
        expression = self.expression(address)
        return self.query(expression if limit is None else expression.limit(limit))

    def expression(self, address: str) -> ir.Table:
        """A table as an Ibis expression, to be filtered, joined and given to `query`."""
        return self.stores.warehouse.expression(self.address(address))

    def query(self, expression: ir.Table) -> Rows:
        """Rows of an Ibis expression over this project's tables."""
        return Rows(self.stores.warehouse.arrow(to_sql(expression)))

    def address(self, name: str) -> str:
        """`room.name` of a table, given with or without its room; `GraphError` with the nearest name."""
        plain = name.removeprefix("collect.")
        return f"collect.{plain}" if plain in GIVEN else self.graph.find(name).address

    def opportunities(
        self,
        *,
        stages: Sequence[str] = (),
        play: str | None = None,
        budget: float | None = None,
        limit: int | None = None,
        everything: bool = False,
    ) -> Rows:
        """The ranked list, best first.

        Parameters
        ----------
        stages, play
            Keep only these; ranks stay those of the whole list.
        budget
            Money to spend, in the house currency: ranks again for this budget without changing the stored list.
        everything
            Also what lies below the cut-off.
        """
        rows = self.expression("opportunity.ranked") if budget is None else self._ranked_within(budget)
        rows = rows.filter(rows.stage.isin(list(stages))) if stages else rows
        rows = rows.filter(rows.play == play) if play else rows
        rows = rows if everything else rows.filter(rows.chosen)
        return self.query(rows.order_by("rank").limit(limit) if limit else rows.order_by("rank"))

    def _ranked_within(self, budget: float) -> ir.Table:
        promise = self.graph.find("opportunity.ranked")
        settings = {**promise.settings, **self.config.tables.get("ranked", {}), "budget": budget}
        if "as_of" in promise.settings:
            settings["as_of"] = self.as_of
        inputs = [self.expression(name) for name in promise.inputs]
        rows: ir.Table = promise.function(*inputs, **settings)
        return rows

    @property
    def as_of(self) -> date:
        """The day as of which the tables stand."""
        last = self.stores.ledger.last_run()
        if last is None:
            raise NotReady("nothing is made yet", hint="motherlode run")
        day: date = last["as_of"]
        return day

    def close(self) -> None:
        if "stores" in self.__dict__:
            self.stores.warehouse.close()
            self.stores.ledger.close()
            self.stores.vault.close()
            del self.__dict__["stores"]

    def __enter__(self) -> "Project":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
