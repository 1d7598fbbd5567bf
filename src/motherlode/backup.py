"""Copies of the three stores in a folder, and back; who was erased since stays erased."""

import shutil
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from motherlode import erasure
from motherlode.errors import ConfigError, NotReady
from motherlode.project import Project


def backup(project: Project, folder: Path) -> list[Path]:
    """Write the stores into a folder, each whole; the key and the list of who was erased are not among them.

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
    return list(copies.values())


def restore(root: Path, folder: Path, *, now: datetime) -> int:
    """Put a backup in the place of the stores, and erase again whom it brings back; gives how many people that was.

    Raises
    ------
    NotReady
        The folder holds no backup of this project.
    """
    with Project(root) as project:
        paths = _files(project)
    missing = [path.name for path in paths if not (folder / path.name).exists()]
    if missing:
        raise NotReady(f"{folder} has no {', '.join(missing)}", hint=f"motherlode backup {folder}")
    for path in paths:
        for stale in path.parent.glob(f"{path.name}*"):
            stale.unlink()
        shutil.copy2(folder / path.name, path)
    with Project(root) as project:
        return erasure.again(project.config, project.stores, project.graph, now=now)


def _files(project: Project) -> list[Path]:
    """The files of warehouse, ledger and vault."""
    urls = (project.config.warehouse, project.config.ledger, project.config.vault)
    files = [url.partition("://")[2] if url.startswith("duckdb") else sa.make_url(url).database for url in urls]
    for url, file in zip(urls, files, strict=True):
        if not url.startswith(("duckdb", "sqlite")) or not file or file == ":memory:":
            kind = url.partition(":")[0]
            raise ConfigError(f"a store in {kind} is no file", hint="back it up by the means of its own database")
    return [project.root / str(file) for file in files]
