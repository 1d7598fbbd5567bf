"""Models of repeat buying as forecasts of their own; they are fitted on the day and learn from no label."""

from motherlode.predict.estimators import AsItStands, Estimator
from motherlode.tables import model


@model(learns=("buys_90d",), sees=("bg_nbd_logit",))
def bg_nbd(*, columns: tuple[str, ...]) -> Estimator:
    """Chance to order by the BG/NBD."""
    return AsItStands(logits=True)


@model(learns=("leaves_90d",), sees=("bg_nbd_logit",))
def bg_nbd_leaving(*, columns: tuple[str, ...]) -> Estimator:
    """Chance to order no more by the BG/NBD."""
    return AsItStands(logits=True, opposite=True)


@model(learns=("buys_90d",), sees=("pareto_nbd_logit",))
def pareto_nbd(*, columns: tuple[str, ...]) -> Estimator:
    """Chance to order by the Pareto/NBD."""
    return AsItStands(logits=True)


@model(learns=("leaves_90d",), sees=("pareto_nbd_logit",))
def pareto_nbd_leaving(*, columns: tuple[str, ...]) -> Estimator:
    """Chance to order no more by the Pareto/NBD."""
    return AsItStands(logits=True, opposite=True)


@model(learns=("pays_90d",), sees=("pareto_nbd_paid",))
def pareto_nbd_gamma_gamma(*, columns: tuple[str, ...]) -> Estimator:
    """Orders expected by the Pareto/NBD, at the value that the Gamma-Gamma expects."""
    return AsItStands()
