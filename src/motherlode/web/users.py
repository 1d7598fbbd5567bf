"""Who may sign in, and as what: facts of the ledger, the last of a name counts; passwords are kept as Argon2 hashes."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Literal

import argon2
import msgspec

from motherlode.errors import ContractError
from motherlode.ledger import Ledger

Role = Literal["analyst", "marketer", "sales", "compliance", "admin"]
ROLES: tuple[Role, ...] = ("analyst", "marketer", "sales", "compliance", "admin")
LEAST_LETTERS, MOST_LETTERS, LONGEST_NAME = 10, 1024, 80


class User(msgspec.Struct, frozen=True):
    """Somebody who may sign in."""

    name: str
    role: Role
    password_hash: str


def known(ledger: Ledger) -> dict[str, User]:
    """Everybody who may sign in, by name."""
    last = {row["name"]: row for row in ledger.read("users")}
    return {name: User(name, row["role"], row["password_hash"]) for name, row in last.items() if row["password_hash"]}


def add(ledger: Ledger, name: str, role: str, password: str, *, actor: str, now: datetime) -> User:
    """Let somebody in, or give her another role or password.

    Raises
    ------
    ContractError
        A name, role or password that cannot be.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ContractError("a user needs a name of 1 to 80 letters", hint="the name by which colleagues know her")
    if role not in ROLES:
        raise ContractError(f"there is no role `{role}`", hint=", ".join(ROLES))
    if not LEAST_LETTERS <= len(password) <= MOST_LETTERS or password.lower() == name.lower():
        raise ContractError(
            "a password has at least 10 letters and is not the name", hint="a few words are easy to keep"
        )
    fact = {"name": name, "role": role, "password_hash": _hasher().hash(password), "actor": actor, "made_at": now}
    ledger.record("users", [fact])
    return User(name, role, fact["password_hash"])  # type: ignore[arg-type]


def remove(ledger: Ledger, name: str, *, actor: str, now: datetime) -> None:
    """Let somebody in no more; the last administrator stays."""
    users = known(ledger)
    if name not in users:
        raise ContractError("there is no such user", hint="look at the list of users")
    admins = [user for user in users.values() if user.role == "admin"]
    if admins == [users[name]]:
        raise ContractError("the last administrator cannot be removed", hint="make somebody else administrator first")
    fact = {"name": name, "role": users[name].role, "password_hash": "", "actor": actor, "made_at": now}
    ledger.record("users", [fact])


def check(users: Mapping[str, User], name: str, password: str) -> User | None:
    """The user of a name and password; a name that there is not takes as long as one that there is."""
    user = users.get(name.strip())
    try:
        _hasher().verify(user.password_hash if user else _nobody(), password[:MOST_LETTERS])
    except argon2.exceptions.VerificationError:
        return None
    return user


@cache
def _hasher() -> argon2.PasswordHasher:
    return argon2.PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash("the password of nobody")
