"""Which numbers and devices are one person: explain a link, cut it, and judge who is likely the same.

Nothing heavy is imported before a command needs it.
"""

import click

from motherlode.cli.session import Session, in_project
from motherlode.machine import clock
from motherlode.machine.actor import actor


@click.group()
def identity() -> None:
    """Which numbers, devices, e-mails and phones are one person, and why.

    \b
    motherlode identity explain u-1
    motherlode identity cut u-1 device 3a82f395
    """


@identity.command()
@click.argument("who")
@in_project
def explain(session: Session, who: str) -> None:
    """Every identifier of the person whom WHO names, each with the row that links it.

    \b
    motherlode identity explain u-1
    """
    sql = """SELECT DISTINCT ids.* FROM refine.identities AS asked JOIN refine.identities AS ids
             ON ids.customer_id = asked.customer_id OR (ids.kind = asked.kind AND ids.value = asked.value)
             WHERE asked.value = $who ORDER BY ids.kind, ids.value"""
    with session.open(to_read=True) as project:
        for row in project.warehouse.arrow(sql, {"who": who}).to_pylist():
            because = f"{row['through_kind']} {row['through']}, {row['file']} {row['row']}" if row["through"] else ""
            click.echo("\t".join([row["kind"], row["value"], row["customer_id"] or row["verdict"], because]))


@identity.command()
@click.argument("customer")
@click.argument("other_kind", type=click.Choice(["device", "customer", "email", "phone"]))
@click.argument("other")
@in_project
def cut(session: Session, customer: str, other_kind: str, other: str) -> None:
    """Undo the link between CUSTOMER and another identifier; what it joined is apart with the next run, as it was.

    \b
    motherlode identity cut u-1 device 3a82f395
    """
    with session.open() as project:
        fact = {"customer_id": customer, "other_kind": other_kind, "other": other, "made_at": clock.now()}
        project.ledger.record("cuts", [{**fact, "actor": actor()}])
    session.tell("link_cut", customer=customer, other=other)


@identity.command()
@in_project
def look(session: Session) -> None:
    """Find customers who are likely one person by name, phone, e-mail, birthday and address; sure ones are joined.

    \b
    motherlode identity look
    """
    from motherlode.people import likeness

    with session.open() as project:
        found = likeness.look(project.stores, actor=actor(), now=clock.now())
    joined = sum(pair.decision == "same" for pair in found)
    session.tell("looked_alike", joined=joined, waiting=len(found) - joined)


@identity.command()
@in_project
def review(session: Session) -> None:
    """Pairs that may be one person and wait for somebody to decide, the likeliest first.

    \b
    motherlode identity review
    """
    from motherlode.people import likeness

    with session.open(to_read=True) as project:
        for pair in likeness.pairs(project.stores):
            if pair.decision == "open":
                click.echo(f"{pair.customer_id}\t{pair.other}\t{pair.bits:+.1f}")


@identity.command()
@click.argument("one")
@click.argument("two")
@click.argument("decision", type=click.Choice(["same", "different", "later", "open"]))
@in_project
def decide(session: Session, one: str, two: str, decision: str) -> None:
    """Say whether ONE and TWO are the same person; it counts with the next run, and can be said anew.

    \b
    motherlode identity decide 10023 20417 same
    """
    from motherlode.people import likeness

    with session.open() as project:
        likeness.decide(project.stores, one, two, decision, actor=actor(), now=clock.now())
    session.tell("decided", one=one, two=two)
