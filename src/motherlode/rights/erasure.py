"""Forgetting people for good: in the warehouse, the ledger, the vault and the files that were written of them.

The list of blind tokens of who was erased (`motherlode.erased`, beside the key and so outside the data folder) is
written first: whatever is killed in between, or brought back by an older backup, is done again from it.
"""

import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet

from motherlode import run
from motherlode.config import Config
from motherlode.errors import MotherlodeError
from motherlode.graph.wiring import Graph, ancestors
from motherlode.live import consumer, forgetting
from motherlode.loading import apart, loaded_as
from motherlode.machine.private import private_file
from motherlode.people import holdings, mentions, values
from motherlode.people.holdings import ADDRESS, Holding, Line, Whose
from motherlode.people.lookup import Person
from motherlode.stores import Stores
from motherlode.warehouse import Warehouse, quoted

LIST = "motherlode.erased"
# How much of the list this warehouse has seen: an older one has seen less.
STAMP = "govern.%erased"
# Names of tables that an erasure under way has yet to make anew.
UNMADE = "govern.%unmade"


class Erased(msgspec.Struct, frozen=True):
    """What erasing people took away.

    Attributes
    ----------
    rows
        Rows by store and table.
    left
        Rows that a second query still finds, by store and table: none, unless something failed.
    crossed_out
        Cells of words about or by others in which they were named.
    to_read
        Cells of words that have a name of theirs which is also a word, and that somebody has to read.
    files
        Files written of them that were deleted.
    sources
        Files that rows of them came from, which are the company's own and still there.
    """

    rows: dict[str, int]
    left: dict[str, int]
    files: tuple[str, ...]
    sources: tuple[str, ...]
    crossed_out: int = 0
    to_read: int = 0


def erase(
    config: Config, stores: Stores, graph: Graph, people: Sequence[Person], *, actor: str, now: datetime
) -> Erased:
    """Forget people in every store, and make the tables about nobody, such as totals and goods, without them."""
    root = config.root
    known = holdings.whose(stores, people, and_erased=True)
    ids = sorted({who for person in people for who in person.customer_ids})
    note(root, {**_by_index(stores, ids), **_as_listed(stores, ids)})
    consumer.drain(config, stores, seal=True)
    lines = holdings.broken_lines(stores, people, actor=actor, reason="erase a person", now=now)
    named = holdings.said_as(stores, people, actor=actor, reason="erase a person", now=now)
    mentioned = mentions.named(stores, ids, actor=actor, reason="erase a person", now=now)
    # A device of hers may have said something too, such as a browser that wants nothing shared.
    known = msgspec.structs.replace(known, ids=pa.table({"id": sorted({*known.ids["id"].to_pylist(), *named[0]})}))
    events = forgetting.forget(root / config.serve.log, stores.vault.log_seal, *named)
    places = _places(stores.warehouse, known)
    kept = [*apart.kept_of(stores.vault, _each(places)), *map(apart.line_id, lines)]
    note(root, _as_listed(stores, kept))
    # While the stores still know her, so that it is done again where it was killed.
    files = _delete_files(stores, root, ids)
    told = values.only_theirs(stores.warehouse, known)
    were_guests = _have_rows_without_number(stores.warehouse, known)
    about_nobody = set(_that_name_nobody(stores.warehouse, graph, told, with_guests=were_guests))
    about_nobody |= _unmade(stores.warehouse)
    with stores.warehouse.transaction():
        # Whoever comes after a kill can no longer tell what was only hers, and so which tables say it.
        stores.warehouse.write(UNMADE, pa.table({"name": pa.array(sorted(about_nobody), pa.string())}))
        rows = _forget_rows(stores.warehouse, graph, known, places, _table(lines))
    crossed_out = mentions.cross_out(stores.warehouse, mentioned)
    rows |= {f"ledger.{name}": count for name, count in stores.ledger.forget(named[0], places.to_pylist()).items()}
    rows["log"] = events
    rows["vault"] = sum(stores.vault.has(who) for who in ids)
    stores.vault.shred(*ids, *kept, now=now)
    _finish(config, stores, graph)
    sources = sorted({*places["file"].to_pylist(), *(file for _, file, _ in lines)})
    left, to_read = _some(_left(stores, graph, known, ids)), mentions.left(stores.warehouse, mentioned)
    return Erased(_some(rows), left, files, tuple(sources), crossed_out, to_read)


