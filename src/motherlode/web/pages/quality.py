"""What is wrong with the data, and who lost any: rows in = kept + set aside, by cause, with samples."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from motherlode import aside
from motherlode.report.trust import trust
from motherlode.web.pages.files import as_file
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit

SHOWN = ("accounting", "ledger", "repairs", "unknown")
SAMPLES = 10


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
        "samples": _samples(visit, problem) if problem else None,
    }


def _samples(visit: Visit, problem: str) -> dict[str, Any]:
    rows = aside.rows(visit.project, problem, SAMPLES)
    names = [name for name in rows.schema.names if name != "problem" and rows[name].null_count < rows.num_rows]
    return {"columns": names, "rows": rows.to_pylist()}


def export(visit: Visit) -> Response:
    """The rows that were set aside, to be mended and taken back."""
    rows = aside.rows(visit.project, visit.query.get("problem") or None)
    return as_file(visit, rows, "quarantine", visit.request.path_params["kind"])


PAGE = Page(
    "quality",
    "/quality",
    "trust",
    2,
    quality,
    needs=("refine.accounting",),
    roles=("analyst", "compliance"),
    also=(Also("/quality/quarantine.{kind}", export),),
)
