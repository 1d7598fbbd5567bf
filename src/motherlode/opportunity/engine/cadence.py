"""The stage of life by a rule that can be said in a sentence: silence measured against the customer's own rhythm."""

import numpy as np

from motherlode.opportunity.engine.panel import Ints
from motherlode.opportunity.engine.stages import DECLINE, INTRO, LOST, MATURE, TRIAL
from motherlode.opportunity.engine.traits import Known, Traits

NEW_WEEKS, LONG_SILENCE_WEEKS, TRIAL_WEEKS, SETTLED_WEEKS = 13, 8, 10, 26
LOST_GAPS, TRIAL_PAYMENTS, FEW_EVENTS = 5.0, 8, 3
DECLINED_TO = 0.55


def stage_by_rule(past: Known, now: Traits) -> Ints:
    """Numbers of stages, by what is known today."""
    panel = past.panel
    column = {name: now.values[:, place] for place, name in enumerate(now.names)}
    since, gap = column["since_last"], np.nan_to_num(column["gap"], nan=1.0)
    bought = ~np.isnan(since)
    silent = since > np.maximum(panel.weeks(LONG_SILENCE_WEEKS), LOST_GAPS * gap)
    quiet = column["done_13"] <= FEW_EVENTS
    young = (column["age"] <= panel.weeks(NEW_WEEKS)) | (column["done_13"] > 0)
    recent = column["share_13"]
    before = (column["share_52"] * panel.weeks(52) - recent * panel.weeks(13)) / panel.weeks(39)
    settled = column["since_first"] > panel.weeks(SETTLED_WEEKS)
    new = (column["payments"] < TRIAL_PAYMENTS) | (column["since_first"] <= panel.weeks(TRIAL_WEEKS))
    return np.select(
        [~bought & young, ~bought, silent & quiet, new, settled & (recent < DECLINED_TO * before)],
        [INTRO, LOST, LOST, TRIAL, DECLINE],
        MATURE,
    )
