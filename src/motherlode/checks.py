"""`motherlode doctor`: what is wrong with a project, and the next step."""

import platform
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from motherlode.config import Config, read_config
from motherlode.errors import MotherlodeError
from motherlode.ingest import open_source
from motherlode.project import Project
from motherlode.warehouse import quoted

T = TypeVar("T")


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    outcome: Literal["ok", "note", "bad"]
    detail: str = ""
    hint: str = ""


def examine(root: Path) -> list[Finding]:
    """Look at everything that can be looked at; nothing is changed."""
    findings = [Finding("python", "ok", platform.python_version())]
    config = _tried(findings, "motherlode.toml", lambda: read_config(root))
    if config is None:
        return findings
    for source in config.sources.values():
        _tried(findings, f"source {source.name}", partial(_looked_at, config, source.name))
    with Project(root, config) as project:
        if _tried(findings, "wiring", lambda: f"{len(project.graph.promises)} tables") is None:
            return findings
        if _tried(findings, "stores", lambda: project.stores) is not None:
            findings += _vanished(project)
            findings += _promises(project)
    return findings


def _tried(findings: list[Finding], what: str, look: Callable[[], T]) -> T | None:
    """Look, and note what was seen or why it failed."""
    try:
        seen = look()
    except MotherlodeError as error:
        findings.append(Finding(what, "bad", error.message, error.hint))
        return None
    findings.append(Finding(what, "ok", seen if isinstance(seen, str) else ""))
    return seen


def _looked_at(config: Config, name: str) -> str:
    pieces = list(open_source(config.sources[name], config.root))
    return f"{len(pieces)} × {config.sources[name].table}"


def _vanished(project: Project) -> Iterator[Finding]:
    """Files whose rows are here although they are not there any more."""
    here = {
        (source.name, piece.address)
        for source in project.config.sources.values()
        for piece in open_source(source, project.root)
    }
    for row in project.stores.warehouse.arrow("SELECT source, file FROM collect.files ORDER BY ALL").to_pylist():
        if (row["source"], row["file"]) not in here:
            yield Finding(row["file"], "note", "the file is gone, its rows stay", f"motherlode forget {row['source']}")


def _promises(project: Project) -> Iterator[Finding]:
    """Unique keys of every stored table, and rows in = kept + set aside."""
    warehouse = project.stores.warehouse
    for promise in project.graph.promises.values():
        if promise.kind in ("feature", "label") or not promise.stored:
            continue
        if not warehouse.has(promise.address):
            yield Finding(promise.address, "note", "not made yet", "motherlode run")
            continue
        key = ", ".join(f'"{name}"' for name in promise.key)
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {quoted(promise.address)} GROUP BY {key} HAVING count(*) > 1)"  # noqa: S608
        double = warehouse.value(sql)
        if double:
            yield Finding(
                promise.address, "bad", f"{double} values of its key ({key}) stand twice", "report this table"
            )
    if warehouse.has("refine.accounting"):
        sql = "SELECT coalesce(sum(came), 0), coalesce(sum(kept + set_aside), 0) FROM refine.accounting"
        came, ended = warehouse.arrow(sql).to_pylist()[0].values()
        yield Finding("accounting", "ok" if came == ended else "bad", f"{came:,} = {ended:,}")
