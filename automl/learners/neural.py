"""The fit of a committee of small neural networks."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.blas import one_thread
from automl.learners.inputs import Inputs, Singles, in_singles
from automl.learners.network import Networks
from automl.learners.neuralmodel import Layers, Neural, softmax
from automl.learners.scaling import Scaled
from automl.links import Scale, deviances
from automl.types import Floats, Link, Task

_HIDDEN: Final = (128, 128)
_BATCHES: Final = 60
"""Of an epoch, as far as batches can be of such a size."""
_LEAST_BATCH, _MOST_BATCH = 32, 512
_STEPS: Final = 1500
_FEWEST_EPOCHS, _MOST_EPOCHS = 12, 100
PATIENCE: Final = 15
"""Epochs without a better one after which to stop."""
_WARM_UP: Final = 2
"""Epochs in which the rate rises."""
_MOST_NETWORKS, _MANY_ROWS = 3, 12_000
"""Of few rows each network makes something else, and costs little."""
_AT_ONCE: Final = 4096
_LEAST: Final = 1e-7
"""Probabilities below cost no more."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Rows to learn from, or to be judged by.

    Attributes:
        matrix: base features `(n, f)`, NaN for missing.
        target: class indices or values `(n,)`.
        weights: of the rows, at least 0 and some above `(n,)`; all the same when None.
    """

    matrix: Floats
    target: NDArray[Any]
    weights: Floats | None = None


@dataclass(frozen=True, slots=True)
class NeuralFit:
    """What one fit gives.

    Attributes:
        model: each network as it was after its best epoch.
        epochs: so many, on average.
        cut: whether it was told to stop.
    """

    model: Neural
    epochs: int
    cut: bool


def fit_neural(
    train: Lesson,
    valid: Lesson | None,
    *,
    categorical: Sequence[int],
    task: Task,
    n_classes: int,
    dropout: float,
    number_bins: int,
    rate: float,
    link: Link = "identity",
    epochs: int | None = None,
    seed: int = 0,
    told_to_stop: Callable[[], bool] = lambda: False,
) -> NeuralFit:
    """Fit networks of two hidden layers by AdamW, the rate falling along half a cosine: three of few rows, one of many.

    Matrix products run on one thread, so the number of cores changes no bit of the result.

    Args:
        train: rows to learn from.
        valid: rows to stop early on; without them all epochs are run.
        categorical: indices of the features that hold codes, which are ranks by frequency.
        task: what is predicted.
        n_classes: classes in the whole table, also those that these rows lack; 0 for regression.
        dropout: share of the units that each step leaves out.
        number_bins: at most so many of each number are inputs besides; 0 for none.
        rate: at which it learns, at the most.
        link: of a regression; under a log link Tweedie's deviance takes the place of squared errors.
        epochs: the most; how the rate falls does not depend on it.
        seed: of all that is drawn.
        told_to_stop: asked after each step; what was found by then is kept. May raise to abandon.
    """
    lessons = _Lessons(train, categorical, task, n_classes, number_bins=number_bins, link=link)
    exam = None if valid is None else lessons.exam(valid)
    with one_thread():
        course = _Course(lessons, dropout, rate, np.random.default_rng(seed))
        cut = course.run(exam, epochs, told_to_stop)
    return NeuralFit(lessons.model(tuple(course.kept)), round(fmean(course.best_epochs)), cut)


class _Lessons:
    """Training rows as a network takes them."""

    def __init__(
        self, train: Lesson, categorical: Sequence[int], task: Task, n_classes: int, *, number_bins: int, link: Link
    ) -> None:
        self._task: Task = task
        self._n_classes = n_classes
        self.inputs, self._rows = Inputs.fit(train.matrix, categorical, number_bins)
        shares = None if train.weights is None else train.weights / train.weights.sum()
        self._scale = Scale.of(train.target, link, shares) if task == "regression" else Scale()
        self._wanted = self._outcomes(train.target)
        # As many rows as there are, whatever the weights' scale.
        self._weights = None if shares is None else (shares * len(shares)).astype(np.float32)[:, np.newaxis]

    @property
    def outputs(self) -> int:
        """One a class, or one."""
        return int(self._wanted.shape[1])

    def __len__(self) -> int:
        return len(self._wanted)

    def batch(self, rows: NDArray[np.int64]) -> tuple[Singles, Callable[[Singles], Singles]]:
        """Inputs of each network's rows (count, n), and the gradient of their mean loss in scores."""
        wanted = self._wanted[rows]
        weights = None if self._weights is None else self._weights[rows]

        def pull(scores: Singles) -> Singles:
            error = deviances(scores, wanted)[1] if self._scale.is_log else self._said(scores) - wanted
            return np.asarray((error if weights is None else error * weights) / np.float32(rows.shape[1]))

        return self._given(self._rows, rows.ravel()).reshape(*rows.shape, len(self.inputs)), pull

    def exam(self, valid: Lesson) -> Callable[[Networks], Floats]:
        """How good each network is on other rows: the less its mean loss, the more."""
        rows = in_singles(self.inputs.scaling.apply(valid.matrix))
        wanted = self._outcomes(valid.target)
        places = np.array_split(np.arange(len(wanted)), max(1, len(wanted) // _AT_ONCE))

        def quality(networks: Networks) -> Floats:
            answers = [self._said(networks.answer(self._given(rows, some))) for some in places]
            said = np.concatenate(answers, axis=1)
            if self._task == "regression":
                worth = -((said - wanted)[:, :, 0] ** 2)
            else:
                worth = np.log(np.maximum(said[:, wanted > 0], np.float32(_LEAST)))
            return np.asarray(np.average(worth, axis=1, weights=valid.weights), dtype=np.float64)

        return quality

    def model(self, networks: tuple[Layers, ...]) -> Neural:
        """What can answer rows."""
        return Neural(self._task, self._n_classes, self.inputs, networks, self._scale)

    def _given(self, scaled: Scaled, rows: NDArray[np.int64]) -> Singles:
        return self.inputs(Scaled(scaled.numbers[rows], scaled.missing[rows], scaled.slots[rows]))

    def _outcomes(self, target: NDArray[Any]) -> Singles:
        if self._task == "regression":
            return self._scale.wanted(target).astype(np.float32)[:, np.newaxis]
        return np.asarray(np.eye(self._n_classes, dtype=np.float32)[target])

    def _said(self, scores: Singles) -> Singles:
        return self._scale.said(scores) if self._task == "regression" else softmax(scores)


class _Course:
    """The networks' way through the lessons.

    Attributes:
        kept: the best layers of each network.
        best_epochs: after which they were so.
    """

    def __init__(self, lessons: _Lessons, dropout: float, rate: float, rng: np.random.Generator) -> None:
        self._lessons = lessons
        self._dropout = dropout
        self._rate = rate
        self._rng = rng
        self._count = min(max(_MANY_ROWS // len(lessons), 1), _MOST_NETWORKS)
        widths = [len(lessons.inputs), *_HIDDEN, lessons.outputs]
        self._networks = Networks(self._count, widths, lessons.inputs.active, rng)
        size = min(max(len(lessons) // _BATCHES, _LEAST_BATCH), _MOST_BATCH)
        self._steps = math.ceil(len(lessons) / size)
        self._epochs = min(max(_STEPS // self._steps, _FEWEST_EPOCHS), _MOST_EPOCHS)
        self.kept = [self._networks.layers(number) for number in range(self._count)]
        self.best_epochs = [0] * self._count

    def run(
        self, exam: Callable[[Networks], Floats] | None, most: int | None, told_to_stop: Callable[[], bool]
    ) -> bool:
        """Learn until no network has become better for some epochs; whether it was told to stop."""
        best = np.full(self._count, -np.inf)
        for done in range(1, min(self._epochs, most or self._epochs) + 1):
            cut = self._epoch(done - 1, told_to_stop)
            quality = exam(self._networks) if exam else np.full(self._count, float(done))
            for number in map(int, np.flatnonzero(quality > best)):
                self.kept[number], self.best_epochs[number] = self._networks.layers(number), done
            best = np.fmax(quality, best)  # what is no number is no better, now or later
            if cut or done - max(self.best_epochs) >= PATIENCE:
                return cut
        return False

    def _epoch(self, number: int, told_to_stop: Callable[[], bool]) -> bool:
        """Learn from each row once; whether it was told to stop."""
        orders = np.stack([self._rng.permutation(len(self._lessons)) for _ in range(self._count)])
        for step, rows in enumerate(np.array_split(orders, self._steps, axis=1)):
            done = number * self._steps + step
            falling = (1 + math.cos(math.pi * done / (self._epochs * self._steps))) / 2
            rate = self._rate * falling * min(1.0, (done + 1) / (_WARM_UP * self._steps))
            self._networks.learn(*self._lessons.batch(rows), rate=rate, dropout=self._dropout)
            if told_to_stop():
                return True
        return False
