"""Chapter four: what is assumed, what was set aside, what is not known."""

from collections import Counter
from typing import Any

from motherlode.report.findings import Findings
from motherlode.report.view import Card, Chapter, Check, Grid, Voice
from motherlode.schemas import INPUTS
from motherlode.sentences import percent

# Settings that have a column of their own; the others are listed.
TOLD = ("lift", "lift_sd", "margin_share", "as_of")
MOST_REPAIRS = 30
SHARES = (
    "lift", "lift_sd", "margin_share", "redeem_share", "own_share", "trend_share", "most_share", "reported_loss_share",
    "decay_per_month",
)  # fmt: skip
MONEY = ("contact_cost", "cost_per_minute", "voucher")


def trust(found: Findings, voice: Voice) -> Chapter:
    cards = (
        _assumptions(found, voice),
        _accounting(found, voice),
        _unknown(found, voice),
        _ledger(found, voice),
        _quarantine(found, voice),
        _repairs(found, voice),
    )
    return Chapter("trust", voice.say("trust"), voice.say("trust_note"), cards)


def checks(found: Findings, voice: Voice) -> tuple[Check, ...]:
    """Whether rows add up, and what is known of season, costs, categories, consents, behaviour and contacts."""
    sums = {name: sum(row[name] for row in found.rows("accounting")) for name in ("came", "kept", "set_aside")}
    balanced = sums["came"] == sums["kept"] + sums["set_aside"]
    rows = {name: voice.count(value) for name, value in sums.items()}
    balance = Check(balanced, voice.say("check_balance" if balanced else "check_unbalanced", **rows))
    return (balance, *_knowledge(found, voice))


def _knowledge(found: Findings, voice: Voice) -> list[Check]:
    known, people, season = found.row("known"), found.figures(), found.row("season")
    anonymous = sum(row["anonymous"] for row in found.rows("accounting") if row["table"] == "orders")
    told = [_season(season, voice)]
    told.append(_either(found.row("reported")["by_margin"] > 0, "known_cost", "unknown_cost", voice))
    if known["lines"] and not known["with_category"]:
        told.append(Check(False, voice.say("unknown_category")))
    consents = {"known": voice.count(known["consents"]), "all": voice.count(people["customers"])}
    told.append(_either(known["consents"] > 0, "known_consent", "unknown_consent", voice, **consents))
    if not people["with_events"]:
        told.append(Check(False, voice.say("unknown_events")))
    told.append(
        _either(known["held_out"] > 0, "known_touches", "unknown_touches", voice, rows=voice.count(known["held_out"]))
    )
    if anonymous:
        told.append(Check(False, voice.say("check_anonymous", rows=voice.count(anonymous))))
    return told


def _season(season: dict[str, Any], voice: Voice) -> Check:
    index = f"{season.get('season_index', 1.0):.2f}"
    return _either(bool(season.get("season_known")), "known_season", "unknown_season", voice, index=index)


def _either(known: bool, yes: str, no: str, voice: Voice, /, **values: str) -> Check:
    return Check(known, voice.say(yes if known else no, **values))


def _unknown(found: Findings, voice: Voice) -> Card:
    gaps = tuple((check.words,) for check in _knowledge(found, voice) if not check.passed)
    grid = Grid((voice.say("finding"),), gaps)
    return Card(
        "unknown", voice.say("unknown_title"), voice.say("unknown_empty"), voice.say("unknown_note"), shown=grid
    )


def _assumptions(found: Findings, voice: Voice) -> Card:
    plan = found.rows("plan")
    rows = tuple(_assumption(play, values, plan, voice) for play, values in sorted(found.settings.items()))
    names = voice.columns("play", "setting", "assumed_lift")
    headers = (*names, voice.say("lift_interval"), voice.say("assumed_margin"), voice.say("other_settings"))
    title, empty, note = (voice.say(f"assumptions{part}") for part in ("_title", "_empty", "_note"))
    return Card("assumptions", title, empty, note, shown=Grid(headers, rows, numbers_from=9), wide=True)


