"""The vault keeps what names a person, encrypted with a key of her own, so that destroying one key forgets one person.

The master key wraps a data key per person; the data key encrypts one record per person and sensitivity. What the house
may know of a phone, an e-mail or an identity number is its blind token, which says only whether two values are equal.
Identifying values arrive here in one spelling (`collect.personal`): the vault compares and never corrects.
"""

import hmac
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from motherlode.errors import ConfigError, ContractError, EngineError, Refused, did_you_mean
from motherlode.schemas import IDENTIFYING

# Fields in a record of their own, so that reading a name never decrypts an identity number.
SENSITIVE = frozenset({"id_card"})

KEY_BYTES = 32
_NONCE_BYTES = 12
_TOKEN_BYTES = 16
_KEY_VERSION = 1
_RECORD_VERSION = 1
# As long as a wrapped key: SQLite overwrites a row of unchanged length where it stands, and leaves no copy.
_DESTROYED = bytes(_NONCE_BYTES + KEY_BYTES + 16)
_ROWS_A_BATCH = 50_000
_IDS_A_QUERY = 5_000
_WAIT_SECONDS = 60
_CACHE_KIB = 131_072

_TABLES = sa.MetaData()

SEAL = sa.Table("seal", _TABLES, sa.Column("proof", sa.Text, primary_key=True))

# Rows are only added at the end and never change their length: see _DESTROYED.
SUBJECT_KEY = sa.Table(
    "subject_key",
    _TABLES,
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    sa.Column("key_version", sa.Integer, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
)

# The list to shred again when an older backup was restored.
SHREDDED = sa.Table(
    "shredded",
    _TABLES,
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("shredded_at", sa.DateTime, nullable=False),
)

PERSONAL = sa.Table(
    "personal",
    _TABLES,
    *(sa.Column(name, sa.Text, primary_key=True) for name in ("customer_id", "sensitivity")),
    sa.Column("blob", sa.LargeBinary, nullable=False),
    sa.Column("kept_at", sa.DateTime, nullable=False),
)

BLIND = sa.Table(
    "blind",
    _TABLES,
    sa.Column("index_name", sa.Text, primary_key=True),
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sa.Column("customer_id", sa.Text, primary_key=True, index=True),
    sqlite_with_rowid=False,
)

ACCESS_LOG = sa.Table(
    "access_log",
    _TABLES,
    sa.Column("access_id", sa.Integer, primary_key=True),
    sa.Column("read_at", sa.DateTime, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("role", "purpose", "outcome")),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("asked", "revealed")),
    sa.Column("fields", sa.JSON, nullable=False),
)

Fields = dict[str, str]
Row = tuple[Any, ...]


def _derived(master: bytes, *purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=msgspec.json.encode(("motherlode vault", *purpose))).derive(master)


class _Keys:
    """What follows from the master key; a class without fields to print, so that no key is ever shown."""

    def __init__(self, master: bytes, tenant: str) -> None:
        self._tenant = tenant
        self._wrapping = AESGCM(_derived(master, "wrap", tenant))
        self._index = {column: _derived(master, "index", tenant, column) for column in IDENTIFYING}
        self.proof = _derived(master, "seal", tenant).hex()

    def wrap(self, customer_id: str, data_key: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, data_key, self._bound(customer_id, _KEY_VERSION))

    def unwrap(self, customer_id: str, wrapped: bytes, key_version: int) -> AESGCM:
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        return AESGCM(self._wrapping.decrypt(nonce, sealed, self._bound(customer_id, key_version)))

    def encrypt(self, cipher: AESGCM, customer_id: str, sensitivity: str, fields: Fields) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        bound = self._bound(customer_id, _RECORD_VERSION, "personal", sensitivity)
        return nonce + cipher.encrypt(nonce, msgspec.json.encode(fields), bound)

    def decrypt(self, cipher: AESGCM, customer_id: str, sensitivity: str, blob: bytes) -> Fields:
        bound = self._bound(customer_id, _RECORD_VERSION, "personal", sensitivity)
        return msgspec.json.decode(cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], bound), type=Fields)

    def tokens(self, index_name: str, values: Iterable[str]) -> list[bytes]:
        """Blind tokens; the name of the index stands in the message too, as `governance` asks."""
        if index_name not in self._index:
            raise ContractError(f"vault: `{index_name}` has no blind index", hint=did_you_mean(index_name, self._index))
        key, prefix = self._index[index_name], f"{index_name}\0".encode()
        digest = hmac.digest
        return [digest(key, prefix + value.encode(), "sha256")[:_TOKEN_BYTES] for value in values]

    def _bound(self, *parts: str | int) -> bytes:
        """What a ciphertext is tied to; JSON, as no `customer_id` can then imitate two parts."""
        return msgspec.json.encode((self._tenant, *parts))


