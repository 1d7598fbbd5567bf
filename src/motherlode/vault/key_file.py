"""The master key: read from a file that only its owner can read, or from a text; made on first use.

Each line is a key. The first is the house's for ever: tokens, signature and seal follow from it. Data keys are wrapped
under the last: `motherlode govern rotate` adds one. With a key management system each line is `wrapped:` and what the
system made of the key: the file alone opens nothing.
"""

import base64
import os
from binascii import Error as NoBase64
from contextlib import suppress
from pathlib import Path

from motherlode.doors import Kms
from motherlode.errors import ConfigError
from motherlode.vault.keys import KEY_BYTES

WRAPPED = "wrapped:"


def master_keys(text: str | None, path: Path | None, sealed: bool, kms: Kms | None = None) -> tuple[bytes, ...]:
    """Every key, oldest first."""
    if text is not None:
        return _parsed_keys(text, "the text of the key", kms)
    if path is None:
        raise ConfigError("vault: no key", hint="name a key file, or give the key as `${MOTHERLODE_KEY}`")
    if sealed and not path.exists():
        raise ConfigError(
            f"vault: the key file `{path}` is missing",
            hint="put it back from where it is kept; a new key cannot open what the old one locked",
        )
    if not path.exists():
        _make_key(path, _line(os.urandom(KEY_BYTES), kms))
    if os.name == "posix" and path.stat().st_mode & 0o077:  # Windows keeps its rights elsewhere
        raise ConfigError(f"vault: others can read the key file `{path}`", hint=f"chmod 600 {path}")
    return _parsed_keys(path.read_text("ascii", errors="replace"), f"`{path}`", kms)


def add_key(path: Path, kms: Kms | None = None) -> None:
    """Add a new wrapping key to the file, whole or not at all; lines that are bare are wrapped with it."""
    lines = path.read_text("ascii").split()
    if kms is not None:
        lines = [line if line.startswith(WRAPPED) else _line(bytes.fromhex(line), kms) for line in lines]
    _write(path, "\n".join([*lines, _line(os.urandom(KEY_BYTES), kms)]) + "\n").replace(path)


def _line(key: bytes, kms: Kms | None) -> str:
    if kms is None:
        return key.hex()
    try:
        wrapped = kms.wrap(key)
    except Exception as error:
        raise _no_answer(error) from error
    return WRAPPED + base64.b64encode(wrapped).decode()


def _parsed_keys(text: str, where: str, kms: Kms | None) -> tuple[bytes, ...]:
    return tuple(_parsed_key(line, where, kms) for line in text.split() or [""])


def _parsed_key(text: str, where: str, kms: Kms | None) -> bytes:
    key = b""
    with suppress(ValueError):
        key = _unwrapped(text, where, kms) if text.startswith(WRAPPED) else bytes.fromhex(text.strip())
    if len(key) != KEY_BYTES:
        raise ConfigError(
            f"vault: {where} is not a key of {2 * KEY_BYTES} hexadecimal digits",
            hint="put the right key back; a new one is made with `openssl rand -hex 32`",
        )
    return key


def _unwrapped(line: str, where: str, kms: Kms | None) -> bytes:
    if kms is None:
        raise ConfigError(
            f"vault: {where} holds a key that a key management system wrapped",
            hint='name the system in motherlode.toml: kms = "…"',
        )
    try:
        return kms.unwrap(base64.b64decode(line.removeprefix(WRAPPED), validate=True))
    except NoBase64:
        return b""
    except Exception as error:
        raise _no_answer(error) from error


def _no_answer(error: Exception) -> ConfigError:
    return ConfigError(
        f"vault: the key management system gives no key: {type(error).__name__}: {str(error)[:200]}",
        hint="see `kms = …` in motherlode.toml, whether the system can be reached, and whether it lets us use its key",
    )


def _make_key(path: Path, line: str) -> None:
    """Write a new key unless there is one; linked into place whole, so that no one ever reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _write(path, line + "\n")
    with suppress(FileExistsError):  # another process made one in the meantime, and that one counts
        os.link(draft, path)
    draft.unlink()


def _write(path: Path, text: str) -> Path:
    """A draft beside the file, safe on the disk, that only its owner can read."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft
