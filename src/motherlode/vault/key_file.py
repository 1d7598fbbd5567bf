"""The master key: read from a file that only its owner can read, or from a text; made on first use.

Each line is a key. The first is the house's for ever: tokens, signature and seal follow from it. Data keys are wrapped
under the last: `motherlode govern rotate` adds one.
"""

import os
from contextlib import suppress
from pathlib import Path

from motherlode.errors import ConfigError
from motherlode.vault.keys import KEY_BYTES


def master_keys(text: str | None, path: Path | None, sealed: bool) -> tuple[bytes, ...]:
    """Every key, oldest first."""
    if text is not None:
        return _parsed_keys(text, "the text of the key")
    if path is None:
        raise ConfigError("vault: no key", hint="name a key file, or give the key as `${MOTHERLODE_KEY}`")
    if sealed and not path.exists():
        raise ConfigError(
            f"vault: the key file `{path}` is missing",
            hint="put it back from where it is kept; a new key cannot open what the old one locked",
        )
    _make_key(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:  # Windows keeps its rights elsewhere
        raise ConfigError(f"vault: others can read the key file `{path}`", hint=f"chmod 600 {path}")
    return _parsed_keys(path.read_text("ascii", errors="replace"), f"`{path}`")


def add_key(path: Path) -> None:
    """Add a new wrapping key to the file, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(path.read_text("ascii") + os.urandom(KEY_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _parsed_keys(text: str, where: str) -> tuple[bytes, ...]:
    return tuple(_parsed_key(line, where) for line in text.split() or [""])


def _parsed_key(text: str, where: str) -> bytes:
    key = b""
    with suppress(ValueError):
        key = bytes.fromhex(text.strip())
    if len(key) != KEY_BYTES:
        raise ConfigError(
            f"vault: {where} is not a key of {2 * KEY_BYTES} hexadecimal digits",
            hint="put the right key back; a new one is made with `openssl rand -hex 32`",
        )
    return key


def _make_key(path: Path) -> None:
    """Write a new key unless there is one; linked into place whole, so that no one ever reads half a key."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(os.urandom(KEY_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process made one in the meantime, and that one counts
        os.link(draft, path)
    draft.unlink()
