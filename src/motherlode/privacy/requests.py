"""What people may ask for by right: access, copies, correction, restriction, objection, erasure.

Each request is written down with its deadline, how the identity was checked, and the receipt of what was done; it names
the person by a blind token alone, so that it can outlive an erasure.
"""

import json
import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pyarrow as pa

from motherlode import decisions
from motherlode.access import Reading
from motherlode.arrow.export import plain
from motherlode.collect import personal
from motherlode.collect.detection import hide_shapes
from motherlode.errors import ContractError, did_you_mean
from motherlode.govern.grounds import GROUNDS
from motherlode.loading import corrections, loaded_as, unread
from motherlode.masking import HIDDEN
from motherlode.people import consents, holdings, lookup
from motherlode.people.consents import Statement
from motherlode.people.holdings import OTHERS, Holding, Whose
from motherlode.people.lookup import Person
from motherlode.project import Project
from motherlode.rights import erasure, rectified, restrictions
from motherlode.schemas import IDENTIFYING, INPUTS
from motherlode.stores import Stores
from motherlode.warehouse import quoted

# Days to answer within: 1798.130(a)(2) says 45 days; PIPL 50 says in time, of which GB/T 35273-2020 8.7 makes 30 days.
# GDPR 12(3) says a month, which is no number of days.
DAYS = {"pipl": 30, "ccpa": 45, "other": 30}


# Why what a person asked for is read.
ANSWERING = "answer an access request"
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Request(msgspec.Struct, frozen=True):
    """Who asks, as far as it was checked, and who answers.

    Attributes
    ----------
    identity
        How it was checked that the person is the one who asks; numbers and addresses in it are hidden, as the record
        of a request outlives the person.
    """

    identity: str
    actor: str
    now: datetime

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "identity", hide_shapes(self.identity))


def access(project: Project, who: str, request: Request) -> dict[str, Any]:
    """Everything that the house holds of a person: fields in clear, rows of every table, proofs, requests."""
    person = lookup.find(project.stores, who)
    answer = _everything(project, person, request)
    _write_down(
        project, person, "access", request, {"rows": {name: len(rows) for name, rows in answer["rows"].items()}}
    )
    return answer


def portable(project: Project, who: str, request: Request) -> dict[str, Any]:
    """What a person gave, in a form that another house can read: fields and loaded rows, nothing made of them."""
    person = lookup.find(project.stores, who)
    whole = _everything(project, person, request)
    given = {name: rows for name, rows in whole["rows"].items() if name.startswith("loaded.")}
    _write_down(project, person, "export", request, {"rows": _sizes(given)})
    return {"fields": whole["fields"], "rows": given, "lines": whole["lines"]}


def as_rows(answer: Mapping[str, Any]) -> pa.Table:
    """An answer as rows that a spreadsheet opens: where a value stands, in which row, under which name."""
    rows = [
        {"place": place, "row": number, "field": name, "value": _cell(value)}
        for place, records in _places(answer)
        for number, record in enumerate(records, start=1)
        for name, value in (record.items() if isinstance(record, Mapping) else [("", record)])
    ]
    kinds = {"place": pa.string(), "row": pa.int64(), "field": pa.string(), "value": pa.string()}
    return pa.Table.from_pylist(rows, schema=pa.schema(kinds))


def _cell(value: Any) -> str | None:
    simple = plain(value)
    return simple if simple is None or isinstance(simple, str) else json.dumps(simple, ensure_ascii=False)


def _places(answer: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Any]]]:
    for name, part in answer.items():
        if name == "rows":
            yield from part.items()
        elif isinstance(part, Mapping):
            yield from ((f"{name}.{who}", [fields]) for who, fields in part.items())
        else:
            yield name, part if isinstance(part, list) else [part]


def rectify(project: Project, who: str, changes: Mapping[str, str], request: Request) -> int:
    """Put right what is wrong about a person: personal fields in the vault, other fields in the customer file's rows.

    A field that was put right stays so when an old file comes again. Gives the fields and rows changed.
    """
    person = lookup.find(project.stores, who)
    columns = {column.name: column for column in INPUTS["customers"].columns}
    for name in changes:
        if name not in columns or name == "customer_id":
            raise ContractError(f"customers have no field `{name}`", hint=did_you_mean(name, columns))
        if not columns[name].personal and not unread.can_be_read(project.warehouse, columns[name], changes[name]):
            raise ContractError(f"this is no {name}: unreadable", hint="look at the value again")
    named = {name: _spelled(name, value, request.now) for name, value in changes.items() if columns[name].personal}
    plain = {name: value for name, value in changes.items() if name not in named}
    # By the old values, as orders without a number are known by nothing else.
    known = holdings.whose(project.stores, [person])
    held = [one for one in person.customer_ids if project.vault.has(one)] or [person.customer_id]
    done = sum(project.vault.rectify(one, named, now=request.now) for one in held) if named else 0
    _put_tokens(project, known, named)
    rectified.keep(project.stores)
    if plain:
        rows = [{**place, **plain} for place in _customer_rows(project, person)]
        done += corrections.correct(project.config, project.stores, "customers", rows, now=request.now)
    _write_down(project, person, "rectify", request, {"fields": sorted(changes), "changed": done})
    return done