class _Person(NamedTuple):
    """What the vault holds of one person: her cipher, and the fields of the sensitivities that were asked for."""

    cipher: AESGCM
    fields: Fields


class _Writes:
    """Rows of one batch as tuples; values to blind stay with their person until a whole column is blinded at once."""

    def __init__(self) -> None:
        self.keys: list[Row] = []
        self.blobs: list[Row] = []
        self.stale_blobs: list[Row] = []
        self.named: dict[str, list[tuple[str, str]]] = {name: [] for name in IDENTIFYING}
        self.once_named: dict[str, list[tuple[str, str]]] = {name: [] for name in IDENTIFYING}


class Vault:
    """Personal fields by `customer_id`: kept, compared and forgotten by set; read with a role and a purpose only."""

    def __init__(self, engine: sa.Engine, keys: _Keys) -> None:
        self._engine = engine
        self._keys = keys

    def keep(self, records: pa.Table, *, now: datetime) -> int:
        """Keep the personal columns of `records` in one transaction; what comes later wins, an empty value never.

        Rows without a `customer_id` and rows of shredded people are left out.

        Returns
        -------
        int
            Rows of people that were new or changed; the same records again give 0.
        """
        ordered = _by_customer(records)
        with _transaction(self._engine) as connection:
            at = _stamp(connection, now)
            gone = pa.array(_shredded(connection), pa.string())
            living = ordered.filter(pc.invert(pc.is_in(ordered["customer_id"], gone)))
            return sum(self._keep_batch(connection, batch, at) for batch in living.to_batches(_ROWS_A_BATCH))

    def _keep_batch(self, connection: sa.Connection, batch: pa.RecordBatch, at: object) -> int:
        people = _people(batch)
        held = self._held(connection, list(people), _sensitivities(batch.column_names))
        writes = _Writes()
        changed = sum(self._change(writes, who, held.get(who), news, at) for who, news in people.items())
        self._write(connection, writes)
        return changed

    def _change(self, writes: _Writes, customer_id: str, person: _Person | None, news: Fields, at: object) -> bool:
        """Add to `writes` what differs from what is held of one person."""
        before = person.fields if person else {}
        changed = {name: value for name, value in news.items() if before.get(name) != value} if before else news
        if not changed:
            return False
        cipher = person.cipher if person else self._new_key(writes, customer_id, at)
        for sensitivity, fields in _records(before | changed):
            if not changed.keys().isdisjoint(fields):
                blob = self._keys.encrypt(cipher, customer_id, sensitivity, fields)
                writes.blobs.append((customer_id, sensitivity, blob, at))
                if before:
                    writes.stale_blobs.append((customer_id, sensitivity))
        for name in IDENTIFYING:
            if name in changed:
                writes.named[name].append((customer_id, changed[name]))
                if name in before:
                    writes.once_named[name].append((customer_id, before[name]))
        return True

    def _new_key(self, writes: _Writes, customer_id: str, at: object) -> AESGCM:
        data_key = os.urandom(KEY_BYTES)
        writes.keys.append((customer_id, self._keys.wrap(customer_id, data_key), _KEY_VERSION, at))
        return AESGCM(data_key)

    def _write(self, connection: sa.Connection, writes: _Writes) -> None:
        """Old rows go before new ones come; tokens are sorted, as random places are an index's slowest."""
        _add(connection, SUBJECT_KEY, writes.keys)
        _remove(connection, PERSONAL, writes.stale_blobs)
        _add(connection, PERSONAL, writes.blobs)
        for name in IDENTIFYING:
            _remove(connection, BLIND, self._blinded(name, writes.once_named[name]))
            _add(connection, BLIND, self._blinded(name, writes.named[name]))

    def _blinded(self, name: str, people: list[tuple[str, str]]) -> list[Row]:
        tokens = self._keys.tokens(name, [value for _, value in people])
        return sorted((name, token, who) for token, (who, _) in zip(tokens, people, strict=True))

    def tokens(self, index_name: str, values: "pa.Array[Any] | pa.ChunkedArray[Any]") -> "pa.Array[Any]":
        """Blind tokens of values in their one spelling, NULL for NULL and for blanks; each distinct value once."""
        whole: Any = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        coded = pc.dictionary_encode(_filled(whole))
        tokens = self._keys.tokens(index_name, coded.dictionary.to_pylist())
        return pa.array([token.hex() for token in tokens], pa.string()).take(coded.indices)

    def find(self, index_name: str, value: str) -> list[str]:
        """Who has this value, in its one spelling."""
        (token,) = self._keys.tokens(index_name, [value.strip()])
        chosen = sa.select(BLIND.c.customer_id).where(BLIND.c.index_name == index_name, BLIND.c.token == token)
        with _transaction(self._engine, reading=True) as connection:
            return list(connection.scalars(chosen.order_by(BLIND.c.customer_id)))

    def reveal(
        self,
        customer_ids: "Sequence[str] | pa.Array[Any] | pa.ChunkedArray[Any]",
        fields: Sequence[str],
        *,
        role: str,
        purpose: str,
        now: datetime,
    ) -> pa.Table:
        """The fields in clear, one row a person who is still here, in the order of the question; each call is logged.

        Parameters
        ----------
        role, purpose
            Who reads, and what for; without them nothing is read.

        Raises
        ------
        Refused
            The role or the purpose is empty. This is logged as well.
        ContractError
            A record was changed outside Motherlode.
        """
        listed: Any = customer_ids.to_pylist() if isinstance(customer_ids, pa.Array | pa.ChunkedArray) else customer_ids
        asked = list(dict.fromkeys(listed))
        access = {"read_at": _utc(now), "role": role.strip(), "purpose": purpose.strip(), "fields": list(fields)}
        refused = not (access["role"] and access["purpose"])
        with _transaction(self._engine) as connection:
            held = {} if refused else self._held(connection, asked, _sensitivities(fields))
            outcome = {"asked": len(asked), "revealed": len(held), "outcome": "refused" if refused else "revealed"}
            connection.execute(ACCESS_LOG.insert(), [access | outcome])
        if refused:
            raise Refused(
                "vault: a personal field is read with a role and a purpose, and one of them is empty",
                hint="say who reads and what for, as in role='service', purpose='answer a complaint'",
            )
        return _revealed([who for who in asked if who in held], fields, held)

    def accesses(self) -> list[dict[str, Any]]:
        """Every reading of personal fields, oldest first."""
        with _transaction(self._engine, reading=True) as connection:
            rows = connection.execute(sa.select(ACCESS_LOG).order_by(ACCESS_LOG.c.access_id))
            return [dict(row) for row in rows.mappings()]

    def shred(self, *customer_ids: str, now: datetime) -> None:
        """Forget people for good: their keys are overwritten, their records and tokens deleted, their ids noted.

        May be called again, and of people the vault never met: what arrives of them later is not kept.
        """
        leaving = sorted(set(customer_ids))
        with _transaction(self._engine) as connection:
            for some in _chunks(leaving):
                destroyed = sa.update(SUBJECT_KEY).where(SUBJECT_KEY.c.customer_id.in_(some))
                connection.execute(destroyed.values(wrapped_key=_DESTROYED))
                for table in (PERSONAL, BLIND):
                    connection.execute(sa.delete(table).where(table.c.customer_id.in_(some)))
            at, gone = _stamp(connection, now), set(_shredded(connection))
            _add(connection, SHREDDED, [(who, at) for who in leaving if who not in gone])
        _empty_log(self._engine)

    def shredded(self) -> list[str]:
        """Who was shredded: the list to shred again after an older backup was restored."""
        with _transaction(self._engine, reading=True) as connection:
            return _shredded(connection)

    def count(self) -> int:
        """How many people the vault can still name."""
        living = sa.select(sa.func.count()).select_from(SUBJECT_KEY).where(SUBJECT_KEY.c.wrapped_key != _DESTROYED)
        with _transaction(self._engine, reading=True) as connection:
            return connection.scalar(living) or 0

    def close(self) -> None:
        self._engine.dispose()

    def _held(
        self, connection: sa.Connection, customer_ids: Sequence[str], sensitivities: Sequence[str]
    ) -> dict[str, _Person]:
        """The people among `customer_ids` whose key still exists."""
        record = sa.and_(PERSONAL.c.customer_id == SUBJECT_KEY.c.customer_id, PERSONAL.c.sensitivity.in_(sensitivities))
        key, blob = SUBJECT_KEY.c["customer_id", "wrapped_key", "key_version"], PERSONAL.c["sensitivity", "blob"]
        chosen = sa.select(*key, *blob).select_from(SUBJECT_KEY).outerjoin(PERSONAL, record)
        chosen = chosen.where(SUBJECT_KEY.c.wrapped_key != _DESTROYED)
        held: dict[str, _Person] = {}
        for some in _chunks(customer_ids):
            for who, *row in connection.execute(chosen.where(SUBJECT_KEY.c.customer_id.in_(some))):
                self._open(held, who, tuple(row))
        return held

    def _open(self, held: dict[str, _Person], who: str, row: Row) -> None:
        """Decrypt one row into `held`."""
        wrapped, key_version, sensitivity, blob = row
        try:
            if who not in held:
                held[who] = _Person(self._keys.unwrap(who, wrapped, key_version), {})
            if blob is not None:
                held[who].fields.update(self._keys.decrypt(held[who].cipher, who, sensitivity, blob))
        except InvalidTag as error:
            raise ContractError(
                f"vault: the record of customer `{who}` does not open: it was changed outside Motherlode",
                hint="restore the vault from a backup and shred again who was shredded since, or shred this customer",
            ) from error


