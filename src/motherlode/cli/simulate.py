"""Commands about worlds with known truth.

Nothing heavy is imported before a command needs it.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from motherlode.cli.session import Session, in_session

if TYPE_CHECKING:
    from motherlode.opportunity.simulator.scored import Score


def numbers(_: click.Context, parameter: click.Parameter, value: str) -> list[int]:
    """Whole numbers and ranges: `1-10`, `1,5,20-22`."""
    found: list[int] = []
    for part in value.split(","):
        first, _dash, last = part.strip().partition("-")
        if not first.isdigit() or (last and not last.isdigit()):
            raise click.BadParameter(f"{value!r} is not like 1-10 or 1,5,8.")
        found += range(int(first), int(last or first) + 1)
    if not found:
        raise click.BadParameter(f"{value!r} holds no number.")
    return found


def shares(_: click.Context, parameter: click.Parameter, value: str) -> list[float]:
    """Shares of all customers: `0.05,0.1`."""
    try:
        found = [float(part) for part in value.split(",")]
    except ValueError:
        raise click.BadParameter(f"{value!r} is not like 0.05,0.1,0.2.") from None
    if not all(0 < share <= 1 for share in found):
        raise click.BadParameter("Every depth lies above 0 and is at most 1.")
    return found


@click.command()
@click.option("--seeds", default="1-10", show_default=True, callback=numbers, help="Worlds: 1-10 or 1,5,8.")
@click.option(
    "--depths", default="0.05,0.1,0.2", show_default=True, callback=shares, help="Shares of customers contacted."
)
@click.option("--accounts", default=20_000, show_default=True, type=click.IntRange(min=100), help="Customers a world.")
@click.option(
    "--randomised", default=0.11, show_default=True, type=click.FloatRange(0, 1),
    help="Share of customers that each of three past campaigns drew by lot; 0: no experiments.",
)  # fmt: skip
@click.option(
    "--world", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A Python file with worlds."
)
@click.option("--format", "kind", type=click.Choice(["table", "json"]), default="table", help="How rows are written.")
@in_session
def simulate(
    session: Session, seeds: list[int], depths: list[float], accounts: int, randomised: float, file: Path | None,
    kind: str,
) -> None:  # fmt: skip
    """How much of the attainable profit each ranking finds, in worlds whose truth is known.

    \b
    motherlode simulate --seeds 1-3 --depths 0.05,0.1,0.2 --format json
    motherlode simulate --world my_world.py --seeds 1
    """
    import msgspec

    from motherlode import simulate as simulation

    drawn = simulation.of_file(file, randomised) if file else simulation.built_in(randomised)
    found: list[Score] = []
    for seed, scores in zip(seeds, simulation.simulated(seeds, depths, accounts, drawn), strict=True):
        found += scores
        session.tell("simulated", seed=seed, done=len(found) // max(len(scores), 1), of=len(seeds))
    if kind == "json":
        click.echo(json.dumps(msgspec.to_builtins(found), allow_nan=False))
    else:
        from motherlode.show.simulation import show

        show(found, session.language)
