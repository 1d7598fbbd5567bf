"""A table as its function makes it of other inputs or with other settings, without anything being stored."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa
from ibis.common.exceptions import IbisError

from motherlode.errors import NotReady
from motherlode.graph.aggregates import Settings, settings_of
from motherlode.graph.wiring import Graph, to_sql
from motherlode.tables import Promise
from motherlode.warehouse import Warehouse


class Remaking(msgspec.Struct, frozen=True):
    """What a table is made anew from.

    Attributes
    ----------
    stored
        Gives a stored table by its name.
    settings
        Those of every table, with the ones that are tried.
    inputs
        What takes the place of stored tables, by their names.
    """

    graph: Graph
    warehouse: Warehouse
    stored: Callable[[str], ir.Table]
    as_of: date
    settings: Settings
    inputs: Mapping[str, Any]

    def table(self, promise: Promise, *, with_settings: bool) -> ir.Table:
        """The table of a promise; `with_settings` also those in memory that it reads and that its settings shape.

        Raises
        ------
        NotReady
            What is stored lacks a column that the function reads.
        """
        again = {
            name: self._lent(name) for name in promise.inputs if with_settings and self._is_set_with(name, promise.name)
        }
        known = {**again, **self.inputs}
        read = [known[name] if name in known else self.stored(name) for name in promise.inputs]
        try:
            rows: ir.Table = promise.function(*read, **settings_of(promise, self.as_of, self.settings))
        except (AttributeError, IbisError) as error:
            raise NotReady(
                f"what `{promise.address}` reads was made by another version", hint="motherlode run"
            ) from error
        return rows

    def _is_set_with(self, name: str, other: str) -> bool:
        made = self.graph.promises.get(name)
        return made is not None and made.set_under == other

    def _lent(self, name: str) -> ir.Table:
        """A table in memory, lent to the engine under a name of its own."""
        columns = self.graph.promises[name].columns or {}
        return ibis.table(ibis.schema(dict(columns)), name=self.warehouse.lend(self._in_memory(name)))

    def _in_memory(self, name: str) -> pa.Table:
        promise = self.graph.promises[name]
        read = [
            self._in_memory(needed)
            if self._is_set_with(needed, promise.set_under)
            else self.warehouse.arrow(to_sql(self.inputs[needed] if needed in self.inputs else self.stored(needed)))
            for needed in promise.inputs
        ]
        rows: pa.Table = promise.function(*read, **settings_of(promise, self.as_of, self.settings))
        return rows
