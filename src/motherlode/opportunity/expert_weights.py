"""How much the word of those who know customers weighs beside the figures, by what came of it."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode import opinions
from motherlode.opinions import WEIGHTS, Numbers
from motherlode.opportunity.gained import arms_of, column, gained
from motherlode.opportunity.lift import LEAST_ARM
from motherlode.opportunity.list_results import PROMISED_DAYS
from motherlode.tables import table

COLUMNS = {
    "learnt_from": "string",
    **dict.fromkeys(("prior_weight", "learnt_weight", "weight_low", "weight_high"), "float64"),
    **dict.fromkeys(("cases", "needed"), "int64"),
    "used": "boolean",
    "pool_weight": "float64",
}
SCHEMA = pa.schema(
    [(name, pa.bool_() if kind == "boolean" else pa.type_for_alias(kind)) for name, kind in COLUMNS.items()]
)
HOLD_OUTS, FOLLOW_UPS, TOGETHER = "hold_outs", "follow_ups", "together"
DIGITS = 4


@table(key="learnt_from", subject=None, columns=COLUMNS, purpose="analytics", set_under="candidates")
def expert_weights(
    member_results: pa.Table,
    judged_outcomes: pa.Table,
    list_results: pa.Table,
    *,
    expert_weight: float = 0.4,
    prior_decisions: float = 50.0,
    least_cases: int = 30,
) -> pa.Table:
    """Weight of the expert beside the figures: believed before, and learnt from what came of those who were scored.

    `hold_outs`: members of frozen lists, by how well the values of each weight tell whose margin rose above that of the
    held out. `follow_ups`: scored customers who were won or lost. `together` is both; its `pool_weight` is the one by
    which candidates are valued: `learnt_weight` where it is `used`, from `needed` cases on, else `prior_weight`. The
    interval holds the weight with 95 % probability. Few cases hardly move it, as what was believed counts like many.

    Parameters
    ----------
    expert_weight, prior_decisions
        Weight (0 to 1) of the expert before anything came, and the decisions that this belief is worth.
    least_cases
        Cases from which the weight that was learnt is used.
    """
    members, member_cases = _by_hold_outs(member_results, list_results)
    outcomes, outcome_cases = _by_outcomes(judged_outcomes)
    found = {
        HOLD_OUTS: (members, member_cases),
        FOLLOW_UPS: (outcomes, outcome_cases),
        TOGETHER: (members + outcomes, member_cases + outcome_cases),
    }
    rows = []
    for evidence, (likelihood, cases) in found.items():
        told = opinions.learnt(likelihood, expert_weight, prior_decisions)
        used = evidence == TOGETHER and cases >= least_cases
        learnt, low, high = (round(each, DIGITS) for each in told)
        ends = {"learnt_weight": learnt, "weight_low": low, "weight_high": high}
        counts = {"cases": cases, "needed": least_cases, "used": used}
        rows.append(
            {"learnt_from": evidence, "prior_weight": expert_weight, **ends, **counts,
             "pool_weight": learnt if used else expert_weight}
        )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _by_outcomes(judged: pa.Table) -> tuple[Numbers, int]:
    expert, figures, happened = (_numbers(judged, name) for name in ("expert_score", "figures_score", "happened"))
    return opinions.told_by_outcomes(expert, figures, happened), judged.num_rows


def _by_hold_outs(members: pa.Table, results: pa.Table) -> tuple[Numbers, int]:
    """Log likelihood of each weight, by what scored members of lists gained against the held out.

    A weight foretells gains as shares of what is at stake. Only how members differ is held against it: how large lifts
    are as a whole is measured elsewhere. Noise has an unknown width, which integrates to a power of the squares that
    are left.
    """
    arms = arms_of(results)
    asked = members.filter(pc.and_(members["expert_score"].is_valid(), members["figures_score"].is_valid()))
    told = [row for row in asked.to_pylist() if (row["at_stake"] or 0) > 0 and (row["list"], row["play"]) in arms]
    told = [row for row in told if row["days"] and row["figures_value"] is not None and 0 < row["propensity"] < 1]
    if len(told) < 2 * LEAST_ARM:
        return np.zeros(len(WEIGHTS)), 0
    stake = column(told, "at_stake")
    since = gained(told, arms) * PROMISED_DAYS / column(told, "days") / stake
    figures, expert = column(told, "figures_score"), column(told, "expert_score")
    odds = WEIGHTS[:, None] * opinions.logit(expert) + (1 - WEIGHTS[:, None]) * opinions.logit(figures)
    foretold = column(told, "figures_value") / stake * opinions.chance(odds) / figures
    # Of each weight, the squares that are left when its foretold gains are made as large as gains were.
    size = np.maximum(foretold @ since, 0.0) / np.maximum((foretold**2).sum(axis=1), 1e-12)
    left = ((since - size[:, None] * foretold) ** 2).sum(axis=1)
    return -(len(told) - 1) / 2 * np.log(np.maximum(left, 1e-12)), len(told)


def _numbers(rows: pa.Table, name: str) -> Numbers:
    return np.asarray(rows[name].to_numpy(), dtype=np.float64)
