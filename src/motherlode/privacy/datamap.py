"""What the house does with people's data, read off what it is made of: tables, purposes, fields, laws, periods.

Records of processing, impact assessments and notices are written from it, so that none of them can forget a table.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from motherlode.access import class_of, classes_of
from motherlode.config import Config
from motherlode.govern.grounds import GROUNDS
from motherlode.govern.laws import DUTIES, Duty
from motherlode.graph.wiring import Graph
from motherlode.labels import Language, label, say
from motherlode.privacy import cases
from motherlode.project import Project
from motherlode.rights import expiry
from motherlode.schemas import INPUTS
from motherlode.tables import PURPOSES

LAWS = ("pipl", "gdpr", "ccpa", "other")
# Which names of articles are whose.
NAMES_OF_LAW = {"pipl": ("PIPL", "NDSR", "ARP", "AL", "IEM"), "gdpr": ("GDPR",), "ccpa": ("CCPA", "CCR")}
# Tables that decide something about a person by machine.
DECIDING = ("ranked", "scores", "outcome_scores", "lead_scores")


class Activity(msgspec.Struct, frozen=True):
    """What is done for one purpose.

    Attributes
    ----------
    tables
        Tables that read people's rows for it.
    bases
        Law -> legal basis.
    """

    purpose: str
    tables: tuple[str, ...]
    bases: dict[str, str]


def activities(graph: Graph) -> list[Activity]:
    """Every purpose that some table reads people for; a plugin's tables too."""
    tables = {name: sorted(p.address for p in graph.promises.values() if p.purpose == name) for name in PURPOSES}
    return [Activity(name, tuple(mine), _bases(name)) for name, mine in tables.items() if mine]


def fields(config: Config) -> dict[str, list[str]]:
    """Personal fields that the sources bring, by class; those the house holds without having asked are `unsorted`."""
    named = {
        column.name
        for source in config.sources.values()
        for column in INPUTS[source.table].columns
        if column.personal and column.name in source.columns
    }
    return {name: sorted(field for field in named if class_of(field) == name) for name in classes_of(sorted(named))}


def recipients(project: Project) -> list[str]:
    """Channels of frozen lists."""
    return sorted({row["channel"] for row in project.ledger.read("list_members")})


def files(project: Project) -> list[str]:
    """Names of files that left the stores; where they went, nobody outside needs to know."""
    return sorted({Path(row["path"]).name for row in project.ledger.read("exports")})


def record(project: Project, language: Language) -> str:
    """Records of processing activities (GDPR 30, PIPL 56)."""
    parts = [f"# {say('record_title', language, name=project.config.name)}", say("record_about", language)]
    parts += list(_activities(project, language))
    parts += [*_fields(project, language), *_periods(project, language)]
    parts += list(_recipients([*recipients(project), *files(project)], language))
    return "\n\n".join([*parts, f"## {say('measures', language)}", say("measures_text", language)]) + "\n"


def assessment(project: Project, language: Language) -> str:
    """An impact assessment (GDPR 35, PIPL 55-56) with what the house knows filled in, and questions for people."""
    promises = project.graph.promises
    deciding = [promises[name].address for name in DECIDING if name in promises]
    held = fields(project.config)
    facts = [
        (say("automated", language), ", ".join(f"`{name}`" for name in deciding)),
        (say("sensitive_held", language), ", ".join(held.get("sensitive", [])) or say("none_held", language)),
        (
            say("shared_with", language),
            ", ".join([*recipients(project), *files(project)]) or say("none_held", language),
        ),
        (say("people_held", language), f"{project.vault.count():,}"),
        (say("refusable", language), "`motherlode consent withdraw`, `motherlode rights object`"),
    ]
    questions = [f"- [ ] {say(f'question_{number}', language)}" for number in range(1, 7)]
    parts = [f"# {say('assessment_title', language, name=project.config.name)}", say("assessment_about", language)]
    parts += [_grid(("", ""), facts), *_activities(project, language)]
    return "\n\n".join([*parts, f"## {say('questions', language)}", "\n".join(questions)]) + "\n"


def notice(project: Project, language: Language) -> str:
    """What people are told (GDPR 13-14, PIPL 17): purposes, bases, fields, periods, recipients, and their rights."""
    parts = [f"# {say('notice_title', language, name=project.config.name)}", say("notice_about", language)]
    parts += list(_activities(project, language, with_tables=False))
    parts += [*_fields(project, language), *_periods(project, language)]
    parts += list(_recipients(recipients(project), language))
    return "\n\n".join([*parts, f"## {say('your_rights', language)}", say("your_rights_text", language)]) + "\n"


