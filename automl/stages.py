"""The stages of a run between its problem and its bundle, in the order in which `pipeline.train` calls them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.checks.splits import check_sides
from automl.decisions.tuning import MOST_CLASSES, MOST_ROWS
from automl.evaluation.baselines import default_booster, dummy_outputs
from automl.features.encoder import FeatureEncoder
from automl.features.images import SECONDS_AN_IMAGE
from automl.problem import Problem
from automl.search import Brake, Material, Views
from automl.spaces.constraints import meetings, signs
from automl.splits.apart import check_apart
from automl.splits.split import Folds, Rows, fold_count, some_of, strata
from automl.splits.splitters import Splitter, make_splitter, repeated_folds
from automl.tables.frames import take
from automl.types import Floats, Frame, Json, Monitor, Sample, TrainRequest

_BASELINE_SHARE: Final = 0.15
_S_PER_VALUE, _S_PER_OUTPUT, _S_PER_OUTPUT_TUNED = 25e-9, 0.5e-6, 7e-6
_ONE_RULE: Final = 0.15
_MOST_JUDGED: Final = 5_000_000
"""Rows times classes."""
_IMAGES_SHARE, _FEWEST_JUDGED = 0.05, 200
"""Of the whole time, to encode the images of so many rows that judge, at the least."""
_END_SHARE, _END_S = 0.1, 1.2
"""Of the whole time, and at the most, for the end, whatever the size of the boosters."""


class Stages:
    """Announces each stage, and keeps what it took.

    Attributes:
        steps: `{"stage", "seconds", "detail"}` of each stage that has ended, for the report.
    """

    def __init__(self, brake: Brake, monitor: Monitor | None) -> None:
        self._brake = brake
        self._monitor = monitor
        self.steps: list[dict[str, Json]] = []

    @contextmanager
    def __call__(self, name: str) -> Iterator[dict[str, Json]]:
        """Give a step whose `detail` the caller may fill in. Raises `Interrupted` when the run is to be abandoned."""
        self._brake.left()
        if self._monitor:
            self._monitor.phase(name)
        begun = time.monotonic()
        step: dict[str, Json] = {"stage": name, "detail": ""}
        yield step
        self.steps.append(step | {"seconds": round(time.monotonic() - begun, 3)})


@dataclass(frozen=True, slots=True)
class Parts:
    """Training and holdout rows, and the folds of the training rows by their numbers among these.

    Attributes:
        rows: numbers of the rows to learn from, in the table `(n,)`.
        train: their features.
        target: of these rows `(n,)`, class indices or values.
        held_out: numbers of the rows to be judged by, in their table `(m,)`.
        holdout: their features.
        holdout_target: theirs `(m,)`.
        folds: all of one repeat, then all of the next. Along time, not every row is validated.
        repeats: how often the rows are folded, and so each row is validated at most.
        weights: of the training rows `(n,)`; all the same when None.
        holdout_weights: of the holdout's `(m,)`.
        aside: columns of the training rows that are no features, to tell slices by.
        holdout_aside: of the holdout's.
    """

    rows: Rows
    train: Frame
    target: NDArray[Any]
    held_out: Rows
    holdout: Frame
    holdout_target: NDArray[Any]
    folds: Folds
    repeats: int
    weights: Floats | None
    holdout_weights: Floats | None
    aside: Frame
    holdout_aside: Frame


@dataclass(frozen=True, slots=True)
class Features:
    """The rows to learn from as LightGBM sees them, and the encoder that made them so, in so many seconds."""

    encoder: FeatureEncoder
    views: Views
    seconds: float


def split(problem: Problem, request: TrainRequest, most: int | None = None) -> Parts:
    """Set the holdout aside, unless there is a test table, and fold the rest, of which about `most` rows are kept.

    Raises:
        InvalidRequest: `unusable-split` where a split of the user's own leaves nothing to learn or to judge.
    """
    splitter = _splitter(problem, request)
    if problem.test:
        rows, held_out = np.arange(len(problem.target)), np.arange(len(problem.test.target))
    else:
        rows, held_out = splitter.holdout(request.holdout, request.seed)
        check_apart([(rows, held_out)], splitter.together)
    if most is not None:
        rows = some_of(rows, strata(problem.task, problem.target[rows]), most, request.seed)
    held_out, holdout = _judged(problem, held_out, request)
    train = problem.take(rows)
    folds = _folds(splitter, rows, request)
    check_apart(folds, splitter.together[rows])
    if request.split != "random" or problem.weights is not None:
        check_sides(problem.task, folds, {"training": train, "holdout": holdout})
    return Parts(
        rows=rows,
        train=train.frame,
        target=train.target,
        held_out=held_out,
        holdout=holdout.frame,
        holdout_target=holdout.target,
        folds=folds,
        repeats=request.repeats,
        weights=train.weights,
        holdout_weights=holdout.weights,
        aside=train.aside,
        holdout_aside=holdout.aside,
    )


def _judged(problem: Problem, held_out: Rows, request: TrainRequest) -> tuple[Rows, Sample]:
    """Of very many rows some, the same for any seed: more would take long, and change no figure that is shown."""
    most = _MOST_JUDGED // max(1, len(problem.classes))
    if problem.images and request.max_trials is None:
        seconds = _IMAGES_SHARE * request.timeout_s
        most = min(most, max(_FEWEST_JUDGED, int(seconds / (problem.images * SECONDS_AN_IMAGE))))
    apart = problem.test
    truth = problem.target[held_out] if apart is None else apart.target
    kept = some_of(held_out, strata(problem.task, truth), most, 0)
    if apart is None:
        return kept, problem.take(kept)
    if len(kept) == len(apart.target):
        return kept, apart
    weights = None if apart.weights is None else apart.weights[kept]
    return kept, Sample(take(apart.frame, kept), apart.target[kept], weights, take(apart.aside, kept))


def groups_of(problem: Problem, request: TrainRequest, rows: Rows) -> Rows | None:
    """The group of each of the table's rows that are named, where the split keeps groups together; else None."""
    return None if request.split != "group" or problem.guide is None else problem.guide[rows]


