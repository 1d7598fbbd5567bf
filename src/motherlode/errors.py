"""The error tree: what happened, at which address, with which value, and the next step."""

import difflib
from collections.abc import Iterable


class MotherlodeError(Exception):
    """Something the user can act on.

    Parameters
    ----------
    message
        What happened, at which address, with which value.
    hint
        The next step in the user's words, as a command where there is one.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(MotherlodeError):
    """`motherlode.toml` cannot be used as it stands."""


class GraphError(MotherlodeError):
    """Tables that cannot be wired: an unknown, a double or a circular name."""


class ContractError(MotherlodeError):
    """A table, a plugin or a file broke a promise about its columns."""


class InputError(MotherlodeError, ValueError):
    """Numbers given to a function are not what it asks for; nothing was computed."""


class EngineError(MotherlodeError):
    """The engine failed; the message carries the address, a note the SQL, which only `--debug` shows."""


class NotReady(MotherlodeError):
    """A table or model is not made yet; the hint names the command that makes it."""


class Refused(MotherlodeError):
    """Consent, cap or budget said no: an answer, logged, never retried."""


class DeliveryError(MotherlodeError):
    """A door to the outside failed."""


class Transient(DeliveryError):
    """May succeed later: retried with growing waits."""


class Permanent(DeliveryError):
    """Will not succeed however often it is tried."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Say the nearest known name, or the first few where none is near."""
    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return "known: " + ", ".join(choices[:12]) + (" …" if len(choices) > 12 else "")
