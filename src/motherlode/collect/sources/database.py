"""Any database that SQLAlchemy or ADBC can reach, by a query."""

import hashlib
import importlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
import pyarrow as pa
import sqlalchemy
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from motherlode.collect.sources.cells import columns
from motherlode.collect.sources.layout import ROWS_A_BATCH
from motherlode.collect.sources.parquet import without_dictionaries
from motherlode.doors import Batch, Piece
from motherlode.errors import ConfigError

ADBC = "adbc+"

# Where a module or dialect and the package that brings it differ in name.
_PACKAGES = {
    "MySQLdb": "mysqlclient",
    "bigquery": "sqlalchemy-bigquery",
    "clickhouse": "clickhouse-sqlalchemy",
    "duckdb": "duckdb-engine",
    "hive": "'pyhive[hive]'",
    "psycopg": "'psycopg[binary]'",
    "psycopg2": "psycopg2-binary",
    "redshift": "sqlalchemy-redshift",
    "snowflake": "snowflake-sqlalchemy",
    "trino": "'trino[sqlalchemy]'",
}


class Database(msgspec.Struct, frozen=True):
    """A database and what is wanted from it.

    Attributes
    ----------
    url
        As SQLAlchemy writes it (`postgresql://user:password@host/shop`); `adbc+postgresql://...` takes an ADBC driver.
    query
        Runs as it stands. Give it an ORDER BY: the same rows in another order are another content.
    name
        Names the result in addresses.
    """

    url: str
    query: str
    name: str = "query"


def database(settings: Database) -> Iterator[Piece]:
    """Give the result of the query as one piece.

    Whether a result has changed is known only by reading it: the query runs once for the fingerprint, and once more
    each time the rows are taken.
    """
    url = _url(settings.url)
    address = _address(url)
    content = hashlib.sha256(f"{address}\n{settings.query}".encode())
    size = 0
    for batch in _batches(url, settings.query):
        content.update(batch.rows.serialize())
        size += batch.rows.nbytes
    yield Piece(f"{address}#{settings.name}", content.hexdigest(), partial(_batches, url, settings.query), size)


def _url(text: str) -> URL:
    try:
        return sqlalchemy.make_url(text)
    except (ArgumentError, ValueError):
        # The text is not shown, and the cause is cut off: both may hold a password.
        hint = "write it as postgresql://user:${PASSWORD}@host:5432/database"
        raise ConfigError("the `url` of the database cannot be read", hint=hint) from None


def _address(url: URL) -> str:
    """The database without the name and password that open it."""
    return URL.create(url.drivername, host=url.host, port=url.port, database=url.database).render_as_string()


def _batches(url: URL, query: str) -> Iterator[Batch]:
    _check_file(url)
    rows = _by_adbc(url, query) if url.drivername.startswith(ADBC) else _by_sqlalchemy(url, query)
    first_row = 1
    for batch in rows:
        yield Batch(batch, first_row)
        first_row += batch.num_rows


def _by_sqlalchemy(url: URL, query: str) -> Iterator[pa.RecordBatch]:
    try:
        engine = sqlalchemy.create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            yield from _rows(connection, query)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise _missing(url, getattr(error, "name", None)) from None
    except SQLAlchemyError as error:
        raise _failed(url, getattr(error, "orig", None) or error) from None


def _rows(connection: Connection, query: str) -> Iterator[pa.RecordBatch]:
    # Without parameters a driver leaves `%` and `:` in the query alone.
    streaming = connection.execution_options(stream_results=True, no_parameters=True)
    result = streaming.exec_driver_sql(query)
    names = list(result.keys())
    given = False
    for rows in result.partitions(ROWS_A_BATCH):
        given = True
        yield columns(rows, names)
    if not given:
        yield columns([], names)


def _by_adbc(url: URL, query: str) -> Iterator[pa.RecordBatch]:
    backend = url.drivername.removeprefix(ADBC)
    try:
        manager = importlib.import_module("adbc_driver_manager")
        driver = importlib.import_module(f"adbc_driver_{backend}.dbapi")
    except ModuleNotFoundError:
        raise ConfigError(f"no ADBC driver for `{backend}`", hint=f"pip install adbc-driver-{backend}") from None
    uri = _adbc_uri(url.set(drivername=backend))
    try:
        with driver.connect(uri) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            reader = cursor.fetch_record_batch()
            yield from _even(reader)
    except manager.Error as error:
        raise _failed(url, error) from None


def _adbc_uri(url: URL) -> str:
    if url.drivername == "sqlite":
        return url.database or ":memory:"
    return url.render_as_string(hide_password=False)


def _even(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The batches of a driver, none longer than ours, and at least one so that the columns are known."""
    given = False
    for batch in reader:
        for start in range(0, batch.num_rows, ROWS_A_BATCH):
            given = True
            yield without_dictionaries(batch.slice(start, ROWS_A_BATCH))
    if not given:
        yield pa.RecordBatch.from_pylist([], schema=reader.schema)


def _check_file(url: URL) -> None:
    """SQLite would make an empty database where the file is missing."""
    name = url.database or ""
    named = "sqlite" in url.drivername.split("+") and name and not name.startswith((":memory:", "file:"))
    if named and not Path(name).is_file():
        raise ConfigError(f"no database at `{name}`", hint="check `url`; four slashes begin an absolute path")


def _missing(url: URL, module: str | None) -> ConfigError:
    """Names a package only where we know it: a stranger may own the one that is merely called like the database."""
    backend = url.get_backend_name()
    package = _PACKAGES.get(module or backend, module)
    unknown = f"check `{backend}://`, or install the package that brings this dialect to SQLAlchemy"
    return ConfigError(f"no driver for `{backend}`", hint=f"pip install {package}" if package else unknown)


def _failed(url: URL, error: BaseException) -> ConfigError:
    """What the database said, without the password."""
    said = str(error).strip()
    for secret in filter(None, (url.password, url.render_as_string(hide_password=False))):
        said = said.replace(str(secret), "***")
    hint = "check `url` and `query`, and whether the database can be reached from here"
    return ConfigError(f"`{_address(url)}` did not answer the query: {said}", hint=hint)
