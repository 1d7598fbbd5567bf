"""Why did the system do that: the log of what was read, decided and done, which no one can change unseen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.responses import Response

from motherlode.arrow.export import plain
from motherlode.web.pages.files import as_file
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit

SHOWN, LOOKED_AT = 100, 5_000
HEAD = ("entry", "at", "what", "actor")


def decisions(visit: Visit) -> Mapping[str, Any]:
    """The last entries, of one kind where one is asked for, and whether the chain is whole."""
    what = visit.query.get("what", "")
    entries = list(reversed(visit.project.audit.entries(LOOKED_AT)))
    kinds = sorted({entry["what"] for entry in entries})
    shown = [entry for entry in entries if not what or entry["what"] == what][:SHOWN]
    return {
        "entries": [_entry(entry, visit) for entry in shown],
        "kinds": kinds,
        "what": what,
        "finding": visit.project.audit.verify() if visit.query.get("verify") else None,
        "last": entries[0]["entry"] if entries else 0,
    }


def _entry(entry: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    at = visit.voice.clock(datetime.fromisoformat(str(entry["at"])), "%Y-%m-%d %H:%M:%S")
    rest = {name: _short(value) for name, value in entry.items() if name not in HEAD}
    return {"entry": entry["entry"], "at": at, "what": entry["what"],
            "actor": entry.get("actor", ""), "rest": rest}  # fmt: skip


def _short(value: Any) -> str:
    said = str(plain(value))
    return said if len(said) <= 160 else f"{said[:160]}…"


def export(visit: Visit) -> Response:
    """The last entries as a file."""
    import pyarrow as pa

    told = [_entry(entry, visit) for entry in visit.project.audit.entries(LOOKED_AT)]
    rows = [{**entry, "rest": str(entry["rest"])} for entry in told]
    return as_file(visit, pa.Table.from_pylist(rows), "decisions", visit.request.path_params["kind"])


PAGE = Page(
    "decisions",
    "/decisions",
    "trust",
    5,
    decisions,
    roles=("compliance", "analyst"),
    stored=True,
    also=(Also("/decisions/log.{kind}", export),),
)
