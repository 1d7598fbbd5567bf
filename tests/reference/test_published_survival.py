"""Published figures of survival: lifelines's two data sets, and IBM's telephone customers."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from motherlode.predict.cox import fit_cox
from motherlode.predict.kaplan_meier import kaplan_meier
from motherlode.predict.weibull import fit_weibull

DATA = Path(__file__).with_name("data")


def columns(name: str) -> dict[str, list[str]]:
    with (DATA / name).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {column: [row[column] for row in rows] for column in rows[0]}


def test_factors_of_recidivism_are_the_published_ones():
    """Rossi, Berk and Lenihan 1980, as fitted by lifelines and R's survival (Efron's ties)."""
    given = {name: np.array(values, dtype=float) for name, values in columns("rossi.csv").items()}
    values = np.column_stack([given[name] for name in ("fin", "age", "race", "wexp", "mar", "paro", "prio")])
    fit = fit_cox(given["week"], given["arrest"], values)
    assert fit.coefficients == pytest.approx([-0.3794, -0.0574, 0.3139, -0.1498, -0.4337, -0.0849, 0.0915], abs=5e-5)
    assert fit.standard_errors == pytest.approx([0.1914, 0.0220, 0.3080, 0.2122, 0.3819, 0.1958, 0.0286], abs=1e-4)
    assert fit.log_likelihood == pytest.approx(-658.7477, abs=1e-4)
    assert fit.concordance == pytest.approx(0.6403, abs=5e-5)


def test_lifespans_of_flies_are_distributed_as_published():
    given = columns("waltons.csv")
    fit = fit_weibull(np.array(given["T"], dtype=float), np.array(given["E"], dtype=float))
    assert tuple(fit.parameters) == pytest.approx((55.7331, 3.4505), rel=1e-5)
    assert fit.log_likelihood == pytest.approx(-672.0622, abs=1e-4)


def test_telephone_customers_stay_as_published(shared_data):
    with gzip.open(shared_data / "telco_ibm" / "Telco-Customer-Churn.csv.gz", "rt", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    curve = kaplan_meier([float(row["tenure"]) for row in rows], [row["Churn"] == "Yes" for row in rows])
    assert curve.at([12, 24, 60]) == pytest.approx([0.8432, 0.7887, 0.6644], abs=5e-5)
