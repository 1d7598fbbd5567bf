"""Rules that need no model: what every learner has to beat."""

from motherlode.predict.estimators import AsItStands, Estimator, Rate
from motherlode.tables import model

CHANCES = ("buys_90d", "leaves_90d")


@model(learns=CHANCES, sees=("tenure_days",))
def mean(*, columns: tuple[str, ...]) -> Estimator:
    """What happened on average, for everybody."""
    return Rate(())


@model(learns=CHANCES, sees=("orders_90d",))
def last_period(*, columns: tuple[str, ...]) -> Estimator:
    """The rate of those who ordered as often in the last 90 days."""
    return Rate((1, 2, 3, 5))


@model(learns=CHANCES, sees=("idle_days", "orders_all"))
def recency_frequency(*, columns: tuple[str, ...]) -> Estimator:
    """The rate of those with as many days since the last order and as many orders: RFM without the money."""
    return Rate((15, 30, 60, 90, 150, 240), (2, 3, 5, 9))


@model(learns=("pays_90d",), sees=("spend_90d",))
def same_as_last(*, columns: tuple[str, ...]) -> Estimator:
    """The money of the last 90 days once more."""
    return AsItStands()


@model(learns=("pays_90d",), sees=("tenure_days",))
def mean_spend(*, columns: tuple[str, ...]) -> Estimator:
    """What was paid on average, for everybody."""
    return Rate(())
