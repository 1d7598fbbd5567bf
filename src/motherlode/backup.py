"""Copies of the three stores in a folder, and back; who was erased since stays erased."""

import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from motherlode import run
from motherlode.errors import ConfigError, EngineError, MotherlodeError, NotReady, Refused
from motherlode.ledger.allowance import Allowance
from motherlode.loading import corrections, loaded_as
from motherlode.machine.actor import actor
from motherlode.machine.private import private_file, private_folder
from motherlode.project import Project
from motherlode.rights import erasure, recalled, rectified, restrictions

KEYS = "keys.sqlite"
# What people said, asked for and put right, and what left the house, with the number that the ledger gives each: an
# older backup must not unsay it.
SAID = {
    "consent_texts": "",
    "consents": "consent_id",
    "restrictions": "restriction_id",
    "revoked_links": "revocation_id",
    "requests": "request_id",
    "steps": "step_id",
    "corrections": "correction_id",
    "exports": "export_id",
}


class Restored(msgspec.Struct, frozen=True):
    """What a backup brought back, and what nobody knows any more.

    Attributes
    ----------
    people
        How many people were erased again.
    lost
        Stores that could not be read, so that what they alone knew is gone: `ledger` (agreements, mended cells) and
        `vault` (fields that people had put right).
    since
        The last moment that the backup knows of: from then on something may be missing.
    recalled
        What the log knew and the ledger did not, by table.
    """

    people: int
    lost: tuple[str, ...] = ()
    since: datetime | None = None
    recalled: Mapping[str, int] = {}


class Since(msgspec.Struct, frozen=True):
    """What the stores know that an older backup does not.

    Attributes
    ----------
    facts
        Facts of the ledger by table.
    rectified
        Fields that people had put right, by person.
    spent
        What was taken of privacy budgets.
    lost
        Stores that cannot be read, or know nothing.
    is_logged
        Whether the log is whole, so that what a lost ledger knew of refusals is in it.
    """

    facts: Mapping[str, list[dict[str, Any]]]
    rectified: Mapping[str, dict[str, str]]
    spent: list[dict[str, Any]]
    lost: tuple[str, ...]
    is_logged: bool


def backup(project: Project, folder: Path, keys: Path | None = None) -> list[Path]:
    """Write the stores into a folder, each whole; the key and the list of who was erased are not among them.

    The wrapped keys of people go into a folder of their own, `<folder>-keys` where none is given: a backup without them
    names nobody, and erasing somebody needs them gone, so they are to be kept elsewhere and for a short time only.

    Raises
    ------
    ConfigError
        A store that is no file, and that its own database backs up.
    """
    copies = {path: folder / path.name for path in _files(project)}
    for copy in copies.values():
        copy.unlink(missing_ok=True)
        private_folder(copy.parent)
    warehouse, ledger, vault = copies.values()
    project.warehouse.copy_to(warehouse)
    project.ledger.copy_to(ledger)
    project.vault.copy_to(vault)
    for copy in (ledger, vault):
        copy.chmod(0o600)
    apart = (keys or keys_of(folder)) / KEYS
    apart.unlink(missing_ok=True)
    private_file(apart)
    _take_keys_apart(vault, apart)
    return [*copies.values(), apart]


def keys_of(folder: Path) -> Path:
    """Where the wrapped keys of a backup are, if nobody says otherwise."""
    return folder.with_name(f"{folder.name}-keys")


