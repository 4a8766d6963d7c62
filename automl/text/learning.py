"""What the texts of one fold's training rows tell of the target.

What is learnt of targets never comes back to the row that it was learnt of: the rows fall into parts, and each part is
told what the others taught. So a text that was made of another one is told what the other one is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.blas import one_thread
from automl.clock import go_on
from automl.descent import entropy, functions_for, minimise, squares
from automl.text.index import Terms
from automl.text.levels import MOST_OUTCOMES, STEPS, TERMS, TOPIC_WORDS, TOPICS, Piece
from automl.text.steps import Projection, Selection, TextStep
from automl.types import Floats, Task

_SMOOTHING: Final = 1.0
_SHRINKING: Final = 5.0
_STEEPNESS: Final = 1e-5
_LEAST_SCALE, _MOST_SCALE = 2, 20


@dataclass(frozen=True, slots=True)
class TextLesson:
    """The rows that are learnt from.

    Attributes:
        target: class indices or values (n,).
        weights: of the rows, which add up to n (n,).
        parts: the part of each row, from 0 on (n,).
        task: what is predicted.
        n_classes: in the whole table; 0 for regression.
        count: of the parts.
        columns: of texts that the table has.
        seed: of what is drawn.
        told_to_stop: asked often; `Unfinished` is raised then. May raise to abandon.
    """

    target: NDArray[Any]
    weights: Floats
    parts: NDArray[np.int64]
    task: Task
    n_classes: int
    count: int
    columns: int
    seed: int
    told_to_stop: Callable[[], bool]

    @classmethod
    def of(
        cls,
        target: NDArray[Any],
        weights: Floats | None,
        *,
        task: Task,
        n_classes: int,
        count: int,
        columns: int,
        seed: int,
        told_to_stop: Callable[[], bool],
    ) -> "TextLesson":
        """Parts drawn from the seed."""
        rows = len(target)
        even = np.ones(rows) if weights is None else weights * (rows / weights.sum())
        parts = np.random.default_rng(seed).permutation(rows) % count
        return cls(target, even, parts, task, n_classes, count, columns, seed, told_to_stop)

    def taken(self, rows: NDArray[Any]) -> "TextLesson":
        """Only these rows."""
        return replace(self, target=self.target[rows], weights=self.weights[rows], parts=self.parts[rows])

    @property
    def outcomes(self) -> NDArray[np.int64]:
        """The classes that have columns, ascending; the second of two; none for regression."""
        if self.task == "regression":
            return np.empty(0, dtype=np.int64)
        counts = np.bincount(self.target, minlength=self.n_classes)
        commonest = np.argsort(-counts, kind="stable")[:MOST_OUTCOMES]
        return np.array([1]) if self.task == "binary" else np.sort(commonest)

    @property
    def deviations(self) -> Floats:
        """Of a regression's target from its mean, in units of its deviation."""
        center = np.average(self.target, weights=self.weights)
        deviation = float(np.sqrt(np.average((self.target - center) ** 2, weights=self.weights))) or 1.0
        return np.asarray((self.target - center) / deviation, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Taught:
    """One piece.

    Attributes:
        step: learnt of all rows.
        apart: for each part what the other parts taught; nothing where no target had a say.
    """

    step: TextStep
    apart: tuple[Projection, ...] = ()

    def columns(self, terms: Terms, parts: NDArray[np.int64]) -> Floats:
        """Of texts that were learnt from, or were made of such: each by what other parts than its own taught."""
        if not self.apart:
            return self.step.apply(terms)
        columns = np.empty((len(parts), self.step.columns))
        for part, step in enumerate(self.apart):
            rows = np.flatnonzero(parts == part)
            columns[rows] = step.apply(terms.taken(rows), kept=False)
        return columns


def teach(piece: Piece, terms: Terms, lesson: TextLesson) -> Taught | None:
    """One piece, of the terms of the lesson's rows; None where there is nothing to learn it of.

    Raises:
        Unfinished: the lesson was told to stop.
    """
    block = int(piece.startswith("gram"))
    if terms[block].shape[1] == 0:
        return None
    if piece == "topics":
        return _topics(terms, lesson)
    if piece == "terms":
        return Taught(_most_telling(terms, lesson))
    learn = _ratios if piece.endswith("ratios") else _scores
    apart = []
    for part in range(lesson.count):
        others = np.flatnonzero(lesson.parts != part)
        apart.append(learn(terms[block][others], lesson.taken(others), lesson.outcomes, block))
    return Taught(learn(terms[block], lesson, lesson.outcomes, block), tuple(apart))


def _ratios(block: Any, lesson: TextLesson, outcomes: NDArray[np.int64], number: int) -> Projection:  # noqa: ANN401
    """How much more often each class has a term than the others (Wang & Manning 2012: Baselines and bigrams).

    Of a regression how far the target is from its mean where the term is, the less the rarer it is.
    """
    _look(lesson)
    present = block.copy()
    present.data = np.ones(len(present.data))
    if lesson.task == "regression":
        told = present.T @ (lesson.weights * lesson.deviations)
        weights = (told / (present.T @ lesson.weights + _SHRINKING))[:, np.newaxis]
    else:
        wanted = (lesson.target[:, np.newaxis] == outcomes) * lesson.weights[:, np.newaxis]
        inside = present.T @ wanted + _SMOOTHING
        outside = (present.T @ lesson.weights)[:, np.newaxis] - inside + 2 * _SMOOTHING
        weights = np.log(inside / inside.sum(axis=0)) - np.log(outside / outside.sum(axis=0))
    return Projection.of("ratios", number, block.shape[1], weights, np.zeros(weights.shape[1]))


def _scores(block: Any, lesson: TextLesson, outcomes: NDArray[np.int64], number: int) -> Projection:  # noqa: ANN401
    """What logistic or ridge regression on the terms says."""
    shares = lesson.weights / lesson.weights.sum()
    if lesson.task == "regression":
        loss, classes = squares(lesson.deviations, shares), 0
    elif lesson.task == "binary":
        loss, classes = entropy(lesson.target, 2, shares), 2
    else:
        place = np.searchsorted(outcomes, lesson.target).clip(max=len(outcomes) - 1)
        rest = outcomes[place] != lesson.target
        classes = len(outcomes) + (lesson.n_classes > len(outcomes))
        loss = entropy(np.where(rest, len(outcomes), place), classes, shares)
    strength = term_scale(classes)
    found = minimise(
        block * strength,
        loss,
        functions_for(classes),
        1 / len(lesson.target),
        steps=STEPS,
        steepness=_STEEPNESS,
        told_to_stop=lambda: _look(lesson),
    )
    return Projection.of("scores", number, block.shape[1], found[:, :-1].T * strength, found[:, -1])


def term_scale(classes: int) -> float:
    """What weights of terms are multiplied by for a linear model, so that it may rely on them as on other numbers.

    It stands for a penalty: scikit-learn's `C` would be its square. Of many classes each has few texts to itself.
    """
    return float(min(max(_LEAST_SCALE, classes), _MOST_SCALE))


def _topics(terms: Terms, lesson: TextLesson) -> Taught | None:
    """Directions in which texts differ most, of their commonest words (Halko et al. 2011: randomized algorithms)."""
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415 - slow to import, and only training needs it

    _look(lesson)
    words = terms.words[:, :TOPIC_WORDS]
    most = min(TOPICS // lesson.columns, *(side - 1 for side in words.shape))
    if most < 1:
        return None
    with one_thread():
        _, _, directions = randomized_svd(words, most, n_iter=4, random_state=lesson.seed)
    return Taught(Projection.of("topics", 0, terms.words.shape[1], directions.T, np.zeros(most)))


def _most_telling(terms: Terms, lesson: TextLesson) -> Selection:
    """The terms that go with the target most, by chi-squared, or by correlation."""
    from sklearn.feature_selection import chi2, f_regression  # noqa: PLC0415 - as above

    _look(lesson)
    with np.errstate(invalid="ignore", divide="ignore"):
        strengths, _ = (f_regression if lesson.task == "regression" else chi2)(terms.words, lesson.target)
    most = max(1, TERMS // lesson.columns)
    ranked = np.argsort(-np.nan_to_num(strengths, nan=-1.0, posinf=-1.0), kind="stable")
    return Selection(np.sort(ranked[:most]))


def _look(lesson: TextLesson) -> bool:
    go_on(lesson.told_to_stop)
    return False
