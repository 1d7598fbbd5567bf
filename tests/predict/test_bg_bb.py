"""One opportunity a period: who takes it."""

import numpy as np
import pytest

from motherlode.errors import InputError
from motherlode.predict import bg_bb

GIVEN = bg_bb.BgBb(1.2, 0.75, 0.66, 2.8)
# Donors of a public radio station who were asked in six years: answered, the last that was, and how many donors
# (Fader, Hardie and Shang 2010, table 1).
DONORS = np.array(
    [
        (0, 0, 3464), (1, 1, 1091), (1, 2, 277), (1, 3, 129), (1, 4, 78), (1, 5, 119), (1, 6, 129), (2, 2, 613),
        (2, 3, 255), (2, 4, 155), (2, 5, 173), (2, 6, 234), (3, 3, 322), (3, 4, 181), (3, 5, 225), (3, 6, 357),
        (4, 4, 240), (4, 5, 284), (4, 6, 512), (5, 5, 335), (5, 6, 728), (6, 6, 1203),
    ]
).T  # fmt: skip


def test_donors_give_as_published():
    """Parameters, P(alive) and forecast of Fader, Hardie and Shang 2010, in the digits of the lifetimes package."""
    x, last, donors = DONORS
    fit = bg_bb.fit_bg_bb(x, last, 6, donors)
    assert fit.converged and fit.customers == 11_104
    assert tuple(fit.parameters) == pytest.approx((1.204, 0.750, 0.657, 2.783), abs=5e-4)
    assert bg_bb.p_alive(fit, [0, 2, 6], [0, 4, 6], 6) == pytest.approx([0.11, 0.59, 0.93], abs=5e-3)
    assert (donors * bg_bb.expected_transactions(fit, x, last, 6, periods=5)).sum() == pytest.approx(12_884.2, abs=0.1)
    counts = bg_bb.pmf(fit, [0, 6], 6) * donors.sum()
    assert counts == pytest.approx([3454.9, 1253.1], abs=0.05)


@pytest.mark.parametrize("point", [(0.2, -0.3, 0.4, 1.0), (-1.0, 1.0, -0.5, 2.0)])
def test_the_slope_of_the_likelihood_is_that_of_its_differences(point):
    at, (x, last, donors) = np.array(point), DONORS.astype(float)

    def value(here):
        return bg_bb.score(here, x, last, np.full(x.size, 6.0), donors)

    numeric = [(value(at + step)[0] - value(at - step)[0]) / 2e-5 for step in 1e-5 * np.eye(4)]
    assert value(at)[1] == pytest.approx(numeric, rel=1e-5)


def test_chances_of_all_numbers_sum_up_to_1_and_their_mean_is_the_expectation():
    chances = bg_bb.pmf(GIVEN, np.arange(12), 8)
    assert chances.sum() == pytest.approx(1) and (chances[9:] == 0).all()
    mean = bg_bb.expected_transactions(GIVEN, 0, 0, 0, periods=8)
    assert (chances * np.arange(12)).sum() == pytest.approx(mean)


def test_later_numbers_of_opportunities_may_differ_by_customer():
    together = bg_bb.p_alive(GIVEN, [1, 3], [2, 4], [6, 4])
    assert together == pytest.approx([bg_bb.p_alive(GIVEN, 1, 2, 6), bg_bb.p_alive(GIVEN, 3, 4, 4)])


@pytest.mark.parametrize(
    ("history", "told"),
    [
        (([1], [7], [6]), "`t_x` is 7"),
        (([3], [2], [6]), "`x` is 3"),
        (([0], [2], [6]), "`x` is 0"),
        (([1], [2.5], [6]), "`t_x` is 2.5"),
        (([1, 2], [2, 3], [6, 6, 6]), "different shapes"),
    ],
)
def test_histories_that_cannot_be_are_refused(history, told):
    with pytest.raises(InputError, match=told):
        bg_bb.fit_bg_bb(*history)
