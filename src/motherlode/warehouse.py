"""Analytic tables by address: runs the SQL that the graph compiled, on the engine that the URL names.

One process that writes owns the DuckDB file; any number of processes that only read can share it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

import duckdb
import ibis
import pyarrow as pa
from ibis.backends.sql.datatypes import DuckDBType
from ibis.common.exceptions import IbisTypeError

from motherlode.errors import ConfigError, EngineError, NotReady
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import Dialect
from motherlode.machine.private import private_folder

# Tables in memory that are lent to the engine at the same time.
MOST_LENT = 16

# Views of what was loaded are made anew with the next load.
_GIVEN_COLUMNS = """SELECT table_name AS of, column_name AS name, table_type <> 'VIEW' AS stored
                    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                    WHERE table_schema = 'collect'"""

# The information schema, which knows both, takes twice as long to answer.
_HERE = "database_name = current_database()"
_STANDS = f"""SELECT concat(schema_name, '.', table_name), 'TABLE' FROM duckdb_tables() WHERE {_HERE}
              UNION ALL SELECT concat(schema_name, '.', view_name), 'VIEW' FROM duckdb_views() WHERE {_HERE}"""  # noqa: S608


class Warehouse:
    """A DuckDB file. Every statement that changes it is compiled SQL, or Arrow that came in by a door."""

    dialect: Dialect = "duckdb"

    def __init__(self, connect: Callable[[], duckdb.DuckDBPyConnection]) -> None:
        self._open = connect
        self._connection = connect()
        self._lent: list[str] = []
        # What stands where, while a transaction lasts: others' changes are not seen in one, and asking costs 2 ms.
        self._stands: dict[str, str] | None = None
        # Tables of which the shape is known, for readers who see them between two runs: asking costs 2 ms each time.
        self.shapes: dict[str, ibis.expr.types.Table] | None = None

    def beside(self) -> "Warehouse":
        """The same file through a connection of its own, for another thread: it reads what was committed last."""
        return Warehouse(self._connection.cursor)

    # -- reading

    def arrow(self, sql: str, parameters: Mapping[str, Any] | None = None, address: str = "") -> pa.Table:
        """Rows of a query."""
        with _told(sql, address):
            return cast(pa.Table, self._relation(sql, parameters).to_arrow_table())

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The rows of a query as values: for one person's few, making Arrow of them costs as much as reading them."""
        with _told(sql, ""):
            found = self._connection.execute(sql, parameters or None)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def arrow_with(self, sql: str, **tables: pa.Table) -> pa.Table:
        """Rows of a query that also reads Arrow tables by these names."""
        with self._named(tables):
            return self.arrow(sql)

    def batches(self, sql: str, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """Rows of a query, a batch at a time, for results that may not fit into memory."""
        with _told(sql, ""):
            yield from self._relation(sql).to_arrow_reader(rows)

    def value(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first cell of a query's first row."""
        rows = self._execute(sql, parameters)
        return rows[0][0] if rows else None

    def has(self, address: str) -> bool:
        return address in self.stands()

    def stands(self) -> Mapping[str, str]:
        """Address of each table and view, and which of the two (`TABLE`, `VIEW`) stands there."""
        if self._stands is not None:
            return self._stands
        return dict(self._execute(_STANDS))

    def has_rows(self, address: str) -> bool:
        # DuckDB 2.0 can wait for ever for the first row of a view that reads a part of itself twice: views are counted.
        one = "count(*)" if self.stands().get(address) == "VIEW" else "1"
        return bool(self.value(f"SELECT {one} FROM {quoted(address)} LIMIT 1"))  # noqa: S608

    def columns(self, address: str) -> dict[str, str]:
        """Columns of a table, with their kinds in the engine's words."""
        return {name: kind for name, kind, *_ in self._execute(f"DESCRIBE {quoted(address)}")}

    def addresses_with(self, *columns: str) -> list[str]:
        """Every table and view that has all these columns."""
        sql = f"""SELECT concat(schema_name, '.', table_name) FROM duckdb_columns() WHERE {_HERE}
                  AND column_name IN (SELECT unnest($columns)) GROUP BY ALL HAVING count(*) = $wanted ORDER BY ALL"""  # noqa: S608
        return [row[0] for row in self._execute(sql, {"columns": list(columns), "wanted": len(columns)})]

    def expression(self, address: str) -> ibis.expr.types.Table:
        """A stored table as an Ibis expression; `NotReady` where it is not made yet."""
        if self.shapes is not None and address in self.shapes:
            return self.shapes[address]
        if not self.has(address):
            raise NotReady(f"`{address}` is not made yet", hint="motherlode run")
        room, name = address.split(".")
        shape = ibis.schema({name: DuckDBType.from_string(kind) for name, kind in self.columns(address).items()})
        table = ibis.table(shape, name=name, database=room)
        if self.shapes is not None:
            self.shapes[address] = table
        return table

    # -- writing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: a killed run leaves the tables of the run before."""
        self._execute("BEGIN")
        try:
            self._stands = dict(self._execute(_STANDS))
            yield
        except BaseException:
            # A fatal failure has ended the transaction already; what failed first is what is told.
            with suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
            raise
        finally:
            self._stands = None
        self._execute("COMMIT")

    def make(self, address: str, sql: str, *, stored: bool) -> None:
        """Make a table (or view) from compiled SQL, in place of what was there."""
        self._create(address, "TABLE" if stored else "VIEW", f"AS {sql}")
        for column in self._sums(address) if stored else ():
            self._execute(f'ALTER TABLE {quoted(address)} ALTER COLUMN "{column}" SET DATA TYPE BIGINT')

    def declare(self, address: str, columns: Mapping[str, str]) -> None:
        """Make a table without rows, in place of what was there.

        Parameters
        ----------
        columns
            Kind, in the engine's words, by name.
        """
        self._create(address, "TABLE", f"({', '.join(_declared(name, kind) for name, kind in columns.items())})")

    def add(self, address: str, columns: Mapping[str, str]) -> None:
        """Add the columns that a table does not have yet."""
        held = self.columns(address)
        for name, kind in columns.items():
            if name not in held:
                self._execute(f"ALTER TABLE {quoted(address)} ADD COLUMN {_declared(name, kind)}")

    def fill(self, address: str, sql: str, shape: ibis.Schema) -> None:
        """Make a table of as many rows as came, in place of what was there: half of such a one's cost is its ids.

        Its columns are said beforehand: asking the engine for them plans the query a second time.
        """
        self.declare(address, engine_types(shape))
        self._execute(f"INSERT INTO {quoted(address)} {sql}", address=address)

    def _sums(self, address: str) -> list[str]:
        """Columns in which DuckDB added whole numbers up: it keeps sums in 128 bits, which Arrow gives as fractions."""
        return [name for name, kind in self.columns(address).items() if kind == "HUGEINT"]

    def write(self, address: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Make a table from Arrow, in place of what was there."""
        with self.visible(rows) as name:
            self.make(address, f"SELECT * FROM {name}", stored=True)  # noqa: S608

    def drop(self, address: str) -> None:
        """Take a table or view away, if one is there."""
        kind = self.stands().get(address)
        if kind:
            self._execute(f"DROP {kind} {quoted(address)}")
        if self._stands is not None:
            self._stands.pop(address, None)

    @contextmanager
    def visible(self, rows: pa.Table | pa.RecordBatchReader) -> Iterator[str]:
        """Arrow as a relation that SQL can name while the block lasts."""
        name = f"arrow_{id(rows)}"
        self._connection.register(name, rows)
        try:
            yield name
        finally:
            # In a transaction that failed nothing can be unregistered; the name is never used again.
            with suppress(duckdb.TransactionException):
                self._connection.unregister(name)

    def lend(self, rows: pa.Table) -> str:
        """Arrow as a relation that SQL can name for as long as few others are lent after it."""
        name = f"lent_{id(rows)}"
        if name in self._lent:
            return name
        self._connection.register(name, rows)
        self._lent.append(name)
        if len(self._lent) > MOST_LENT:
            self._connection.unregister(self._lent.pop(0))
        return name

    def execute_with(self, sql: str, **tables: pa.Table) -> int:
        """Run a statement that also reads Arrow tables by these names; gives the number of rows that it changed."""
        with self._named(tables):
            return self.execute(sql)

    @contextmanager
    def _named(self, tables: Mapping[str, pa.Table]) -> Iterator[None]:
        for name, rows in tables.items():
            self._connection.register(name, rows)
        try:
            yield
        finally:
            for name in tables:
                with suppress(duckdb.TransactionException):
                    self._connection.unregister(name)

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None, address: str = "") -> int:
        """Run a statement; gives the number of rows that it changed, where it says so."""
        rows = self._execute(sql, parameters, address)
        return int(rows[0][0]) if rows and isinstance(rows[0][0], int) else 0

    def checkpoint(self) -> None:
        """Move what was committed into the file; where another thread writes just now, a later commit does it."""
        with suppress(duckdb.TransactionException):
            self._connection.execute("CHECKPOINT").fetchall()

    def copy_to(self, path: Path) -> None:
        """Write every table and view into a file of its own, in place of what was there."""
        path.unlink(missing_ok=True)
        self._execute(f"ATTACH {literal(str(path))} AS \"%copy\" (STORAGE_VERSION 'v1.5.0')")
        self._execute(f'COPY FROM DATABASE "{self.value("SELECT current_database()")}" TO "%copy"')
        self._execute('DETACH "%copy"')
        path.chmod(0o600)

    def rewrite(self) -> None:
        """Write the file anew: DuckDB keeps what was deleted in blocks that are free until something needs them."""
        path = self.value("SELECT path FROM duckdb_databases() WHERE database_name = current_database()")
        if path is None:
            return
        fresh = Path(f"{path}.new")
        self.copy_to(fresh)
        self.close()
        fresh.chmod(Path(path).stat().st_mode)
        fresh.replace(path)
        self._connection = self._open()

    def close(self) -> None:
        self._connection.close()

    # -- the one way to the engine

    def _create(self, address: str, kind: str, body: str) -> None:
        self.drop(address)
        room = address.partition(".")[0]
        self._execute(f'CREATE SCHEMA IF NOT EXISTS "{room}"')
        self._execute(f"CREATE {kind} {quoted(address)} {body}", address=address)
        if self._stands is not None:
            self._stands[address] = kind

    def _execute(
        self, sql: str, parameters: Mapping[str, Any] | None = None, address: str = ""
    ) -> list[tuple[Any, ...]]:
        # Rows are fetched to the end: DuckDB 2.0 does nothing else on a connection before.
        with _told(sql, address):
            return self._connection.execute(sql, parameters or None).fetchall()

    def _relation(self, sql: str, parameters: Mapping[str, Any] | None = None) -> duckdb.DuckDBPyRelation:
        return self._connection.sql(sql, params=dict(parameters) if parameters else None)


@contextmanager
def _told(sql: str, address: str) -> Iterator[None]:
    """An engine's failure in one line; the SQL is a note, which only a trace shows."""
    try:
        yield
    except duckdb.Error as error:
        where = f"`{address}`: " if address else ""
        told = EngineError(f"{where}{_first_line(error)}", hint="the same command with --debug shows the SQL")
        told.add_note(f"SQL: {sql}")
        raise told from error


def lacking(error: BaseException) -> str:
    """What was asked of stored tables that they do not have, in the words of the engine; "" for any other error.

    Tables are as the program promised that made them: those of an older one lack a column, or a table, of today's.
    """
    cause = error.__cause__ if isinstance(error, EngineError) else error
    if isinstance(cause, duckdb.BinderException | duckdb.CatalogException):
        return _first_line(cause)
    unknown = isinstance(cause, IbisTypeError) and "is not found in table" in str(cause)
    if unknown or (isinstance(cause, AttributeError) and isinstance(cause.obj, ibis.expr.types.Table)):
        return str(cause).splitlines()[0]
    return ""


def _first_line(error: duckdb.Error) -> str:
    return str(error).strip().splitlines()[0]


def quoted(address: str) -> str:
    """`room.name` as SQL identifiers."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in address.split("."))


def open_warehouse(
    url: str, root: Path, *, memory_limit: str = "", threads: int = 0, read_only: bool = False
) -> Warehouse:
    """Open the engine that a URL names; `duckdb://data/warehouse.duckdb` is relative to the project.

    Parameters
    ----------
    read_only
        Share the file with other readers, and make nothing.

    Raises
    ------
    ConfigError
        An engine that is not known.
    EngineError
        The file is open in another process: the message names it. Or it cannot be opened at all.
    NotReady
        There is nothing to read yet.
    """
    engine, _, place = url.partition("://")
    if engine != "duckdb":
        raise ConfigError(
            f"warehouse: there is no engine `{engine}`", hint='warehouse = "duckdb://data/warehouse.duckdb"'
        )
    in_memory = place in ("", ":memory:")
    if read_only and not in_memory and not (root / place).exists():
        raise NotReady(f"{root / place} is not made yet", hint="motherlode run")
    path = ":memory:" if in_memory else str(root / place)
    limits = {"memory_limit": memory_limit, "threads": str(threads) if threads else ""}
    # Storage stays readable by DuckDB 1.5 while 2.0 is young, so that there is a way back.
    settings: dict[str, str | bool | int | float | list[str]] = {
        "storage_compatibility_version": "v1.5.0",
        **{key: value for key, value in limits.items() if value},
    }
    if not in_memory:
        private_folder((root / place).parent)
    warehouse = Warehouse(partial(_connected, path, settings, read_only=read_only and not in_memory))
    if not read_only:
        _prepare(warehouse)
    return warehouse


def _connected(
    path: str, settings: dict[str, str | bool | int | float | list[str]], *, read_only: bool
) -> duckdb.DuckDBPyConnection:
    is_new = path != ":memory:" and not Path(path).exists()
    try:
        connection = duckdb.connect(path, read_only=read_only, config=settings)
        # Rows have keys; keeping the order of arrival costs memory and half the speed of a big load.
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
    except duckdb.Error as error:
        raise _not_opened(path, error) from error
    if is_new:
        Path(path).chmod(0o600)
    return connection


def _not_opened(path: str, error: duckdb.Error) -> EngineError:
    """Why a file cannot be opened: the process that has it, where there is one."""
    said = _first_line(error)
    holder = re.search(r"lock is held in (.*?) ?\(PID (\d+)\)", said)
    if holder:
        program, process = holder.groups()
        return EngineError(
            f"{path} is in use by process {process} ({program.strip()})",
            hint="wait until it is done, or stop it; `motherlode run` goes through a server that runs",
        )
    if "different configuration" in said:
        return EngineError(f"{path} is open in this process already", hint="close the other `Project` first")
    hint = "look at warehouse, memory_limit and threads in motherlode.toml, and whether the folder can be written to"
    return EngineError(f"{path} cannot be opened: {said}", hint=hint)


def _prepare(warehouse: Warehouse) -> None:
    """The given tables exist from the first day, empty, with the columns that an older version did not know."""
    held = warehouse.arrow(_GIVEN_COLUMNS).to_pylist()
    for name, columns in GIVEN.items():
        kinds = {column: duckdb_type(kind) for column, kind in columns.items()}
        mine = {row["name"]: row["stored"] for row in held if row["of"] == name}
        if not mine:
            warehouse.declare(f"collect.{name}", kinds)
        elif all(mine.values()):
            warehouse.add(f"collect.{name}", kinds)


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def _declared(name: str, kind: str) -> str:
    """A column in the body of a table; ids hardly repeat, and looking how to compress them costs more than reading."""
    kept = " USING COMPRESSION uncompressed" if kind in ("VARCHAR", "TEXT") and name.endswith(("_id", "_key")) else ""
    return f'"{name}" {kind}{kept}'


def engine_types(shape: ibis.Schema) -> dict[str, str]:
    """Kinds of columns in the engine's words."""
    return {name: DuckDBType.to_string(kind) for name, kind in shape.items()}


def duckdb_type(kind: str) -> str:
    """DuckDB's name of one of the types in `schemas`."""
    names = {"string": "VARCHAR", "float64": "DOUBLE", "int64": "BIGINT", "timestamp(6)": "TIMESTAMP"}
    return names.get(kind, kind.upper())
