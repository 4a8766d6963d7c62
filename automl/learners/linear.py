"""The fit of a linear model: another kind of mind beside the trees, and small and quick at that."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.learners.blas import one_thread
from automl.learners.linearmodel import Linear, blocks, functions_for, log_shares
from automl.learners.scaling import Scaling
from automl.types import Floats, Task

_MOST_STEPS: Final = 300
_STEEPNESS: Final = 1e-4
"""The gradient's largest part at which the fit is done, as scikit-learn has it."""

_Loss = Callable[[Floats], tuple[float, Floats]]
"""From scores (n, m) to the mean loss and its gradient (n, m)."""


def fit_linear(
    matrix: Floats,
    target: NDArray[np.int64] | Floats,
    *,
    categorical: Sequence[int],
    task: Task,
    n_classes: int,
    penalty: float,
    monotone: Sequence[int] = (),
    weights: Floats | None = None,
    told_to_stop: Callable[[], bool] = lambda: False,
) -> Linear:
    """Fit by L-BFGS (Liu & Nocedal 1989: On the limited memory BFGS method), which starts at zero and draws nothing.

    This is the objective and the solver of scikit-learn's `LogisticRegression`, whose own loop cannot be stopped, and
    warns through a filter that threads share. Neither the number of threads nor of cores changes a bit of the result.

    Args:
        matrix: training rows (n, f), NaN for missing.
        target: class indices or values (n,).
        categorical: indices of the features that hold codes, which are ranks by frequency.
        task: what is predicted.
        n_classes: classes in the whole table, also those that these rows lack; 0 for regression.
        penalty: scikit-learn's `C`, above 0: the smaller, the flatter the model. Of a regression it is `1 / alpha`,
            with the target in units of its deviation.
        monotone: -1, 0 or 1 a feature, or nothing: 1 lets its slope only be positive or none. Not for many classes,
            whose probabilities do not rise with their scores.
        weights: of the rows, at least 0 and some above (n,).
        told_to_stop: asked after each step; what was found by then is kept. May raise to abandon.
    """
    scaling = Scaling.fit(matrix, categorical)
    shares = np.full(len(target), 1 / len(target)) if weights is None else weights / weights.sum()
    if task == "regression":
        outcomes, center = np.empty(0, dtype=np.int64), float(np.average(target, weights=shares))
        unit = float(np.sqrt(np.average((target - center) ** 2, weights=shares))) or 1.0
        loss = _squares(np.asarray((target - center) / unit, dtype=np.float64), shares)
    else:
        outcomes, wanted = np.unique(target.astype(np.int64), return_inverse=True)
        center, unit = 0.0, 1.0
        loss = _entropy(wanted, len(outcomes), shares)
    design = _design(scaling, matrix)
    m, d = functions_for(len(outcomes)), len(scaling.numeric)
    bounds = _bounds(np.asarray(monotone)[scaling.numeric], m, design.shape[1]) if any(monotone) else None
    found = _minimise(design, loss, m, 1 / (penalty * len(target)), bounds=bounds, told_to_stop=told_to_stop) * unit
    return Linear(
        task=task,
        n_classes=n_classes,
        scaling=scaling,
        slopes=np.ascontiguousarray(found[:, :d]),
        gaps=np.ascontiguousarray(found[:, d : 2 * d]),
        levels=np.ascontiguousarray(found[:, 2 * d : -1]),
        intercepts=found[:, -1] + center,
        outcomes=outcomes,
        absent=0.5 / (len(target) + n_classes) if len(outcomes) < n_classes else 0.0,
    )


def _minimise(
    design: Any,  # noqa: ANN401 - scipy is untyped
    loss: _Loss,
    functions: int,
    penalty: float,
    *,
    bounds: Any,  # noqa: ANN401
    told_to_stop: Callable[[], bool],
) -> Floats:
    """Coefficients (functions, columns + 1), the intercept last, which alone is not penalised."""
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
    options = {"maxiter": _MOST_STEPS, "gtol": _STEEPNESS, "ftol": 64 * np.finfo(np.float64).eps}
    with one_thread():
        result = minimize(objective, start, method="L-BFGS-B", jac=True, bounds=bounds, callback=look, options=options)
    return np.asarray(result.x).reshape(functions, -1)


def _bounds(signs: NDArray[np.int64], functions: int, columns: int) -> Any:  # noqa: ANN401 - scipy is untyped
    """Slopes that must rise are at least 0, those that must fall at most; scaling turns no number around."""
    from scipy.optimize import Bounds  # noqa: PLC0415 - as above

    lower, upper = np.full((functions, columns + 1), -np.inf), np.full((functions, columns + 1), np.inf)
    lower[:, : len(signs)][:, signs > 0] = 0.0
    upper[:, : len(signs)][:, signs < 0] = 0.0
    return Bounds(lower.ravel(), upper.ravel())


def _design(scaling: Scaling, matrix: Floats) -> Any:  # noqa: ANN401 - scipy is untyped
    """A sparse matrix (n, 2 d + slots): numbers, what is missing of them, and a 1 in each category's slot."""
    from scipy.sparse import csr_array, hstack, vstack  # noqa: PLC0415 - as above

    def part(rows: Floats) -> Any:  # noqa: ANN401
        numbers, missing, slots = scaling.apply(rows)
        marks = csr_array(
            (np.ones(slots.size), slots.ravel(), np.arange(len(rows) + 1) * slots.shape[1]),
            shape=(len(rows), scaling.slots),
        )
        return hstack([csr_array(numbers), csr_array(missing.astype(np.float64)), marks], format="csr")

    return vstack([part(rows) for rows in blocks(matrix)], format="csr")


def _squares(wanted: Floats, shares: Floats) -> _Loss:
    def loss(scores: Floats) -> tuple[float, Floats]:
        errors = scores[:, 0] - wanted
        return float(np.sum(shares * errors**2)) / 2, (shares * errors)[:, np.newaxis]

    return loss


def _entropy(wanted: NDArray[np.int64], outcomes: int, shares: Floats) -> _Loss:
    rows = np.arange(len(wanted))

    def loss(scores: Floats) -> tuple[float, Floats]:
        logs = log_shares(scores, outcomes)
        pull = np.exp(logs)
        pull[rows, wanted] -= 1
        return -float(np.sum(shares * logs[rows, wanted])), (shares[:, np.newaxis] * pull)[:, -scores.shape[1] :]

    return loss