def restrict(project: Project, who: str, request: Request, *, lift: bool = False) -> int:
    """Only store the data of a person from now on, or `lift` that: her rows leave every table that is made.

    Gives the rows that left the tables; when it is lifted they come back with the next run.
    """
    person = lookup.find(project.stores, who)
    facts = [
        {"customer_id": one, "changed_at": request.now, "restricted": not lift, "actor": request.actor}
        for one in person.customer_ids
    ]
    project.ledger.record("restrictions", facts)
    restrictions.withhold(project.config, project.stores)
    gone = 0 if lift else erasure.take_from_tables(project.stores, project.graph, [person])
    _write_down(project, person, "lift" if lift else "restrict", request, {"rows": gone})
    return gone


def object_to(project: Project, who: str, purpose: str, request: Request) -> Person:
    """Object to a purpose; objecting to marketing is objecting to being profiled for it."""
    person = project.say(who, Statement(purpose, "objected", evidence=request.identity, actor=request.actor))
    _write_down(project, person, "object", request, {"purpose": purpose})
    return person


def erase(
    project: Project, asked: Sequence[str], request: Request, agree: Callable[[dict[str, int]], bool]
) -> erasure.Erased | None:
    """Forget people in every store, after `agree` saw the rows of every table; `None` where it did not agree."""
    persons = [lookup.find(project.stores, who) for who in asked]
    if not agree(erasure.preview(project.stores, project.graph, persons, actor=request.actor, now=request.now)):
        return None
    tokens = [token_of(project, person) for person in persons]
    laws = [law_of(project, person) for person in persons]
    erased = erasure.erase(project.config, project.stores, project.graph, persons, actor=request.actor, now=request.now)
    receipt = msgspec.to_builtins(erased)
    facts = [_fact(token, law, "erase", request, receipt) for token, law in zip(tokens, laws, strict=True)]
    project.ledger.record("requests", facts)
    project.audit.note("right", *facts, now=request.now)
    return erased


def due_on(law: str, made_on: date) -> date:
    """The last day to answer a request by."""
    return months_after(made_on, 1) if law == "gdpr" else made_on + timedelta(days=DAYS[law])


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has no such day (Regulation 1182/71, 3(2)(c))."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _everything(project: Project, person: Person, request: Request) -> dict[str, Any]:
    stores, ids = project.stores, person.customer_ids
    known = holdings.whose(stores, [person])
    here = [*holdings.made(stores.warehouse, project.graph), *holdings.loaded(stores.warehouse)]
    rows = {held.address: _as_they_came(stores, held, known, request).to_pylist() for held in here}
    lines = holdings.broken_lines(stores, [person], actor=request.actor, reason=ANSWERING, now=request.now)
    law = law_of(project, person)
    return {
        "customer_ids": list(ids),
        "law": law,
        "fields": stores.vault.reveal_all(ids, _reading(request), now=request.now),
        "rows": {address: _without_others(some, ids) for address, some in sorted(rows.items()) if some},
        "lines": [{**dict(zip(holdings.ADDRESS, place, strict=True)), "text": text} for place, text in lines.items()],
        "consents": consents.proofs(stores, ids, _reading(request), now=request.now),
        "restrictions": stores.ledger.about("restrictions", ids),
        "revoked_links": stores.ledger.about("revoked_links", ids),
        "decisions": decisions.told(stores.ledger, ids),
        "lists": stores.ledger.about("list_members", ids),
        "judgements": stores.ledger.about("judgements", ids),
        "follow_ups": stores.ledger.about("follow_ups", ids),
        "requests": stores.ledger.requests(token_of(project, person)),
        "purposes": [msgspec.to_builtins(ground) for ground in GROUNDS if ground.law == law],
        "sources": holdings.sources([row for some in rows.values() for row in some]),
        "recipients": [],
    }