@contextmanager
def _transaction(engine: sa.Engine, *, reading: bool = False) -> Iterator[sa.Connection]:
    """One transaction; one that only reads waits for no writer."""
    try:
        with engine.execution_options(reading=reading).begin() as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        raise EngineError(
            f"vault: `{engine.url.database}` failed: {error.orig}",
            hint="nothing of this call was written: see that the file is a vault and that no one else holds it",
        ) from error


def open_vault(
    url: str, root: Path, *, key_file: Path | None = None, key_text: str | None = None, tenant: str = "house"
) -> Vault:
    """Open the vault and make it, and its key file, on first use.

    Parameters
    ----------
    url
        As SQLAlchemy writes it; a relative SQLite path is relative to `root`.
    key_file
        Where the master key is; by default `motherlode.key` beside the folder that the vault is in, so that a copy
        of the data folder is not a copy of the key.
    key_text
        The master key itself, 64 hexadecimal digits, for instance from `${MOTHERLODE_KEY}`; no file is then touched.
    tenant
        Bound into every ciphertext and token: a vault opens only under the name it was made with.
    """
    parsed = sa.make_url(url)
    path = _private_file(parsed, root)
    if path:
        parsed = parsed.set(database=str(path))
        key_file = key_file or path.parent.with_name("motherlode.key")
    engine = sa.create_engine(parsed, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _connected)
        sa.event.listen(engine, "begin", _begun)
    try:
        proof = _sealed_with(engine)
        keys = _Keys(_master_key(key_text, root / key_file if key_file else None, proof is not None), tenant)
        _check_seal(engine, keys, proof)
    except BaseException:
        engine.dispose()
        raise
    return Vault(engine, keys)


