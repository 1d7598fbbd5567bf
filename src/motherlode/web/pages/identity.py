"""How identifiers became one person: which, by which rule, when and by which row; each link can be undone."""

from typing import Any

from starlette.responses import RedirectResponse, Response

from motherlode.charts import Tie, ties
from motherlode.errors import ContractError
from motherlode.report.view import Figure, figures
from motherlode.web.pages.filtering import link
from motherlode.web.pages.page import Also
from motherlode.web.pages.visit import Visit
from motherlode.web.users import Role

IDENTITIES, LINKS = "refine.identities", "refine.links"
MOST_ROWS, MOST_DRAWN = 60, 12
# Of a device or a token so much tells two apart.
TAIL = 4
Row = dict[str, Any]
Tied = tuple[str, str, str]


def identity(visit: Visit, who: str) -> dict[str, Any] | None:
    """The identifiers of a person; `None` where nothing was joined under her number."""
    if not (visit.has_rows(IDENTITIES) and visit.has_rows(LINKS)):
        return None
    rows = _rows(visit, who)
    links = _links(visit, [row["value"] for row in rows if row["kind"] == "customer"])
    undone = _undone(visit, links)
    if len(rows) < 2 and not links:
        return None
    return {
        "rows": [_told(visit, row, links) for row in rows],
        "figure": _figure(visit, who, rows, links),
        "undone": undone,
        "may_cut": visit.visitor.role in (*ROLES, "admin"),
    }


def cut(visit: Visit) -> Response:
    """Undo a link between two identifiers; they are apart with the next run."""
    form, who = visit.request.state.form, visit.request.path_params["customer_id"]
    one, kind, other = (str(form.get(name, "")) for name in ("one", "other_kind", "other"))
    mine = [row["value"] for row in _rows(visit, who) if row["kind"] == "customer"]
    if (one, kind, other) not in _links(visit, mine):
        raise ContractError(visit.voice.tell("no_link"), hint=visit.voice.tell("no_link_hint"))
    fact = {"customer_id": one, "other_kind": kind, "other": other, "actor": visit.visitor.name}
    visit.project.ledger.record("cuts", [{**fact, "made_at": visit.now}])
    # Nothing is ever taken out of the log: it is told enough of a device to know which.
    told = {**fact, "other": other if kind == "customer" else other[-TAIL:], "decision": "cut"}
    visit.project.audit.note("identity", told, now=visit.now)
    return RedirectResponse(link(f"/customers/{who}") + "#identity", 303)


def _rows(visit: Visit, who: str) -> list[Row]:
    sql = f"""SELECT * FROM {IDENTITIES} WHERE customer_id = $who
              ORDER BY kind <> 'customer', value <> customer_id, kind, linked_at, value LIMIT {MOST_ROWS}"""  # noqa: S608
    return visit.project.warehouse.rows(sql, {"who": who})


def _links(visit: Visit, numbers: list[str]) -> list[Tied]:
    """What any of the numbers was seen with."""
    sql = f"""SELECT customer_id, other_kind, other FROM {LINKS}
              WHERE customer_id IN (SELECT unnest($ids)) OR other IN (SELECT unnest($ids))
              ORDER BY ALL LIMIT {MOST_ROWS}"""  # noqa: S608
    return [tuple(row.values()) for row in visit.project.warehouse.rows(sql, {"ids": numbers})]


def _undone(visit: Visit, links: list[Tied]) -> set[Tied]:
    """Links that somebody undid since the tables were made."""
    if not links:
        return set()
    cuts = {(row["customer_id"], row["other_kind"], row["other"]) for row in visit.project.ledger.read("cuts")}
    return cuts & set(links)


def _tied(row: Row, links: list[Tied]) -> Tied | None:
    """The link that makes an identifier the person's, as it is undone."""
    if not row["through"]:
        return None
    pairs = ((row["value"], row["through_kind"], row["through"]), (row["through"], row["through_kind"], row["value"]))
    held = (row["through"], row["kind"], row["value"])
    return next((one for one in (*pairs, held) if one in links), None)


def _told(visit: Visit, row: Row, links: list[Tied]) -> Row:
    shown = _name(visit, row["kind"], row["value"])
    return {**row, "shown": shown, "why": _why(visit, row), "tied": _tied(row, links)}


def _name(visit: Visit, kind: str, value: str) -> str:
    """A number as it is; of a device the end, of an e-mail or a phone nothing but the end of its token."""
    return value if kind == "customer" else f"{visit.voice.tell(f'identifier_{kind}')} ····{value[-TAIL:]}"


def _why(visit: Visit, row: Row) -> str:
    """The rule by which it is hers."""
    if not row["through"]:
        return visit.voice.tell("joined_first" if row["value"] == row["customer_id"] else "joined_alone")
    if row["kind"] != "customer":
        return visit.voice.tell(f"joined_{row['kind']}", through=row["through"])
    by = "joined_by_somebody" if row["file"] == "ledger" else f"joined_by_{row['through_kind']}"
    return visit.voice.tell(by, through=row["through"])


def _figure(visit: Visit, who: str, rows: list[Row], links: list[Tied]) -> Figure | None:
    """Numbers on the left, what they were seen with on the right."""
    numbers = list(dict.fromkeys([who, *(row["value"] for row in rows if row["kind"] == "customer")]))
    others = list(dict.fromkeys((kind, other) for _, kind, other in links if kind != "customer"))
    if max(len(numbers), len(others)) > MOST_DRAWN:
        return None
    between = []
    for one, kind, other in links:
        words = f"{one} – {_name(visit, kind, other)}"
        if kind == "customer" and one in numbers and other in numbers:
            between.append(Tie(numbers.index(one), numbers.index(other), words, beside=True))
        elif kind != "customer" and one in numbers:
            between.append(Tie(numbers.index(one), others.index((kind, other)), words))
    named = [_name(visit, kind, other) for kind, other in others]
    title = visit.voice.tell("identity_title")
    drawn = figures(lambda width: ties(numbers, named, between, title, width=width))
    return next(iter(drawn), None)


ROLES: tuple[Role, ...] = ("analyst", "compliance")
ALSO = (Also("/customers/{customer_id:path}/cut", cut, method="POST", roles=ROLES),)
