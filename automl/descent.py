"""The least of a smooth loss of linear functions with an L2 penalty, which is what every linear model here is."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.blas import one_thread
from automl.links import deviances
from automl.types import Floats

_TWO: Final = 2
_STEEPNESS: Final = 1e-4
"""The gradient's largest part at which the fit is done, as scikit-learn has it."""

Loss = Callable[[Floats], tuple[float, Floats]]
"""From scores (n, m) to the mean loss and its gradient (n, m)."""


def minimise(
    design: Any,  # noqa: ANN401 - scipy is untyped
    loss: Loss,
    functions: int,
    penalty: float,
    *,
    steps: int,
    steepness: float = _STEEPNESS,
    bounds: Any = None,  # noqa: ANN401
    told_to_stop: Callable[[], bool] = lambda: False,
) -> Floats:
    """Coefficients (functions, columns + 1), the intercept last, which alone is not penalised.

    By L-BFGS (Liu & Nocedal 1989: On the limited memory BFGS method), which starts at zero and draws nothing. Neither
    the number of threads nor of cores changes a bit of the result.

    Args:
        design: sparse (n, columns).
        loss: of its scores.
        functions: that score, m.
        penalty: times half the sum of all squared slopes.
        steps: the most.
        steepness: the gradient's largest part at which it is done.
        bounds: of the coefficients, as scipy has them; none when None.
        told_to_stop: asked after each step; what was found by then is kept. May raise to abandon.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - costs a third of a second, and only training needs it

    def objective(flat: Floats) -> tuple[float, Floats]:
        found = flat.reshape(functions, -1)
        slopes = found[:, :-1]
        value, pull = loss(design @ slopes.T + found[:, -1])
        gradient = np.column_stack([(design.T @ pull).T + penalty * slopes, pull.sum(axis=0)])
        return value + penalty / 2 * float(np.sum(slopes**2)), gradient.ravel()

    def look(_: Floats) -> None:
        if told_to_stop():
            raise StopIteration

    start = np.zeros(functions * (design.shape[1] + 1))
    options = {"maxiter": steps, "gtol": steepness, "ftol": 64 * np.finfo(np.float64).eps}
    with one_thread():
        result = minimize(objective, start, method="L-BFGS-B", jac=True, bounds=bounds, callback=look, options=options)
    return np.asarray(result.x).reshape(functions, -1)


def squares(wanted: Floats, shares: Floats) -> Loss:
    """Half the mean squared error, of values (n,) whose shares (n,) add up to 1."""

    def loss(scores: Floats) -> tuple[float, Floats]:
        errors = scores[:, 0] - wanted
        return float(np.sum(shares * errors**2)) / 2, (shares * errors)[:, np.newaxis]

    return loss


def tweedie(wanted: Floats, shares: Floats) -> Loss:
    """Half of Tweedie's mean deviance, of values (n,) whose shares (n,) add up to 1, by scores that are logarithms."""

    def loss(scores: Floats) -> tuple[float, Floats]:
        each, pull = deviances(scores[:, 0], wanted)
        return float(np.sum(shares * each)), (shares * pull)[:, np.newaxis]

    return loss


def entropy(wanted: NDArray[np.int64], outcomes: int, shares: Floats) -> Loss:
    """The mean log loss of so many outcomes, of which these (n,) came, with shares (n,) that add up to 1."""
    rows = np.arange(len(wanted))

    def loss(scores: Floats) -> tuple[float, Floats]:
        logs = log_shares(scores, outcomes)
        pull = np.exp(logs)
        pull[rows, wanted] -= 1
        return -float(np.sum(shares * logs[rows, wanted])), (shares[:, np.newaxis] * pull)[:, -scores.shape[1] :]

    return loss


def functions_for(outcomes: int) -> int:
    """How many linear functions tell so many classes apart; one for values, which have none."""
    return outcomes if outcomes > _TWO else 1


def log_shares(scores: Floats, outcomes: int) -> Floats:
    """The logarithms of probabilities (n, outcomes) by softmax; of two classes the first one scores 0."""
    logits = np.column_stack([np.zeros(len(scores)), scores]) if outcomes == _TWO else scores
    logits = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))