def _private_file(url: sa.URL, root: Path) -> Path | None:
    """SQLite's file, which only its owner can read; SQLite gives the same rights to the log beside it."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    path = root / str(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    return path


def _connected(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # Transactions begin in `_begun`, not at Python's first guess of a write.
    for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", f"cache_size=-{_CACHE_KIB}"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute(f"PRAGMA busy_timeout={_WAIT_SECONDS * 1000}")


def _begun(connection: sa.Connection) -> None:
    """A writer takes the lock before it reads, so that two of them cannot both find a person missing."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _empty_log(engine: sa.Engine) -> None:
    """Move SQLite's log into the database and cut it: a destroyed key must not live on in it."""
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as raw:
        busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise EngineError(
            "vault: people were shredded, but the log with their old keys is still being read",
            hint="close other readers of the vault, then shred the same people again",
        )


def _sealed_with(engine: sa.Engine) -> str | None:
    """The proof of the key that this vault was made with; a vault that is whole is opened without waiting."""
    proof = sa.select(SEAL.c.proof)
    with _transaction(engine, reading=True) as connection:
        if _TABLES.tables.keys() <= set(sa.inspect(connection).get_table_names()):
            return connection.scalar(proof)
    with _transaction(engine) as connection:
        _TABLES.create_all(connection)
        return connection.scalar(proof)


def _check_seal(engine: sa.Engine, keys: _Keys, proof: str | None) -> None:
    if proof is None:
        with _transaction(engine) as connection:
            proof = connection.scalar(sa.select(SEAL.c.proof))  # another process may have been first
            if proof is None:
                connection.execute(SEAL.insert(), [{"proof": keys.proof}])
                return
    if not hmac.compare_digest(proof, keys.proof):
        raise ConfigError(
            "vault: this is not the key, or not the tenant, that the vault was made with",
            hint="put the first key back; without it the personal fields can only be collected again into a new vault",
        )


