"""Commands that copy the stores, and put a copy back.

Nothing heavy is imported before a command needs it.
"""

from pathlib import Path

import click

from motherlode.cli.session import Session, in_project
from motherlode.labels import say
from motherlode.machine import clock


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--keys", type=click.Path(path_type=Path, file_okay=False), help="Where the wrapped keys go [FOLDER-keys]."
)
@in_project
def backup(session: Session, folder: Path, keys: Path | None) -> None:
    """Copy the stores into FOLDER; keep motherlode.key and motherlode.erased elsewhere.

    \b
    motherlode backup backups/monday --keys elsewhere/monday
    """
    from motherlode import backup as copies

    with session.open() as project:
        written = copies.backup(project, folder, keys)
    for path in written:
        session.tell("wrote", path=path)
    session.tell("backup_keys", path=written[-1])


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path, file_okay=False))
@click.option(
    "--keys", type=click.Path(path_type=Path, file_okay=False), help="Where the wrapped keys are [FOLDER-keys]."
)
@click.option("--yes", is_flag=True, help="Without asking.")
@click.option("--accept", is_flag=True, help="Also where nobody can tell any more who refused what since.")
@in_project
def restore(session: Session, folder: Path, keys: Path | None, yes: bool, accept: bool) -> None:
    """Put a backup in the place of the stores; who was erased since is erased again.

    \b
    motherlode restore backups/monday --yes
    """
    from motherlode import backup as copies

    if yes or click.confirm(say("restore_it", session.language, folder=folder), err=True):
        done = copies.restore(session.root, folder, now=clock.now(), keys=keys, accept=accept)
        session.tell("restored", people=done.people)
        since = f"{done.since:%Y-%m-%d %H:%M} UTC" if done.since else "-"
        if done.recalled:
            session.tell("restore_recalled", facts=sum(done.recalled.values()))
        for store in done.lost:
            session.tell(f"restore_lost_{store}", since=since)
