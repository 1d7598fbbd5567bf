"""Copies of the three stores in a folder, and back; who was erased since stays erased."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from motherlode import erasure, restrictions, run
from motherlode.errors import ConfigError, EngineError, NotReady
from motherlode.project import Project

KEYS = "keys.sqlite"
# What people said and asked for, and the number that the ledger gives each: an older backup must not unsay it.
SAID = {"consent_texts": "", "consents": "consent_id", "restrictions": "restriction_id"}


def backup(project: Project, folder: Path, keys: Path | None = None) -> list[Path]:
    """Write the stores into a folder, each whole; the key and the list of who was erased are not among them.

    The wrapped keys of people go into a file of their own, in the folder `keys` where one is given: a backup without
    them names nobody, and erasing somebody needs them gone, so they are to be kept for a short time only.

    Raises
    ------
    ConfigError
        A store that is no file, and that its own database backs up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copies = {path: folder / path.name for path in _files(project)}
    for copy in copies.values():
        copy.unlink(missing_ok=True)
    warehouse, ledger, vault = copies.values()
    project.warehouse.copy_to(warehouse)
    project.ledger.copy_to(ledger)
    project.vault.copy_to(vault)
    vault.chmod(0o600)
    apart = (keys or folder) / KEYS
    apart.parent.mkdir(parents=True, exist_ok=True)
    apart.unlink(missing_ok=True)
    _take_keys_apart(vault, apart)
    return [*copies.values(), apart]


def _take_keys_apart(vault: Path, keys: Path) -> None:
    """Move the wrapped keys of a copied vault into a file of their own, and leave no bytes of them."""
    keys.touch(mode=0o600)
    with closing(sqlite3.connect(vault, isolation_level=None)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute("ATTACH ? AS apart", (str(keys),))
        copy.execute("CREATE TABLE apart.person (customer_id TEXT PRIMARY KEY, wrapped_key BLOB) WITHOUT ROWID")
        copy.execute("INSERT INTO apart.person SELECT customer_id, wrapped_key FROM person")
        copy.execute("UPDATE person SET wrapped_key = NULL")
        copy.execute("DETACH apart")
        copy.execute("VACUUM")


def _put_keys_back(vault: Path, keys: Path) -> None:
    with closing(sqlite3.connect(vault, isolation_level=None)) as copy:
        copy.execute("ATTACH ? AS apart", (str(keys),))
        same = "apart.person.customer_id = main.person.customer_id"
        copy.execute(f"UPDATE main.person SET wrapped_key = (SELECT wrapped_key FROM apart.person WHERE {same})")  # noqa: S608
        copy.execute("DETACH apart")


def restore(root: Path, folder: Path, *, now: datetime, keys: Path | None = None) -> int:
    """Put a backup in the place of the stores, and erase again whom it brings back; gives how many people that was.

    What people said since the backup was made, and who was restricted since, is taken over from the stores that it
    replaces: a refusal holds until the person says otherwise.

    Raises
    ------
    NotReady
        The folder holds no backup of this project.
    """
    with Project(root) as project:
        paths = _files(project)
        said = _said(project)
    wrapped = (keys or folder) / KEYS
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
        back = erasure.again(project.config, project.stores, project.graph, now=now)
        _say_again(project, said)
    return back


def _said(project: Project) -> dict[str, list[dict[str, Any]]]:
    """What people said, as far as it can still be read: a ledger that is broken is what backups are for."""
    try:
        return {name: project.ledger.read(name) for name in SAID}
    except (EngineError, sa.exc.DatabaseError):
        return {name: [] for name in SAID}


def _say_again(project: Project, said: Mapping[str, list[dict[str, Any]]]) -> None:
    """Add what the backup does not know of, after what it knows: the last statement counts."""
    for name, number in SAID.items():
        known = [_without(row, number) for row in project.ledger.read(name)]
        project.ledger.record(name, [fact for row in said[name] if (fact := _without(row, number)) not in known])
    restricted = restrictions.restricted(project.stores)
    if restricted:
        restrictions.withhold(project.config, project.stores)
        erasure.take_from_tables(project.stores, project.graph, restricted)
    run.refresh(project.config, project.stores, project.graph, ("statements", "contactable", "usable"))


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
