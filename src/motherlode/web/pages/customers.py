"""Find anyone: a list of customers that is filtered, ordered and paged by the tables, and can become a segment."""

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
from starlette.responses import RedirectResponse, Response

from motherlode.access import Reading
from motherlode.errors import ContractError
from motherlode.labels import SECTION_OF_COLUMN
from motherlode.people import lookup
from motherlode.web.pages.customer import ALSO, address_of, purpose_for, reads_as, traits_of
from motherlode.web.pages.files import MOST_ROWS, as_file
from motherlode.web.pages.filtering import PAGE_ROWS, Listing, address, listing
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.roll import in_order, lent, roll
from motherlode.web.pages.visit import Visit
from motherlode.web.pages.wording import shown, spoken
from motherlode.worklist.rules import Trait, people, with_traits, write

# Columns of the list, of those that there are.
SHOWN = ("stage", "value", "value_tier", "segment", "orders_365d", "idle_days", "leaves_90d", "buys_90d", "play")
# What can be filtered without opening the builder.
QUICK = ("stage", "value_tier", "segment", "play", "country", "city", "level", "main_channel", "industry")
MOST_CHOICES = 40
# Wider lists are read as a file.
MOST_COLUMNS = 20
ORDERS = ("-value", "-leaves_90d", "-buys_90d", "-orders_365d", "-idle_days", "idle_days", "rank")


