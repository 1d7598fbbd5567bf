"""From the log into the warehouse: rows and the position up to which they go are one transaction.

A process that is killed in between does the same again; what is committed is never done twice.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from motherlode import ingest
from motherlode.collect.canonical import is_personal, keys_of
from motherlode.config import Config, SourceConfig
from motherlode.errors import EngineError
from motherlode.live import rows, segments
from motherlode.live.records import decode
from motherlode.live.refusals import opt_out
from motherlode.live.rows import Read, Told
from motherlode.live.segments import Position, read
from motherlode.loading import apart, loaded_as
from motherlode.schemas import INPUTS
from motherlode.stores import Stores
from motherlode.vault import Vault
from motherlode.vault.log_seal import LogSeal
from motherlode.warehouse import Warehouse, quoted

# Where the log was read up to, and what people stated of themselves, with the moment that decides which value counts.
POSITION, TRAITS = "loaded.%position", "loaded.tracking:traits"
CUSTOMERS_OF = "tracking:customers"
CUSTOMERS = f"loaded.{CUSTOMERS_OF}"
_NOBODY = pa.schema(
    {"file": pa.string(), "row": pa.int64(), "loaded_at": pa.timestamp("us"), "customer_id": pa.string()}
).empty_table()
EVENTS_AT_ONCE = 20_000
NUMBERS_OF_THINGS = ("event_id", "session_id", "order_id", "product_id")

# One process may read the log into the warehouse from several threads: one at a time.
_turn = threading.Lock()

Listener = Callable[[list[Told]], None]


class Moved(msgspec.Struct, frozen=True):
    """How many events one step moved, and up to where."""

    events: int
    end: Position


def drain(config: Config, stores: Stores, *, seal: bool = False) -> int:
    """Move all that is in the log; gives the number of events.

    Parameters
    ----------
    seal
        What is in the log now may then be written anew, as nothing is appended to it any more.
    """
    if seal:
        segments.seal(log_folder(config))
    moved, before = 0, None
    while (step := move(config, stores)).end != before:
        moved, before = moved + step.events, step.end
    return moved


def log_folder(config: Config) -> Path:
    """Where the log of accepted requests lies."""
    return config.root / config.serve.log


def move(config: Config, stores: Stores, until: Position | None = None, listener: Listener | None = None) -> Moved:
    """Move some records on, in one transaction.

    Parameters
    ----------
    until
        Where to stop: what lies behind is not safe yet. Without a server the end of the log.
    listener
        Told of what was moved once it is committed.
    """
    folder = log_folder(config)
    if not folder.is_dir():
        return Moved(0, Position())
    with _turn:
        start, row = _position(stores.warehouse)
        said, end = _read(folder, stores.vault.log_seal, start, row, until)
        if end == start:
            return Moved(0, start)
        told, new = _made(stores.vault, said, end, datetime.now(UTC).replace(tzinfo=None))
        # First, as what is read once is not read again: a refusal is not lost with whoever is killed in between.
        opt_out(stores, told, new.now)
        _write(config, stores, new)
    if listener is not None:
        listener(told)
    return Moved(sum(sum(counts) for counts in said.received.values()), end)


def _read(folder: Path, seal: LogSeal, start: Position, row: int, until: Position | None) -> tuple[Read, Position]:
    said, end = Read(row=row), start
    for found in read(folder, start, until):
        if found.at.segment != end.segment:
            said.row = 0
        rows.read_record(decode(found.payload, seal), f"{found.at.segment:010d}.log", said)
        end = found.end
        if len(said.told) + len(said.aside) >= EVENTS_AT_ONCE:
            break
    return said, end


def _without_mails(vault: Vault, table: pa.Table) -> pa.Table:
    """Rows in which numbers of things that are e-mails are blind."""
    for place, name in enumerate(table.schema.names):
        if name in NUMBERS_OF_THINGS:
            ids = table[name].combine_chunks()
            blind = apart.blind_mails(vault, ids)
            table = table if blind is ids else table.set_column(place, name, blind)
    return table


class _New(msgspec.Struct, frozen=True):
    """What one step writes: rows by source and table, what people stated, and how far the log is read then."""

    parts: dict[tuple[str, str], pa.Table]
    stated: pa.Table
    said: Read
    end: Position
    now: datetime


def _made(vault: Vault, said: Read, end: Position, now: datetime) -> tuple[list[Told], _New]:
    """The calls that are to be kept, and what is written of them."""
    try:
        told, parts, stated = _rows(vault, said.told, now)
    except rows.UNREADABLE:
        # One event in a million may hold what fits no table: it must not stop all that came after it.
        rows.set_unreadable_aside(said, lambda one: _rows(vault, [one], now))
        told, parts, stated = _rows(vault, said.told, now)
    return told, _New(parts, stated, said, end, now)


def _rows(
    vault: Vault, told: list[Told], now: datetime
) -> tuple[list[Told], dict[tuple[str, str], pa.Table], pa.Table]:
    """The calls of the living, their rows by source and table, and what people stated."""
    told = _living(vault, _known(vault, _blinded(vault, told)))
    parts = {
        (source, name): table.filter(pc.equal(table["source"], source)).drop_columns("source")
        for name, whole in rows.tables(told, now).items()
        for table in (_without_mails(vault, whole),)
        for source in pc.unique(table["source"]).to_pylist()
    }
    return told, parts, rows.traits(told)


def _write(config: Config, stores: Stores, new: _New) -> None:
    try:
        _put(config, stores, new)
    except EngineError:
        # Looking before each step whether every source has its tables would cost a fifth of a small one.
        if not _hold(config, stores.warehouse, new.parts):
            raise
        _put(config, stores, new)


def _put(config: Config, stores: Stores, new: _New) -> None:
    warehouse = stores.warehouse
    with warehouse.transaction():
        for (source, name), mine in new.parts.items():
            _insert_local(warehouse, f"loaded.{source}:{name}", mine, config.timezone)
        stated = _newer(warehouse, new.stated)
        if stated.num_rows:
            _state(config, stores, stated, new.now)
        _count(warehouse, rows.received(new.said.received))
        if new.said.aside:
            _insert(warehouse, "collect.quarantined_events", rows.aside(new.said.aside))
        warehouse.execute(
            f"UPDATE {quoted(POSITION)} SET segment = $segment, place = $place, row = $row",  # noqa: S608
            {"segment": new.end.segment, "place": new.end.offset, "row": new.said.row},
        )


def _insert(warehouse: Warehouse, address: str, table: pa.Table) -> None:
    warehouse.execute_with(f"INSERT INTO {quoted(address)} BY NAME SELECT * FROM arrived", arrived=table)  # noqa: S608


def _insert_local(warehouse: Warehouse, address: str, table: pa.Table, timezone: str) -> None:
    """Rows with their moments as a clock on the wall shows them: by them a day is told."""
    moments = [name for name in ("occurred_at", "ordered_at", "changed_at") if name in table.schema.names]
    local = ", ".join(f"timezone('{timezone}', timezone('UTC', {name})) AS {name}" for name in moments)
    select = f"SELECT * REPLACE ({local}) FROM arrived"  # noqa: S608
    warehouse.execute_with(f"INSERT INTO {quoted(address)} BY NAME {select}", arrived=table)


def _position(warehouse: Warehouse) -> tuple[Position, int]:
    sql = f"SELECT [segment, place, row] FROM {quoted(POSITION)}"  # noqa: S608
    try:
        segment, place, row = warehouse.value(sql)
    except EngineError:
        if warehouse.has(POSITION):
            raise
        _prepare(warehouse)
        segment, place, row = warehouse.value(sql)
    return Position(segment, place), row


def _prepare(warehouse: Warehouse) -> None:
    with warehouse.transaction():
        warehouse.write(POSITION, pa.table({"segment": [0], "place": [0], "row": [0]}))
        warehouse.write(TRAITS, rows.TRAITS.empty_table())


def _hold(config: Config, warehouse: Warehouse, wanted: Iterable[tuple[str, str]]) -> bool:
    """Make the tables of a source when it first sends something, and show them as raw rows; whether any was missing."""
    there = warehouse.stands()
    new = [(source, name) for source, name in sorted(wanted) if f"loaded.{source}:{name}" not in there]
    if not new and CUSTOMERS in there:
        return False
    with warehouse.transaction():
        for source, name in new:
            shape = rows.SHAPES[name]
            warehouse.write(f"loaded.{source}:{name}", shape.remove(shape.get_field_index("source")).empty_table())
        if CUSTOMERS not in there:
            warehouse.write(CUSTOMERS, _NOBODY)
        loaded_as.show_as_raw(warehouse, config)
    return True


def _blinded(vault: Vault, told: list[Told]) -> list[Told]:
    """Ids that are themselves an e-mail, a mobile or an identity number become blind ones."""
    for field in ("user_id", "anonymous_id", "previous_id", "group_id"):
        said = [getattr(one.call, field) for one in told]
        ids = pa.array(said, pa.string())
        blind = apart.blind_ids(vault, ids)
        if blind is ids:
            continue
        for one, before, after in zip(told, said, blind.to_pylist(), strict=True):
            if before != after:
                setattr(one.call, field, after)
    return told


def _known(vault: Vault, told: list[Told]) -> list[Told]:
    """Whoever leaves an e-mail or a phone before signing in is known by it, as in a file without numbers."""
    for one in told:
        if one.call.kind == "identify" and not one.call.user_id:
            for name, value in keys_of(one.call).items():
                one.call.user_id = f"k{vault.token(name, value)}"
                break
    return told


def _living(vault: Vault, told: list[Told]) -> list[Told]:
    """Without the events of people who were erased since."""
    gone = vault.suppressed()
    if not gone:
        return told
    made_of = {f"k{token}" for name in ("email", "phone") for token in gone.get(name, ())}
    tokens = vault.tokens("customer_id", pa.array([one.call.user_id or None for one in told], pa.string())).to_pylist()
    return [
        one
        for one, token in zip(told, tokens, strict=True)
        if token not in gone.get("customer_id", ()) and one.call.user_id not in made_of
    ]


def _newer(warehouse: Warehouse, stated: pa.Table) -> pa.Table:
    """Traits that were said later than what is known; of two at one moment the number of the message decides."""
    if not stated.num_rows:
        return stated
    sql = f"""SELECT stated.* FROM stated LEFT JOIN {quoted(TRAITS)} AS known USING (customer_id, trait)
              WHERE known.trait IS NULL OR (stated.said_at, stated.message_id) > (known.said_at, known.message_id)"""  # noqa: S608
    return warehouse.arrow_with(sql, stated=stated).select(rows.TRAITS.names)


def _state(config: Config, stores: Stores, stated: pa.Table, now: datetime) -> None:
    """Put what was stated in place of what is known, and the rows of these customers with it."""
    warehouse, mark = stores.warehouse, "(customer_id, trait) IN (SELECT (customer_id, trait) FROM stated)"
    warehouse.execute_with(f"DELETE FROM {quoted(TRAITS)} WHERE {mark}", stated=stated)  # noqa: S608
    hidden = [None if is_personal(trait) else value for trait, value in _pairs(stated)]
    _insert(warehouse, TRAITS, stated.set_column(3, "value", pa.array(hidden, pa.string())))
    wide = _wide(stated)
    if not wide.num_rows:
        return
    source = SourceConfig(CUSTOMERS_OF, "tracking", "customers", {name: name for name in wide.schema.names}, {})
    fresh = ingest.typed(config, stores, source, "tracking", wide, now)
    if not set(fresh.schema.names) <= set(warehouse.columns(CUSTOMERS)):
        loaded_as.hold(warehouse, source, fresh.schema.names)
        loaded_as.show_as_raw(warehouse, config)
    _merge(warehouse, fresh)


def _pairs(stated: pa.Table) -> Iterator[tuple[str, str]]:
    return zip(stated["trait"].to_pylist(), stated["value"].to_pylist(), strict=True)


def _wide(stated: pa.Table) -> pa.Table:
    """A row a customer with the columns of customers that were stated, as text."""
    known = {column.name for column in INPUTS["customers"].columns}
    people: dict[str, dict[str, str]] = {}
    for who, (trait, value) in zip(stated["customer_id"].to_pylist(), _pairs(stated), strict=True):
        if trait in known:
            people.setdefault(who, {})[trait] = value
    names = sorted({name for cells in people.values() for name in cells})
    columns = {name: pa.array([cells.get(name) for cells in people.values()], pa.string()) for name in names}
    return pa.table({"customer_id": pa.array(list(people), pa.string()), **columns})


def _merge(warehouse: Warehouse, fresh: pa.Table) -> None:
    """Put new cells over old ones in the rows of these customers."""
    held, new = warehouse.columns(CUSTOMERS), set(fresh.schema.names)
    cells = [f'{_over(name, new)} AS "{name}"' for name in held if name not in ("customer_id", "row")]
    most = f"coalesce((SELECT max(row) FROM {quoted(CUSTOMERS)}), 0)"  # noqa: S608
    sql = f"""SELECT customer_id, coalesce(old.row, {most} + fresh.row) AS row, {", ".join(cells)}
              FROM fresh LEFT JOIN {quoted(CUSTOMERS)} AS old USING (customer_id)"""  # noqa: S608
    merged = warehouse.arrow_with(sql, fresh=fresh)
    mine = "customer_id IN (SELECT customer_id FROM merged)"
    warehouse.execute_with(f"DELETE FROM {quoted(CUSTOMERS)} WHERE {mine}", merged=merged)  # noqa: S608
    _insert(warehouse, CUSTOMERS, merged)


def _over(name: str, new: set[str]) -> str:
    """SQL of a cell: the new one where its column was stated; a cell and the text it came as are one."""
    both = [part for part in (name.removesuffix("_text"), f"{name.removesuffix('_text')}_text") if part in new]
    if not both:
        return f'old."{name}"'
    stated = " OR ".join(f'fresh."{part}" IS NOT NULL' for part in both)
    cell = f'fresh."{name}"' if name in new else "NULL"
    return f'CASE WHEN {stated} THEN {cell} ELSE old."{name}" END'


def _count(warehouse: Warehouse, counted: pa.Table) -> None:
    """Add to what was counted of the same source and minute."""
    names = ("received", *rows.COUNTS)
    sums = ", ".join(f"{name} = known.{name} + counted.{name}" for name in names)
    sql = f"""MERGE INTO collect.received AS known USING counted
              ON known.source = counted.source AND known.minute = counted.minute
              WHEN MATCHED THEN UPDATE SET {sums} WHEN NOT MATCHED THEN INSERT BY NAME"""
    warehouse.execute_with(sql, counted=counted)
