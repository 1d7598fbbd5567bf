"""Who is signed in, on which browser, for how long; who guesses passwords has to wait."""

import secrets
import time
from collections.abc import Callable
from hashlib import sha256
from threading import Lock

import msgspec

from motherlode.ledger import Ledger
from motherlode.web import users
from motherlode.web.users import User

COOKIE = "session"
# A session ends after so long without a visit, and in any case after so long.
IDLE_SECONDS, LONGEST_SECONDS = 2 * 3600, 12 * 3600
# So many wrong passwords of one name, or from one address, within so long.
MOST_WRONG, MOST_WRONG_FROM, WITHIN_SECONDS = 5, 20, 900
INVITED_SECONDS = 72 * 3600
LOOK_AGAIN_SECONDS = 2.0


class _Session(msgspec.Struct):
    name: str
    began_at: float
    seen_at: float


class Invitation(msgspec.Struct, frozen=True):
    """A link with which one person chooses a password, once."""

    name: str
    role: str
    made_at: float


class Sessions:
    """Sessions, invitations and failures of one server; they are gone when it stops.

    Parameters
    ----------
    local
        Whoever reaches the server sits at its machine: as long as there are no users, nobody has to sign in.
    """

    def __init__(self, ledger: Ledger, *, local: bool, now: Callable[[], float] = time.time) -> None:
        self._ledger = ledger
        self._local = local
        self._now = now
        self._lock = Lock()
        self._sessions: dict[str, _Session] = {}
        self._invitations: dict[str, Invitation] = {}
        self._wrong: dict[str, list[float]] = {}
        self._users: dict[str, User] = {}
        self._looked_at = float("-inf")

    def users(self) -> dict[str, User]:
        """Everybody who may sign in, as of a moment ago."""
        if self._now() - self._looked_at > LOOK_AGAIN_SECONDS:
            self._users, self._looked_at = users.known(self._ledger), self._now()
        return self._users

    def changed(self) -> None:
        """Look at the users anew: somebody was let in, or is let in no more."""
        self._looked_at = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether nobody has to sign in."""
        return self._local and not self.users()

    def begin(self, user: User) -> str:
        """A new session; gives what the browser shows for it."""
        key, now = secrets.token_urlsafe(32), self._now()
        with self._lock:
            self._sessions = {one: s for one, s in self._sessions.items() if self._lasts(s)}
            self._sessions[_hash(key)] = _Session(user.name, now, now)
        return key

    def find(self, key: str) -> User | None:
        """Whose session it is; `None` where it has ended, or the user may sign in no more."""
        with self._lock:
            session = self._sessions.get(_hash(key))
            if session is None or not self._lasts(session):
                return None
            session.seen_at = self._now()
        return self.users().get(session.name)

    def end(self, key: str) -> None:
        with self._lock:
            self._sessions.pop(_hash(key), None)

    def end_all(self, name: str) -> None:
        """End every session of a user."""
        with self._lock:
            self._sessions = {key: session for key, session in self._sessions.items() if session.name != name}

    def invite(self, name: str, role: str) -> str:
        """A key with which somebody chooses a password, once."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            self._invitations[_hash(key)] = Invitation(name, role, self._now())
        return key

    def invitation(self, key: str) -> Invitation | None:
        with self._lock:
            found = self._invitations.get(_hash(key))
        return found if found and self._now() - found.made_at < INVITED_SECONDS else None

    def accept(self, key: str) -> None:
        """The invitation is used up."""
        with self._lock:
            self._invitations.pop(_hash(key), None)

    def must_wait(self, name: str, address: str) -> int:
        """Seconds to wait before another password is looked at; 0 where none."""
        return max(self._wait(f"name {name}", MOST_WRONG), self._wait(f"from {address}", MOST_WRONG_FROM))

    def was_wrong(self, name: str, address: str) -> None:
        with self._lock:
            for key in (f"name {name}", f"from {address}"):
                self._wrong[key] = [*self._recent(key), self._now()]
            if len(self._wrong) > 10_000:
                self._wrong = {key: recent for key in self._wrong if (recent := self._recent(key))}

    def was_right(self, name: str) -> None:
        with self._lock:
            self._wrong.pop(f"name {name}", None)

    def _wait(self, key: str, most: int) -> int:
        with self._lock:
            recent = self._recent(key)
        return 0 if len(recent) < most else round(WITHIN_SECONDS - (self._now() - recent[-most])) + 1

    def _recent(self, key: str) -> list[float]:
        return [at for at in self._wrong.get(key, []) if self._now() - at < WITHIN_SECONDS]

    def _lasts(self, session: _Session) -> bool:
        now = self._now()
        return now - session.seen_at < IDLE_SECONDS and now - session.began_at < LONGEST_SECONDS


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
