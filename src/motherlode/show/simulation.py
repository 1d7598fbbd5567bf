"""Scores of policies on a terminal: a line a policy, means over the worlds and the worst of them."""

import numpy as np
from rich.table import Table

from motherlode.labels import Language, label, say
from motherlode.opportunity.simulator.scored import Score
from motherlode.show.terminal import console


def show(scores: list[Score], language: Language) -> None:
    """Shares of the oracle's profit in %, best policy last."""
    depths = sorted({score.depth for score in scores})
    out = Table(header_style="bold", title=say("simulation_title", language))
    out.add_column(say("simulation_policy", language))
    for depth in depths:
        out.add_column(say("simulation_at", language, depth=f"{depth:.0%}"), justify="right")
    out.add_column(say("simulation_worst", language, depth=f"{depths[-1]:.0%}"), justify="right")
    out.add_column(say("simulation_claim", language, depth=f"{depths[-1]:.0%}"), justify="right")
    for policy in dict.fromkeys(score.policy for score in scores):
        here = [score for score in scores if score.policy == policy]
        means = [100 * np.mean([score.share_of_oracle for score in here if score.depth == depth]) for depth in depths]
        deepest = [score for score in here if score.depth == depths[-1]]
        worst = 100 * min(score.share_of_oracle for score in deepest)
        claims = [score.claim_ratio for score in deepest if score.claim_ratio is not None]
        claim = f"{np.median(claims):.2f}" if claims else "–"
        out.add_row(label("policy", policy, language), *(f"{mean:.1f}" for mean in means), f"{worst:.1f}", claim)
    console().print(out)
