"""Chapter three: whom to act on, why, and how far down the list it pays."""

from collections import Counter
from typing import Any

import msgspec

from motherlode.charts import Bars, CutLine, ProfitPoint, ProfitWords, profit_curve, stacked_bars
from motherlode.charts.svg import Show
from motherlode.report.discover import STAGES
from motherlode.report.findings import Findings
from motherlode.report.view import Card, Chapter, Figure, Grid, Voice, figures
from motherlode.sentences import action, winners_sentence

LINES = ("roi_peak", "budget", "hurdle", "profit_peak")


class Opportunity(msgspec.Struct, frozen=True):
    """One line of the list, in words."""

    rank: str
    customer: str
    stage: str
    tier: str
    play: str
    reasons: tuple[str, ...]
    peer: str
    peer_says: str
    value: str
    interval: str
    chance: str
    cost: str
    net: str
    evidence: str


def act(found: Findings, voice: Voice) -> Chapter:
    listed = (curve(found, voice), _plan(found, voice), _corners(found, voice), _delivered(found, voice))
    cards = (*listed, rankings(found, voice), weights(found, voice))
    return Chapter("act", voice.say("act"), voice.say("act_note"), cards)


def claim(found: Findings, voice: Voice) -> tuple[str, ...]:
    """What the list should bring, in sentences; the first of them is the claim, always marked as an assumption."""
    row = found.row("claim")
    if not row or not row["customers"]:
        return (voice.say("claim_none"),)
    promise = voice.say(
        "claim",
        customers=voice.customers(row["customers"]),
        value=voice.money(row["value"]),
        low=voice.money(row["value_low"]),
        high=voice.money(row["value_high"]),
        cost=voice.money(row["cost"]),
        net=voice.money(row["net"]),
    )
    return promise, voice.say(
        "claim_novel", novel=voice.count(row["novel_customers"]), share=voice.share(row["novelty"])
    )


def ranked_by(found: Findings) -> str:
    """The ranking that makes the list."""
    return next((str(row["policy"]) for row in found.rows("ranking") if row["used"]), "engine")


def opportunities(found: Findings, voice: Voice) -> tuple[Opportunity, ...]:
    return tuple(opportunity(row, voice) for row in found.rows("ranked"))


def opportunity(row: dict[str, Any], voice: Voice) -> Opportunity:
    """A row of `opportunity.ranked`, with the `peer_value` of the benchmark, in words."""
    reasons = [voice.reason(row["reason"], row["actual"], row["benchmark"])]
    if row["second_reason"]:
        reasons.append(voice.reason(row["second_reason"], row["second_actual"], row["second_benchmark"]))
    return Opportunity(
        rank=str(row["rank"]),
        customer=row["customer_id"],
        stage=voice.word("stage", row["stage"]),
        tier=voice.word("tier", row["value_tier"]),
        play=action(row, voice.language),
        reasons=tuple(reasons),
        peer=row["peer_id"] or voice.say("peer_none"),
        peer_says=_peer_says(row, voice),
        value=voice.money(row["value"]),
        interval=voice.between(row["value_low"], row["value_high"]),
        chance=voice.say("chance", p=voice.round_share(row["p_positive"])),
        cost=voice.money(row["cost"]),
        net=voice.money(row["net"]),
        evidence=f"{row['evidence_level']} {voice.word('evidence_level', row['evidence_level'])}",
    )


def _peer_says(row: dict[str, Any], voice: Voice) -> str:
    """What the peer is worth, where that is known, and in which order winners did what the customer did not."""
    known = row["peer_id"] and row["peer_value"] is not None
    worth = voice.say("peer_value", value=voice.money(row["peer_value"])) if known else ""
    return " · ".join(filter(None, (worth, winners_sentence(row, voice.language))))


