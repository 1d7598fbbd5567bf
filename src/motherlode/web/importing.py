"""A file that was sent by a browser: kept aside, looked at, tried, and taken into the project.

Nothing of it counts before it is taken; a file that is never taken goes after a day.
"""

import re
import secrets
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pyarrow.parquet as parquet

from motherlode import init, run
from motherlode.collect.choosing import is_lines
from motherlode.collect.recognise import Proposal
from motherlode.collect.sources.files import READERS, Files, files, peek
from motherlode.errors import ContractError
from motherlode.graph.wiring import Graph, compile_graph
from motherlode.project import Project
from motherlode.schemas import INPUTS
from motherlode.warehouse import quoted

FOLDER, INBOX = Path("data/uploads"), Path("inbox")
KEPT_SECONDS = 86_400
PIECE = 1 << 20
# A larger file is tried by its first rows.
WHOLE_BYTES, TRIED_ROWS = 20_000_000, 5_000
PREVIEW_ROWS = 5
DATE_ORDERS = ("ymd", "dmy", "mdy", "mixed")


class Tried(msgspec.Struct, frozen=True):
    """What would become of the rows of one source: how many are kept, and why others would be set aside."""

    rows: int
    kept: int
    problems: tuple[tuple[str, int], ...]
    is_whole: bool


def stage(root: Path, name: str, content: BinaryIO, *, most_bytes: int) -> str:
    """Keep a file aside; gives its mark. `ContractError` for a format that is not read, or too large a file."""
    clean = tidy(name)
    if not clean.lower().endswith(tuple(READERS)):
        hint = f"CSV, Excel, Parquet or JSON lines: {' '.join(sorted(READERS)[:12])}"
        raise ContractError(f"`{clean}` is of a format that is not read", hint=hint)
    _sweep(root)
    mark = secrets.token_hex(8)
    folder = root / FOLDER / mark
    folder.mkdir(parents=True, mode=0o700)
    left = most_bytes
    with (folder / clean).open("wb") as out:
        while piece := content.read(PIECE):
            left -= len(piece)
            if left < 0:
                out.close()
                shutil.rmtree(folder)
                raise ContractError(
                    f"`{clean}` is larger than {most_bytes:,} bytes", hint="put it into the inbox folder"
                )
            out.write(piece)
    return mark


def tidy(name: str) -> str:
    """A name that is a file of the folder that it is put into, whatever the browser called it."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in base if sign.isprintable() and sign not in "<>:\"|?*'`$&;").strip(" .")
    return kept[-100:] or "file"


def propose(root: Path, mark: str) -> tuple[Proposal, ...]:
    """What each table of a staged file may be."""
    return init.look(_folder(root, mark), root)


def staged(root: Path, mark: str) -> Path:
    """The file that is kept aside under a mark."""
    return next(path for path in sorted(_folder(root, mark).iterdir()) if path.is_file())


def preview(root: Path, mark: str) -> dict[str, list[str]]:
    """Cells of the first rows of each column, by piece and column."""
    shown: dict[str, list[str]] = {}
    for piece in files(Files(path=str(_folder(root, mark).resolve()), root=str(root.resolve()))):
        rows = peek(piece, PREVIEW_ROWS).slice(0, PREVIEW_ROWS)
        cells = (["" if cell is None else str(cell) for cell in column.to_pylist()] for column in rows.columns)
        shown |= {f"{piece.address}:{name}": some for name, some in zip(rows.schema.names, cells, strict=True)}
    return shown


def corrected(proposals: Sequence[Proposal], said: Mapping[str, Any]) -> tuple[Proposal, ...]:
    """The proposals as a form puts them right: another table, other columns, another order of dates."""
    return tuple(_corrected(proposal, number, said) for number, proposal in enumerate(proposals))


def _corrected(proposal: Proposal, number: int, said: Mapping[str, Any]) -> Proposal:
    if f"table:{number}" not in said:
        return proposal
    table = str(said[f"table:{number}"])
    if table not in INPUTS:
        return msgspec.structs.replace(proposal, table=None, why="unknown")
    known = {column.name for column in INPUTS[table].columns}
    columns: dict[str, str] = {}
    for place, guess in enumerate(proposal.guesses):
        target = str(said.get(f"column:{number}:{place}", ""))
        if target in known and target not in columns:
            columns[target] = guess.header
    order = str(said.get(f"dates:{number}", proposal.date_order))
    order = order if order in DATE_ORDERS else proposal.date_order
    return msgspec.structs.replace(proposal, table=table, columns=columns, date_order=order)


def missing(proposal: Proposal) -> list[str]:
    """Columns that the table cannot do without and that nothing was named for."""
    # Lines of orders have their day from the file of the orders.
    if proposal.numbered or (proposal.table == "orders" and is_lines(proposal.columns)):
        return []
    return [name for name in INPUTS[str(proposal.table)].needs if name not in proposal.columns]


def attempt(root: Path, proposal: Proposal) -> Tried:
    """Read the rows of a source in a project that is thrown away, and count what would be set aside and why."""
    path = root / proposal.path.replace("[[]", "[").replace("[*]", "*").replace("[?]", "?")
    with tempfile.TemporaryDirectory(prefix="motherlode-") as folder:
        there, whole = Path(folder), not path.exists() or path.stat().st_size <= WHOLE_BYTES
        source = proposal
        if whole and path.exists():
            shutil.copyfile(path, there / path.name)
            source = msgspec.structs.replace(proposal, path=init_pattern(path.name))
        elif path.exists():
            piece = next(iter(files(Files(path=str(path.resolve()), sheet=proposal.sheet))))
            parquet.write_table(peek(piece, TRIED_ROWS), there / "sample.parquet")
            source = msgspec.structs.replace(proposal, path="sample.parquet", sheet=None)
        init.add([source], there)
        with Project(there) as scratch:
            scratch.load()
            return _read(scratch, str(proposal.table), is_whole=whole)


def init_pattern(name: str) -> str:
    """A file's name as a pattern that means that file alone."""
    return re.sub(r"([\[*?])", r"[\1]", name)


