"""Who may read which personal fields, for what and of whom: a table of rules, and no where it says nothing.

Deciding is pure, so that a page can ask what it may show before it asks for it; the vault asks again, and logs.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from motherlode.tables import PURPOSES

Show = Literal["clear", "masked"]
Scope = Literal["all", "own", "none"]

# What personal data may be read for: what the house does with people, answering them, mending rows, and looking into
# an incident.
READ_FOR = (*PURPOSES, "rights", "quality", "security")

# Rows of tables know people by number alone; the other classes are in the vault.
ROWS = "pseudonymous"
FIELD_CLASSES: Mapping[str, tuple[str, ...]] = {
    "identity": ("name", "first_name", "last_name", "receiver_name", "birthday"),
    "contact": ("phone", "email", "address", "receiver_phone"),
    "sensitive": ("id_card", "bank_card"),
    "free_text": ("remark",),
    # Lines that are no rows, and columns that nobody asked for and that look personal.
    "unsorted": (),
}
CLASSES = (ROWS, *FIELD_CLASSES)
EVERYTHING = "*"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a role may read for some purposes.

    Attributes
    ----------
    clear, masked
        Field classes that are shown as they are, or as their first and last places only.
    rows
        Of whom: `all`, `own` (customers whose `owner` is the reader) or `none`.
    people_an_hour
        How many people one reader may see in the clear or masked within an hour; 0 is no limit, for processes.
    break_glass
        Whether the role may read everything in an emergency, with a reason and an alarm.
    """

    role: str
    purposes: tuple[str, ...]
    clear: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    rows: Scope = "all"
    people_an_hour: int = 200
    break_glass: bool = False


class Reading(msgspec.Struct, frozen=True):
    """Who reads, and what for.

    Attributes
    ----------
    actor
        The person or process behind the role, by a name of the company's own.
    reason
        Why, in words; needed where glass is broken.
    own
        Customers that the actor is in charge of, where the rule shows only those.
    by_person
        Whether somebody reads, and no process: the roles of processes are none for people.
    """

    role: str
    purpose: str
    actor: str = ""
    reason: str = ""
    break_glass: bool = False
    own: frozenset[str] = frozenset()
    by_person: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """What a reading is shown.

    Attributes
    ----------
    refused
        "" or why nothing is shown: `unnamed` (no role or no purpose), `unknown_role`, `unknown_purpose`,
        `not_granted`, `no_reason` or `no_glass` (a reason or the right to break the glass is missing).
    shows
        Field class -> how; a class that is not here is not shown.
    denied
        The classes that stood in the way.
    """

    refused: str = ""
    shows: Mapping[str, Show] = {}
    rows: Scope = "none"
    people_an_hour: int = 0
    denied: tuple[str, ...] = ()


# People; a company writes its own in `[[access]]`, which takes the place of all rules of the role.
HOUSE_RULES = (
    Rule("service", ("service",), (ROWS, "identity", "contact", "free_text"), ("sensitive",)),
    Rule("sales", ("service", "marketing"), (ROWS, "identity", "contact"), rows="own"),
    Rule("marketer", ("marketing", "profiling", "analytics"), (ROWS,), ("identity", "contact")),
    Rule("analyst", ("analytics", "profiling"), (ROWS,)),
    Rule("engineer", ("quality",), (ROWS, "unsorted"), ("identity", "contact")),
    Rule("compliance", ("rights",), CLASSES, break_glass=True),
    Rule("compliance", ("security",), (ROWS,), tuple(FIELD_CLASSES), break_glass=True),
)
# Processes of the house, which no person is given: answering requests, mending lines, telling people apart, sending.
PROCESS_RULES = (
    Rule("identity", ("quality",), ("identity", "contact"), people_an_hour=0),
    Rule("rights", ("rights",), CLASSES, people_an_hour=0),
    Rule("quarantine", ("quality",), ("unsorted",), people_an_hour=0),
    Rule("channel", ("service", "marketing"), ("identity", "contact"), people_an_hour=0),
)
PROCESSES = frozenset(rule.role for rule in PROCESS_RULES)


def rules_of(own: Iterable[Rule] = ()) -> tuple[Rule, ...]:
    """The rules of a house: its own in place of ours for each role that it names, and those of the processes."""
    named = {rule.role for rule in own}
    return (*(rule for rule in HOUSE_RULES if rule.role not in named), *own, *PROCESS_RULES)


def class_of(field: str) -> str:
    """The class of a field of the vault; what nobody knows is `unsorted`, which few may read."""
    return next((name for name, fields in FIELD_CLASSES.items() if field in fields), "unsorted")


def classes_of(fields: Iterable[str]) -> tuple[str, ...]:
    """The classes of fields, or all for `*`."""
    named = tuple(fields)
    return tuple(FIELD_CLASSES) if EVERYTHING in named else tuple(dict.fromkeys(map(class_of, named)))


def decide(rules: Sequence[Rule], reading: Reading, classes: Sequence[str] = ()) -> Verdict:
    """What a reading is shown; refused whole where it may not see one of the `classes` that it asks for."""
    role, purpose = reading.role.strip(), reading.purpose.strip()
    mine = [rule for rule in rules if rule.role == role and not (reading.by_person and role in PROCESSES)]
    if not (role and purpose):
        return Verdict("unnamed", denied=tuple(classes))
    if not mine or purpose not in READ_FOR:
        return Verdict("unknown_purpose" if mine else "unknown_role", denied=tuple(classes))
    if reading.break_glass:
        return _through_glass(mine, reading, classes)
    rule = next((rule for rule in mine if purpose in rule.purposes), Rule(role, ()))
    shows: dict[str, Show] = {**dict.fromkeys(rule.masked, "masked"), **dict.fromkeys(rule.clear, "clear")}
    denied = tuple(name for name in classes if name not in shows)
    if denied or not shows or rule.rows == "none":
        return Verdict("not_granted", denied=denied)
    return Verdict("", shows, rule.rows, rule.people_an_hour)


def _through_glass(mine: Sequence[Rule], reading: Reading, classes: Sequence[str]) -> Verdict:
    if not any(rule.break_glass for rule in mine):
        return Verdict("no_glass", denied=tuple(classes))
    if not reading.reason.strip():
        return Verdict("no_reason", denied=tuple(classes))
    return Verdict("", dict.fromkeys(CLASSES, "clear"), "all", 0)


def goes_too_fast(verdict: Verdict, seen: int, more: int) -> bool:
    """Whether a reader who saw so many people within the hour may not see so many more."""
    return verdict.people_an_hour > 0 and seen + more > verdict.people_an_hour


def shown_of(verdict: Verdict, customer_ids: Sequence[str], own: frozenset[str]) -> list[str]:
    """Whom of those asked for a reader is shown."""
    if verdict.rows == "own":
        return [who for who in customer_ids if who in own]
    return list(customer_ids) if verdict.rows == "all" else []
