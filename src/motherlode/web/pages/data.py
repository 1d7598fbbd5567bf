"""What came in, from where, how fresh: files, runs, and the way in for another file."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from motherlode.config import read_config
from motherlode.errors import ContractError, Refused
from motherlode.schemas import INPUTS
from motherlode.web import importing
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit
from motherlode.web.users import Role

SHOWN_RUNS = 20
MOST_BYTES = 1 << 30
LOADERS: tuple[Role, ...] = ("analyst", "compliance")


def data(visit: Visit) -> Mapping[str, Any]:
    """Files that were loaded, rows in = kept + set aside, the runs, and the one that goes on."""
    return {
        "files": visit.keep("files", lambda: _files(visit)),
        "accounting": visit.findings().rows("accounting") if visit.run is not None else [],
        "runs": list(reversed(visit.project.ledger.read("runs")[-SHOWN_RUNS:])),
        "job": visit.request.app.state.jobs.job,
    }


def _files(visit: Visit) -> list[dict[str, Any]]:
    rows = visit.project.expression("collect.files")
    return visit.project.query(rows.order_by(rows.loaded_at.desc(), "source", "file")).to_dicts()


def upload(visit: Visit) -> Response:
    """Keep a file aside and go to look at it."""
    sent = visit.request.state.form.get("file")
    if sent is None or isinstance(sent, str) or not sent.filename:
        raise ContractError(visit.voice.tell("no_file"), hint=visit.voice.tell("no_file_hint"))
    mark = importing.stage(visit.project.root, sent.filename, sent.file, most_bytes=MOST_BYTES)
    return RedirectResponse(f"/data/import/{mark}", 303)


def look(visit: Visit) -> Mapping[str, Any]:
    """What the file was taken for, column by column, to be put right."""
    return _shown(visit, importing.propose(visit.project.root, _mark(visit)))


def check(visit: Visit) -> "Mapping[str, Any] | Response":
    """What the corrected mapping would keep and set aside; or take the file, or let it go."""
    form, root = visit.request.state.form, visit.project.root
    if form.get("do") == "drop":
        importing.drop(root, _mark(visit))
        return RedirectResponse("/data", 303)
    proposals = importing.corrected(importing.propose(root, _mark(visit)), form)
    if form.get("do") == "take":
        return _take(visit, proposals)
    ready = [one for one in proposals if one.table and not importing.missing(one)]
    tried = {one.name: importing.attempt(root, one) for one in ready}
    return {**_shown(visit, proposals), "tried": tried}


def _take(visit: Visit, proposals: Any) -> Response:
    state = visit.request.app.state
    lacking = [name for one in proposals if one.table for name in importing.missing(one)]
    if lacking:
        names = ", ".join(visit.voice.columns(*lacking))
        raise ContractError(visit.voice.tell("lacking", columns=names), hint=visit.voice.tell("lacking_hint"))
    if state.gate.is_written:
        raise Refused(visit.voice.tell("busy"), hint=visit.voice.tell("busy_hint"))
    importing.take(visit.project.root, _mark(visit), proposals)
    state.project.config = read_config(visit.project.root)
    return rerun(visit)


def rerun(visit: Visit) -> Response:
    """Load what is new and make every table, beside the answers."""
    if not visit.request.app.state.jobs.start():
        raise Refused(visit.voice.tell("busy"), hint=visit.voice.tell("busy_hint"))
    return RedirectResponse("/data", 303)


def _shown(visit: Visit, proposals: Any) -> dict[str, Any]:
    targets = {
        name: sorted(
            ((column.name, visit.voice.word("column", column.name)) for column in table.columns), key=_by_words
        )
        for name, table in INPUTS.items()
    }
    return {
        "mark": _mark(visit),
        "proposals": [(one, {header: target for target, header in one.columns.items()}) for one in proposals],
        "preview": importing.preview(visit.project.root, _mark(visit)),
        "tables": list(INPUTS),
        "targets": targets,
        "orders": importing.DATE_ORDERS,
        "missing": importing.missing,
        "tried": {},
    }


def _by_words(pair: tuple[str, str]) -> str:
    return pair[1]


def _mark(visit: Visit) -> str:
    mark: str = visit.request.path_params["mark"]
    return mark


PAGE = Page(
    "data",
    "/data",
    "trust",
    1,
    data,
    roles=LOADERS,
    stored=True,
    also=(
        Also("/data/upload", upload, method="POST", roles=("analyst",), most_bytes=MOST_BYTES),
        Also("/data/import/{mark}", look, "import.html", roles=("analyst",)),
        Also("/data/import/{mark}", check, "import.html", "POST", roles=("analyst",)),
        Also("/data/run", rerun, method="POST", roles=("analyst",)),
    ),
)
