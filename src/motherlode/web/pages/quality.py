"""What is wrong with the data, and who lost any: rows in = kept + set aside, by cause, with samples."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from motherlode.errors import ContractError, Refused
from motherlode.labels import column_label, label
from motherlode.quarantine import aside, mending
from motherlode.report.trust import trust
from motherlode.web import importing
from motherlode.web.pages import twice
from motherlode.web.pages.files import as_file
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit

SHOWN = ("accounting", "ledger", "repairs", "unknown")
SAMPLES = 10
MOST_FILE_BYTES = 50_000_000


def quality(visit: Visit) -> Mapping[str, Any]:
    """Checks, the accounting of rows, and what was set aside."""
    found, voice = visit.findings(), visit.voice
    cards = {card.key: card for card in trust(found, voice).cards}
    problem = visit.query.get("problem", "")
    counted = visit.keep("problems", lambda: aside.by_problem(visit.project).to_pylist())
    return {
        "cards": [cards[key] for key in SHOWN],
        "problems": counted,
        "problem": problem,
        "table": visit.query.get("table", ""),
        "samples": _samples(visit, problem) if problem else None,
        "cells": _cells(visit),
        "tried": None,
        "job": visit.request.app.state.jobs.job,
        "twice": twice.waiting(visit),
    }


def _group(visit: Visit) -> mending.Group | None:
    return mending.group(visit.query.get("table", ""), visit.query.get("problem", ""))


def _cells(visit: Visit) -> list[tuple[mending.Cell, str]]:
    """Different cells of the group that is looked at, each with what it should be."""
    mine = _group(visit)
    known = mending.cells(visit.project, mine, actor=visit.visitor.name, now=visit.now) if mine else []
    return [(cell, cell.proposal) for cell in known]


def check(visit: Visit) -> "Mapping[str, Any] | Response":
    """What the mended cells would keep; or take the rows back, and make every table anew."""
    mine, form = _group(visit), visit.request.state.form
    if mine is None:
        raise ContractError(visit.voice.tell("no_cells"), hint=visit.voice.tell("no_cells_hint"))
    typed = {str(form[key]): str(form.get(key.replace("was", "now"), "")) for key in form if key.startswith("was:")}
    changes = {was: now.strip() for was, now in typed.items() if now.strip() and now.strip() != was}
    if form.get("do") == "readmit":
        with visit.writing() as project:
            mending.mend(project, mine, changes, actor=visit.visitor.name, now=visit.now)
        return _made_anew(visit)
    known = mending.cells(visit.project, mine, actor=visit.visitor.name, now=visit.now)
    return {
        **quality(visit),
        "cells": [(cell, typed.get(cell.was, "")) for cell in known],
        "tried": mending.attempt(visit.project, mine, changes),
    }


def readmit(visit: Visit) -> Response:
    """Take back a file in which cells were mended: each that differs takes the place of the one that came."""
    sent = visit.request.state.form.get("file")
    if sent is None or isinstance(sent, str) or not sent.filename:
        raise ContractError(visit.voice.tell("no_file"), hint=visit.voice.tell("no_file_hint"))
    root = visit.project.root
    mark = importing.stage(root, sent.filename, sent.file, most_bytes=MOST_FILE_BYTES)
    try:
        with visit.writing() as project:
            changed = aside.readmit(project, importing.staged(root, mark), actor=visit.visitor.name)
            said = {"rows": changed, "actor": visit.visitor.name}
            project.audit.note("correction", said, now=visit.now)
    finally:
        importing.drop(root, mark)
    return _made_anew(visit)


def _made_anew(visit: Visit) -> Response:
    """Rows that were mended are read by a run, beside the answers."""
    if not visit.request.app.state.jobs.start():
        raise Refused(visit.voice.tell("busy"), hint=visit.voice.tell("busy_hint"))
    return RedirectResponse("/quality#quarantine", 303)


def _samples(visit: Visit, problem: str) -> dict[str, Any]:
    rows = aside.rows(visit.project, problem, SAMPLES, actor=visit.visitor.name)
    names = [name for name in rows.schema.names if name != "problem" and rows[name].null_count < rows.num_rows]
    table, language = visit.query.get("table", ""), visit.voice.language
    labels = [column_label(table, name, language) for name in names]
    shown = [{**row, "table": label("table", row["table"], language)} for row in rows.to_pylist()]
    return {"columns": names, "labels": labels, "rows": shown}


def export(visit: Visit) -> Response:
    """The rows that were set aside, to be mended and taken back."""
    rows = aside.rows(visit.project, visit.query.get("problem") or None, actor=visit.visitor.name)
    return as_file(visit, rows, "quarantine", visit.request.path_params["kind"])


PAGE = Page(
    "quality",
    "/quality",
    "trust",
    2,
    quality,
    needs=("refine.accounting",),
    roles=("analyst", "compliance"),
    also=(
        *twice.ALSO,
        Also("/quality/quarantine.{kind}", export),
        Also("/quality/mend", check, "quality.html", "POST"),
        Also("/quality/readmit", readmit, method="POST", most_bytes=MOST_FILE_BYTES),
    ),
)
