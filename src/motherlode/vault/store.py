"""Personal fields by `customer_id`: kept, compared, read and forgotten."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature, InvalidTag

from motherlode.access import EVERYTHING, Reading, Rule, Verdict, classes_of, decide, rules_of, shown_of
from motherlode.schemas import IDENTIFYING
from motherlode.vault import blind
from motherlode.vault.bulk import add, among, chunks, stamp, utc
from motherlode.vault.engine import copy_to, empty_log, rewrite, transaction
from motherlode.vault.keys import Fields, Keys
from motherlode.vault.layout import HEAD, OPENS, PERSON, RECTIFIED, SENSITIVITIES
from motherlode.vault.log_seal import LogSeal
from motherlode.vault.people import People, Person, Writes, changed_outside, rectified
from motherlode.vault.readings import Masking, as_shown, in_time, note, people_in, people_read, readings, refusal
from motherlode.vault.records import (
    by_customer,
    record,
    sensitivities,
    trimmed,
)
from motherlode.vault.suppression import suppress, suppressed

_ROWS_A_BATCH = 100_000
_SEALED = "sealed:"


class Link(msgspec.Struct, array_like=True, frozen=True):
    """What the key in a link says: whose it is, until when it is good (seconds since 1970), and when it was made."""

    customer_ids: tuple[str, ...]
    until: int
    made_at: datetime = datetime.min


class Vault:
    """Personal fields by `customer_id`: kept, compared and forgotten by set; read with a role and a purpose only."""

    def __init__(self, engine: sa.Engine, keys: Keys) -> None:
        self._engine = engine
        self._keys = keys
        self.log_seal = LogSeal(keys)
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
            living, people = ordered.filter(self._living(connection, ordered["customer_id"])), self._people(connection)
            return sum(people.keep_batch(batch) for batch in living.to_batches(_ROWS_A_BATCH))

    def rectify(self, customer_id: str, fields: Fields, *, now: datetime) -> int:
        """Put fields of a person right, whatever files say of them from now on; gives the fields that were wrong."""
        with transaction(self._engine) as connection:
            at, people, writes = stamp(connection, now), self._people(connection), Writes()
            held = people.held([customer_id], sensitivities(fields))
            before = held[customer_id].fields if customer_id in held else {}
            people.change(writes, customer_id, held.get(customer_id), fields)
            people.write(writes)
            pinned = rectified(connection, [customer_id]).get(customer_id, set())
            add(connection, RECTIFIED, [(customer_id, name, at) for name in fields if name not in pinned])
        empty_log(self._engine)
        return sum(before.get(name) != value for name, value in fields.items())

    def put_right(self) -> dict[str, dict[str, str]]:
        """What rows know of fields that people had put right: column -> customer number -> token, or year of birth."""
        said: dict[str, dict[str, str]] = {}
        for who, fields in self.rectifications().items():
            for name, value in fields.items():
                if value and name == "birthday":
                    said.setdefault("birth_year", {})[who] = value[:4]
                elif value and name in IDENTIFYING:
                    said.setdefault(f"{name}_key", {})[who] = self.token(name, value)
        return said

    def rectifications(self) -> dict[str, Fields]:
        """Fields that people had put right, as they stand: for the house's own keeping, and shown to nobody."""
        with transaction(self._engine, reading=True) as connection:
            people = list(connection.scalars(sa.select(RECTIFIED.c.customer_id).distinct()))
            pinned, held = rectified(connection, people), self._people(connection).held(people, SENSITIVITIES)
        return {who: {name: person.fields.get(name, "") for name in pinned[who]} for who, person in held.items()}

    def _people(self, connection: sa.Connection) -> People:
        return People(connection, self._keys)

    def _living(self, connection: sa.Connection, customer_ids: Any) -> Any:
        """Which rows are of people who were not shredded."""
        gone = suppressed(connection).get("customer_id")
        if not gone:
            return pa.array([True] * len(customer_ids), pa.bool_())
        return pc.invert(pc.is_in(self.tokens("customer_id", customer_ids), pa.array(sorted(gone), pa.string())))

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
            return list(connection.scalars(sa.select(PERSON.c.customer_id).where(OPENS).order_by(PERSON.c.customer_id)))

    def has(self, customer_id: str) -> bool:
        """Whether the vault can name this person."""
        mine = sa.select(PERSON.c.customer_id).where(OPENS, PERSON.c.customer_id == customer_id)
        with transaction(self._engine, reading=True) as connection:
            return connection.scalar(mine) is not None

    def find(self, index_name: str, value: str) -> list[str]:
        """Who has this value, in its one spelling."""
        (token,) = self._keys.tokens(index_name, [value.strip()])
        with transaction(self._engine, reading=True) as connection:
            return blind.find(connection, index_name, token)

    def held(self, customer_ids: Iterable[str]) -> list[str]:
        """Those of some ids under which the vault keeps anything."""
        with transaction(self._engine, reading=True) as connection:
            return sorted(self._people(connection).known(sorted(set(customer_ids))))

    def tokens_of(self, customer_ids: Sequence[str]) -> set[tuple[str, str]]:
        """Index and blind token of values of these people that nobody else has."""
        with transaction(self._engine, reading=True) as connection:
            return {(name, token.hex()) for name, token in blind.theirs_alone(connection, customer_ids)}

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
        held, shows = self._read(customer_ids, SENSITIVITIES, [EVERYTHING], reading, now)
        everybody = [who for who in customer_ids if who in held]
        return {
            who: {name: show(held[who].fields[name]) or "" for name, show in as_shown(held[who].fields, shows).items()}
            for who in everybody
        }

    def _read(
        self, asked: Sequence[str], kinds: Sequence[str], fields: Sequence[str], reading: Reading, now: datetime
    ) -> tuple[dict[str, Person], Verdict]:
        verdict = decide(self.rules, reading, classes_of(fields))
        mine = shown_of(verdict, asked, reading.own)
        with transaction(self._engine) as connection:
            verdict = in_time(connection, verdict, reading, len(mine), utc(now))
            held = {} if verdict.refused else self._people(connection).held(mine, kinds)
            tokens = self._keys.tokens("customer_id", people_in(held))
            entry = note(connection, reading, verdict, fields, (len(asked), len(held), tokens), utc(now))
        self.on_read(entry)
        if verdict.refused:
            raise refusal(verdict, reading)
        return held, verdict

    def drop(self, customer_ids: Sequence[str], field_class: str) -> int:
        """Delete the fields of one class of these people for good, their keys stay; gives the people that had any."""
        dropped = 0
        with transaction(self._engine) as connection:
            people = self._people(connection)
            for some in chunks(customer_ids):
                held, writes = people.held(some, SENSITIVITIES), Writes()
                dropped += sum(people.drop_from(writes, who, person, field_class) for who, person in held.items())
                people.write(writes)
        if dropped:
            empty_log(self._engine)
        return dropped

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
        """Forget people for good: their keys, records and tokens are deleted, and the file is written without them.

        What stays are blind tokens of their ids, and of values that nobody else has, so that what arrives of them later
        is not kept. May be called again, and of people the vault never met.
        """
        leaving = sorted(set(customer_ids))
        with transaction(self._engine) as connection:
            tokens = {("customer_id", token) for token in self._keys.tokens("customer_id", leaving)}
            tokens |= blind.theirs_alone(connection, leaving)
            blind.forget(connection, leaving)
            for some in chunks(leaving):
                for table in (PERSON, RECTIFIED):
                    connection.execute(sa.delete(table).where(among(connection, table.c.customer_id, some)))
            suppress(connection, tokens, stamp(connection, now))
        # A page whose rows have moved may keep what a deleted one said.
        rewrite(self._engine)

    def let_go(self, customer_ids: Iterable[str]) -> None:
        """Delete what is kept under ids that are no people's; it may be kept again."""
        with transaction(self._engine) as connection:
            for some in chunks(list(customer_ids)):
                connection.execute(sa.delete(PERSON).where(among(connection, PERSON.c.customer_id, some)))
        empty_log(self._engine)

    def suppressed(self) -> dict[str, set[str]]:
        """Blind tokens by index of who was shredded: what to leave out at the door."""
        with transaction(self._engine, reading=True) as connection:
            return suppressed(connection)

    def sealed(self, customer_id: str, text: str) -> str:
        """A text that only `unsealed` reads, and nobody once the person was shredded; "" of who was."""
        if not text:
            return ""
        with transaction(self._engine) as connection:
            if not self._living(connection, pa.array([customer_id])).to_pylist()[0]:
                return ""
            people = self._people(connection)
            if not people.known([customer_id]):
                people.add([customer_id], {})
            (person,) = people.held([customer_id], ()).values()
        blob = self._keys.encrypt(person.cipher, customer_id, "said", record({"": text}))
        return _SEALED + base64.b64encode(blob).decode()

    def unsealed(self, customer_id: str, texts: Sequence[str], reading: Reading, *, now: datetime) -> list[str]:
        """Texts that were sealed for a person, and others as they are; "" of each that opens no more.

        Logged like `reveal`.

        Raises
        ------
        Refused
            As `reveal`.
        """
        held, _ = self._read([customer_id], (), ["evidence"], reading, now)
        return [self._unsealed(customer_id, held.get(customer_id), text) for text in texts]

    def _unsealed(self, customer_id: str, person: Person | None, text: str) -> str:
        if not text.startswith(_SEALED):
            return text
        if person is None:
            return ""
        try:
            sealed = base64.b64decode(text.removeprefix(_SEALED), validate=True)
            return self._keys.decrypt(person.cipher, customer_id, "said", sealed)[""]
        except (ValueError, InvalidTag) as error:
            raise changed_outside(customer_id) from error

    def suppress(self, tokens: Mapping[str, Iterable[str]], *, now: datetime) -> None:
        """Keep nothing any more that arrives of these people, known by their blind tokens."""
        known = {(name, bytes.fromhex(token)) for name, some in tokens.items() for token in some}
        with transaction(self._engine) as connection:
            suppress(connection, known, stamp(connection, now))

    def shred_again(self, suppressed: Mapping[str, Iterable[str]], *, now: datetime) -> list[str]:
        """Shred whom an older backup brought back, by their blind tokens; gives their ids."""
        self.suppress(suppressed, now=now)
        ids, listed = self.ids(), suppressed.get("customer_id", ())
        gone = {bytes.fromhex(token) for token in listed}
        back = [who for who, token in zip(ids, self._keys.tokens("customer_id", ids), strict=True) if token in gone]
        if back:
            self.shred(*back, now=now)
        return back

    def rewrap(self) -> int:
        """Wrap every data key that is not yet under the last wrapping key anew; gives how many."""
        old = OPENS & (PERSON.c.key_version < self._keys.version)
        columns = PERSON.c["customer_id", "wrapped_key", "key_version"]
        place = sa.update(PERSON).where(PERSON.c.customer_id == sa.bindparam("who"))
        with transaction(self._engine) as connection:
            rows = [
                {"who": who, "wrapped_key": self._keys.wrap_anew(who, wrapped, at), "key_version": self._keys.version}
                for who, wrapped, at in connection.execute(sa.select(*columns).where(old))
            ]
            if rows:
                connection.execute(place, rows)
        empty_log(self._engine)
        return len(rows)

    def link(self, customer_ids: Sequence[str], until: datetime, *, now: datetime) -> str:
        """A key to be handed to a person, which says who she is to this house alone, until a moment."""
        text = msgspec.json.encode(Link(tuple(customer_ids), _seconds(until), utc(now)))
        return base64.urlsafe_b64encode(self._keys.seal(text)).decode().rstrip("=")

    def behind(self, link: str, *, now: datetime) -> Link | None:
        """Whose key it is; nobody's where it is none of ours, its time is over, or she was shredded since."""
        try:
            sealed = base64.b64decode(link + "=" * (-len(link) % 4), altchars=b"-_", validate=True)
            told = msgspec.json.decode(self._keys.unseal(sealed), type=Link)
        except (ValueError, InvalidTag):
            return None
        gone = self.suppressed().get("customer_id", set())
        tokens = (token.hex() for token in self._keys.tokens("customer_id", told.customer_ids))
        is_over = _seconds(now) > told.until
        return None if is_over or not gone.isdisjoint(tokens) else told

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

    def note_head(self, entry: int, digest: bytes) -> None:
        """Keep how far the log of what was done reached, beside the log and its checkpoints."""
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(HEAD))
            connection.execute(HEAD.insert(), [{"entry": entry, "hash": digest}])

    def head(self) -> tuple[int, bytes] | None:
        """How far the log of what was done reached, and its hash there."""
        with transaction(self._engine, reading=True) as connection:
            row = connection.execute(sa.select(HEAD)).one_or_none()
            return (row.entry, row.hash) if row else None

    def copy_to(self, path: Path) -> None:
        """Write SQLite's file, whole as it is now, into another."""
        copy_to(self._engine, path)

    def count(self) -> int:
        """How many people the vault can still name."""
        with transaction(self._engine, reading=True) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(PERSON).where(OPENS)) or 0

    def close(self) -> None:
        self._engine.dispose()


def _seconds(moment: datetime) -> int:
    return int(utc(moment).replace(tzinfo=UTC).timestamp())


def _revealed(people: list[str], shows: Mapping[str, Masking], held: dict[str, Person]) -> pa.Table:
    columns = {name: [show(held[who].fields.get(name)) for who in people] for name, show in shows.items()}
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in ({"customer_id": people} | columns).items()})