def _make_without(config: Config, stores: Stores, graph: Graph, names: Sequence[str]) -> None:
    """Make tables about nobody anew, and those that hold the numbers of their rows where these have changed.

    What cannot be made, for whatever reason, is taken away until the next run: nothing of whoever left may stay.
    """
    warehouse = stores.warehouse
    numbered = [
        name for name in names if warehouse.has(_at(graph, name)) and NUMBER in warehouse.columns(_at(graph, name))
    ]
    before = {name: _numbers(warehouse, graph, name) for name in numbered}
    first = set(names) & set(numbered).union(*(ancestors(graph, name) for name in numbered))
    again = set(names)
    try:
        run.refresh(config, stores, graph, first)
        for name in numbered:
            if not _numbers(warehouse, graph, name).items() <= before[name].items():
                again |= {reader for reader, reads in graph.reads.items() if name in reads}
        run.refresh(config, stores, graph, again - first)
    except MotherlodeError:
        for name in again:
            if graph.promises[name].stored:
                warehouse.drop(_at(graph, name))


# A column of this name stands for its row in tables that read it.
NUMBER = "number"


def _numbers(warehouse: Warehouse, graph: Graph, name: str) -> dict[tuple[Any, ...], int]:
    """The numbers of a table's rows by key."""
    key = graph.promises[name].key
    columns = ", ".join(f'"{column}"' for column in (*key, NUMBER))
    rows = warehouse.arrow(f"SELECT {columns} FROM {quoted(_at(graph, name))}").to_pylist()  # noqa: S608
    return {tuple(row[column] for column in key): row[NUMBER] for row in rows}


def _at(graph: Graph, name: str) -> str:
    """The address of a table."""
    return graph.promises[name].address


def take_from_tables(stores: Stores, graph: Graph, people: Sequence[Person], purposes: Collection[str] = ()) -> int:
    """Take rows about people from every table that is made (for some purposes), and leave those that were loaded.

    Of all purposes also rows made of theirs as a guest, which say no number. Gives the rows.
    """
    warehouse, known = stores.warehouse, holdings.whose(stores, people)
    stored = [held for held in holdings.made(warehouse, graph, purposes) if held.stored]
    by_place = [] if purposes else [Holding(address, _AT_PLACE) for address in _stored(warehouse, graph, *ADDRESS)]
    places = _places(warehouse, known) if by_place else None
    with warehouse.transaction():
        return sum(_delete(warehouse, held, known, places) for held in [*stored, *by_place])


def preview(stores: Stores, graph: Graph, people: Sequence[Person], *, actor: str, now: datetime) -> dict[str, int]:
    """Rows by store and table that erasing these people would take away."""
    known = holdings.whose(stores, people)
    ids = sorted({who for person in people for who in person.customer_ids})
    counts = _left(stores, graph, known, ids)
    lines = holdings.broken_lines(stores, people, actor=actor, reason="preview an erasure", now=now)
    return _some({**counts, loaded_as.LINES: len(lines)})


def again(config: Config, stores: Stores, graph: Graph, *, actor: str, now: datetime) -> int:
    """Erase again whom an older backup brought back, by the list; gives how many people came back."""
    root = config.root
    listed = read_list(root)
    if not listed or _is_replayed(stores, listed):
        return 0
    stores.vault.suppress(listed, now=now)
    back = [Person((who,), "customer_id") for who in _back(stores, listed)]
    if back:
        # While the vault can still say how others name them.
        erase(config, stores, graph, back, actor=actor, now=now)
    stores.vault.shred_again(listed, now=now)
    if not back:
        _finish(config, stores, graph)
    return len(back)


def _is_replayed(stores: Stores, listed: dict[str, set[str]]) -> bool:
    """Whether each store has seen the whole list."""
    size = sum(map(len, listed.values()))
    stamped = stores.warehouse.has(STAMP) and stores.warehouse.value(f"SELECT entries FROM {quoted(STAMP)}") == size  # noqa: S608
    known = stores.vault.suppressed()
    shredded = all(some <= known.get(name, set()) for name, some in listed.items())
    return stamped and shredded and not _listed(stores, stores.ledger.people(), listed)


def _finish(config: Config, stores: Stores, graph: Graph) -> None:
    """Make what is to be made anew, write the stores anew, and only then note that the list was done."""
    _make_without(config, stores, graph, sorted(_unmade(stores.warehouse)))
    stores.warehouse.drop(UNMADE)
    for store in (stores.warehouse, stores.ledger):
        store.rewrite()
    _stamp(stores.warehouse, config.root)