def publish(project: Project, kind: str, text: str, language: Language, actor: str, now: datetime) -> str:
    """Keep a notice or an assessment as it stood, once; gives its hash."""
    text_hash = hashlib.sha256(text.encode()).hexdigest()
    if text_hash not in {row["text_hash"] for row in project.ledger.read("documents")}:
        fact = {"kind": kind, "language": language, "text_hash": text_hash, "actor": actor, "made_at": now}
        project.ledger.record("documents", [{**fact, "text": text}])
        project.audit.note("document", fact, now=now)
    return text_hash


def duties_of(law: str) -> list[Duty]:
    """What a law asks of the house."""
    names = NAMES_OF_LAW[law]
    return [duty for duty in DUTIES if any(article.split()[0] in names for article in duty.articles)]


def figures(project: Project, since: date, until: date) -> dict[str, int]:
    """What was done within a time, counted from the ledger and the vault's log."""
    begin, end = datetime.combine(since, datetime.min.time()), datetime.combine(until, datetime.max.time())

    def within(name: str, moment: str) -> list[dict[str, Any]]:
        return [row for row in project.ledger.read(name) if begin <= row[moment] <= end]

    said = within("consents", "said_at")
    readings = [row for row in project.vault.accesses() if begin <= row["read_at"] <= end]
    known = [case for case in cases.cases(project.ledger) if begin <= case.opened_at <= end]
    return {
        "consents_given": sum(row["decision"] == "granted" for row in said),
        "consents_refused": sum(row["decision"] != "granted" for row in said),
        "requests_done": len(within("requests", "made_at")),
        "requests_late": sum(case.about == "request" and case.is_late(end) for case in known),
        "erasures": sum(row["kind"] == "erase" for row in within("requests", "made_at")),
        "readings": sum(row["outcome"] == "revealed" for row in readings),
        "readings_refused": sum(row["outcome"] not in ("revealed", "broke_glass") for row in readings),
        "glass_broken": sum(row["outcome"] == "broke_glass" for row in readings),
        "exports": len(within("exports", "made_at")),
        "decisions_noted": len(within("decisions", "decided_at")),
        "breaches": sum(case.about == "breach" for case in known),
    }


def report(project: Project, law: str, since: date, until: date, language: Language) -> str:
    """The compliance report of a law (PIPL 54): its duties with what serves them, and what the log says was done."""
    counted = [(label("figure", name, language), f"{n:,}") for name, n in figures(project, since, until).items()]
    duties = [
        (
            "; ".join(article for article in duty.articles if article.split()[0] in NAMES_OF_LAW[law]),
            label("duty", duty.name, language),
            ", ".join(f"`{name}`" for name in duty.served_by),
            "; ".join(label("waiting", name, language) for name in duty.waiting),
        )
        for duty in duties_of(law)
    ]
    whole = project.audit.verify()
    title = say("report_title", language, law=label("law", law, language), since=since, until=until)
    head = tuple(say(key, language) for key in ("article_head", "duty_head", "served_by_head", "waiting_head"))
    log = say(f"audit_{whole.outcome}", language, entry=whole.entry)
    return "\n\n".join([f"# {title}", log, _grid(("", ""), counted), _grid(head, duties)]) + "\n"


def _bases(purpose: str) -> dict[str, str]:
    return {
        ground.law: f"{ground.legal_basis} {ground.article}".strip() for ground in GROUNDS if ground.purpose == purpose
    }


def _activities(project: Project, language: Language, *, with_tables: bool = True) -> Iterator[str]:
    head = (say("purpose_head", language), *(label("law", law, language) for law in LAWS))
    rows = []
    for activity in activities(project.graph):
        bases = (activity.bases.get(law, "none").partition(" ") for law in LAWS)
        told = [f"{label('legal_basis', basis, language)} {article}".strip() for basis, _, article in bases]
        rows.append((label("purpose", activity.purpose, language), *told))
    yield f"## {say('purposes', language)}"
    yield _grid(head, rows)
    for activity in activities(project.graph) if with_tables else ():
        yield f"{label('purpose', activity.purpose, language)}: " + ", ".join(f"`{name}`" for name in activity.tables)


def _fields(project: Project, language: Language) -> Iterator[str]:
    rows = [
        (label("data", name, language), ", ".join(label("column", field, language) for field in held))
        for name, held in fields(project.config).items()
    ]
    yield f"## {say('fields_held', language)}"
    yield _grid(("", ""), rows) if rows else say("none_held", language)


def _periods(project: Project, language: Language) -> Iterator[str]:
    days = expiry.periods(project.config, project.graph)
    forever = say("for_ever", language)
    rows = [(label("data", name, language), f"{kept:,}" if kept else forever) for name, kept in days.items()]
    yield f"## {say('periods', language)}"
    yield _grid((say("data_head", language), say("days_head", language)), rows)


def _recipients(names: Sequence[str], language: Language) -> Iterator[str]:
    yield f"## {say('recipients', language)}"
    yield "\n".join(f"- {label('channel', name, language)}" for name in names) or say("none_held", language)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
