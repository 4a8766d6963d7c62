"""The fit of a linear model: another kind of mind beside the trees, and small and quick at that."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.descent import entropy, functions_for, minimise, squares, tweedie
from automl.features.textcolumns import TextColumn
from automl.learners.linearmodel import Linear, TermWeights, blocks
from automl.learners.scaling import Scaling
from automl.links import Scale
from automl.text.learning import term_scale
from automl.types import Floats, Link, Task

_MOST_STEPS: Final = 300
_STEEPNESS: Final = 1e-4
_STEPS_OF_TERMS, _STEEPNESS_OF_TERMS = 60, 1e-5
"""Each of many terms has but a small part in the gradient."""


def fit_linear(
    matrix: Floats,
    target: NDArray[np.int64] | Floats,
    *,
    categorical: Sequence[int],
    task: Task,
    n_classes: int,
    penalty: float,
    link: Link = "identity",
    straight: bool = False,
    monotone: Sequence[int] = (),
    weights: Floats | None = None,
    texts: Sequence[TextColumn] = (),
    told_to_stop: Callable[[], bool] = lambda: False,
) -> Linear:
    """Fit logistic or ridge regression by L-BFGS, on the base features and all terms of the texts beside them.

    This is the objective and the solver of scikit-learn's `LogisticRegression`, whose own loop cannot be stopped, and
    warns through a filter that threads share. Neither the number of threads nor of cores changes a bit of the result.

    Args:
        matrix: training rows (n, f), NaN for missing.
        target: class indices or values (n,).
        categorical: indices of the features that hold codes, which are ranks by frequency.
        task: what is predicted.
        n_classes: classes in the whole table, also those that these rows lack; 0 for regression.
        penalty: scikit-learn's `C`, above 0: the smaller, the flatter the model. Of a regression it is `1 / alpha`,
            with the target in units of its deviation, or under a log link of its mean.
        link: of a regression; under a log link Tweedie's deviance takes the place of squared errors.
        straight: whether numbers are taken as they are, however far they lie.
        monotone: -1, 0 or 1 a feature, or nothing: 1 lets its slope only be positive or none. Not for many classes,
            whose probabilities do not rise with their scores.
        weights: of the rows, at least 0 and some above (n,).
        texts: of the same rows, with their terms.
        told_to_stop: asked after each step; what was found by then is kept. May raise to abandon.
    """
    scaling = Scaling.fit(matrix, categorical, straight=straight)
    shares = np.full(len(target), 1 / len(target)) if weights is None else weights / weights.sum()
    if task == "regression":
        outcomes = np.empty(0, dtype=np.int64)
        scale = Scale.of(target, link, shares)
        loss = (tweedie if scale.is_log else squares)(scale.wanted(target), shares)
    else:
        outcomes, wanted = np.unique(target.astype(np.int64), return_inverse=True)
        scale = Scale()
        loss = entropy(wanted, len(outcomes), shares)
    strength, widths = term_scale(len(outcomes)), [it.shape[1] for column in texts for it in column.terms]
    design = _design(scaling, matrix, texts, strength)
    m, d, own = functions_for(len(outcomes)), len(scaling.numeric), design.shape[1] - sum(widths)
    found = scale.unit * minimise(
        design,
        loss,
        m,
        1 / (penalty * len(target)),
        steps=_STEPS_OF_TERMS if sum(widths) else _MOST_STEPS,
        steepness=_STEEPNESS_OF_TERMS if sum(widths) else _STEEPNESS,
        bounds=_bounds(np.asarray(monotone)[scaling.numeric], m, design.shape[1]) if any(monotone) else None,
        told_to_stop=told_to_stop,
    )
    return Linear(
        task=task,
        n_classes=n_classes,
        scaling=scaling,
        slopes=np.ascontiguousarray(found[:, :d]),
        gaps=np.ascontiguousarray(found[:, d : 2 * d]),
        levels=np.ascontiguousarray(found[:, 2 * d : own]),
        intercepts=found[:, -1] + scale.center,
        outcomes=outcomes,
        absent=0.5 / (len(target) + n_classes) if len(outcomes) < n_classes else 0.0,
        most=scale.most,
        terms=TermWeights.of(strength * found[:, own:-1].T, widths) if texts else None,
    )


def _bounds(signs: NDArray[np.int64], functions: int, columns: int) -> Any:  # noqa: ANN401 - scipy is untyped
    """Slopes that must rise are at least 0, those that must fall at most; scaling turns no number around."""
    from scipy.optimize import Bounds  # noqa: PLC0415 - as above

    lower, upper = np.full((functions, columns + 1), -np.inf), np.full((functions, columns + 1), np.inf)
    lower[:, : len(signs)][:, signs > 0] = 0.0
    upper[:, : len(signs)][:, signs < 0] = 0.0
    return Bounds(lower.ravel(), upper.ravel())


def _design(scaling: Scaling, matrix: Floats, texts: Sequence[TextColumn], strength: float) -> Any:  # noqa: ANN401
    """A sparse matrix (n, 2 d + slots + terms): numbers, their gaps, a 1 in each category's slot, terms."""
    from scipy.sparse import csr_array, hstack, vstack  # noqa: PLC0415 - as above

    def part(rows: Floats) -> Any:  # noqa: ANN401
        numbers, missing, slots = scaling.apply(rows)
        marks = csr_array(
            (np.ones(slots.size), slots.ravel(), np.arange(len(rows) + 1) * slots.shape[1]),
            shape=(len(rows), scaling.slots),
        )
        return hstack([csr_array(numbers), csr_array(missing.astype(np.float64)), marks], format="csr")

    base = vstack([part(rows) for rows in blocks(matrix)], format="csr")
    return hstack([base, *(strength * block for column in texts for block in column.terms)], format="csr")
