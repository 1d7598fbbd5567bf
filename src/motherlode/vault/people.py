"""People in the tables of the vault, within one transaction: looked up, opened, compared and written by set."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from motherlode.access import class_of
from motherlode.errors import ContractError
from motherlode.vault import blind
from motherlode.vault.bulk import add, among, chunks
from motherlode.vault.finding import INDEXES, spelled
from motherlode.vault.keys import Fields, Keys
from motherlode.vault.layout import OPENS, PERSON, RECTIFIED, SENSITIVITIES
from motherlode.vault.records import by_person, by_sensitivity, filled, record, records, sensitivities, texts


class Person(NamedTuple):
    """What the vault holds of one person: her cipher, and the fields of the sensitivities that were asked for."""

    cipher: AESGCM
    fields: Fields


class Writes:
    """What a batch changes; values to blind stay with their person until a whole column is blinded at once."""

    def __init__(self) -> None:
        self.new: dict[str, dict[str, bytes]] = {}
        self.records: dict[str, list[dict[str, Any]]] = {kind: [] for kind in SENSITIVITIES}
        self.named: dict[str, list[tuple[str, str]]] = {name: [] for name in INDEXES}
        self.once_named: dict[str, list[tuple[str, str]]] = {name: [] for name in INDEXES}

    def name(self, customer_id: str, changed: Fields, before: Fields) -> None:
        """Note the values of a person that are blinded, and those that were until now."""
        for name, field in INDEXES.items():
            if field in changed:
                self.named[name].append((customer_id, changed[field]))
                if field in before:
                    self.once_named[name].append((customer_id, before[field]))


class People:
    """People within one transaction."""

    def __init__(self, connection: sa.Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    def keep_batch(self, batch: pa.RecordBatch) -> int:
        """Whoever is new and stands in one row goes in by columns; the others are compared with what is held."""
        batch = filled(batch)
        ids = texts(batch["customer_id"])
        again = self.known(ids) | _repeated(ids)
        if not again:
            return self._keep_new(batch)
        is_again = pc.is_in(batch["customer_id"], pa.array(sorted(again), pa.string()))
        new = self._keep_new(batch.filter(pc.invert(is_again)))
        return new + self._keep_again(batch.filter(is_again))

    def _keep_new(self, batch: pa.RecordBatch) -> int:
        ids = texts(batch["customer_id"])
        self.add(ids, records(batch))
        for field in dict.fromkeys(INDEXES.values()):
            if field in batch.column_names:
                named = batch.filter(pc.is_valid(batch[field])) if batch[field].null_count else batch
                people, values = ids if named is batch else texts(named["customer_id"]), texts(named[field])
                for name in (name for name, made_of in INDEXES.items() if made_of == field):
                    self._name(name, people, values)
        return len(ids)

    def _keep_again(self, batch: pa.RecordBatch) -> int:
        people = by_person(batch)
        held = self.held(list(people), sensitivities(batch.column_names))
        for who, pinned in rectified(self._connection, list(people)).items():
            people[who] = {name: value for name, value in people[who].items() if name not in pinned}
        writes = Writes()
        changed = sum(self.change(writes, who, held.get(who), news) for who, news in people.items())
        self.write(writes)
        return changed

    def known(self, ids: Sequence[str]) -> set[str]:
        """Those of some ids, in order, that the vault has; a file of new people alone has nobody between its ends."""
        if not ids or not self._connection.scalar(
            sa.select(sa.exists().where(PERSON.c.customer_id.between(ids[0], ids[-1])))
        ):
            return set()
        return {
            who
            for some in chunks(ids)
            for who in self._connection.scalars(
                sa.select(PERSON.c.customer_id).where(among(self._connection, PERSON.c.customer_id, some))
            )
        }

    def change(self, writes: Writes, customer_id: str, person: Person | None, news: Fields) -> bool:
        """Add to `writes` what differs from what is held of one person."""
        before = person.fields if person else {}
        changed = {name: value for name, value in news.items() if before.get(name) != value} if before else news
        if not changed:
            return False
        for sensitivity, fields in by_sensitivity(before | changed):
            if person is None:
                writes.new.setdefault(customer_id, {})[sensitivity] = record(fields)
            elif not changed.keys().isdisjoint(fields):
                self._put(writes, customer_id, person, sensitivity, fields)
        writes.name(customer_id, changed, before)
        return True

    def _put(self, writes: Writes, who: str, person: Person, sensitivity: str, fields: Fields) -> None:
        sealed = self._keys.encrypt(person.cipher, who, sensitivity, record(fields)) if fields else None
        writes.records[sensitivity].append({"who": who, "record": sealed})

    def write(self, writes: Writes) -> None:
        """Old tokens go before new ones come."""
        new = list(writes.new.values())
        self.add(list(writes.new), {kind: [some.get(kind) for some in new] for kind in SENSITIVITIES})
        for kind, some in writes.records.items():
            if some:
                mine = sa.update(PERSON).where(PERSON.c.customer_id == sa.bindparam("who"))
                self._connection.execute(mine.values({kind: sa.bindparam("record")}), some)
        for name in INDEXES:
            gone = self._tokens(name, *_parted(writes.once_named[name]))
            blind.drop(self._connection, name, list(zip(*gone, strict=True)))
            self._name(name, *_parted(writes.named[name]))

    def add(self, people: Sequence[str], sealed: Mapping[str, Sequence[bytes | None]]) -> None:
        """New people with their records by sensitivity."""
        none = [None] * len(people)
        add(self._connection, PERSON, self._keys.lock(people, {kind: sealed.get(kind, none) for kind in SENSITIVITIES}))

    def _name(self, name: str, people: Sequence[str], values: Sequence[str]) -> None:
        blind.keep(self._connection, name, *self._tokens(name, people, values))

    def _tokens(self, name: str, people: Sequence[str], values: Sequence[str]) -> tuple[Sequence[bytes], Sequence[str]]:
        """The tokens of values and whose they are, without those that the index does not have."""
        having = spelled(name, values)
        distinct = set(having)
        if "" in distinct:
            people = [who for who, value in zip(people, having, strict=True) if value]
            having = [value for value in having if value]
            distinct.discard("")
        # What is nearly always its own is blinded faster than looked up.
        if 2 * len(distinct) > len(having):
            return self._keys.tokens(name, having), people
        tokens = dict(zip(distinct, self._keys.tokens(name, distinct), strict=True))
        return [tokens[value] for value in having], people

    def held(self, customer_ids: Sequence[str], kinds: Sequence[str]) -> dict[str, Person]:
        """The people among `customer_ids` whose key still exists."""
        chosen = sa.select(*PERSON.c["customer_id", "wrapped_key", "key_version"], *(PERSON.c[kind] for kind in kinds))
        held: dict[str, Person] = {}
        for some in chunks(customer_ids):
            mine = among(self._connection, PERSON.c.customer_id, some)
            for who, wrapped, key_version, *blobs in self._connection.execute(chosen.where(OPENS, mine)):
                held[who] = self._opened(who, wrapped, key_version, dict(zip(kinds, blobs, strict=True)))
        return held

    def _opened(self, who: str, wrapped: bytes, key_version: int, blobs: Mapping[str, bytes | None]) -> Person:
        """A person with the fields of some records, decrypted."""
        fields: Fields = {}
        try:
            cipher = self._keys.unwrap(who, wrapped, key_version)
            for kind, blob in blobs.items():
                if blob is not None:
                    fields |= self._keys.decrypt(cipher, who, kind, blob)
        except InvalidTag as error:
            raise changed_outside(who) from error
        return Person(cipher, fields)

    def drop_from(self, writes: Writes, who: str, person: Person, field_class: str) -> bool:
        """Add to `writes` that the fields of a class go; whether the person has any."""
        gone = {name for name in person.fields if class_of(name) == field_class}
        left = {name: value for name, value in person.fields.items() if name not in gone}
        for sensitivity in sensitivities(gone):
            kept = {name: value for name, value in left.items() if sensitivities([name]) == [sensitivity]}
            self._put(writes, who, person, sensitivity, kept)
        for name, field in INDEXES.items():
            if field in gone:
                writes.once_named[name].append((who, person.fields[field]))
        return bool(gone)


def changed_outside(customer_id: str) -> ContractError:
    """What a record that does not open means."""
    return ContractError(
        f"vault: the record of customer `{customer_id}` does not open: it was changed outside Motherlode",
        hint="restore the vault from a backup and shred again who was shredded since, or shred this customer",
    )


def _parted(people: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [who for who, _ in people], [value for _, value in people]


def _repeated(ids: Sequence[str]) -> set[str]:
    """Ids in order that stand there more than once."""
    return {who for who, following in pairwise(ids) if who == following} if len(set(ids)) < len(ids) else set()


def rectified(connection: sa.Connection, people: Sequence[str]) -> dict[str, set[str]]:
    """Fields that were put right, by person."""
    fields: dict[str, set[str]] = {}
    if connection.scalar(sa.select(sa.exists().select_from(RECTIFIED))):
        for some in chunks(people):
            where = among(connection, RECTIFIED.c.customer_id, some)
            mine = sa.select(RECTIFIED.c.customer_id, RECTIFIED.c.field).where(where)
            for who, name in connection.execute(mine):
                fields.setdefault(who, set()).add(name)
    return fields
