"""What people said and asked for, as the log has it: for a ledger that was lost with what it knew.

The log names people by blind tokens. Who is not in the stores is written down under her token, and under her own
numbers as soon as a load brings her.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from motherlode.govern.statements import NO
from motherlode.ledger.allowance import Allowance
from motherlode.ledger.layout import NAMES
from motherlode.people import lookup
from motherlode.rights import erasure
from motherlode.stores import Stores
from motherlode.vault.bulk import utc

# Entries that are facts of the ledger whole, and of which table.
WHOLE = {"right": "requests", "request": "steps", "breach": "steps", "export": "exports"}
LOOKED_AT = (*WHOLE, "consent", "link", "release")
# Under this and her token stands who is not known.
TOKEN = "token:"
CLAIMED = ("consents", "restrictions", "revoked_links")
# An entry of the log is written a moment after its fact.
_MOMENT = timedelta(seconds=2)

Entry = Mapping[str, Any]


def from_log(stores: Stores, epsilon_a_year: float) -> dict[str, int]:
    """Write down what the log knows and the ledger does not: each no, restriction, request and export; gives how many.

    A yes is not taken from it: who asks again does nobody wrong.
    """
    log = [{**entry, "at": utc(datetime.fromisoformat(entry["at"]))} for entry in stores.audit.about(LOOKED_AT)]
    ids = _by_token(stores) if log else {}
    done = {name: _whole(stores, name, log) for name in dict.fromkeys(WHOLE.values())}
    done["consents"] = _refusals(stores, log, ids)
    done["restrictions"] = _restrictions(stores, log, ids)
    done["revoked_links"] = _called_back(stores, log, ids)
    _budgets(stores, log, epsilon_a_year)
    return {name: count for name, count in done.items() if count}


def claim(stores: Stores) -> int:
    """Write down under their own numbers what is known of people by their tokens; gives the people that came."""
    waiting = {name: stores.ledger.beginning(name, TOKEN) for name in CLAIMED}
    tokens = {fact["customer_id"] for facts in waiting.values() for fact in facts}
    ids = _by_token(stores) if tokens else {}
    come = [token for token in sorted(tokens) if token.removeprefix(TOKEN) in ids]
    for name, facts in waiting.items():
        (number,) = NAMES[name].primary_key.columns.keys()
        told = [
            {**{key: value for key, value in fact.items() if key != number}, "customer_id": who}
            for fact in facts
            for who in ids.get(fact["customer_id"].removeprefix(TOKEN), ())
        ]
        stores.ledger.record(name, told)
    stores.ledger.forget(come)
    return len(come)


def _by_token(stores: Stores) -> dict[str, list[str]]:
    """Blind token -> all numbers of a person, of everybody in the stores."""
    everybody = erasure.everybody(stores)
    tokens = stores.vault.tokens("customer_id", pa.array(everybody, pa.string())).to_pylist()
    return dict(zip(tokens, ([who] for who in everybody), strict=True))


def _numbers(stores: Stores, entry: Entry, ids: Mapping[str, Sequence[str]]) -> list[str]:
    known = ids.get(entry["person"], ())
    return sorted({one for who in known for one in (who, *lookup.same_person(stores.warehouse, who))}) or [
        f"{TOKEN}{entry['person']}"
    ]


def _whole(stores: Stores, name: str, log: Iterable[Entry]) -> int:
    """Facts that stand in the log as they stood in the ledger."""
    table = NAMES[name]
    (number,) = table.primary_key.columns.keys()
    known = {_plain(fact, number) for fact in stores.ledger.read(name)}
    facts = [
        {column.name: _typed(column, entry[column.name]) for column in table.columns if column.name != number}
        for entry in log
        if WHOLE.get(entry["what"]) == name
    ]
    new = [fact for fact in facts if _plain(fact, number) not in known]
    stores.ledger.record(name, new)
    return len(new)


def _plain(fact: Entry, number: str) -> str:
    return json.dumps({key: value for key, value in fact.items() if key != number}, sort_keys=True, default=str)


def _typed(column: "sa.Column[Any]", value: Any) -> Any:
    if isinstance(column.type, sa.DateTime):
        return utc(datetime.fromisoformat(value))
    return date.fromisoformat(value) if isinstance(column.type, sa.Date) else value


def _refusals(stores: Stores, log: Iterable[Entry], ids: Mapping[str, Sequence[str]]) -> int:
    said = [entry for entry in log if entry["what"] == "consent"]
    last = {(entry["person"], entry["purpose"], entry["channel"]): entry for entry in said}
    new = []
    for entry in (entry for entry in last.values() if entry["decision"] in NO):
        about = {name: entry[name] for name in ("purpose", "channel", "decision", "given_by", "actor")}
        blank = dict.fromkeys(("evidence", "text_version", "text_language", "text_hash"), "")
        for who in _numbers(stores, entry, ids):
            known = [fact for fact in stores.ledger.about("consents", [who]) if _is_about(fact, entry)]
            if not any(_says_so(fact, entry["at"]) for fact in known):
                new.append({"customer_id": who, "said_at": entry["at"], **about, **blank})
    stores.ledger.record("consents", new)
    return len(new)


def _is_about(fact: Entry, entry: Entry) -> bool:
    return (fact["purpose"], fact["channel"]) == (entry["purpose"], entry["channel"])


def _says_so(fact: Entry, at: datetime) -> bool:
    """Whether a statement is the no of a moment, or was made later."""
    return bool(fact["said_at"] > at or (fact["decision"] in NO and fact["said_at"] >= at - _MOMENT))


def _restrictions(stores: Stores, log: Iterable[Entry], ids: Mapping[str, Sequence[str]]) -> int:
    asked = [entry for entry in log if entry["what"] == "right" and entry["kind"] in ("restrict", "lift")]
    new = []
    for entry in {entry["person"]: entry for entry in asked}.values():
        for who in _numbers(stores, entry, ids) if entry["kind"] == "restrict" else ():
            known = stores.ledger.about("restrictions", [who])
            if not known or not (known[-1]["restricted"] or known[-1]["changed_at"] > entry["at"]):
                fact = {"customer_id": who, "changed_at": entry["at"], "restricted": True, "actor": entry["actor"]}
                new.append(fact)
    stores.ledger.record("restrictions", new)
    return len(new)


def _called_back(stores: Stores, log: Iterable[Entry], ids: Mapping[str, Sequence[str]]) -> int:
    new = []
    for entry in (entry for entry in log if entry["what"] == "link" and entry.get("revoked")):
        for who in _numbers(stores, entry, ids):
            known = stores.ledger.about("revoked_links", [who])
            if all(fact["revoked_at"] < entry["at"] for fact in known):
                new.append({"customer_id": who, "revoked_at": entry["at"], "actor": entry["actor"]})
    stores.ledger.record("revoked_links", new)
    return len(new)


def _budgets(stores: Stores, log: Iterable[Entry], epsilon_a_year: float) -> None:
    spent = [
        {
            "recipient": entry["recipient"],
            "query": json.dumps({key: entry[key] for key in entry if key not in _OF_THE_LOG}, sort_keys=True),
            "actor": entry["actor"],
            "query_hash": entry["hash"],
            "year": entry["at"].year,
            "epsilon": entry["epsilon"],
            "reserved_at": entry["at"],
        }
        for entry in log
        if entry["what"] == "release"
    ]
    if spent:
        Allowance(stores.ledger, epsilon_a_year).note_spent(spent)


_OF_THE_LOG = ("entry", "at", "what", "actor")