def _assumption(play: str, values: Any, plan: list[dict[str, Any]], voice: Voice) -> tuple[str, ...]:
    mine = [row for row in plan if row["play"] == play]
    stake = sum(row["at_stake"] for row in mine)
    ends = [sum(row[name] for row in mine) / stake for name in ("value_low", "value_high")] if stake else []
    others = [
        f"{voice.word('setting', name)} {_said(name, values[name], voice)}" for name in values if name not in TOLD
    ]
    return (
        voice.word("play", play),
        f"tables.{play}",
        _said("lift", values.get("lift"), voice),
        " – ".join(map(percent, ends)) or "–",
        _said("margin_share", values.get("margin_share"), voice),
        " · ".join(others),
    )


def _said(name: str, value: Any, voice: Voice) -> str:
    if value is None:
        return "–"
    if name in SHARES:
        return percent(value)
    if name in MONEY:
        return voice.money(value)
    if name == "channel":
        return voice.word("channel", value)
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _accounting(found: Findings, voice: Voice) -> Card:
    rows = tuple(
        (
            row["source"],
            voice.word("table", row["table"]),
            *(voice.count(row[name]) for name in ("files", "came", "kept", "set_aside")),
            voice.count(row["came"] - row["kept"] - row["set_aside"]),
            voice.count(row["repaired"]),
            voice.count(row["anonymous"]) if _about_somebody(row["table"]) else "–",
        )
        for row in found.rows("accounting")
    )
    counts = (*voice.columns("came", "kept", "set_aside"), voice.say("difference"))
    headers = (*voice.columns("source", "table"), voice.say("files"), *counts, *voice.columns("repaired", "anonymous"))
    title, empty, note = (voice.say(f"accounting{part}") for part in ("_title", "_empty", "_note"))
    return Card("accounting", title, empty, note, shown=Grid(headers, rows, numbers_from=2), wide=True)


def _about_somebody(table: str) -> bool:
    """Whether a row of the table can name a customer."""
    return any(column.name == "customer_id" for column in INPUTS[table].columns)


def _quarantine(found: Findings, voice: Voice) -> Card:
    rows = tuple(
        (
            voice.word("problem", row["problem"]),
            voice.word("table", row["table"]) if row["table"] else "–",
            voice.count(row["rows"]),
            voice.money(row["worth"]),
        )
        for row in found.rows("quarantine")
    )
    headers = (*voice.columns("problem", "table", "rows"), voice.say("money"))
    title, empty, note = (voice.say(f"quarantine{part}") for part in ("_title", "_empty", "_note"))
    return Card("quarantine", title, empty, note, shown=Grid(headers, rows, numbers_from=2))


def _ledger(found: Findings, voice: Voice) -> Card:
    ledger = sorted(found.rows("cleaning_ledger"), key=lambda row: (-row["amount"], row["policy"]))
    rows = tuple(
        (voice.word("policy", row["policy"]), voice.count(row["rows"]), voice.money(row["amount"]))
        for row in ledger
        if row["rows"]
    )
    grid = Grid(voice.columns("cleaning_ledger.policy", "rows", "amount"), rows)
    title, empty, note = (voice.say(f"ledger{part}") for part in ("_title", "_empty", "_note"))
    return Card("ledger", title, empty, note, shown=grid)


def _repairs(found: Findings, voice: Voice) -> Card:
    """Repair notes are comma-separated: `amount` was read, `!age` was left empty, `phone:masked` says why it was."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in found.rows("repairs"):
        for note in filter(None, row["repairs"].split(",")):
            counted[row["table"], note] += row["rows"]
    rows = tuple(
        (voice.word("table", table), *_repair(note, voice), voice.count(number))
        for (table, note), number in counted.most_common(MOST_REPAIRS)
    )
    headers = (voice.word("column", "table"), voice.say("cells_of"), voice.say("what_was_done"))
    title, empty, words = (voice.say(f"repairs{part}") for part in ("_title", "_empty", "_note"))
    return Card(
        "repairs", title, empty, words, shown=Grid((*headers, voice.word("column", "rows")), rows, numbers_from=3)
    )


def _repair(note: str, voice: Voice) -> tuple[str, str]:
    column, _, problem = note.removeprefix("!").partition(":")
    done = "repair_left" if problem or note.startswith("!") else "repair_read"
    why = f" ({voice.word('problem', problem)})" if problem else ""
    return voice.word("column", column), voice.say(done) + why
