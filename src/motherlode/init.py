"""`motherlode init`: look into a folder, propose what each file is, write `motherlode.toml`."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import tomlkit

from motherlode.collect.recognise import Look, Proposal, propose
from motherlode.collect.sources.files import READERS, Files, files, peek
from motherlode.config import FILE
from motherlode.doors import Piece
from motherlode.errors import ContractError, MotherlodeError

# Where a project keeps its stores, unless its settings say otherwise.
KEPT = "data"
# What a project begins with; a project that has these keeps its own.
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
    columns = {
        name: ["" if cell is None else str(cell) for cell in sample[name].to_pylist()] for name in sample.schema.names
    }
    return Look(piece.address, columns, typed)


def write(proposals: Sequence[Proposal], folder: Path, root: Path) -> None:
    """Write the recognised sources into the project's `motherlode.toml`; all else that stands in it is kept."""
    path = root / FILE
    if not any(proposal.table for proposal in proposals):
        hint = f"write the [sources] of {path} by hand; see docs/how-to/configure.md"
        raise MotherlodeError(f"no file under {folder} was recognised", hint=hint)
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    _begin(document, root, proposals)
    sources = tomlkit.table(is_super_table=True)
    for proposal in proposals:
        if proposal.table:
            sources[proposal.name] = _source(proposal)
        else:
            sources.add(tomlkit.comment(f"{proposal.path} is left alone: {proposal.why}"))
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
    """What every project says of itself; the currency is the one in which the files count, if it is one."""
    said = {proposal.currency for proposal in proposals if proposal.table} - {""}
    own = {"currency": said.pop()} if len(said) == 1 else {}
    for key, value in ({"name": root.resolve().name} | HOUSE | own).items():
        if key not in document:
            document[key] = value


def _source(proposal: Proposal) -> tomlkit.items.Table:
    source = tomlkit.table()
    source["use"] = "files"
    source["path"] = proposal.path
    if proposal.sheet:
        source["sheet"] = proposal.sheet
    source["table"] = str(proposal.table)
    if proposal.date_order:
        source["date_order"] = proposal.date_order
        if not proposal.date_order_sure:
            source["date_order"].comment("not sure: no day above 12 was seen; ymd, dmy, mdy or mixed")
    if proposal.decimal_mark != ".":
        source["decimal_mark"] = proposal.decimal_mark
    if proposal.numbered:
        numbered = tomlkit.item(True)
        numbered.comment("no column says who: rows are customers, numbered by their place in the file")
        source["numbered"] = numbered
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
