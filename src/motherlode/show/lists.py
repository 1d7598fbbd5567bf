"""What the command line shows of frozen lists and of what they brought."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from motherlode.labels import Language, label, say, value_label
from motherlode.sentences import money, percent
from motherlode.show.terminal import console

if TYPE_CHECKING:
    from motherlode.worklist.lists import Frozen

AMOUNTS = ("promised", "promised_low", "promised_high", "delivered", "delivered_low", "delivered_high", "cost")


def frozen(shown: "Frozen", currency: str, language: Language) -> None:
    """What a list promises, who was left out, and what to do when orders have come in."""
    told = {name: money(value, language, currency) for name, value in shown.promise.items()}
    treated, held_out = shown.treated.num_rows, shown.held_out
    lines = [say("list_frozen", language, name=shown.name, customers=treated, held_out=held_out, **told)]
    lines += [
        say("list_left_out", language, customers=customers, why=label("verdict", code, language))
        for code, customers in shown.left_out.items()
    ]
    lines.append(say("list_until_readout", language, name=shown.name))
    click.echo("\n".join(lines), err=True)


def readout(rows: Sequence[Mapping[str, Any]], currency: str, language: Language) -> None:
    """Promised against delivered: a sentence for the whole, a line a play."""
    whole, *plays = rows
    verdict = label("verdict", whole["verdict"], language)
    if whole["delivered"] is None:
        click.echo(say("readout_unknown", language, **{**whole, "name": whole["list"], "verdict": verdict}))
    else:
        amounts = {name: money(whole[name], language, currency) for name in AMOUNTS}
        facts = {name: whole[name] for name in ("frozen_on", "days", "held_out", "p_value")}
        told = {**facts, **amounts, "name": whole["list"], "verdict": verdict, "ratio": _ratio(whole["claim_ratio"])}
        told["net"] = money(whole["delivered"] - whole["cost"], language, currency)
        click.echo(say("readout_head", language, **told))
        click.echo(say("readout_verdict", language, **told))
    console().print(_by_play(plays, currency, language))
    click.echo(say("readout_next", language), err=True)


def kept(row: Mapping[str, Any] | None, language: Language) -> None:
    """Whether promises held, over all lists."""
    if row is not None:
        told = {**row, "ratio": _ratio(row["claim_ratio"]), "verdict": label("verdict", row["verdict"], language)}
        click.echo(say("readout_kept", language, **told))


def _by_play(plays: Sequence[Mapping[str, Any]], currency: str, language: Language) -> Table:
    names = ("play", "treated", "held_out", "promised", "delivered", "claim_ratio", "verdict")
    headers = [label("arm" if name == "treated" else "column", name, language) for name in names]
    headers += [say("lift_before", language), say("lift_after", language)]
    table = Table(*headers, header_style="bold")
    for row in plays:
        low, high = row["delivered_low"], row["delivered_high"]
        ends = "" if low is None else f" ({money(low, language, currency)}–{money(high, language, currency)})"
        table.add_row(
            str(value_label("play", row["play"], language)),
            f"{row['treated']:,}",
            f"{row['held_out']:,}",
            money(row["promised"], language, currency),
            "–" if row["delivered"] is None else money(row["delivered"], language, currency) + ends,
            _ratio(row["claim_ratio"]),
            label("verdict", row["verdict"], language),
            *("–" if row[name] is None else percent(row[name], 2) for name in ("lift_before", "lift_after")),
        )
    return table


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