def _read(scratch: Project, table: str, *, is_whole: bool) -> Tried:
    graded = f"graded_{table}"
    # Of the whole house only what reads these rows is built.
    whole = scratch.graph
    wanted = _needed(whole, graded)
    part = Graph({name: made for name, made in whole.promises.items() if name in wanted}, whole.reads)
    for step in compile_graph(part, run.last_day(scratch.warehouse) or date.today()):
        run.make(scratch.warehouse, part, step)
    sql = f"SELECT problem, count(*) AS n FROM {quoted(f'refine.{graded}')} GROUP BY problem ORDER BY n DESC, problem"  # noqa: S608
    counted = {row["problem"]: row["n"] for row in scratch.warehouse.arrow(sql).to_pylist()}
    broken = scratch.warehouse.arrow("SELECT problem, count(*) AS n FROM collect.broken GROUP BY problem").to_pylist()
    kept = counted.pop("", 0)
    problems = [*counted.items(), *((row["problem"], row["n"]) for row in broken)]
    return Tried(kept + sum(n for _, n in problems), kept, tuple(problems), is_whole)


def _needed(graph: Graph, name: str) -> set[str]:
    """A table and all tables that it is made of."""
    if name not in graph.promises:
        return set()
    return {name}.union(*(_needed(graph, other) for other in graph.reads[name]))


def take(root: Path, mark: str, proposals: Sequence[Proposal]) -> list[str]:
    """Move the file into the inbox and write its sources into `motherlode.toml`; gives their names."""
    chosen = [proposal for proposal in proposals if proposal.table]
    if not chosen:
        raise ContractError("no table was chosen for the file", hint="say what its rows are")
    folder = _folder(root, mark)
    (root / INBOX).mkdir(exist_ok=True)
    for file in sorted(folder.iterdir()):
        target = _free(root / INBOX / file.name)
        shutil.move(file, target)
        old, new = (FOLDER / mark / file.name).as_posix(), (INBOX / target.name).as_posix()
        chosen = [
            msgspec.structs.replace(one, path=init_pattern(new)) if _means(one.path, old) else one for one in chosen
        ]
    shutil.rmtree(folder)
    return init.add(chosen, root)


def drop(root: Path, mark: str) -> None:
    """Let a staged file go."""
    shutil.rmtree(_folder(root, mark))


def _means(pattern: str, path: str) -> bool:
    return pattern in (path, init_pattern(path))


def _free(path: Path) -> Path:
    """A path that no file has yet."""
    taken = (path.with_name(f"{number}-{path.name}") for number in range(2, 10_000))
    return path if not path.exists() else next(other for other in taken if not other.exists())


def _folder(root: Path, mark: str) -> Path:
    folder = root / FOLDER / mark
    if not re.fullmatch(r"[0-9a-f]{16}", mark) or not folder.is_dir():
        raise ContractError("this file is not here any more", hint="send it again")
    return folder


def _sweep(root: Path) -> None:
    """Files that nobody took within a day go."""
    for folder in (root / FOLDER).glob("*"):
        if folder.is_dir() and time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
