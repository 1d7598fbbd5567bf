"""Who is left alone, so that it can be seen what an action brings: drawn by a stable hash of ids, for ever the same."""

from collections.abc import Sequence
from hashlib import md5

# Hash digits that are read, and how many values they have.
DIGITS = 12
VALUES = float(16**DIGITS)


def draw(*ids: str) -> float:
    """A number from 0 to 1 that the ids alone decide, as if by lot."""
    number: int = int(md5("\x1f".join(ids).encode(), usedforsecurity=False).hexdigest()[:DIGITS], 16)
    return number / VALUES


def held_out(name: str, year: int, customer_ids: Sequence[str], share: float, universal: float) -> list[str]:
    """For each customer of a list "" (treated), `universal` or `list`.

    Parameters
    ----------
    year
        The universal hold-out is drawn anew each year, so that nobody is left alone for ever.
    share, universal
        Parts (0 to 1) of the customers who are held out of this list, and out of every list.
    """
    return [
        "universal" if draw("universal", str(year), who) < universal else "list" if draw(name, who) < share else ""
        for who in customer_ids
    ]
