"""The buying group: who else of a company is known, in which position, and how engaged each is."""

from typing import Any

import ibis.expr.types as ir

from motherlode.web.pages.filtering import link
from motherlode.web.pages.visit import Visit
from motherlode.web.pages.wording import shown
from motherlode.worklist.rules import with_traits

CUSTOMERS = "refine.customers"
# Position, and engagement by all that tells of it, of those that there are.
ENGAGED = (
    "job_title", "engagement_band", "events_13w", "last_active_on", "last_on", "deals_open", "deals_won", "score",
    "allowed",
)  # fmt: skip
MOST_SHOWN = 30


def contacts(visit: Visit, company: str | None) -> dict[str, Any] | None:
    """Everybody of a company, the most engaged first; `None` where it is one row alone."""
    if not company:
        return None
    sql = f"SELECT customer_id FROM {CUSTOMERS} WHERE company = $company ORDER BY customer_id"  # noqa: S608
    ids = [row["customer_id"] for row in visit.project.warehouse.rows(sql, {"company": company})]
    if len(ids) < 2:
        return None
    known = visit.traits()
    names = [name for name in ENGAGED if name in known]
    rows = with_traits(visit.project, ids, known, names)
    # A column in which nobody of them has anything says nothing.
    names = [name for name in names if any(row[name] is not None for row in rows)]
    rows.sort(key=lambda row: (-(row.get("events_13w") or 0), -(row.get("score") or 0.0), row["customer_id"]))
    return {
        "company": company,
        "total": len(ids),
        "columns": [
            (visit.voice.tell("contact") if name == "allowed" else visit.voice.word("column", name), known[name].kind)
            for name in names
        ],
        "rows": [
            (row["customer_id"], [(shown(name, row[name], visit.voice), known[name].kind) for name in names])
            for row in rows[:MOST_SHOWN]
        ],
        "everybody": link("/customers", company=company),
    }


def with_contacts(visit: Visit, rows: ir.Table) -> ir.Table:
    """Companies with `contacts`, how many rows there are of each; those without a name have none."""
    customers = visit.project.expression(CUSTOMERS)
    named = customers.filter(customers.company.notnull())
    counted = named.group_by("company").aggregate(contacts=named.count())
    return rows.left_join(counted, "company").drop("company_right")