def _without_others(rows: list[dict[str, Any]], ids: Sequence[str]) -> list[dict[str, Any]]:
    """Rows with the numbers of other people hidden: that there is a peer is hers to know, and not who (GDPR 15(4))."""
    return [
        {name: HIDDEN if name in OTHERS and cell and cell not in ids else cell for name, cell in row.items()}
        for row in rows
    ]


def _as_they_came(stores: Stores, held: Holding, known: Whose, request: Request) -> pa.Table:
    """Rows of a holding, with what stood in cells of loaded ones that could not be read."""
    rows = holdings.rows(stores.warehouse, held, known)
    if not held.address.startswith("loaded.") or not {"file", "row"} <= set(rows.schema.names):
        return rows
    told = {"actor": request.actor, "reason": ANSWERING, "source": loaded_as.source_of(held.address)}
    return unread.in_clear(stores.vault, rows, now=request.now, **told)


def _reading(request: Request) -> Reading:
    return Reading("rights", "rights", request.actor, ANSWERING)


def _spelled(name: str, value: str, now: datetime) -> str:
    """A personal value in its one spelling; the error does not repeat it."""
    is_day = _ISO_DAY.fullmatch(value.strip()) and personal.birth_year(value, as_of=now.date()).value
    if name == "birthday" and value.strip() and not is_day:
        raise ContractError("this is no birthday", hint="write it as 1990-05-17")
    if name not in personal.SPELLINGS:
        return value.strip()
    normal = personal.SPELLINGS[name](value)
    if normal.value is None:
        raise ContractError(f"this is no {name}: {normal.problem or 'empty'}", hint="look at the value again")
    return normal.value


def _sizes(rows: Mapping[str, Sequence[Any]]) -> dict[str, int]:
    return {name: len(some) for name, some in rows.items()}


def _customer_files(project: Project) -> list[holdings.Holding]:
    """Loaded tables of sources of customers."""
    sources = [name for name, source in project.config.sources.items() if source.table == "customers"]
    return [held for held in holdings.loaded(project.warehouse) if held.address.removeprefix("loaded.") in sources]


def _customer_rows(project: Project, person: Person) -> list[dict[str, Any]]:
    known = holdings.whose(project.stores, [person])
    return [
        {"source": held.address.removeprefix("loaded."), **place}
        for held in _customer_files(project)
        for place in holdings.rows(project.warehouse, held, known, 'file, "row"').to_pylist()
    ]


def _put_tokens(project: Project, known: holdings.Whose, fields: Mapping[str, str]) -> None:
    """What rows know of corrected values: in every row of the customer files, and in orders known by the old ones."""
    mine = {held.address for held in _customer_files(project)}
    said: dict[str, Any] = {
        f"{name}_key": project.vault.token(name, fields[name]) for name in {*fields} & {*IDENTIFYING}
    }
    if fields.get("birthday"):
        said["birth_year"] = fields["birthday"][:4]
    for held in holdings.loaded(project.warehouse):
        columns = project.warehouse.columns(held.address)
        for name in [name for name in said if name in columns]:
            also = "" if held.address in mine else f' AND "{name}" IS NOT NULL'
            sql = f"""UPDATE {quoted(held.address)} SET "{name}" = '{said[name]}' WHERE ({held.where}){also}"""  # noqa: S608
            project.warehouse.execute_with(sql, ids=known.ids, tokens=known.tokens)


def _write_down(project: Project, person: Person, kind: str, request: Request, receipt: Mapping[str, Any]) -> None:
    fact = _fact(token_of(project, person), law_of(project, person), kind, request, receipt)
    project.ledger.record("requests", [fact])
    project.audit.note("right", fact, now=request.now)


def _fact(token: str, law: str, kind: str, request: Request, receipt: Mapping[str, Any]) -> dict[str, Any]:
    due = due_on(law, request.now.date())
    asked = {"made_at": request.now, "identity": request.identity, "actor": request.actor}
    return {"person": token, "kind": kind, "law": law, "due_on": due, "receipt": dict(receipt), **asked}


def token_of(project: Project, person: Person) -> str:
    """The blind token that outlives a person."""
    return project.vault.token("customer_id", person.customer_id)


def law_of(project: Project, person: Person) -> str:
    """The law of a person's home, as `govern.residence` has it."""
    sql = "SELECT law FROM govern.residence WHERE customer_id = $who"
    known = project.warehouse.has("govern.residence")
    law = project.warehouse.value(sql, {"who": person.customer_id}) if known else None
    return law or "other"
