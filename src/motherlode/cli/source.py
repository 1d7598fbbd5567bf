"""`motherlode source`, `key` and `rebuild`: who sends, who asks, and what came over HTTP again.

Nothing heavy is imported before a command needs it.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from motherlode.cli.session import Session, in_project
from motherlode.machine import clock
from motherlode.machine.actor import actor


@click.group()
def source() -> None:
    """Who may send events over HTTP, each with a write key.

    \b
    motherlode source add web
    motherlode source list
    """


@source.command()
@click.argument("name")
@click.option("--key", default="", help="Its write key, where an SDK has one already [a new one is made].")
@click.option("--events-per-second", type=click.IntRange(min=0), default=0, help="On average; 0 is as [serve] says.")
@in_project
def add(session: Session, name: str, key: str, events_per_second: int) -> None:
    """Let NAME send events; the write key is printed now, and kept as a hash only.

    \b
    motherlode source add web --project my-shop
    motherlode source add web --key WK_from_the_old_tool
    """
    from motherlode.live import senders

    with session.open(to_read=True) as project:
        settings = senders.Settings(events_per_second=events_per_second)
        made = senders.add(project.ledger, name, key, settings, actor=actor(), now=clock.now())
    session.tell("source_added", name=name)
    click.echo(made)


@source.command("list")
@in_project
def list_(session: Session) -> None:
    """Sources that may send, and since when.

    \b
    motherlode source list
    """
    from motherlode.live import senders

    with session.open(to_read=True) as project:
        for sender in sorted(senders.by_hash(project.ledger).values(), key=lambda one: (one.source, one.added_at)):
            click.echo(f"{sender.source}\t{sender.added_at:%Y-%m-%d %H:%M}\t{sender.key_hash[:8]}…")


@source.command()
@click.argument("name")
@in_project
def remove(session: Session, name: str) -> None:
    """Take the keys of NAME back; what it sent stays.

    \b
    motherlode source remove old-app
    """
    from motherlode.live import senders

    with session.open(to_read=True) as project:
        senders.remove(project.ledger, name, actor=actor(), now=clock.now())
    session.tell("source_removed", name=name)


@source.command()
@click.argument("name")
@click.option("--mode", type=click.Choice(["warn", "quarantine", "block"]), default="warn", show_default=True)
@in_project
def learn(session: Session, name: str, mode: str) -> None:
    """Make a tracking plan of what NAME sent so far, and say what happens to events that break it.

    \b
    motherlode source learn web --mode warn
    """
    from motherlode.collect.plans import RULES, Action
    from motherlode.live import consumer, planning

    with session.open(to_read=True) as project:
        plan = planning.learnt(consumer.log_folder(project.config), project.vault.log_seal, name)
        ruled = planning.Ruled(plan, {rule: cast(Action, mode) for rule in RULES})
        version = planning.put(project.ledger, name, ruled, actor=actor(), now=clock.now())
    session.tell("plan_learnt", name=name, version=version, events=len(plan.events))


@source.command()
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@in_project
def plan(session: Session, name: str, file: Path | None) -> None:
    """Print the tracking plan of NAME as JSON, or put the one in FILE in its place, as a new version.

    \b
    motherlode source plan web > plan.json
    motherlode source plan web plan.json
    """
    import msgspec

    from motherlode.errors import ContractError
    from motherlode.live import planning

    with session.open(to_read=True) as project:
        if file is None:
            known = planning.current(project.ledger)
            if name not in known:
                raise ContractError(f"source `{name}` has no plan", hint=f"motherlode source learn {name}")
            click.echo(msgspec.json.format(msgspec.json.encode(known[name])).decode())
            return
        try:
            ruled = msgspec.json.decode(file.read_bytes(), type=planning.Ruled)
        except msgspec.DecodeError as error:
            raise ContractError(f"{file} is no plan: {error}", hint="print one with motherlode source plan") from error
        version = planning.put(project.ledger, name, ruled, actor=actor(), now=clock.now())
    session.tell("plan_put", name=name, version=version)


@source.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A .jsonl file.")
@click.option("--source", "name", default="", help="Only events of this source.")
@in_project
def quarantined(session: Session, output: Path, name: str) -> None:
    """Write events that are set aside to a file, a line each, in which their `event` can be mended.

    \b
    motherlode source quarantined -o aside.jsonl
    """
    import msgspec

    from motherlode.live import repairs

    with session.open() as project:
        lines = [msgspec.json.encode(one) for one in repairs.waiting(project.config, project.stores, name)]
    output.touch(mode=0o600)
    output.write_bytes(b"".join(line + b"\n" for line in lines))
    session.tell("events_written", rows=len(lines), path=output)


@source.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@in_project
def readmit(session: Session, file: Path) -> None:
    """Take mended events in again, each once however often this is done.

    \b
    motherlode source readmit aside.jsonl
    """
    import msgspec

    from motherlode.errors import ContractError
    from motherlode.live import repairs

    try:
        mended = [msgspec.json.decode(line, type=repairs.SetAside) for line in file.read_bytes().splitlines() if line]
    except msgspec.DecodeError as error:
        raise ContractError(f"{file}: {error}", hint="write it anew with motherlode source quarantined") from error
    with session.open() as project:
        microseconds = int(datetime.now(UTC).timestamp() * 1_000_000)
        count = repairs.readmit(project.config, project.stores, mended, microseconds)
    session.tell("events_readmitted", rows=count)


@click.command()
@in_project
def rebuild(session: Session) -> None:
    """Make what came over HTTP again from the log, and load the files again that are still there.

    \b
    motherlode rebuild
    """
    from motherlode.live import consumer, rebuilding

    with session.open() as project:
        rebuilding.empty(project.config, project.stores)
        events = consumer.drain(project.config, project.stores)
        project.load()
    session.tell("rebuilt", events=events)


@click.group()
def key() -> None:
    """Which programs may ask a server for profiles and events.

    \b
    motherlode key add crm --scope profiles:read --purpose service
    """


@key.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="profiles:read or events:read; may be repeated.")
@click.option("--purpose", required=True, help="service, analytics, profiling, marketing or sharing.")
@in_project
def add_key(session: Session, name: str, scopes: tuple[str, ...], purpose: str) -> None:
    """Let NAME read for a purpose; its key is printed now, and kept as a hash only.

    \b
    motherlode key add crm --scope profiles:read --purpose service
    """
    from motherlode.live import readers

    with session.open(to_read=True) as project:
        made = readers.add(project.ledger, name, scopes, purpose, actor=actor(), now=clock.now())
    session.tell("key_added", name=name)
    click.echo(made)


@key.command("remove")
@click.argument("name")
@in_project
def remove_key(session: Session, name: str) -> None:
    """Take the keys of NAME back.

    \b
    motherlode key remove crm
    """
    from motherlode.live import readers

    with session.open(to_read=True) as project:
        readers.remove(project.ledger, name, actor=actor(), now=clock.now())
    session.tell("key_removed", name=name)