def _take_keys_apart(vault: Path, keys: Path) -> None:
    """Move the wrapped keys of a copied vault into a file that names nobody, and leave no bytes of them."""
    with closing(sqlite3.connect(vault, isolation_level=None)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute("ATTACH ? AS apart", (str(keys),))
        copy.execute("CREATE TABLE apart.keys (place INTEGER PRIMARY KEY, wrapped_key BLOB)")
        copy.execute(f"INSERT INTO apart.keys SELECT place, wrapped_key FROM ({_PLACES}) ORDER BY place")  # noqa: S608
        copy.execute("UPDATE person SET wrapped_key = NULL")
        copy.execute("DETACH apart")
        copy.execute("VACUUM")


def _put_keys_back(vault: Path, keys: Path) -> None:
    with closing(sqlite3.connect(vault, isolation_level=None)) as copy:
        copy.execute("ATTACH ? AS apart", (str(keys),))
        mine = f"(SELECT customer_id, keys.wrapped_key FROM ({_PLACES}) JOIN apart.keys USING (place)) AS mine"  # noqa: S608
        copy.execute(
            f"UPDATE main.person SET wrapped_key = mine.wrapped_key FROM {mine} "  # noqa: S608
            "WHERE mine.customer_id = main.person.customer_id"
        )
        copy.execute("DETACH apart")


# Both files are of one backup: a person is known by her place in the order of all.
_PLACES = "SELECT customer_id, wrapped_key, row_number() OVER (ORDER BY customer_id) AS place FROM main.person"


def restore(root: Path, folder: Path, *, now: datetime, keys: Path | None = None, accept: bool = False) -> Restored:
    """Put a backup in the place of the stores, and erase again whom it brings back.

    What people said, asked for and had put right since the backup was made, who was restricted, which budgets were
    spent and which files left is taken over from the stores that it replaces; where the ledger cannot be read, each
    refusal, restriction, request, budget and file from the log. People's keys are wrapped under the last wrapping key
    again.

    Parameters
    ----------
    accept
        Restore also where neither ledger nor log can say who refused what since.

    Raises
    ------
    NotReady
        The folder holds no backup of this project.
    Refused
        Neither the ledger nor the log can be read whole, and nobody accepted what may be missing.
    """
    with Project(root) as project:
        paths = _files(project)
        since = _since(project)
    if BROKEN in since.lost and not since.is_logged and not accept:
        raise Refused(
            "the ledger cannot be read and the log is not whole: who refused something since the backup is not known",
            hint="mend one of them, or restore with --accept and ask people again before you contact them",
        )
    wrapped = (keys or keys_of(folder)) / KEYS
    needed = [*(folder / path.name for path in paths), wrapped]
    missing = [path.name for path in needed if not path.exists()]
    if missing:
        raise NotReady(f"{folder} has no {', '.join(missing)}", hint=f"motherlode backup {folder}")
    for path in paths:
        for stale in path.parent.glob(f"{path.name}*"):
            stale.unlink()
        shutil.copy2(folder / path.name, path)
    _put_keys_back(paths[-1], wrapped)
    with Project(root) as project:
        last = _last_known(project)
        back = erasure.again(project.config, project.stores, project.graph, actor=actor(), now=now)
        taken = _say_again(project, since, now)
        project.vault.rewrap()
    lost = tuple(dict.fromkeys("ledger" if name == BROKEN else name for name in since.lost))
    return Restored(back, lost, last, taken)


# A ledger that is there and cannot be read; one that knows nothing may be new.
BROKEN = "broken ledger"


def _last_known(project: Project) -> datetime | None:
    """The last moment of which the ledger knows anything that people said or that was done."""
    known = [fact[name] for table, name in _MOMENTS.items() for fact in project.ledger.last(table, 1)]
    return max(known, default=None)


_MOMENTS = {"runs": "finished_at", "consents": "said_at", "requests": "made_at", "exports": "made_at"}


def _since(project: Project) -> Since:
    """What the stores know, as far as they can still be read: a store that is broken is what backups are for."""
    lost = []
    try:
        facts = {name: project.ledger.read(name) for name in SAID}
        spent = Allowance(project.ledger, project.config.epsilon_a_year).all_spent()
        lost += [] if project.ledger.last_run() else ["ledger"]
    except (EngineError, sa.exc.DatabaseError):
        facts, spent = {name: [] for name in SAID}, []
        lost.append(BROKEN)
    try:
        rectified = project.vault.rectifications()
    except MotherlodeError:
        rectified = {}
        lost.append("vault")
    try:
        found = project.audit.verify()
        is_logged = found.outcome == "whole" and found.entry > 0
    except MotherlodeError:
        is_logged = False
    return Since(facts, rectified, spent, tuple(lost), is_logged)


def _say_again(project: Project, since: Since, now: datetime) -> dict[str, int]:
    """Add what the backup does not know of, after what it knows: the last statement counts.

    Gives what only the log knew.
    """
    new: dict[str, list[dict[str, Any]]] = {}
    for name, number in SAID.items():
        known = [_without(row, number) for row in project.ledger.read(name)]
        new[name] = [fact for row in since.facts[name] if (fact := _without(row, number)) not in known]
        project.ledger.record(name, new[name])
    Allowance(project.ledger, project.config.epsilon_a_year).note_spent(since.spent)
    taken = recalled.from_log(project.stores, project.config.epsilon_a_year)
    _put_right_again(project, since, new["corrections"], now)
    restricted = restrictions.restricted(project.stores)
    if restricted:
        restrictions.withhold(project.config, project.stores)
        erasure.take_from_tables(project.stores, project.graph, restricted)
    run.refresh(project.config, project.stores, project.graph, ("statements", "contactable", "usable"))
    restrictions.stop_profiling(project.stores, project.graph)
    return taken


def _put_right_again(project: Project, since: Since, made: Sequence[Mapping[str, Any]], now: datetime) -> None:
    for who, fields in since.rectified.items():
        if project.vault.has(who):
            project.vault.rectify(who, fields, now=now)
    rectified.keep(project.stores)
    for source, file in sorted({(fact["source"], fact["file"]) for fact in made} if made else ()):
        if source in project.config.sources and project.warehouse.has(loaded_as.address(source)):
            corrections.recall(project.stores, project.config.sources[source], file, now=now)


def _without(row: dict[str, Any], number: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != number}


def _files(project: Project) -> list[Path]:
    """The files of warehouse, ledger and vault."""
    urls = (project.config.warehouse, project.config.ledger, project.config.vault)
    files = [url.partition("://")[2] if url.startswith("duckdb") else sa.make_url(url).database for url in urls]
    for url, file in zip(urls, files, strict=True):
        if not url.startswith(("duckdb", "sqlite")) or not file or file == ":memory:":
            kind = url.partition(":")[0]
            raise ConfigError(f"a store in {kind} is no file", hint="back it up by the means of its own database")
    return [project.root / str(file) for file in files]
