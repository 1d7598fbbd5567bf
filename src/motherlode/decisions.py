"""What runs decided about people: each decision with what it rests on, its alternatives, and the rules that made it.

A decision that stays the same is not written twice: the entry holds until another one follows. Entries are facts of the
ledger, so they go with the person; the rules they were made by stay.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from motherlode.arrow.export import plain
from motherlode.ledger import Ledger
from motherlode.run import DECISIONS, Run
from motherlode.warehouse import Warehouse, quoted

AT_ONCE = 20_000
CANDIDATES = "opportunity.candidates"
CHAMPIONS = "predict.champions"
# What is decided; a new actual or value beside the same reason is no new decision.
DECIDED = ("play", "verdict", "reason", "cut_line")


def note(ledger: Ledger, warehouse: Warehouse, done: Run, rules: Mapping[str, Any], *, now: datetime) -> int:
    """Write down what a run decided about each person, where it is another decision than the last; gives how many."""
    if not warehouse.has(DECISIONS):
        return 0
    rules_hash = _register(ledger, warehouse, rules, now)
    shared = {"decided_at": now, "as_of": done.as_of, "rules_hash": rules_hash}
    noted = 0
    for batch in _changed(warehouse, ledger.last_decisions(), rules_hash):
        ledger.record("decisions", [{**shared, **row} for row in batch.to_pylist()])
        noted += batch.num_rows
    return noted


def told(ledger: Ledger, customer_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Every decision about these people, oldest first, with its facts, alternatives and rules."""
    rules = {row["rules_hash"]: row["rules"] for row in ledger.read("decision_rules")}
    return [_unpacked(row, rules) for row in ledger.about("decisions", customer_ids)]


def latest(ledger: Ledger, limit: int) -> list[dict[str, Any]]:
    """The last decisions about anybody, oldest first."""
    rules = {row["rules_hash"]: row["rules"] for row in ledger.read("decision_rules")}
    return [_unpacked(row, rules) for row in ledger.last("decisions", limit)]


def _unpacked(row: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: json.loads(row[name] or "null") for name in ("facts", "alternatives")}
    return {**row, **facts, "rules": rules.get(row["rules_hash"], {})}


def _register(ledger: Ledger, warehouse: Warehouse, rules: Mapping[str, Any], now: datetime) -> str:
    """Versions and settings by which a run decided, each once, under their hash."""
    champions = warehouse.arrow(_MODELS).to_pylist() if warehouse.has(CHAMPIONS) else []
    whole = plain({**rules, "models": {row["target"]: row for row in champions}})
    rules_hash = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    if rules_hash not in {row["rules_hash"] for row in ledger.read("decision_rules")}:
        ledger.record("decision_rules", [{"rules_hash": rules_hash, "first_used_at": now, "rules": whole}])
    return rules_hash


_MODELS = f"SELECT target, model, verdict FROM {quoted(CHAMPIONS)} ORDER BY target"  # noqa: S608


def _changed(warehouse: Warehouse, last: pa.Table, rules_hash: str) -> Iterator[pa.RecordBatch]:
    """Rows whose decision differs from the last one that was written down.

    Whom somebody was compared to is left out: entries about one person go with her, and must name no other.
    """
    digest = f"md5(concat_ws('|', {', '.join(DECIDED)}, '{rules_hash}'))"
    others = "NULL"
    if warehouse.has(CANDIDATES):
        others = f"""(SELECT CAST(to_json(list({{'play': other.play, 'value': other.value, 'cost': other.cost,
            'reason': other.reason, 'verdict': other.verdict}} ORDER BY other.play)) AS VARCHAR)
            FROM {quoted(CANDIDATES)} AS other
            WHERE other.customer_id = decided.customer_id AND other.play <> decided.play)"""  # noqa: S608
    sql = f"""SELECT customer_id, play, verdict, reason, {digest} AS digest,
                CAST(to_json(decided) AS VARCHAR) AS facts, {others} AS alternatives
              FROM (SELECT * EXCLUDE (peer_id) FROM {quoted(DECISIONS)}) AS decided
              WHERE NOT EXISTS (SELECT 1 FROM last WHERE last.customer_id = decided.customer_id
                                AND last.digest = {digest}) ORDER BY rank"""  # noqa: S608
    yield from warehouse.arrow_with(sql, last=last).to_batches(AT_ONCE)
