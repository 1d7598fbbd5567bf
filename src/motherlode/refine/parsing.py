"""Reading cells that are not plain: a doubtful cell becomes NULL, never a wrong value."""

from motherlode.refine.flags import flag
from motherlode.refine.moments import ambiguous, instant, moment, wall_clock
from motherlode.refine.money import money, number
from motherlode.refine.text import absent, repair_note, tidy
from motherlode.refine.zones import to_local, to_utc

__all__ = [
    "absent",
    "ambiguous",
    "flag",
    "instant",
    "moment",
    "money",
    "number",
    "repair_note",
    "tidy",
    "to_local",
    "to_utc",
    "wall_clock",
]
