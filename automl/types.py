"""The plain data that passes between the engine's modules and crosses its border."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

Json = Any
"""What JSON can hold: None, bool, int, finite float, str, lists and string-keyed dicts of the same."""

Task = Literal["binary", "multiclass", "regression"]
ColumnType = Literal["numeric", "categorical", "boolean", "datetime", "text", "image"]
Algorithm = Literal["auto", "tpe", "genetic", "anneal", "random"]
SplitKind = Literal["random", "group", "time", "column"]
Family = Literal["boosted", "forest", "linear", "neural"]
"""Boosted trees, LightGBM's random-forest mode, a penalised linear model, a small neural network."""
Link = Literal["identity", "log"]
"""What of a regression's target adds up: itself, under squared errors, or its logarithm, under Tweedie's deviance."""
Start = Literal["average", "linear"]
"""What boosting begins at: one value for all rows, or what a linear model says of each."""
Augmentation = Literal[
    "class_weights",
    "smote",
    "random_over",
    "rare_targets",
    "mixup",
    "noise",
    "column_swap",
    "random_under",
    "borderline_smote",
    "adasyn",
    "synonyms",
    "word_swap",
    "word_insertion",
    "word_deletion",
    "typos",
    "back_translation",
    "rotate",
    "flip",
    "crop",
    "brightness",
]
Metric = Literal[
    "average_precision",
    "roc_auc",
    "f1",
    "kappa",
    "kappa_quadratic",
    "mcc",
    "balanced_accuracy",
    "g_mean",
    "accuracy",
    "log_loss",
    "brier",
    "rmse",
    "mae",
    "r2",
    "f1_macro",
    "f1_weighted",
    "average_precision_macro",
]

CalibrationMethod = Literal["temperature", "platt", "isotonic"]
Aim = Literal[
    "likeliest",
    "f1",
    "f1_macro",
    "f1_weighted",
    "kappa",
    "kappa_quadratic",
    "mcc",
    "balanced_accuracy",
    "g_mean",
    "accuracy",
    "cost",
    "precision",
    "recall",
    "alerts",
]
"""What decisions are tuned for: a metric of labels; the least `cost`; the most recall at a `precision`; the most
precision at a `recall`; as many `alerts` as are allowed. Or they are not tuned, and the `likeliest` class is called."""