def _master_key(text: str | None, path: Path | None, sealed: bool) -> bytes:
    if text is not None:
        return _parsed_key(text, "the text of the key")
    if path is None:
        raise ConfigError("vault: no key", hint="name a key file, or give the key as `${MOTHERLODE_KEY}`")
    if sealed and not path.exists():
        raise ConfigError(
            f"vault: the key file `{path}` is missing",
            hint="put it back from where it is kept; a new key cannot open what the old one locked",
        )
    _make_key(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:  # Windows keeps its rights elsewhere
        raise ConfigError(f"vault: others can read the key file `{path}`", hint=f"chmod 600 {path}")
    return _parsed_key(path.read_text("ascii", errors="replace"), f"`{path}`")


def _parsed_key(text: str, where: str) -> bytes:
    key = b""
    with suppress(ValueError):
        key = bytes.fromhex(text.strip())
    if len(key) != KEY_BYTES:
        raise ConfigError(
            f"vault: {where} is not a key of {2 * KEY_BYTES} hexadecimal digits",
            hint="put the right key back; a new one is made with `openssl rand -hex 32`",
        )
    return key


def _make_key(path: Path) -> None:
    """Write a new key unless there is one; linked into place whole, so that no one ever reads half a key."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(os.urandom(KEY_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process made one in the meantime, and that one counts
        os.link(draft, path)
    draft.unlink()


def _by_customer(records: pa.Table) -> pa.Table:
    """All columns as trimmed text, sorted by customer; rows of one customer stay in their order."""
    if "customer_id" not in records.column_names:
        raise ContractError("vault: records without a column `customer_id`", hint="say whose the personal fields are")
    filled = pa.table({name: _filled(records[name]) for name in records.column_names})
    named = filled.filter(pc.is_valid(filled["customer_id"]))
    return named.take(pc.sort_indices(named["customer_id"])).combine_chunks()


def _filled(values: Any) -> Any:
    """Trimmed text, NULL where nothing is left."""
    trimmed = pc.utf8_trim_whitespace(values.cast(pa.string()))
    return pc.if_else(pc.equal(trimmed, pa.scalar("")), None, trimmed)


def _people(batch: pa.RecordBatch) -> dict[str, Fields]:
    """The fields of each person; of several rows the last filled value counts."""
    names = [name for name in batch.column_names if name != "customer_id"]
    columns = [batch[name].to_pylist() for name in names]
    people: dict[str, Fields] = {}
    for customer_id, *values in zip(batch["customer_id"].to_pylist(), *columns, strict=True):
        fields = people.setdefault(customer_id, {})
        fields.update((name, value) for name, value in zip(names, values, strict=True) if value is not None)
    return people


def _sensitivity(field: str) -> str:
    return "sensitive" if field in SENSITIVE else "ordinary"


def _records(fields: Fields) -> list[tuple[str, Fields]]:
    """The fields of a person parted by sensitivity."""
    if SENSITIVE.isdisjoint(fields):
        return [("ordinary", fields)]
    return [
        (kind, {name: fields[name] for name in fields if _sensitivity(name) == kind}) for kind in _sensitivities(fields)
    ]


def _sensitivities(fields: Iterable[str]) -> list[str]:
    return sorted({_sensitivity(field) for field in fields})


def _shredded(connection: sa.Connection) -> list[str]:
    return list(connection.scalars(sa.select(SHREDDED.c.customer_id).order_by(SHREDDED.c.customer_id)))


def _add(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> None:
    _send(connection, table.insert(), [column.name for column in table.columns], rows)


def _remove(connection: sa.Connection, table: sa.Table, keys: list[Row]) -> None:
    names = [column.name for column in table.primary_key.columns]
    _send(connection, sa.delete(table).where(*(table.c[name] == sa.bindparam(name) for name in names)), names, keys)


def _send(connection: sa.Connection, statement: sa.Insert | sa.Delete, names: list[str], rows: list[Row]) -> None:
    """Hand rows to the driver as they are: preparing each in Python costs more than SQLite takes to write it."""
    if not rows:
        return
    compiled = statement.compile(dialect=connection.dialect)
    ready: Any = rows if compiled.positional else [dict(zip(names, row, strict=True)) for row in rows]
    connection.exec_driver_sql(str(compiled), ready)


def _stamp(connection: sa.Connection, now: datetime) -> object:
    """The moment as this database's driver takes it."""
    ready = sa.DateTime().dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return ready(_utc(now)) if ready else _utc(now)


def _revealed(people: list[str], fields: Sequence[str], held: dict[str, _Person]) -> pa.Table:
    columns = {name: [held[who].fields.get(name) for who in people] for name in fields}
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in ({"customer_id": people} | columns).items()})


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Few enough at a time for the parameters of one query."""
    return (values[start : start + _IDS_A_QUERY] for start in range(0, len(values), _IDS_A_QUERY))


def _utc(moment: datetime) -> datetime:
    """Without a zone, as the stores write it; a moment without a zone is UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
