"""`motherlode init`: look into a folder, propose what each file is, write `motherlode.toml`."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import pyarrow as pa
import tomlkit

from motherlode.collect.recognise import Look, Proposal, propose
from motherlode.collect.sources.files import READERS, Files, files, peek
from motherlode.collect.sources.months import by_month, is_free, month_columns
from motherlode.config import FILE
from motherlode.doors import Piece
from motherlode.errors import ContractError, MotherlodeError

# Where a project keeps its stores, unless its settings say otherwise.
KEPT = "data"
# What a project begins with; a project that has these keeps its own.
# What helps a file that is left alone, the likeliest first.
NEXT = {
    "no_time": "add a column that says when each order was made, or a file with order numbers and days beside it",
    "no_customer": "add a column that says who: a customer's number, an e-mail or a phone;"
    " where one does under another name, call it customer_id",
    "no_headers": "write names above the columns, or the [sources] by hand; see docs/how-to/configure.md",
    "others": "add a file of customers, of their orders or of what they did",
    "aggregate_without_keys": "export single orders or customers instead of their sums",
}
HOUSE = {"timezone": "Asia/Shanghai", "currency": "CNY"}


def look(folder: Path, root: Path) -> tuple[Proposal, ...]:
    """What each file under `folder` may be; a file that cannot be read is proposed as `unreadable`."""
    looks, unreadable = [], []
    for path in _paths(folder, root):
        try:
            looks += [_look(piece) for piece in files(Files(path=str(path.resolve()), root=str(root.resolve())))]
        except ContractError:
            if path == folder:
                raise
            unreadable.append(_unreadable(path.resolve(), root.resolve()))
    return (*propose(looks), *unreadable)


def sampled(folder: Path, root: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Address and sampled cells by header of every piece under `folder` that can be read."""
    for path in _paths(folder, root):
        with suppress(ContractError):
            for piece in files(Files(path=str(path.resolve()), root=str(root.resolve()))):
                looked = _look(piece)
                yield looked.address, {name: list(cells) for name, cells in looked.columns.items()}


def _paths(folder: Path, root: Path) -> list[Path]:
    """Files of formats that are read, of folders in the folder where it holds none itself.

    Where there is none at all it is the folder, so that the door says why. What the project keeps is no export.
    """
    if folder.is_file():
        return [folder]
    kept = (root / KEPT).resolve()
    return _read_in(folder, "*", kept) or _read_in(folder, "*/*", kept) or [folder]


def _read_in(folder: Path, pattern: str, kept: Path) -> list[Path]:
    shown = (path for path in folder.glob(pattern) if path.is_file() and not _is_hidden(path.relative_to(folder)))
    named = (path for path in shown if path.name.lower().endswith(tuple(READERS)))
    return sorted(path for path in named if not path.resolve().is_relative_to(kept))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)


def _unreadable(path: Path, root: Path) -> Proposal:
    return Proposal(
        name=path.stem,
        path=(path.relative_to(root) if path.is_relative_to(root) else path).as_posix(),
        sheet=None,
        table=None,
        why="unreadable",
        confidence=0.0,
        columns={},
        guesses=(),
        date_order="",
        date_order_sure=False,
        decimal_mark=".",
    )


def _look(piece: Piece) -> Look:
    sample = peek(piece)
    typed = {
        field.name: str(field.type) for field in sample.schema if str(field.type) not in ("string", "large_string")
    }
    looked = Look(piece.address, _cells(sample), typed)
    return _unfolded(piece, looked) if month_columns(looked.columns) and is_free(sample.schema.names) else looked


def _cells(sample: pa.Table) -> dict[str, list[str]]:
    return {
        name: ["" if cell is None else str(cell) for cell in sample[name].to_pylist()] for name in sample.schema.names
    }


def _unfolded(piece: Piece, looked: Look) -> Look:
    """A table with a column a month as the orders that it tells of, where it tells of any."""
    sample = peek(msgspec.structs.replace(piece, batches=lambda: by_month(piece.batches())))
    unfolded = Look(piece.address, _cells(sample), looked.typed, months=True)
    return unfolded if propose([unfolded])[0].table == "orders" else looked


