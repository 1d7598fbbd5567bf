"""`motherlode simulate`: every ranking in worlds with known truth, the built-in one or one of a Python file."""

import inspect
import runpy
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motherlode.errors import InputError
from motherlode.opportunity.engine.seen import Play
from motherlode.opportunity.engine.stages import STAGES
from motherlode.opportunity.simulator.nature import Nature
from motherlode.opportunity.simulator.policies import POLICIES, case
from motherlode.opportunity.simulator.scored import Score, scores
from motherlode.opportunity.simulator.world import World, draw

Draw = Callable[[int, int], World]
# What each object of a world file must have, and what it may leave out.
NEEDED = ("as_of", "margin_share", "plays", "tables", "customer_ids", "gains", "costs")
MAY = ("margins", "stage", "changes", "headroom")
HINT = "docs/how-to/simulate.md says what a world file must provide"


def simulated(seeds: Sequence[int], depths: Sequence[float], customers: int, draw_world: Draw) -> Iterator[list[Score]]:
    """The scores of all policies, a list a seed."""
    for seed in seeds:
        read = case(draw_world(seed, customers), seed)
        yield [score for name, policy in POLICIES.items() for score in scores(read, name, policy(read), depths)]


def built_in(randomised: float) -> Draw:
    """Worlds of business accounts; `randomised` is the share (0 to 1) of them that each past wave drew by lot."""
    return lambda seed, customers: draw(seed, customers, Nature(randomised=randomised))


def of_file(path: Path, randomised: float | None = None) -> Draw:
    """Worlds that the function `draw` of a Python file gives.

    Raises
    ------
    InputError
        The file has no such function, or what it gives is no world.
    """
    drawn = runpy.run_path(str(path)).get("draw")
    if not callable(drawn):
        raise InputError(f"{path} has no function `draw(seed, customers)`", hint=HINT)
    takes = "randomised" in inspect.signature(drawn).parameters
    more = {"randomised": randomised} if takes and randomised is not None else {}
    return lambda seed, customers: world(drawn(seed, customers, **more))


def world(given: Any) -> World:
    """A world of any object or mapping that has its parts."""
    parts = {name: _part(given, name) for name in (*NEEDED, *MAY)}
    missing = [name for name in NEEDED if parts[name] is None]
    if missing:
        raise InputError(f"the world has no {', '.join(missing)}", hint=HINT)
    if not isinstance(parts["as_of"], date):
        raise InputError(f"`as_of` is no date: {parts['as_of']!r}", hint=HINT)
    ids = np.asarray(parts["customer_ids"]).astype(str)
    plays = tuple(_play(each) for each in parts["plays"])
    gains, costs = (np.asarray(parts[name], dtype=float) for name in ("gains", "costs"))
    for name, array in (("gains", gains), ("costs", costs)):
        if array.shape != (len(plays), len(ids)) or not np.isfinite(array).all():
            told = f"`{name}` must be finite numbers, a row a play and a column a customer: {len(plays)} x {len(ids)}"
            raise InputError(f"{told}, not {array.shape}", hint=HINT)
    empty: NDArray[Any] = np.zeros(0)
    others: dict[str, Any] = {name: empty if parts[name] is None else np.asarray(parts[name]) for name in MAY}
    return World(
        as_of=date(*parts["as_of"].timetuple()[:3]),
        margin_share=float(parts["margin_share"]),
        plays=plays,
        tables={name: _table(name, rows) for name, rows in parts["tables"].items()},
        customer_ids=ids,
        gains=gains,
        costs=costs,
        **others,
    )


def _part(given: Any, name: str) -> Any:
    return given.get(name) if isinstance(given, Mapping) else getattr(given, name, None)


def _play(given: Any) -> Play:
    if isinstance(given, Play):
        return given
    fields = {name: _part(given, name) for name in Play.__struct_fields__}
    said = {name: value for name, value in fields.items() if value is not None}
    try:
        play = msgspec.convert({"stage": "", **said, "lifts": _by_stage(said.get("lifts", ()))}, Play)
    except (msgspec.ValidationError, TypeError) as error:
        raise InputError(f"a play of the world cannot be read: {error}", hint=HINT) from error
    stages = ", ".join(STAGES)
    if play.stage not in ("", *STAGES):
        raise InputError(f"a play of the world is for a stage `{play.stage}` of life", hint=f"there are {stages}")
    if len(play.lifts) not in (0, len(STAGES)):
        raise InputError(f"`lifts` of play `{play.name}` are {len(play.lifts)} numbers", hint=f"one each for {stages}")
    return play


def _by_stage(lifts: Any) -> tuple[float, ...]:
    """Lifts in the order of stages; of those that are told by stage, none is what is not told."""
    if not isinstance(lifts, Mapping):
        return tuple(map(float, lifts))
    unknown = set(lifts) - set(STAGES)
    if unknown:
        raise InputError(f"`lifts` of a play name a stage `{min(unknown)}`", hint=f"there are {', '.join(STAGES)}")
    return tuple(float(lifts.get(stage, 0.0)) for stage in STAGES)


def _table(name: str, rows: Any) -> pa.Table:
    table = rows if isinstance(rows, pa.Table) else pa.table(rows)
    if "customer_id" not in table.column_names:
        raise InputError(f"table `{name}` of the world has no column `customer_id`", hint=HINT)
    return table