def _splitter(problem: Problem, request: TrainRequest) -> Splitter:
    return make_splitter(
        request.split,
        problem.guide,
        gap=request.gap,
        task=problem.task,
        frame=problem.frame,
        target=problem.target,
    )


def _folds(splitter: Splitter, rows: Rows, request: TrainRequest) -> Folds:
    count = request.folds or fold_count(len(rows))
    return repeated_folds(splitter, rows, count=count, repeats=request.repeats, seed=request.seed)


def encode(
    problem: Problem,
    request: TrainRequest,
    frame: Frame,
    target: NDArray[Any],
    folds: Folds,
    *,
    weights: Floats | None = None,
    at_once: int | None = None,
) -> Features:
    """Fit the encoder on the rows to learn from; memory allows so many fits on them `at_once`, any number when None.

    Weights have a mean of 1 from here on: to LightGBM penalties and the least weight of a leaf are absolute.
    """
    begun = time.monotonic()
    encoder, texts = FeatureEncoder.learn(frame, problem.columns)
    material = Material(
        matrix=encoder.transform(frame),
        target=target,
        folds=folds,
        task=problem.task,
        metric=problem.metric,
        tuned=request.tuned,
        n_classes=len(problem.classes),
        categorical=encoder.categorical,
        sources=encoder.sources,
        weights=None if weights is None else weights / weights[weights > 0].mean(),
        monotone=signs(encoder.sources, request.monotone),
        interactions=meetings(encoder.sources, request.interactions),
        texts=texts,
        images=encoder.images(frame),
        dates=encoder.dates,
        alike=request.split == "random",
        seed=request.seed,
    )
    return Features(encoder, Views(material, at_once), time.monotonic() - begun)


def answer_simply(
    problem: Problem, parts: Parts, features: Features, request: TrainRequest, brake: Brake
) -> dict[str, Floats]:
    """What the baselines say of the holdout; default LightGBM only if it takes no more than its share of the time."""
    rows, classes = len(parts.holdout_target), len(problem.classes)
    answers = {"dummy": dummy_outputs(problem.task, parts.target, classes, rows, problem.metric, weights=parts.weights)}
    slot = brake.within(brake.left() * _BASELINE_SHARE) if request.max_trials is None else brake
    default = default_booster(features.views.whole(), slot.left)
    if default:
        answers["default_lightgbm"] = default.predict(features.encoder.transform(parts.holdout))
    return answers


def end_seconds(request: TrainRequest) -> float:
    """What checking and packing the model may take, whatever its size."""
    return min(_END_S, _END_SHARE * request.timeout_s)


def judging_seconds(parts: Parts, features: Features) -> float:
    """What it takes to tune decisions, to encode the rows that the report is made on, and to measure what is said."""
    outputs, judged = max(1, features.views.material.n_classes), len(parts.holdout_target)
    texts = features.seconds * judged / len(parts.target) if features.views.material.texts else 0.0
    # Of very many classes only one rule is tuned, and of two all of them at once.
    rules = 1.0 if 2 < outputs <= MOST_CLASSES else _ONE_RULE if outputs > MOST_CLASSES else 0.0  # noqa: PLR2004
    tuned = rules * min(len(parts.target), MOST_ROWS) * outputs
    seen = judged * (len(features.encoder.names) * _S_PER_VALUE + outputs * _S_PER_OUTPUT)
    return seen + texts + tuned * _S_PER_OUTPUT_TUNED