def write(proposals: Sequence[Proposal], folder: Path, root: Path) -> None:
    """Write the recognised sources into the project's `motherlode.toml`; all else that stands in it is kept."""
    path = root / FILE
    if not any(proposal.table for proposal in proposals):
        why = next((why for why in NEXT if why in {proposal.why for proposal in proposals}), None)
        by_hand = f"write the [sources] of {path} by hand; see docs/how-to/configure.md"
        raise MotherlodeError(f"no file under {folder} was recognised", hint=NEXT[why] if why else by_hand)
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    _begin(document, root, proposals)
    sources = tomlkit.table(is_super_table=True)
    for proposal in proposals:
        if proposal.table:
            sources[proposal.name] = _source(proposal)
        else:
            where = f"{proposal.path}#{proposal.sheet}" if proposal.sheet else proposal.path
            sources.add(tomlkit.comment(f"{where} is left alone: {proposal.why}"))
    document["sources"] = sources
    root.mkdir(parents=True, exist_ok=True)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def add(proposals: Sequence[Proposal], root: Path) -> list[str]:
    """Add recognised sources to the project's `motherlode.toml`, each under a name of its own; gives the names."""
    path = root / FILE
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    _begin(document, root, proposals)
    sources = document.setdefault("sources", tomlkit.table(is_super_table=True))
    names = []
    for proposal in proposals:
        taken = (f"{proposal.name}_{number}" for number in range(2, 1000) if f"{proposal.name}_{number}" not in sources)
        name = proposal.name if proposal.name not in sources else next(taken)
        sources[name] = _source(proposal)
        names.append(name)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return names


def _begin(document: tomlkit.TOMLDocument, root: Path, proposals: Sequence[Proposal]) -> None:
    """What every project says of itself; the currency is the one in which most files count that say so."""
    said = [proposal.currency for proposal in proposals if proposal.table and proposal.currency]
    own = {"currency": max(said, key=said.count)} if said else {}
    assumed = assumes_currency(proposals, root)
    for key, value in ({"name": root.resolve().name} | HOUSE | own).items():
        if key not in document:
            document[key] = value
    if assumed:
        document["currency"].comment("assumed: no file says in which currency its money is")


def assumes_currency(proposals: Sequence[Proposal], root: Path) -> bool:
    """Whether a new project would show money in a currency that no file states."""
    path = root / FILE
    own = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else {}
    taken = [proposal for proposal in proposals if proposal.table]
    return "currency" not in own and any(it.money for it in taken) and not any(it.currency for it in taken)


def _source(proposal: Proposal) -> tomlkit.items.Table:
    source = tomlkit.table()
    source["use"] = "files"
    for name, value in _door(proposal).items():
        source[name] = value
    source["table"] = str(proposal.table)
    if proposal.date_order:
        source["date_order"] = proposal.date_order
        if not proposal.date_order_sure:
            source["date_order"].comment("not sure: no day above 12 was seen; ymd, dmy, mdy or mixed")
    if proposal.decimal_mark != ".":
        source["decimal_mark"] = proposal.decimal_mark
    if proposal.numbered:
        source["numbered"] = _with_comment(
            True, "no column says who: rows are customers, numbered by their place in the file"
        )
    columns = tomlkit.table()
    sure = {
        guess.target: guess.confidence
        for guess in proposal.guesses
        if proposal.columns.get(guess.target or "") == guess.header
    }
    for column, header in proposal.columns.items():
        columns[column] = header
        if sure.get(column, 1.0) < 0.8:
            columns[column].comment(f"{sure[column]:.0%} sure")
    source["columns"] = columns
    if proposal.replace:
        source["replace"] = {column: dict(words) for column, words in proposal.replace.items()}
    return source


def _door(proposal: Proposal) -> dict[str, object]:
    """What the door is told of the file."""
    told: dict[str, object] = {"path": proposal.path}
    if proposal.sheet:
        told["sheet"] = proposal.sheet
    if proposal.months:
        told["months"] = _with_comment(True, "columns that are months become rows, `order_date` and `value`")
    if proposal.repeat:
        once = "what these say in the first line of an order is meant of the empty ones below too"
        told["repeat"] = _with_comment(list(proposal.repeat), once)
    if proposal.only:
        words = tomlkit.inline_table()
        words.update({header: list(cells) for header, cells in proposal.only.items()})
        told["only"] = _with_comment(words, "the rows of the file that are of this table")
    if proposal.times:
        factors = tomlkit.inline_table()
        factors.update(proposal.times)
        told["times"] = _with_comment(factors, "numbers count hundredths or thousands, as their header says")
    return told


def _with_comment(value: object, comment: str) -> tomlkit.items.Item:
    item = tomlkit.item(value)
    item.comment(comment)
    return item
