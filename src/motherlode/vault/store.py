"""Personal fields by `customer_id`: kept, compared, read and forgotten."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from motherlode.access import EVERYTHING, Reading, Rule, Verdict, class_of, classes_of, decide, rules_of, shown_of
from motherlode.errors import ContractError
from motherlode.schemas import IDENTIFYING
from motherlode.vault.bulk import Row, add, chunks, remove, stamp, utc
from motherlode.vault.engine import copy_to, empty_log, rewrite, transaction
from motherlode.vault.keys import KEY_BYTES, WRAPPED_BYTES, Fields, Keys
from motherlode.vault.layout import BLIND, PERSONAL, RECTIFIED, SUBJECT_KEY
from motherlode.vault.readings import Masking, as_shown, in_time, note, people_in, people_read, readings, refusal
from motherlode.vault.records import by_customer, by_person, by_sensitivity, sensitivities, trimmed
from motherlode.vault.suppression import suppress, suppressed, theirs_alone

# As long as a wrapped key: SQLite overwrites a row of unchanged length where it stands, and leaves no copy.
DESTROYED = bytes(WRAPPED_BYTES)
# Tokens are written in their order: the larger the batch, the fewer pages of the index are touched twice.
_ROWS_A_BATCH = 100_000


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

    def __init__(self, engine: sa.Engine, keys: Keys) -> None:
        self._engine = engine
        self._keys = keys
        self.rules: Sequence[Rule] = rules_of()
        # Told of every reading, before anything is given away.
        self.on_read: Callable[[dict[str, Any]], None] = lambda access: None

    def keep(self, records: pa.Table, *, now: datetime) -> int:
        """Keep the personal columns of `records` in one transaction; what comes later wins, an empty value never.

        Rows without a `customer_id` and rows of shredded people are left out.

        Returns
        -------
        int
            Rows of people that were new or changed; the same records again give 0.
        """
        ordered = by_customer(records)
        with transaction(self._engine) as connection:
            at = stamp(connection, now)
            living = ordered.filter(self._living(connection, ordered["customer_id"]))
            return sum(self._keep_batch(connection, batch, at) for batch in living.to_batches(_ROWS_A_BATCH))

    def rectify(self, customer_id: str, fields: Fields, *, now: datetime) -> int:
        """Put fields of a person right, whatever files say of them from now on; gives the fields that were wrong."""
        with transaction(self._engine) as connection:
            at, held = stamp(connection, now), self._held(connection, [customer_id], sensitivities(fields))
            writes = _Writes()
            before = held[customer_id].fields if customer_id in held else {}
            self._change(writes, customer_id, held.get(customer_id), fields, at)
            self._write(connection, writes)
            pinned = _rectified(connection, [customer_id]).get(customer_id, set())
            add(connection, RECTIFIED, [(customer_id, name, at) for name in fields if name not in pinned])
        empty_log(self._engine)
        return sum(before.get(name) != value for name, value in fields.items())

    def _living(self, connection: sa.Connection, customer_ids: Any) -> Any:
        """Which rows are of people who were not shredded."""
        gone = suppressed(connection).get("customer_id")
        if not gone:
            return pa.array([True] * len(customer_ids), pa.bool_())
        return pc.invert(pc.is_in(self.tokens("customer_id", customer_ids), pa.array(sorted(gone), pa.string())))

    def _keep_batch(self, connection: sa.Connection, batch: pa.RecordBatch, at: object) -> int:
        people = by_person(batch)
        held = self._held(connection, list(people), sensitivities(batch.column_names))
        for who, pinned in _rectified(connection, list(people)).items():
            people[who] = {name: value for name, value in people[who].items() if name not in pinned}
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
        for sensitivity, fields in by_sensitivity(before | changed):
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
        writes.keys.append((customer_id, self._keys.wrap(customer_id, data_key), self._keys.version, at))
        return AESGCM(data_key)

    def _write(self, connection: sa.Connection, writes: _Writes) -> None:
        """Old rows go before new ones come; tokens are sorted, as random places are an index's slowest."""
        add(connection, SUBJECT_KEY, writes.keys)
        remove(connection, PERSONAL, writes.stale_blobs)
        add(connection, PERSONAL, writes.blobs)
        for name in IDENTIFYING:
            remove(connection, BLIND, self._blinded(name, writes.once_named[name]))
            add(connection, BLIND, self._blinded(name, writes.named[name]))

    def _blinded(self, name: str, people: list[tuple[str, str]]) -> list[Row]:
        tokens = self._keys.tokens(name, [value for _, value in people])
        return sorted((name, token, who) for token, (who, _) in zip(tokens, people, strict=True))

    def tokens(self, index_name: str, values: "pa.Array[Any] | pa.ChunkedArray[Any]") -> "pa.Array[Any]":
        """Blind tokens of values in their one spelling, NULL for NULL and for blanks; each distinct value once."""
        whole: Any = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        coded = pc.dictionary_encode(trimmed(whole))
        tokens = self._keys.tokens(index_name, coded.dictionary.to_pylist())
        return pa.array([token.hex() for token in tokens], pa.string()).take(coded.indices)

    def token(self, index_name: str, value: str) -> str:
        """The blind token of one value in its one spelling, or of a `customer_id`."""
        return self._keys.tokens(index_name, [value.strip()])[0].hex()

    def ids(self) -> list[str]:
        """Everybody whom the vault can name."""
        with transaction(self._engine, reading=True) as connection:
            return list(connection.scalars(sa.select(SUBJECT_KEY.c.customer_id).order_by(SUBJECT_KEY.c.customer_id)))

    def has(self, customer_id: str) -> bool:
        """Whether the vault can name this person."""
        mine = sa.select(SUBJECT_KEY.c.customer_id).where(SUBJECT_KEY.c.customer_id == customer_id)
        with transaction(self._engine, reading=True) as connection:
            return connection.scalar(mine) is not None

    def find(self, index_name: str, value: str) -> list[str]:
        """Who has this value, in its one spelling."""
        (token,) = self._keys.tokens(index_name, [value.strip()])
        chosen = sa.select(BLIND.c.customer_id).where(BLIND.c.index_name == index_name, BLIND.c.token == token)
        with transaction(self._engine, reading=True) as connection:
            return list(connection.scalars(chosen.order_by(BLIND.c.customer_id)))

    def tokens_of(self, customer_ids: Sequence[str]) -> set[tuple[str, str]]:
        """Index and blind token of values of these people that nobody else has."""
        tokens: set[tuple[str, str]] = set()
        with transaction(self._engine, reading=True) as connection:
            for some in chunks(customer_ids):
                tokens |= {(name, token.hex()) for name, token in theirs_alone(connection, some)}
        return tokens

    def reveal(
        self,
        customer_ids: "Sequence[str] | pa.Array[Any] | pa.ChunkedArray[Any]",
        fields: Sequence[str],
        reading: Reading,
        *,
        now: datetime,
    ) -> pa.Table:
        """The fields as the rules show them, one row a person who is still here, in the order of the question.

        Each call is logged, with everybody who was read.

        Raises
        ------
        Refused
            The rules do not show one of the fields to this role for this purpose, or the reader saw too many people
            within the hour. This is logged as well.
        ContractError
            A record was changed outside Motherlode.
        """
        listed: Any = customer_ids.to_pylist() if isinstance(customer_ids, pa.Array | pa.ChunkedArray) else customer_ids
        asked = list(dict.fromkeys(listed))
        held, shows = self._read(asked, sensitivities(fields), fields, reading, now)
        return _revealed([who for who in asked if who in held], as_shown(fields, shows), held)

    def reveal_all(self, customer_ids: Sequence[str], reading: Reading, *, now: datetime) -> dict[str, Fields]:
        """Every field of people who are still here, as an access request asks for it; logged like `reveal`."""
        held, shows = self._read(customer_ids, ("ordinary", "sensitive"), [EVERYTHING], reading, now)
        everybody = [who for who in customer_ids if who in held]
        return {
            who: {name: show(held[who].fields[name]) or "" for name, show in as_shown(held[who].fields, shows).items()}
            for who in everybody
        }

    def _read(
        self, asked: Sequence[str], kinds: Sequence[str], fields: Sequence[str], reading: Reading, now: datetime
    ) -> tuple[dict[str, _Person], Verdict]:
        verdict = decide(self.rules, reading, classes_of(fields))
        mine = shown_of(verdict, asked, reading.own)
        with transaction(self._engine) as connection:
            verdict = in_time(connection, verdict, reading, len(mine), utc(now))
            held = {} if verdict.refused else self._held(connection, mine, kinds)
            tokens = self._keys.tokens("customer_id", people_in(held))
            entry = note(connection, reading, verdict, fields, (len(asked), len(held), tokens), utc(now))
        self.on_read(entry)
        if verdict.refused:
            raise refusal(verdict, reading)
        return held, verdict

    def drop(self, customer_ids: Sequence[str], field_class: str, *, now: datetime) -> int:
        """Delete the fields of one class of these people for good, their keys stay; gives the people that had any."""
        dropped = 0
        with transaction(self._engine) as connection:
            at = stamp(connection, now)
            for some in chunks(customer_ids):
                held, writes = self._held(connection, some, ("ordinary", "sensitive")), _Writes()
                dropped += sum(self._drop_from(writes, who, person, field_class, at) for who, person in held.items())
                self._write(connection, writes)
        if dropped:
            empty_log(self._engine)
        return dropped

    def _drop_from(self, writes: _Writes, who: str, person: _Person, field_class: str, at: object) -> bool:
        gone = {name for name in person.fields if class_of(name) == field_class}
        left = {name: value for name, value in person.fields.items() if name not in gone}
        for sensitivity in sensitivities(gone):
            writes.stale_blobs.append((who, sensitivity))
            if kept := {name: value for name, value in left.items() if sensitivities([name]) == [sensitivity]}:
                writes.blobs.append((who, sensitivity, self._keys.encrypt(person.cipher, who, sensitivity, kept), at))
        for name in gone & set(IDENTIFYING):
            writes.once_named[name].append((who, person.fields[name]))
        return bool(gone)

    def accesses(self) -> list[dict[str, Any]]:
        """Every reading of personal fields, oldest first."""
        with transaction(self._engine, reading=True) as connection:
            return readings(connection)

    def read_people(self, reading_ids: Sequence[int]) -> dict[str, str | None]:
        """Whom some readings showed: blind token -> customer number, `None` for who was shredded since."""
        with transaction(self._engine, reading=True) as connection:
            tokens = people_read(connection, reading_ids)
        ids = self.ids()
        known = dict(zip(self._keys.tokens("customer_id", ids), ids, strict=True))
        return {token.hex(): known.get(token) for token in tokens}

    def shred(self, *customer_ids: str, now: datetime) -> None:
        """Forget people for good: their keys are overwritten, their records and tokens deleted.

        What stays are blind tokens of their ids, and of values that nobody else has, so that what arrives of them later
        is not kept. May be called again, and of people the vault never met.
        """
        leaving = sorted(set(customer_ids))
        with transaction(self._engine) as connection:
            tokens = {("customer_id", token) for token in self._keys.tokens("customer_id", leaving)}
            for some in chunks(leaving):
                tokens |= theirs_alone(connection, some)
                mine = SUBJECT_KEY.c.customer_id.in_(some)
                # Overwritten first: a freed page may keep what a deleted row said.
                connection.execute(sa.update(SUBJECT_KEY).where(mine).values(wrapped_key=DESTROYED))
                for table in (SUBJECT_KEY, PERSONAL, BLIND, RECTIFIED):
                    connection.execute(sa.delete(table).where(table.c.customer_id.in_(some)))
            suppress(connection, tokens, stamp(connection, now))
        empty_log(self._engine)

    def suppressed(self) -> dict[str, set[str]]:
        """Blind tokens by index of who was shredded: what to leave out at the door."""
        with transaction(self._engine, reading=True) as connection:
            return suppressed(connection)

    def shred_again(self, suppressed: Mapping[str, Iterable[str]], *, now: datetime) -> list[str]:
        """Shred whom an older backup brought back, by their blind tokens; gives their ids."""
        tokens = {(name, bytes.fromhex(token)) for name, some in suppressed.items() for token in some}
        with transaction(self._engine) as connection:
            suppress(connection, tokens, stamp(connection, now))
        ids = self.ids()
        back = [
            who
            for who, token in zip(ids, self._keys.tokens("customer_id", ids), strict=True)
            if ("customer_id", token) in tokens
        ]
        if back:
            self.shred(*back, now=now)
        return back

    def rewrap(self) -> int:
        """Wrap every data key that is not yet under the last wrapping key anew; gives how many."""
        old = SUBJECT_KEY.c.key_version < self._keys.version
        columns = SUBJECT_KEY.c["customer_id", "wrapped_key", "key_version"]
        place = sa.update(SUBJECT_KEY).where(SUBJECT_KEY.c.customer_id == sa.bindparam("who"))
        with transaction(self._engine) as connection:
            rows = [
                {"who": who, "wrapped_key": self._keys.wrap_anew(who, wrapped, at), "key_version": self._keys.version}
                for who, wrapped, at in connection.execute(sa.select(*columns).where(old))
            ]
            if rows:
                connection.execute(place, rows)
        empty_log(self._engine)
        return len(rows)

    def sign(self, message: bytes) -> bytes:
        """The house's Ed25519 signature."""
        return self._keys.signing.sign(message)

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether a signature is the house's."""
        try:
            self._keys.signing.public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def copy_to(self, path: Path) -> None:
        """Write SQLite's file, whole as it is now, into another."""
        copy_to(self._engine, path)

    def rewrite(self) -> None:
        """Write the file anew, so that no freed page keeps what was deleted."""
        rewrite(self._engine)

    def count(self) -> int:
        """How many people the vault can still name."""
        with transaction(self._engine, reading=True) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(SUBJECT_KEY)) or 0

    def close(self) -> None:
        self._engine.dispose()

    def _held(self, connection: sa.Connection, customer_ids: Sequence[str], kinds: Sequence[str]) -> dict[str, _Person]:
        """The people among `customer_ids` whose key still exists."""
        record = sa.and_(PERSONAL.c.customer_id == SUBJECT_KEY.c.customer_id, PERSONAL.c.sensitivity.in_(kinds))
        key, blob = SUBJECT_KEY.c["customer_id", "wrapped_key", "key_version"], PERSONAL.c["sensitivity", "blob"]
        chosen = sa.select(*key, *blob).select_from(SUBJECT_KEY).outerjoin(PERSONAL, record)
        held: dict[str, _Person] = {}
        for some in chunks(customer_ids):
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


def _rectified(connection: sa.Connection, people: Sequence[str]) -> dict[str, set[str]]:
    """Fields that were put right, by person."""
    fields: dict[str, set[str]] = {}
    if connection.scalar(sa.select(sa.exists().select_from(RECTIFIED))):
        for some in chunks(people):
            mine = sa.select(RECTIFIED.c.customer_id, RECTIFIED.c.field).where(RECTIFIED.c.customer_id.in_(some))
            for who, name in connection.execute(mine):
                fields.setdefault(who, set()).add(name)
    return fields


def _revealed(people: list[str], shows: Mapping[str, Masking], held: dict[str, _Person]) -> pa.Table:
    columns = {name: [show(held[who].fields.get(name)) for who in people] for name, show in shows.items()}
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in ({"customer_id": people} | columns).items()})