Frame = Mapping[str, NDArray[Any]]
"""Columns by name, all of one length, in canonical form: `numeric`, `boolean` and `datetime` (seconds since 1970 UTC)
as float64 with NaN for missing; `categorical` and `text` as object arrays of `str | None`; `image` as one of
`bytes | None`, in the form of `tables.images`."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table as a model sees it."""

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Sample:
    """Some rows of a table, as a run sees them.

    Attributes:
        frame: features.
        target: class indices or values `(n,)`.
        weights: how much each row counts `(n,)`; all the same when None.
        aside: columns that no model learns from, to tell slices by.
    """

    frame: Frame
    target: NDArray[Any]
    weights: Floats | None
    aside: Frame = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Criterion:
    """What decisions are tuned for.

    Attributes:
        by: the aim.
        at: the least precision or recall, from 0 to 1, or the most alerts in 1,000 rows; None for other aims.
        costs: of each true label, when another one is called, both as text; None for other aims. Calling what is true
            costs nothing, unless it is said.
    """

    by: Aim
    at: float | None = None
    costs: Mapping[str, Mapping[str, float]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainRequest:
    """What is asked of a run. Only `target` is needed.

    Attributes:
        target: name of the column to predict.
        task: inferred from the target when None.
        metric: what trials are ranked by; chosen from the task and the class balance when None.
        positive: the positive class of a binary task; the rarer one when None.
        class_order: the classes of a multiclass task as text, from low to high, where they stand in an order and are
            no numbers, whose order is known.
        timeout_s: wall clock in seconds for everything from profile to bundle.
        max_trials: stop after so many trials, when not None.
        algorithm: who proposes params.
        split: how rows are held out and folded: at random, whole groups together, the latest rows last, or as a column
            says.
        split_column: has the groups, the time or the user's own split; None for `random`.
        gap: for `time`: rows that lie less than this before what is judged are not learnt from; in seconds for dates,
            in the column's units for numbers.
        holdout: share of the rows that no search step sees.
        folds: number of cross-validation folds; chosen from the number of rows when None.
        repeats: how often the rows are folded, each time anew.
        weights: name of a column that says how much each row counts; all the same when None.
        ignore: names of columns that nothing is learnt from.
        params: what every trial has, of those that `params.TUNABLE` lists.
        ranges: what they may be otherwise: of a number its lowest and highest value, of anything else the options.
        monotone: by a column's name, 1 where what is predicted may only rise with it, -1 where it may only fall, 0
            where it may do both. What rises is the value, or the probability of the positive class.
        interactions: groups of columns. Those of two groups never act together, and those in no group form one more.
        families: kinds of models that may be tried.
        augmentation: of each fold's training rows: `auto` keeps one only where it helps beyond noise, names are applied
            one after the other.
        augmentation_strength: of those that are named, in (0, 1]; 0.5 when None. `auto` searches its own.
        decision: what the rule that calls labels is tuned for; chosen from the metric and the classes when None.
        calibration: of probabilities: `auto` does so where it helps out of fold, or the method to use.
        slices: columns of which the report tells every slice.
        ensemble: let several trials answer together where that is better.
        max_predict_ms: the most milliseconds that answering one row may take; when None, its models are chosen to
            take 3, and more of each are added up to 6.
        max_bundle_mb: the most millions of bytes that the bundle may have; never more than 128.
        refit: fit the winner once more, on the holdout's rows too, after it has been judged.
        seed: makes the run repeatable when `max_trials` ends it.
    """

    target: str
    task: Task | None = None
    metric: Metric | None = None
    positive: str | None = None
    class_order: Sequence[str] | None = None
    timeout_s: float = 60.0
    max_trials: int | None = None
    algorithm: Algorithm = "auto"
    split: SplitKind = "random"
    split_column: str | None = None
    gap: float = 0.0
    holdout: float = 0.2
    folds: int | None = None
    repeats: int = 1
    weights: str | None = None
    ignore: Sequence[str] = ()
    params: Mapping[str, Json] = field(default_factory=dict)
    ranges: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    monotone: Mapping[str, int] = field(default_factory=dict)
    interactions: Sequence[Sequence[str]] = ()
    families: Sequence[Family] = get_args(Family)
    augmentation: Literal["auto", "none"] | Sequence[Augmentation] = "auto"
    augmentation_strength: float | None = None
    decision: Criterion | None = None
    calibration: Literal["auto", "none"] | CalibrationMethod = "auto"
    slices: Sequence[str] = ()
    ensemble: bool = True
    max_predict_ms: float | None = None
    max_bundle_mb: float | None = None
    refit: bool = True
    seed: int = 0

    @property
    def tuned(self) -> bool:
        """Whether the rule that calls labels is tuned; else the likeliest class is called."""
        return self.decision is None or self.decision.by != "likeliest"

    @property
    def limited(self) -> bool:
        """Whether it says what the model may cost."""
        return self.max_predict_ms is not None or self.max_bundle_mb is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One set of params tried: plain data, enough to resume a search from.

    Attributes:
        number: 0-based position in the run.
        state: `succeeded` with all folds scored, `stopped` when a rule ended it early, `failed` with `detail`.
        params: LightGBM parameters as the search space names them.
        score: mean over the folds run, higher is better (losses are negated); None when failed.
        fold_scores: one score a fold run.
        rounds: boosting rounds kept, one number a fold run.
        seconds: wall clock that the trial took.
        proposer: who proposed the params, such as `tpe` or `default`.
        detail: why it was stopped or failed, or what cut its folds short.
        share: of the training rows that each fold learnt from, in (0, 1]; trials of one share are comparable.
        parents: numbers of the trials that it was made from, if it was made from some.
        generation: of a genetic search, from 0.
        cut_folds: those of the folds run, from 0, that the clock ended: they kept the rounds that they came to.
        losses: what boosting minimised, at its least on each fold run; none for models of other kinds.
        origin: of a warm start, the model version that the params come from, such as `fraud:3`.
    """

    number: int
    state: Literal["succeeded", "stopped", "failed"]
    params: Mapping[str, Json]
    score: float | None
    fold_scores: tuple[float, ...]
    rounds: tuple[int, ...]
    seconds: float
    proposer: str
    detail: str | None = None
    share: float = 1.0
    parents: tuple[int, ...] = ()
    generation: int | None = None
    cut_folds: tuple[int, ...] = ()
    losses: tuple[float, ...] = ()
    origin: str | None = None


class Monitor(Protocol):
    """How a caller watches and steers a run. Called from the engine's threads, often: it must be quick."""

    def phase(self, name: str) -> None:
        """A stage begins: `profile`, `split`, `features`, `search`, `evaluate`, `refit`, `bundle`."""

    def plan(self, task: Task, metric: Metric) -> None:
        """What was inferred or chosen, said before the first trial."""

    def trial(self, trial: Trial) -> None:
        """A trial has ended. When this returns, the trial counts as recorded."""

    def wish(self) -> Literal["continue", "finish", "abandon"]:
        """`finish` ends the search and keeps the best so far; `abandon` makes the run raise `Interrupted`."""
