"""A forecast of one customer explained on demand: what would have to be different, and what it rests on."""

from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.errors import ContractError, NotReady, did_you_mean
from motherlode.labels import Language, label, say
from motherlode.people.lookup import find
from motherlode.predict import counterfactual, lime
from motherlode.predict.counterfactual import Counterfactual
from motherlode.predict.estimators import explains
from motherlode.predict.lime import Local
from motherlode.predict.order_backtest import EPOCH, drawn, known_traits, learnt, panels_of_snapshots
from motherlode.predict.panel import panel_of_today
from motherlode.predict.scores import SPEAKING
from motherlode.predict.special_functions import Numbers
from motherlode.project import Project
from motherlode.sentences import figure, percent

MOST_LEARNT = 50_000
# Customers whose values stand for what can be.
OTHERS = 2_000
TOLD = 5
# Targets of which less is better.
FEARED = ("leaves", "churned", "defaulted")
LESS_IS_BETTER = 0.25


class Explained(msgspec.Struct, frozen=True):
    """A forecast with what would change it, and what the model leans on around it.

    Attributes
    ----------
    amount
        Whether the forecast is money, and no probability.
    exact
        What each column adds to the score of our own models: all columns and a constant add up to the whole.
    """

    customer_id: str
    target: str
    model: str
    counterfactual: Counterfactual
    amount: bool
    local: Local | None
    exact: tuple[tuple[str, float], ...]


def explain(
    project: Project, who: str, target: str, *, goal: float | None = None, with_lime: bool = False
) -> Explained:
    """Explain the forecast of a target for a customer.

    Parameters
    ----------
    goal
        The forecast that is asked for; by default the one that a quarter of the customers have or better.

    Raises
    ------
    NotReady
        Nothing is forecast of this target.
    ContractError
        The customer is not among those who are forecast: never ordered, or may not be profiled.
    """
    asked = _asked(project, target)
    place = _place(asked.customers, find(project.stores, who).customer_ids)
    row = asked.values[place]
    others = asked.values[np.random.default_rng(7).permutation(len(asked.values))[:OTHERS]]
    return Explained(
        asked.customers[place],
        target,
        asked.model,
        _nearest(asked, row, others, target, goal),
        asked.amount,
        lime.around(asked.estimator.predict, row, others, asked.columns) if with_lime else None,
        _exact(asked, row),
    )


class _Asked(msgspec.Struct, frozen=True):
    """A champion that has learnt, and everybody whom it is asked about today."""

    model: str
    amount: bool
    estimator: Any
    columns: tuple[str, ...]
    customers: list[str]
    values: Numbers


def _asked(project: Project, target: str) -> _Asked:
    model = _champion(project, target)
    promises = project.graph.promises
    labels = {name: promise for name, promise in promises.items() if promise.kind == "label"}
    ahead = labels[target].ahead_days
    traits = known_traits(_rows(project, "predict.stated_traits"), _rows(project, "predict.left_out_traits"))
    past = panels_of_snapshots(_rows(project, "predict.snapshots"), labels, traits)[ahead]
    known = past.where(drawn(np.isfinite(past.labels[target]), MOST_LEARNT))
    estimator, columns = learnt(promises[model], known, target)
    today = panel_of_today(_rows(project, "profile.features"), project.as_of.toordinal() - EPOCH, ahead, traits)
    return _Asked(model, labels[target].amount, estimator, columns, today.customers.to_pylist(), today.seen(columns))


def _nearest(asked: _Asked, row: Numbers, others: Numbers, target: str, goal: float | None) -> Counterfactual:
    """The nearest case at the goal; whoever is among the best quarter already need not change anything."""
    feared = target.startswith(FEARED)
    best = float(np.quantile(asked.estimator.predict(others), LESS_IS_BETTER if feared else 1 - LESS_IS_BETTER))
    score = float(asked.estimator.predict(row[None, :])[0])
    if goal is None and (score <= best if feared else score >= best):
        return Counterfactual(score, best, score, ())
    return counterfactual.nearest(asked.estimator.predict, row, others, asked.columns, best if goal is None else goal)


def _exact(asked: _Asked, row: Numbers) -> tuple[tuple[str, float], ...]:
    """What each column adds to the score, largest first, of a model that says it."""
    if not explains(asked.estimator):
        return ()
    effects = asked.estimator.explain(row[None, :])[0, :-1]
    order = np.argsort(-np.abs(effects), kind="stable")
    return tuple((asked.columns[at], float(effects[at])) for at in order if effects[at])[:TOLD]


def in_words(told: Explained, language: Language) -> list[str]:
    """The explanation in sentences."""
    found = told.counterfactual
    said = _shown if told.amount else _chance
    scores = {"score": said(found.score, language), "goal": said(found.goal, language)}
    lines = [say("explained", language, target=label("target", told.target, language), **scores)]
    for change in found.changes:
        named = {"column": label("column", change.column, language)}
        values = {"actual": _shown(change.actual, language), "needed": _shown(change.needed, language)}
        lines.append(say("would_change", language, **named, **values))
    better = found.score <= found.goal if told.target.startswith(FEARED) else found.score >= found.goal
    key = "would_reach" if found.changes else "already_there" if better else "nothing_to_act_on"
    lines.append(say(key, language, reached=said(found.reached, language)))
    leans = [*told.exact] if told.local is None else [*told.local.weights[:TOLD]]
    for column, effect in leans:
        how = say("raises" if effect > 0 else "lowers", language)
        lines.append(say("leans_on", language, column=label("column", column, language), how=how))
    if told.local is not None:
        lines.append(say("local_fit", language, fit=f"{max(told.local.fit, 0.0):.0%}"))
    return lines


def _rows(project: Project, address: str) -> pa.Table:
    return project.query(project.expression(address)).arrow


def _shown(value: float, language: Language) -> str:
    return figure(value, language, 2 if abs(value) < 10 and value != int(value) else 0)


def _chance(value: float, _: Language) -> str:
    return percent(value)


def _champion(project: Project, target: str) -> str:
    known = {row["target"]: row for row in project.table("predict.champions")}
    labels = {name for name, promise in project.graph.promises.items() if promise.kind == "label"}
    if target not in labels:
        raise ContractError(f"there is no target `{target}`", hint=did_you_mean(target, labels))
    if known.get(target, {}).get("verdict") not in SPEAKING:
        raise NotReady(f"nothing is forecast of `{target}`", hint="motherlode backtest says why")
    return str(known[target]["model"])


def _place(customers: list[str], ids: tuple[str, ...]) -> int:
    place = next((number for number, who in enumerate(customers) if who in ids), None)
    if place is None:
        raise ContractError(
            "nothing is forecast of this customer", hint="who never ordered or may not be profiled has no forecast"
        )
    return place
