"""What came in, from where, how fresh: sources, files, runs."""

from collections.abc import Mapping
from typing import Any

from motherlode.web.pages.page import Page
from motherlode.web.pages.visit import Visit

SHOWN_RUNS = 20


def data(visit: Visit) -> Mapping[str, Any]:
    """Files that were loaded, rows in = kept + set aside, and the runs."""
    return {
        "files": visit.keep("files", lambda: _files(visit)),
        "accounting": visit.findings().rows("accounting") if visit.run is not None else [],
        "runs": list(reversed(visit.project.ledger.read("runs")[-SHOWN_RUNS:])),
    }


def _files(visit: Visit) -> list[dict[str, Any]]:
    rows = visit.project.expression("collect.files")
    return visit.project.query(rows.order_by(rows.loaded_at.desc(), "source", "file")).to_dicts()


PAGE = Page("data", "/data", "trust", 1, data, roles=("analyst", "compliance"))
