"""Commands about totals that may leave the house, and what recipients have left of their privacy budgets.

Nothing heavy is imported before a command needs it.
"""

from typing import Any

import click

from motherlode.cli.session import Session, in_project, print_records, print_rows
from motherlode.machine import clock
from motherlode.machine.actor import actor


@click.command()
@click.option("--by", multiple=True, required=True, help="stage, value_tier or province; several make a cross table.")
@click.option("--sum", "summed", default="", help="Also a sum: spend_365d.")
@click.option("--clip", type=float, default=0.0, help="The most of the sum that one customer counts for.")
@click.option("--epsilon", type=float, required=True, help="How much of the recipient's budget it takes; 1 is common.")
@click.option("--recipient", required=True, help="Who gets it: budgets are by recipient and year.")
@click.option("--format", "kind", type=click.Choice(["table", "csv", "json"]), default="table", help="How it looks.")
@in_project
def release(session: Session, by: tuple[str, ...], kind: str, **asked: Any) -> None:
    """Totals that may leave the house: with noise that hides each person (differential privacy).

    \b
    motherlode govern release --by stage --epsilon 0.5 --recipient partner
    """
    from motherlode.privacy.release import Query
    from motherlode.privacy.release import release as released

    with session.open() as project:
        rows = released(project, Query(by=by, **asked), actor=actor(), now=clock.now())
    print_rows(session, rows, kind)


@click.command()
@in_project
def budget(session: Session) -> None:
    """What each recipient of totals has had of its privacy budget."""
    from motherlode.ledger.allowance import Allowance

    with session.open() as project:
        spent = Allowance(project.ledger, project.config.epsilon_a_year).all_spent()
        known = {(row["recipient"], row["year"]) for row in spent}
        most = project.config.epsilon_a_year
    rows = [
        {
            "recipient": recipient,
            "year": year,
            "spent": sum(row["epsilon"] for row in spent if (row["recipient"], row["year"]) == (recipient, year)),
            "allowance": most,
        }
        for recipient, year in sorted(known)
    ]
    print_records(session, rows, without="budget_unspent")
