"""What learns from labels: logistic curves, boosted trees, and their blend.

How deep and how long they learn was chosen on CDNOW and The Complete Journey, and nowhere else.
"""

from collections.abc import Mapping
from typing import Any

from motherlode.predict.blended import Blended, seen_of, stages_of
from motherlode.predict.boosting import Boosting
from motherlode.predict.estimators import Blend, ByGroup, Estimator, Logistic, OneHot, Scored, TwoPart
from motherlode.tables import model

CHANCES = ("buys_90d", "leaves_90d")
OUTLOOK = "pareto_nbd_logit"
# Places of columns of codes, and how many codes each has.
Categories = Mapping[int, int] | None


def trees(categories: Categories, objective: str = "binary", **more: Any) -> Boosting:
    """Boosted trees as small as the few cases of a shop bear: 7 leaves, 40 % of the columns a tree, 100 rounds."""
    settings: dict[str, Any] = {"leaves": 7, "columns_share": 0.4, "rounds": 100}
    settings["categorical"] = tuple(categories or ())
    return Boosting(objective, **(settings | more))


def ridge(categories: Categories) -> Scored:
    """Logistic regression with a ridge of 0.01, categories as columns of their own."""
    return OneHot(Logistic(0.01), categories) if categories else Logistic(0.01)


@model(learns=CHANCES, sees=("idle_days", "tenure_days", "orders_all", "orders_365d", "spend_365d"))
def rfm_logistic(*, columns: tuple[str, ...]) -> Estimator:
    """Logistic regression on recency, frequency and money."""
    return Logistic()


@model(learns=CHANCES)
def boosting(*, columns: tuple[str, ...], categories: Categories = None) -> Estimator:
    """Boosted trees on every feature, with the outlook of repeat buying among them."""
    return trees(categories)


@model(learns=("buys_90d",))
def blend(*, columns: tuple[str, ...], categories: Categories = None) -> Estimator:
    """Mean logit of boosted trees, of trees that correct the Pareto/NBD, and of a logistic regression."""
    return Blend(
        trees(categories, seeds=2),
        trees(categories, offset=columns.index(OUTLOOK), rounds=60),
        ridge(categories),
    )


@model(learns=("leaves_90d",))
def blend_leaving(*, columns: tuple[str, ...], categories: Categories = None) -> Estimator:
    """Mean logit of boosted trees and of a logistic regression."""
    return Blend(trees(categories, seeds=2), ridge(categories))


@model(learns=("buys_90d",))
def blend_by_orders(*, columns: tuple[str, ...], categories: Categories = None) -> Estimator:
    """A blend of its own for customers with one order day, with two or three, and with more."""
    return ByGroup((2, 4), lambda: Blend(trees(categories), ridge(categories)), column=columns.index("active_days"))


@model(learns=CHANCES)
def behaviour_and_orders(*, columns: tuple[str, ...]) -> Estimator:
    """What customers do and what they buy as two opinions, seven to three at first, weighed anew in each stage."""
    return Blended(*seen_of(columns), stages_of(columns), lambda: Logistic(0.01))


@model(learns=("pays_90d",))
def two_part(*, columns: tuple[str, ...], categories: Categories = None) -> Estimator:
    """Chance that money comes, times what comes then: a mean, which adds up to the revenue."""
    return TwoPart(Blend(trees(categories), ridge(categories)), trees(categories, "regression"))


@model(learns=("pays_90d",))
def two_part_median(*, columns: tuple[str, ...], categories: Categories = None) -> Estimator:
    """Chance that money comes, times what typically comes then: nearer to the median, and lower than the revenue."""
    return TwoPart(ridge(categories), trees(categories, "regression"), mean=False)


@model(learns=("pays_90d",))
def tweedie(*, columns: tuple[str, ...], categories: Categories = None) -> Estimator:
    """Boosted trees on money with many zeros."""
    return trees(categories, "tweedie")