def _unmade(warehouse: Warehouse) -> set[str]:
    """Tables that an erasure has yet to make anew."""
    if not warehouse.has(UNMADE):
        return set()
    return set(warehouse.arrow(f"SELECT name FROM {quoted(UNMADE)}")["name"].to_pylist())  # noqa: S608


def _stamp(warehouse: Warehouse, root: Path) -> None:
    size = sum(map(len, read_list(root).values()))
    warehouse.write(STAMP, pa.table({"entries": [size]}))


def note(root: Path, tokens: dict[str, set[str]]) -> None:
    """Add blind tokens to the list of who was erased; only its owner can read it."""
    known = read_list(root)
    new = [
        f"{name} {token}\n" for name, some in sorted(tokens.items()) for token in sorted(some - known.get(name, set()))
    ]
    with private_file(root / LIST).open("a", encoding="ascii") as out:
        out.writelines(new)


def read_list(root: Path) -> dict[str, set[str]]:
    """Blind tokens of everybody who was erased, by index."""
    listed: dict[str, set[str]] = {}
    path = root / LIST
    for line in path.read_text(encoding="ascii").splitlines() if path.exists() else ():
        name, _, token = line.partition(" ")
        listed.setdefault(name, set()).add(token)
    return listed


def _as_listed(stores: Stores, ids: Sequence[str]) -> dict[str, set[str]]:
    return {"customer_id": {stores.vault.token("customer_id", who) for who in ids}}


def _by_index(stores: Stores, ids: Sequence[str]) -> dict[str, set[str]]:
    tokens: dict[str, set[str]] = {}
    for name, token in stores.vault.tokens_of(ids):
        tokens.setdefault(name, set()).add(token)
    return tokens


def _forget_rows(warehouse: Warehouse, graph: Graph, known: Whose, places: pa.Table, lines: pa.Table) -> dict[str, int]:
    """Rows about people, rows made of a loaded row or line of theirs, and their ids in rows about others."""
    gone = {}
    for holding in [*holdings.made(warehouse, graph), *holdings.loaded(warehouse)]:
        if holding.stored:
            gone[holding.address] = _delete(warehouse, holding, known)
    gone[loaded_as.LINES] = _delete(warehouse, Holding(loaded_as.LINES, _AT_PLACE), known, lines)
    either = pa.concat_tables([places, lines])
    for address in _stored(warehouse, graph, *ADDRESS):
        gone[address] = gone.get(address, 0) + _delete(warehouse, Holding(address, _AT_PLACE), known, either)
    # Whom somebody is compared to.
    for address in _stored(warehouse, graph, "peer_id"):
        sql = f"UPDATE {quoted(address)} SET peer_id = NULL WHERE peer_id IN (SELECT id FROM ids)"  # noqa: S608
        warehouse.execute_with(sql, ids=known.ids)
    return gone


def _have_rows_without_number(warehouse: Warehouse, known: Whose) -> bool:
    """Whether these people stand in loaded rows that say no number: rows made of those say of nobody either."""
    nobody = f"customer_id IS NULL OR lower(customer_id) IN ({loaded_as.NOBODIES})"
    for held in holdings.loaded(warehouse):
        unnumbered = nobody if "customer_id" in warehouse.columns(held.address) else "TRUE"
        if holdings.count(warehouse, Holding(held.address, f"({held.where}) AND ({unnumbered})"), known):
            return True
    return False


def _that_name_nobody(warehouse: Warehouse, graph: Graph, told: pa.Table, *, with_guests: bool) -> Iterator[str]:
    """Tables that, all or some of their rows, say of nobody whom they are about: totals, goods, orders of guests.

    Rows of guests are only looked at where one of them may be hers. What a model learnt of everybody and how well takes
    minutes to make: the next run does, unless it says a value that nobody else has.
    """
    here = warehouse.stands()
    for name, promise in graph.promises.items():
        if not promise.stored or promise.address not in here:
            found = promise.subject is None
        elif promise.subject is None:
            found = not promise.in_memory or values.said(warehouse, promise.address, told)
        else:
            sql = f'SELECT 1 FROM {quoted(promise.address)} WHERE "{promise.subject}" IS NULL LIMIT 1'  # noqa: S608
            found = with_guests and bool(warehouse.value(sql))
        if found:
            yield name