def curve(found: Findings, voice: Voice) -> Card:
    """How far down the list it pays, with the lines at which it can end."""
    rows = sorted(found.rows("curve"), key=lambda row: row["customers"])
    points = [ProfitPoint(r["customers"], r["cost"], r["value"], r["value_low"], r["value_high"]) for r in rows]
    lines = [CutLine(voice.word("cut_line", row["line"]), row["customers"]) for row in found.rows("cut_lines")]
    title = voice.say("curve_title")
    words = ProfitWords(title, voice.say("curve_net"), voice.say("curve_cost"), voice.say("curve_bottom"))
    drawn = figures(lambda width: profit_curve(points, lines, voice.money, voice.short, words, width=width))
    # A table of two hundred points is not read: every tenth, and the last.
    told = [row for place, row in enumerate(rows) if place % 10 == 9 or place == len(rows) - 1]
    table = tuple(
        (
            voice.count(row["customers"]),
            voice.money(row["cost"]),
            voice.money(row["value"]),
            voice.between(row["value_low"], row["value_high"]),
            voice.money(row["net"]),
            "–" if row["marginal_roi"] is None else f"{row['marginal_roi']:.2f}",
        )
        for row in told
    )
    names = voice.columns("customers", "cost")
    headers = (*names, voice.say("expected_value"), voice.say("interval"), *voice.columns("net", "marginal_roi"))
    data = Grid(headers, table, numbers_from=0)
    return Card(
        "curve",
        title,
        voice.say("curve_empty"),
        voice.say("curve_note"),
        drawn,
        shown=_cut_lines(found, voice),
        data=data,
    )


def _cut_lines(found: Findings, voice: Voice) -> Grid:
    rows = {row["line"]: row for row in found.rows("cut_lines")}
    table = tuple(
        (
            voice.word("cut_line", line),
            voice.count(rows[line]["customers"]),
            *(voice.money(rows[line][name]) for name in ("cost", "value", "net")),
            "–" if rows[line]["roi"] is None else f"{rows[line]['roi']:.1f}",
        )
        for line in LINES
        if line in rows and rows[line]["customers"]
    )
    return Grid(voice.columns("line", "customers", "cost", "value", "net", "roi"), table)


def _plan(found: Findings, voice: Voice) -> Card:
    rows = found.rows("plan")
    drawn = _plan_figures(rows, "customers", voice.short, voice) + _plan_figures(rows, "value", voice.money, voice)
    headers = (*voice.columns("play", "stage", "customers", "cost"), voice.say("expected_value"), voice.say("interval"))
    told = tuple(
        _plan_row(row, voice) for row in sorted(rows, key=lambda row: (-row["value"], row["play"], row["stage"]))
    )
    data = Grid((*headers, voice.word("column", "net")), told, numbers_from=2)
    return Card("plan", voice.say("plan_title"), voice.say("plan_empty"), voice.say("plan_note"), drawn, data=data)


def _plan_figures(rows: list[dict[str, Any]], measure: str, show: Show, voice: Voice) -> tuple[Figure, ...]:
    """A bar a play, the most valuable first, in parts by stage."""
    value: Counter[str] = Counter()
    for row in rows:
        value[row["play"]] += row["value"]
    plays = [play for play, _ in value.most_common()]
    stages = [stage for stage in STAGES if any(row["stage"] == stage for row in rows)]
    cells = {(row["play"], row["stage"]): row[measure] for row in rows}
    bars = Bars(
        [voice.word("play", play) for play in plays],
        [voice.word("stage", stage) for stage in stages],
        [[cells.get((play, stage), 0) for stage in stages] for play in plays],
        "hue",
    )
    title = voice.say(f"plan_{measure}")
    return figures(lambda width: stacked_bars(bars, show, title=title, width=width), caption=title)


def _plan_row(row: dict[str, Any], voice: Voice) -> tuple[str, ...]:
    return (
        voice.word("play", row["play"]),
        voice.word("stage", row["stage"]),
        voice.count(row["customers"]),
        voice.money(row["cost"]),
        voice.money(row["value"]),
        voice.between(row["value_low"], row["value_high"]),
        voice.money(row["net"]),
    )


