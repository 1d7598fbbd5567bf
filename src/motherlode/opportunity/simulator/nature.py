"""The constants of the world, and the words for its parts."""

from datetime import date

import msgspec

STAGES = ("intro", "trial", "mature", "decline", "lost")
INTRO, TRIAL, MATURE, DECLINE, LOST = range(5)
# The moves that a life can make in a week, from a stage to a stage; all else stays.
MOVES = (
    (INTRO, TRIAL),
    (INTRO, LOST),
    (TRIAL, MATURE),
    (TRIAL, LOST),
    (MATURE, DECLINE),
    (DECLINE, MATURE),
    (DECLINE, LOST),
    (LOST, TRIAL),
)
ACTIVATE, GIVE_UP, SETTLE, DROP, FADE, RECOVER, LEAVE, RETURN = range(8)
# Moves towards the company; the others lead away from it.
TOWARDS = (ACTIVATE, SETTLE, RECOVER, RETURN)

EVENTS = ("login", "setup", "report_view", "help_request", "training", "campaign_edit")
# What the events of an account are made of, and of a poor account's: those ask for help.
EVENT_SHARES = (0.38, 0.14, 0.20, 0.06, 0.04, 0.18)

AS_OF = date(2025, 6, 29)
WEEK = 7


class Nature(msgspec.Struct, frozen=True):
    """How large and how harsh the world is.

    Attributes
    ----------
    seen_weeks
        Weeks up to today of which there are records; `lived_weeks` is how long ago the first account came.
    ahead_weeks
        Weeks after today over which a treatment is judged.
    hazards
        Weekly rates of `MOVES` for an account of middling results in ordinary times.
    waves
        Weeks before today at which the company contacted customers.
    randomised
        Share of accounts that each wave drew by lot, over all treatments and none; `picked` that it chose by habit.
    """

    seen_weeks: int = 156
    lived_weeks: int = 260
    ahead_weeks: int = 52
    margin: float = 0.30
    yearly_discount: float = 0.10
    hazards: tuple[float, ...] = (0.036, 0.016, 0.034, 0.014, 0.0072, 0.011, 0.0095, 0.0020)
    stage_spend: tuple[float, ...] = (0.0, 0.35, 1.0, 0.40, 0.0)
    stage_pace: tuple[float, ...] = (0.0, 0.55, 0.85, 0.50, 0.0)
    stage_events: tuple[float, ...] = (0.6, 1.4, 1.2, 0.6, 0.02)
    trouble_begins: float = 0.0025
    trouble_ends: float = 0.04
    waves: tuple[int, ...] = (60, 43, 26)
    randomised: float = 0.11
    picked: float = 0.15
