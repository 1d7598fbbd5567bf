"""What a policy really brings in a world, against who knows everything."""

from collections.abc import Sequence

import msgspec
import numpy as np

from motherlode.opportunity.engine.panel import Floats, Ints
from motherlode.opportunity.simulator.policies import Case, Choice


class Score(msgspec.Struct, frozen=True):
    """How a policy did.

    Attributes
    ----------
    depth
        Share of all customers that may be contacted.
    share_of_oracle
        True profit as a share of what is gained by who knows the truth and may contact as many.
    claim_ratio
        Promised over true profit; None where nothing is promised or nothing gained.
    """

    policy: str
    seed: int
    depth: float
    share_of_oracle: float
    claim_ratio: float | None


def contacted(choice: Choice, most: int) -> Ints:
    """Who is contacted, first first; equal scores go by place."""
    order = np.argsort(-choice.score, kind="stable")[:most]
    return order[choice.score[order] > 0] if choice.stops else order


def scores(case: Case, policy: str, choice: Choice, depths: Sequence[float]) -> list[Score]:
    """The policy at every depth."""
    profit: Floats = case.world.gains - case.world.costs
    best = np.sort(np.maximum(profit.max(axis=0), 0.0))[::-1]
    found = []
    for depth in depths:
        most = round(depth * profit.shape[1])
        who = contacted(choice, most)
        gained = float(profit[choice.play[who], who].sum())
        claimed = None if choice.claims is None else float(choice.claims[who].sum())
        ratio = claimed / gained if claimed is not None and gained > 0 else None
        whole = float(best[:most].sum())
        found.append(Score(policy, case.seed, depth, gained / whole if whole > 0 else 0.0, ratio))
    return found
