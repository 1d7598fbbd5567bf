"""Every table of the house as a page and as a file: JSON, CSV, Excel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.responses import Response

from motherlode.arrow.export import plain
from motherlode.arrow.kinds import is_number
from motherlode.arrow.rows import Rows
from motherlode.errors import Refused
from motherlode.labels import table_says
from motherlode.tables import ROOMS
from motherlode.web.pages.files import MOST_ROWS, as_file
from motherlode.web.pages.filtering import PAGE_ROWS
from motherlode.web.pages.opportunities import filtered, ranked
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit

RANKED = "opportunity.ranked"


def tables(visit: Visit) -> Mapping[str, Any]:
    """Every table, with what it says."""
    promises = [promise for promise in visit.project.graph.promises.values() if promise.makes_a_table]
    rooms: dict[str, list[tuple[str, str]]] = {}
    for promise in promises:
        if visit.has_rows(promise.address) and may_read(visit, promise.address):
            says = table_says(promise.name, promise.says, visit.voice.language)
            rooms.setdefault(promise.room, []).append((promise.name, says))
    return {"rooms": {room: rooms[room] for room in ROOMS if room in rooms}}


def table(visit: Visit) -> Mapping[str, Any]:
    """The first rows of one table."""
    address = _address(visit)
    found = _first(visit, address)
    name = address.partition(".")[2]
    promise = visit.project.graph.promises.get(name)
    return {
        "table": address,
        "says": table_says(name, promise.says, visit.voice.language) if promise else "",
        "columns": found.columns,
        "numbers": [field.name for field in found.arrow.schema if is_number(field.type)],
        "rows": [{name: _cell(value) for name, value in row.items()} for row in found.to_dicts()],
    }


def _first(visit: Visit, address: str) -> Rows:
    """The first rows of a table: of a list those that come first in it."""
    rows, promise = visit.project.expression(address), visit.project.graph.promises.get(address.partition(".")[2])
    if promise is None or "rank" not in rows.columns:
        return visit.project.table(address, PAGE_ROWS)
    return visit.project.query(rows.order_by("rank", *promise.key).limit(PAGE_ROWS))


def _cell(value: Any) -> Any:
    # A moment stays one: the house's clocks say it.
    return value if isinstance(value, datetime) else plain(value)


def file(visit: Visit) -> Response:
    """One table as a file."""
    address = _address(visit)
    return as_file(visit, _rows(visit, address), address, visit.request.path_params["kind"])


def may_read(visit: Visit, address: str) -> bool:
    """Rows as they came are for those who answer for data; compliance also reads what is about people's rights."""
    room = address.partition(".")[0]
    by_role = {
        "analyst": ("refine", "profile", "predict", "opportunity", "measure", "govern"),
        "marketer": ("profile", "predict", "opportunity", "measure", "activate"),
        "sales": ("profile", "predict", "opportunity"),
        "compliance": ("refine", "govern", "profile", "predict", "opportunity"),
    }
    return visit.visitor.role == "admin" or room in by_role[visit.visitor.role]


def _address(visit: Visit) -> str:
    given = visit.request.path_params
    address = visit.project.address(f"{given['room']}.{given['name']}")
    if not may_read(visit, address) or (address.startswith("collect.") and visit.visitor.role != "admin"):
        raise Refused(visit.voice.tell("not_for_role", role=visit.voice.tell(visit.visitor.role)), hint="")
    return address


def _rows(visit: Visit, address: str) -> Any:
    """All rows, or those of the list that the address asks for."""
    if address == RANKED and visit.query:
        budget = visit.query.get("budget")
        with ranked(visit, float(budget) if budget else None) as rows:
            return visit.project.query(filtered(visit, rows).order_by("rank").limit(MOST_ROWS)).arrow
    return visit.project.table(address, MOST_ROWS).arrow


PAGE = Page(
    "tables",
    "/tables",
    "trust",
    9,
    tables,
    needs=("refine.accounting",),
    also=(
        Also("/tables/{room}/{name}.{kind}", file),
        Also("/tables/{room}/{name}", table, "table.html"),
    ),
)
