"""`motherlode doctor`: what is wrong with a project, and the next step."""

import platform
import shlex
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from motherlode.config import FILE, Config, read_config
from motherlode.errors import MotherlodeError, NotReady
from motherlode.graph.wiring import compile_graph
from motherlode.ingest import open_source, vanished
from motherlode.labels import Language, label, say
from motherlode.project import Project
from motherlode.warehouse import quoted

T = TypeVar("T")
# Any day does to see whether tables can be compiled.
A_DAY = date(2024, 6, 30)


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    outcome: Literal["ok", "note", "bad"]
    detail: str = ""
    hint: str = ""


def examine(root: Path, language: Language = "en") -> list[Finding]:
    """Look at everything that can be looked at; nothing is changed."""
    findings = [Finding("python", "ok", platform.python_version())]
    config = _tried(findings, FILE, lambda: read_config(root))
    if config is None:
        return findings
    for source in config.sources.values():
        _tried(findings, f"[sources.{source.name}]", partial(_looked_at, config, source.name, language))
    project = _tried(findings, "plugins", lambda: Project(root, config, read_only=True))
    if project is None:
        return findings
    with project:
        if _tried(findings, "tables", partial(_wired, project, language)) is None:
            return findings
        if _tried(findings, "warehouse", lambda: project.warehouse) is not None:
            findings += _vanished(project, language)
            findings += _promises(project, language)
    return findings


def _tried(findings: list[Finding], what: str, look: Callable[[], T]) -> T | None:
    """Look, and note what was seen or why it failed: whatever is wrong, the doctor goes on."""
    try:
        seen = look()
    except NotReady as error:
        findings.append(Finding(what, "note", error.message, error.hint))
    except MotherlodeError as error:
        findings.append(Finding(what, "bad", error.message, error.hint))
    except Exception as error:  # noqa: BLE001
        findings.append(Finding(what, "bad", f"{type(error).__name__}: {error}"))
    else:
        findings.append(Finding(what, "ok", seen if isinstance(seen, str) else ""))
        return seen
    return None


def _looked_at(config: Config, name: str, language: Language) -> str:
    pieces = list(open_source(config.sources[name], config.root))
    return f"{len(pieces)} × {label('table', config.sources[name].table, language)}"


def _wired(project: Project, language: Language) -> str:
    """All tables compile, with the settings of the project."""
    compile_graph(project.graph, A_DAY, project.config.tables)
    kinds = [promise.kind for promise in project.graph.promises.values()]
    features = kinds.count("feature") + kinds.count("label")
    return say("checked_wiring", language, tables=len(kinds) - features, features=features)


def _vanished(project: Project, language: Language) -> Iterator[Finding]:
    """Files whose rows are here although they are not there any more."""
    with suppress(MotherlodeError):
        for source, file in vanished(project.config, project.stores):
            yield Finding(
                file, "note", say("checked_gone", language), shlex.join(["motherlode", "forget", source, file])
            )


def _promises(project: Project, language: Language) -> Iterator[Finding]:
    """Unique keys of every stored table, and rows in = kept + set aside."""
    warehouse = project.warehouse
    kept = [p for p in project.graph.promises.values() if p.makes_a_table and p.stored]
    made = [promise for promise in kept if warehouse.has(promise.address)]
    if len(made) < len(kept):
        yield Finding(
            "run", "note", say("checked_not_made", language, tables=len(kept) - len(made)), hint="motherlode run"
        )
    for promise in made:
        key = ", ".join(quoted(name) for name in promise.key)
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {quoted(promise.address)} GROUP BY {key} HAVING count(*) > 1)"  # noqa: S608
        double = warehouse.value(sql)
        if double:
            yield Finding(promise.address, "bad", say("checked_double", language, double=double, columns=key))
    if warehouse.has("refine.accounting"):
        sql = "SELECT coalesce(sum(came), 0), coalesce(sum(kept + set_aside), 0) FROM refine.accounting"
        came, ended = warehouse.arrow(sql).to_pylist()[0].values()
        told = say("checked_accounting", language, came=int(came), ended=int(ended))
        yield Finding("refine.accounting", "ok" if came == ended else "bad", told)
