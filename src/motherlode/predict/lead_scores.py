"""Leads by what an expert says and what past deals say, both shown and put together."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.opinions import chance as _chance
from motherlode.opinions import pool
from motherlode.predict.lead_traits import ATTRIBUTES, HELD_OUT
from motherlode.predict.logistic import penalised
from motherlode.predict.measures import chance_measures, interval, resamples
from motherlode.predict.scorecard import Scorecard
from motherlode.predict.special_functions import Numbers
from motherlode.tables import table

PARTS = ("industry_points", "size_points", "finance_points", "engagement_points")
COLUMNS = {
    "customer_id": "string",
    **dict.fromkeys((*PARTS, "points", "most_points"), "float64"),
    **dict.fromkeys(("expert_score", "model_score", "expert_weight", "score"), "float64"),
    "verdict": "string",
}
WEIGHTS = np.linspace(0.0, 1.0, 21)
LEAST_CHANCE = 1e-4


@table(key="customer_id", subject="customer_id", columns=COLUMNS, purpose="profiling")
def lead_scores(
    lead_traits: pa.Table,
    deals: pa.Table,
    *,
    least_won: int = 100,
    expert_weight: float = 0.4,
    prior_decisions: float = 50.0,
) -> pa.Table:
    """Chance to win a deal with each company: the expert's points, a scorecard learnt from deals, and both together.

    `points` of `most_points` are what is known; `expert_score` is their part or, with enough deals, the share won at
    such points. `model_score` is empty with too few deals (`too_few`). Both are put together in logits
    (a logarithmic opinion pool), with the weight that forecasts the newest deals best. `no_signal` says that it did
    not rank these better than chance; do not go by the order then.

    Parameters
    ----------
    least_won
        Deals won, and deals lost, from which a scorecard is learnt.
    expert_weight, prior_decisions
        Weight (0 to 1) of the expert beside the model before anything is known, and the deals this belief is worth.
    """
    ids = lead_traits.column("customer_id")
    told = {name: lead_traits.column(name) for name in (*PARTS, "points", "most_points")}
    part = np.nan_to_num(_numbers(lead_traits, "points") / np.maximum(_numbers(lead_traits, "most_points"), 1e-9))
    values, categorical = _values(lead_traits)
    rows, won = _closed(ids, deals)
    if min(won.sum(), (1 - won).sum()) < least_won:
        scores: dict[str, Any] = {"expert_score": part, "score": part, "verdict": "too_few"}
    else:
        scores = _learnt(part, values, categorical, rows, won, (expert_weight, prior_decisions))
    return _table({"customer_id": ids, **told, **scores}, lead_traits.num_rows)


def pool_weight(one: Numbers, other: Numbers, happened: Numbers, prior: float, decisions: float) -> float:
    """Weight of the first opinion that makes what happened likeliest, with a belief worth so many decisions.

    The belief is a beta distribution with mean `prior`.
    """
    worth = []
    for weight in WEIGHTS:
        chance = np.clip(pool(one, other, float(weight)), LEAST_CHANCE, 1 - LEAST_CHANCE)
        seen = float((happened * np.log(chance) + (1 - happened) * np.log1p(-chance)).sum())
        inner = np.clip(weight, 0.01, 0.99)
        worth.append(seen + decisions * float(prior * np.log(inner) + (1 - prior) * np.log1p(-inner)))
    return float(WEIGHTS[int(np.argmax(worth))])


def _learnt(
    part: Numbers, values: Numbers, categorical: list[int], rows: Numbers, won: Numbers, belief: tuple[float, float]
) -> dict[str, Any]:
    """Both opinions learnt from all deals; their weight and the verdict from opinions that did not know the newest."""
    cut = int(won.size * (1 - HELD_OUT))
    past = [opinion[rows[cut:]] for opinion in _opinions(part, values, categorical, rows[:cut], won[:cut])]
    weight = pool_weight(past[0], past[1], won[cut:], *belief)
    area = chance_measures(won[cut:], pool(past[0], past[1], weight), resamples(won.size - cut))["auc"]
    expert, model = _opinions(part, values, categorical, rows, won)
    # Undefined where the newest deals all ended alike.
    signal = interval(area)[1] > 0.5
    return {
        "expert_score": expert,
        "model_score": model,
        "expert_weight": weight,
        "score": pool(expert, model, weight),
        "verdict": "signal" if signal else "no_signal",
    }


def _opinions(
    part: Numbers, values: Numbers, categorical: list[int], rows: Numbers, won: Numbers
) -> tuple[Numbers, Numbers]:
    """Chance of each company by the expert's points, made as high as deals were won, and by the scorecard."""
    slope, base = penalised(part[rows, None], won, 1.0, np.zeros(1))
    card = Scorecard(categorical=categorical).fit(values[rows], won)
    # More points may not count against a lead: then the expert has nothing to say.
    return _chance(base + max(float(slope[0]), 0.0) * part), card.predict(values)


def _closed(ids: pa.ChunkedArray, deals: pa.Table) -> tuple[Numbers, Numbers]:
    """Rows of the companies of deals that are won or lost, the oldest first, and whether they were won."""
    known = pc.is_in(deals.column("outcome"), pa.array(["won", "lost"]))
    closed = deals.filter(known).sort_by([("closed_on", "ascending"), ("deal_id", "ascending")])
    place = pc.index_in(closed.column("customer_id"), ids.combine_chunks())
    closed, place = closed.filter(pc.is_valid(place)), place.drop_null()
    return place.to_numpy(), np.array(pc.equal(closed.column("outcome"), "won"), dtype=np.float64)


def _values(traits: pa.Table) -> tuple[Numbers, list[int]]:
    """Attributes as a matrix: codes of texts, then numbers."""
    columns, categorical = [], []
    for place, name in enumerate(ATTRIBUTES):
        column = traits.column(name)
        if pa.types.is_string(column.type):
            order = pc.unique(column.drop_null()).sort()
            column = pc.index_in(column, order).cast(pa.float64())
            categorical.append(place)
        columns.append(pc.fill_null(column, np.nan).to_numpy())
    return np.column_stack(columns).astype(np.float64), categorical


def _numbers(rows: pa.Table, name: str) -> Numbers:
    return np.asarray(pc.fill_null(rows.column(name), 0.0).to_numpy(), dtype=np.float64)


def _table(columns: dict[str, Any], size: int) -> pa.Table:
    whole = {}
    for name, kind in COLUMNS.items():
        value = columns.get(name)
        if value is None or isinstance(value, float | str):
            value = pa.array([value] * size, pa.type_for_alias(kind))
        whole[name] = value
    return pa.table(whole)
