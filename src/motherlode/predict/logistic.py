"""Logistic regression that says little where there is little to learn from."""

import numpy as np

from motherlode.predict.special_functions import Numbers

STEPS = 25


def penalised(matrix: Numbers, target: Numbers, held: float, prior: Numbers) -> tuple[Numbers, float]:
    """Coefficients held near `prior`, and the intercept.

    Parameters
    ----------
    matrix, target
        A row a case, and 1 (happened) or 0.
    held
        How strongly: half of this times the squared distance from `prior` is taken off the log likelihood.
    """
    columns = np.column_stack([matrix, np.ones(target.size)])
    rate = np.clip(target.mean(), 1e-6, 1 - 1e-6)
    middle = np.append(prior, 0.0)
    penalty = np.append(np.full(prior.size, held), 0.0)
    point = np.append(prior, np.log(rate / (1 - rate)))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(columns @ point, -30, 30)))
        slope = columns.T @ (target - chance) - penalty * (point - middle)
        curved = (columns * (chance * (1 - chance))[:, None]).T @ columns + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curved, slope)
        # A full step may overshoot where most chances are near 0 or 1.
        point = point + step * min(1.0, 1.0 / float(np.abs(step).max(initial=1e-12)))
        if np.abs(step).max() < 1e-6:
            break
    return point[:-1], float(point[-1])