_AT_PLACE = '(source, file, "row") IN (SELECT (source, file, "row") FROM places)'


def _delete(warehouse: Warehouse, holding: Holding, known: Whose, places: pa.Table | None = None) -> int:
    tables = {"ids": known.ids, "tokens": known.tokens, **({"places": places} if places is not None else {})}
    return warehouse.execute_with(f"DELETE FROM {quoted(holding.address)} WHERE {holding.where}", **tables)  # noqa: S608


def _places(warehouse: Warehouse, known: Whose) -> pa.Table:
    """Source, file and row of every loaded row of these people."""
    return _table(
        (loaded_as.source_of(holding.address), place["file"], place["row"])
        for holding in holdings.loaded(warehouse)
        # What was said of a person in events is kept by person, and has no place in a file.
        if {"file", "row"} <= set(warehouse.columns(holding.address))
        for place in holdings.rows(warehouse, holding, known, 'file, "row"').to_pylist()
    )


def _table(places: Iterable[Line]) -> pa.Table:
    schema = pa.schema([("source", pa.string()), ("file", pa.string()), ("row", pa.int64())])
    return pa.Table.from_pylist([dict(zip(ADDRESS, place, strict=True)) for place in places], schema=schema)


def _each(places: pa.Table) -> Iterable[Line]:
    return zip(*(places[name].to_pylist() for name in ADDRESS), strict=True)


def _stored(warehouse: Warehouse, graph: Graph, *columns: str) -> list[str]:
    """Stored tables that were made and have these columns."""
    stored = {promise.address for promise in graph.promises.values() if promise.stored}
    return [address for address in warehouse.addresses_with(*columns) if address in stored]


def _left(stores: Stores, graph: Graph, known: Whose, ids: Sequence[str]) -> dict[str, int]:
    """Rows about people by store and table."""
    here = [*holdings.made(stores.warehouse, graph), *holdings.loaded(stores.warehouse)]
    counts = {held.address: holdings.count(stores.warehouse, held, known) for held in here if held.stored}
    counts |= {f"ledger.{name}": len(stores.ledger.about(name, ids)) for name in stores.ledger.about_people()}
    return {**counts, "vault": sum(stores.vault.has(who) for who in ids)}


def _delete_files(stores: Stores, root: Path, ids: Sequence[str]) -> tuple[str, ...]:
    """Exported lists and reports are copies that can be made again: those that name one of these people go."""
    paths = dict.fromkeys(row["path"] for row in stores.ledger.read("exports"))
    naming = [path for path in paths if (root / path).is_file() and _names(root / path, ids)]
    for path in naming:
        (root / path).unlink()
    return tuple(naming)


def _names(path: Path, ids: Sequence[str]) -> bool:
    """Whether a file of a list has one of these numbers as a word of its own."""
    if path.suffix == ".parquet":
        table = pa.parquet.read_table(path)
        text = "\n".join(str(cell) for column in table.columns for cell in column.to_pylist())
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            text = "\n".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    else:
        text = path.read_text(encoding="utf-8", errors="replace")
    return any(re.search(rf"(?<![\w-]){re.escape(who)}(?![\w-])", text) for who in ids)


def _back(stores: Stores, listed: dict[str, set[str]]) -> list[str]:
    """Ids in the stores whose tokens are on the list."""
    return _listed(stores, everybody(stores), listed)


def everybody(stores: Stores) -> list[str]:
    """Every id in the stores that is a person's."""
    people = {who for who in stores.vault.ids() if not apart.is_of_rows(who)}
    for address in ("refine.customers", *loaded_as.addresses(stores.warehouse)):
        if stores.warehouse.has(address) and "customer_id" in stores.warehouse.columns(address):
            sql = f"SELECT DISTINCT customer_id AS id FROM {quoted(address)} WHERE customer_id IS NOT NULL"  # noqa: S608
            people |= set(stores.warehouse.arrow(sql)["id"].to_pylist())
    return sorted(people | set(stores.ledger.people()))


def _listed(stores: Stores, ids: Sequence[str], listed: dict[str, set[str]]) -> list[str]:
    """Those of some ids whose tokens are on the list."""
    tokens = stores.vault.tokens("customer_id", pa.array(ids, pa.string())).to_pylist()
    return [who for who, token in zip(ids, tokens, strict=True) if token in listed.get("customer_id", set())]


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