def _corners(found: Findings, voice: Voice) -> Card:
    """Value against risk: what each corner holds, and which plays it gets."""
    rows = sorted(found.rows("corners"), key=lambda row: (row["corner"], -row["value"]))
    table = tuple(
        (
            voice.word("corner", row["corner"]),
            voice.word("play", row["play"]) if row["play"] else voice.say("leave_alone"),
            voice.count(row["customers"]),
            *(voice.money(row[name]) for name in ("value", "value_at_risk", "net")),
        )
        for row in rows
    )
    grid = Grid(voice.columns("corner", "play", "customers", "value", "value_at_risk", "net"), table, numbers_from=2)
    title, empty, note = (voice.say(f"corners{part}") for part in ("_title", "_empty", "_note"))
    return Card("corners", title, empty, note, shown=grid)


def _delivered(found: Findings, voice: Voice) -> Card:
    """Promised against delivered, a line a frozen list."""
    rows = [row for row in found.rows("readings") if not row["play"]]
    table = tuple(
        (
            row["list"],
            row["frozen_on"].isoformat(),
            voice.count(row["treated"]),
            voice.count(row["held_out"]),
            voice.money(row["promised"]),
            "–" if row["delivered"] is None else voice.money(row["delivered"]),
            "–" if row["delivered"] is None else voice.between(row["delivered_low"], row["delivered_high"]),
            voice.word("verdict", row["verdict"]),
        )
        for row in sorted(rows, key=lambda row: (row["frozen_on"], row["list"]))
    )
    names = voice.columns("list", "frozen_on", "treated", "held_out", "promised", "delivered")
    grid = Grid((*names, voice.say("interval_95"), voice.word("column", "verdict")), table, numbers_from=2)
    title, empty, note = (voice.say(f"delivered{part}") for part in ("_title", "_empty", "_note"))
    return Card("delivered", title, empty, note, shown=grid, wide=True)


def rankings(found: Findings, voice: Voice) -> Card:
    """The rankings that ran in shadow, by how far each was ahead of the engine, and which one makes the list."""
    rows = found.rows("ranking") if len(found.rows("ranking")) > 1 else []
    table = tuple(
        (
            voice.word("policy", row["policy"]),
            *(_lead(row, where, voice) for where in ("ahead_on_lots", "ahead_on_lists")),
            voice.word("verdict", row["verdict"]),
        )
        for row in sorted(rows, key=lambda row: not row["used"])
    )
    grid = Grid(voice.columns("policy", "ahead_on_lots", "ahead_on_lists", "verdict"), table)
    title, empty, note = (voice.say(f"rankings{part}") for part in ("_title", "_empty", "_note"))
    return Card("rankings", title, empty, note, shown=grid)


def _lead(row: dict[str, Any], where: str, voice: Voice) -> str:
    if row[where] is None or row["policy"] == "engine":
        return "–"
    return voice.say("lead_on_engine", lead=f"{row[where]:+.2f}", low=f"{row[f'{where}_low']:+.2f}")


def weights(found: Findings, voice: Voice) -> Card:
    """Weights that were believed before, what outcomes made of them, and which are in force."""
    experts = [
        (voice.say("weight_of_experts"), row, row["pool_weight"])
        for row in found.rows("expert_weights")
        if row["learnt_from"] == "together"
    ]
    behaviour = [
        (voice.say("weight_of_behaviour", stage=voice.word("stage", row["stage"])), row, row["blend_weight"])
        for row in found.rows("blend_weights")
        if row["target"] == "buys_90d"
    ]
    table = tuple(
        (
            name,
            f"{row['prior_weight']:.2f}",
            f"{row['learnt_weight']:.2f} ({row['weight_low']:.2f}–{row['weight_high']:.2f})",
            f"{voice.count(row['cases'])} / {voice.count(row['needed'])}",
            f"{in_force:.2f}",
        )
        for name, row, in_force in (*experts, *behaviour)
    )
    names = voice.columns("prior_weight", "learnt_weight", "cases", "pool_weight")
    title, empty, note = (voice.say(f"weights{part}") for part in ("_title", "_empty", "_note"))
    return Card("weights", title, empty, note, shown=Grid((title, *names), table))
