"""Tracking plans of sources: versions in the ledger, the latest of which counts."""

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from motherlode.collect.plans import RULES, Action, Plan, learn
from motherlode.errors import ContractError
from motherlode.ledger import Ledger
from motherlode.live.records import decode
from motherlode.live.rows import Read, read_record
from motherlode.live.segments import Position, read
from motherlode.vault.log_seal import LogSeal

# So many of the latest events are looked at.
LOOKED_AT = 200_000


class Ruled(msgspec.Struct, frozen=True):
    """A plan, and what happens to events that break each of its rules."""

    plan: Plan
    rules: Mapping[str, Action]


def current(ledger: Ledger) -> dict[str, Ruled]:
    """The plan of each source that has one."""
    latest = {fact["source"]: fact["plan"] for fact in ledger.read("tracking_plans")}
    return {source: msgspec.convert(said, Ruled) for source, said in latest.items()}


def learnt(folder: Path, seal: LogSeal, source: str) -> Plan:
    """What the events of a source in the log were like.

    Raises
    ------
    ContractError
        It sent nothing yet.
    """
    said = Read()
    for found in islice(read(folder, Position()), LOOKED_AT):
        record = decode(found.payload, seal)
        if record.source == source:
            read_record(record, "", said)
            del said.told[:-LOOKED_AT]
    if not said.told:
        raise ContractError(f"source `{source}` has sent nothing yet", hint="motherlode table collect.received")
    return learn(one.call for one in said.told)


def put(ledger: Ledger, source: str, ruled: Ruled, *, actor: str, now: datetime) -> int:
    """Add a version of a plan; gives its number, from 1."""
    unknown = set(ruled.rules) - set(RULES)
    if unknown:
        raise ContractError(f"there is no rule `{min(unknown)}`", hint=f"rules are {', '.join(RULES)}")
    version: int = 1 + sum(fact["source"] == source for fact in ledger.read("tracking_plans"))
    fact: dict[str, Any] = {"made_at": now, "source": source, "version": version, "actor": actor}
    ledger.record("tracking_plans", [{**fact, "plan": msgspec.to_builtins(ruled)}])
    return version
