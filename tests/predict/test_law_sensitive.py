"""Nothing is learnt from columns of a special category unless a house says so."""

import numpy as np
import pyarrow as pa
import pytest

from motherlode.predict.cases import Cases, Fact
from motherlode.predict.leaks import find_leaks
from motherlode.predict.sensitive import is_sensitive

RNG = np.random.default_rng(4)
OUTCOME = (RNG.random(800) < 0.4).astype(float)


def cases(*names: str) -> Cases:
    facts = tuple(Fact(name, RNG.normal(size=800) + OUTCOME * 0.3) for name in names)
    return Cases("churned", pa.table({"source": ["s"] * 800}), OUTCOME, np.full(800, np.nan), facts, {})


@pytest.mark.parametrize("name", ["宗教信仰", "民族", "Religion", "health_status", "hasDisability", "RACE"])
def test_gdpr_9_pipl_28_a_column_of_a_special_category_is_known_by_its_name(name):
    assert is_sensitive(name)


@pytest.mark.parametrize("name", ["city", "embrace", "trace_id", "gender", "城市", "race_car_orders"])
def test_other_columns_are_let_be_unless_a_word_of_theirs_is_one(name):
    assert is_sensitive(name) == (name == "race_car_orders")


def test_gdpr_9_pipl_29_nothing_is_learnt_from_it_without_being_told_to():
    told = {leak.column: leak.why for leak in find_leaks(cases("visits", "religion"))}
    assert told == {"religion": "sensitive"}
    assert find_leaks(cases("visits", "religion"), frozenset({"religion"})) == []