def customers(visit: Visit) -> "Mapping[str, Any] | Response":
    """A page of the list, how many there are in all, and what they bring."""
    asked = visit.query.get("q", "").strip()
    if asked:
        return _found(visit, asked)
    known = visit.traits()
    wanted = listing(visit.query, known, "-value" if "value" in known else "customer_id")
    names, everybody = _columns(visit, known), lent(visit)
    # What is on the roll already costs nothing to read along.
    free = [name for name in names if everybody is not None and name in everybody.columns]
    also = dict.fromkeys([*_also(wanted, known), *free])
    rows = people(visit.project, wanted.rule, known, *also, everybody=everybody)
    sums = visit.keep(("sums", write(wanted.rule)), lambda: _sums(visit, rows))
    return {
        "columns": [known[name] for name in names],
        "rows": _with_the_rest(visit, _rows(visit, rows, wanted, names), names, free),
        "every_column": visit.keep(("columns", visit.voice.language), lambda: _every_column(visit, known)),
        "sums": sums,
        "listing": wanted,
        "pages": -(-sums["customers"] // PAGE_ROWS),
        "told": spoken(wanted.rule, known, visit.voice) if wanted.rule.parts else "",
        "choices": choices(visit, known, QUICK),
        "orders": [name for name in ORDERS if name.removeprefix("-") in known],
        "rule": write(wanted.rule),
        "chosen": dict(visit.query.items()),
        "at": lambda **changed: address("/customers", visit.query, **changed),
        "file": lambda kind: address(f"/customers.{kind}", visit.query),
        "seen": {},
        "asked": "",
        "nobody": "",
    }


def file(visit: Visit) -> Response:
    """Everybody whom the address asks for, with the columns of the list; it is written down who took it."""
    known = visit.traits()
    wanted = listing(visit.query, known, "-value" if "value" in known else "customer_id")
    names = _columns(visit, known)
    rows = people(visit.project, wanted.rule, known, *dict.fromkeys([*names, *_also(wanted, known)]))
    order = rows[wanted.order]
    placed = rows.order_by(order.desc(nulls_first=False) if wanted.descending else order.asc(), "customer_id")
    found = visit.project.query(placed.select("customer_id", *names).limit(MOST_ROWS)).arrow
    return as_file(visit, found, "customers", visit.request.path_params["kind"])


def _found(visit: Visit, asked: str) -> "Mapping[str, Any] | Response":
    """The one whom a number, an e-mail or a phone names; else those whom the end of a phone or a name finds."""
    try:
        named, why = [lookup.find(visit.project.stores, asked).customer_id], ""
    except ContractError as error:
        named, why = [], error.message
    seen = _by_person(visit, asked)
    # Four digits may be somebody's number and the end of somebody else's phone.
    ids = list(dict.fromkeys([*named, *seen])) or _beginning(visit, asked)
    if len(ids) == 1:
        return RedirectResponse(address_of(ids[0]), 303)
    known = visit.traits()
    names = [name for name in SHOWN if name in known]
    return {
        "columns": [known[name] for name in names],
        "rows": _of(visit, ids[:PAGE_ROWS], names),
        "seen": seen,
        "asked": asked,
        "nobody": "" if ids else why,
        # The end of a phone or a name stands in it.
        "stored": False,
    }


def _by_person(visit: Visit, asked: str) -> dict[str, str]:
    """Whom the end of a phone or a whole name finds, with what of it the visitor may see; logged as a reading."""
    field, ids = lookup.alike(visit.project.stores, asked)
    purpose = purpose_for(visit, field)
    if not ids or not purpose:
        return {}
    reading = Reading(reads_as(visit), purpose, actor=visit.visitor.name, reason=f"search by {field}")
    rows = visit.project.reveal(ids[:PAGE_ROWS], [field], reading).to_dicts()
    return {row["customer_id"]: row[field] or "" for row in rows}


def _beginning(visit: Visit, asked: str) -> list[str]:
    rows = visit.project.expression("refine.customers")
    alike = rows.filter(rows.customer_id.lower().contains(asked.lower()))
    if "company" in rows.columns:
        alike = rows.filter(
            rows.customer_id.lower().contains(asked.lower())
            | rows.company.lower().contains(asked.lower()).fill_null(False)
        )
    found: list[str] = visit.project.query(alike.select("customer_id").order_by("customer_id").limit(PAGE_ROWS))[
        "customer_id"
    ]
    return found


def _columns(visit: Visit, known: Mapping[str, Trait]) -> list[str]:
    """The columns that the address asks for, else those that most want to see."""
    asked = [name for name in dict.fromkeys(visit.query.getlist("column")) if name in known]
    return asked[:MOST_COLUMNS] or [name for name in SHOWN if name in known]


def _every_column(visit: Visit, known: Mapping[str, Trait]) -> list[tuple[str, str]]:
    """What can be a column of the list, by its words."""
    named = [(name, visit.voice.word("target" if trait.target else "column", name)) for name, trait in known.items()]
    return sorted(named, key=lambda pair: pair[1])


def _with_the_rest(visit: Visit, rows: list[dict[str, Any]], names: list[str], read: list[str]) -> list[dict[str, Any]]:
    """The rows of a page with the columns that are not on the roll."""
    rest = [name for name in names if name not in read]
    if not rest or not rows:
        return rows
    found = with_traits(visit.project, [row["customer_id"] for row in rows], visit.traits(), rest)
    more = {row["customer_id"]: row for row in found}
    return [{**dict.fromkeys(rest), **more.get(row["customer_id"], {}), **row} for row in rows]


def compare(visit: Visit) -> Mapping[str, Any]:
    """Two customers side by side, what sets them apart first."""
    both = list(dict.fromkeys(visit.query.getlist("who")))[:2]
    known, voice = visit.traits(), visit.voice
    one, other = (traits_of(visit, who) for who in both) if len(both) == 2 else ({}, {})
    named = [name for name in known if not {one.get(name), other.get(name)} <= {None, ""}]
    words = {name: voice.word("target" if known[name].target else "column", name) for name in named}
    apart = [name for name in named if one[name] != other[name]]
    return {
        "both": both,
        "apart": [(words[name], *(shown(name, row[name], voice) for row in (one, other))) for name in apart],
        "alike": [(words[name], shown(name, one[name], voice)) for name in named if name not in apart],
    }


def _also(wanted: Listing, known: Mapping[str, Trait]) -> list[str]:
    return list(dict.fromkeys(name for name in (wanted.order, "value") if name in known))


def _sums(visit: Visit, rows: ir.Table) -> dict[str, Any]:
    measured = {"customers": rows.count()}
    if "value" in rows.columns:
        measured["value"] = rows.value.sum().fill_null(0.0)
    return {"value": None, **visit.project.query(rows.aggregate(**measured)).to_dicts()[0]}


def _rows(visit: Visit, rows: ir.Table, wanted: Listing, names: list[str]) -> list[dict[str, Any]]:
    """The rows of a page; those of the list of everybody are looked up in an order that is kept."""
    whole = roll(visit)
    if not wanted.rule.parts and whole is not None and wanted.order in whole.column_names:
        order = in_order(visit, whole, wanted.order, descending=wanted.descending)
        found: list[dict[str, Any]] = whole.take(order.slice(wanted.offset, PAGE_ROWS)).to_pylist()
        return found
    first = rows[wanted.order].desc(nulls_first=False) if wanted.descending else rows[wanted.order].asc()
    shown = rows.order_by(first, "customer_id").limit(PAGE_ROWS, offset=wanted.offset)
    if whole is not None:
        return visit.project.query(shown).to_dicts()
    ids: list[str] = visit.project.query(shown.select("customer_id"))["customer_id"]
    return with_traits(visit.project, ids, visit.traits(), names)


def _of(visit: Visit, ids: list[str], names: list[str]) -> list[dict[str, Any]]:
    """What a list shows of some customers."""
    whole = roll(visit)
    if whole is None:
        return with_traits(visit.project, ids, visit.traits(), names)
    sql = "SELECT * FROM everybody SEMI JOIN wanted USING (customer_id)"
    found = visit.project.warehouse.arrow_with(sql, everybody=whole, wanted=pa.table({"customer_id": ids}))
    rows = {row["customer_id"]: row for row in found.to_pylist()}
    return [rows[who] for who in ids if who in rows]


def choices(visit: Visit, known: Mapping[str, Trait], names: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """For each trait that has few values, these with their words, asked for once a run."""
    return {
        name: some
        for name in names
        if name in known and known[name].kind == "text"
        if (some := _values(visit, known[name]))
    }


def _values(visit: Visit, trait: Trait) -> list[tuple[str, str]]:
    def look() -> list[str]:
        rows = visit.project.expression(trait.address)
        counted = rows.group_by(trait.column).aggregate(n=rows.count()).filter(lambda found: found[trait.column] != "")
        most = counted.order_by(counted.n.desc(), trait.column).limit(MOST_CHOICES + 1)
        return [str(value) for value in visit.project.query(most)[trait.column] if value is not None]

    values = visit.keep(("values", trait.name), look)
    section = SECTION_OF_COLUMN.get(trait.name, "")
    few = values if len(values) <= MOST_CHOICES else []
    return [(value, visit.voice.word(section, value)) for value in few]


PAGE = Page(
    "customers",
    "/customers",
    "discover",
    3,
    customers,
    needs=("refine.customers",),
    also=(Also("/customers.{kind}", file), Also("/compare", compare, "compare.html", stored=True), *ALSO),
    stored=True,
)
