"""Every benchmark, one after the other: `python -m benchmarks`; those on public data want them in `../shared/data`."""

import sys

from benchmarks import (
    allocation,
    backtests,
    collection,
    decline_causes,
    forecasts,
    funnels,
    govern,
    identity,
    importing,
    lookalike,
    pages,
    policies,
    repeat_buying,
    scorecards,
    spine,
)
from benchmarks.measuring import say

SCRIPTS = (
    spine, allocation, decline_causes, forecasts, repeat_buying, govern, lookalike, scorecards, backtests, policies,
    collection, identity, pages, funnels, importing,
)  # fmt: skip

for script in SCRIPTS:
    say(f"\n== {script.__name__}")
    sys.argv = [script.__name__]
    if script in (lookalike, scorecards, backtests) and not script.DATA.exists():
        say(f"left out: {script.DATA} is not there")
    else:
        script.main()
