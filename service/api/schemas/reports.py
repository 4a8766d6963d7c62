"""The evaluation of a model as HTTP shows it; docs/evaluation.md tells how to read it."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from automl.types import CalibrationMethod, Metric, Task
from service.api.schemas.common import View
from service.api.schemas.reportparts import Curves, ImportanceTold, RulesTold


class Measured(View):
    """A figure and its interval of 95 %."""

    model_config = ConfigDict(extra="allow")

    value: float | None
    """Null where it is too large to be told, or where no row says anything of it."""
    low: float | None
    """Null where nothing is known."""
    high: float | None


class Intervals(View):
    """How the intervals of an evaluation were made."""

    share: float
    """Of such intervals that hold the truth."""
    resamples: int
    """That they rest on."""
    method: str


class ClassFigures(View):
    """A class against the rest."""

    label: Any
    rows: int
    """That are of it."""
    predicted: int
    """That were called it."""
    precision: Measured
    recall: Measured
    """Its value is null, as are those of the rankings, where no row is of the class."""
    f1: Measured
    average_precision: Measured | None
    """Null for the negative class of two."""
    roc_auc: Measured | None


class ConfusionMatrix(View):
    """Rows by true class, columns by predicted one, both in the order of `labels`."""

    labels: list[Any]
    counts: list[list[int]]
    weights: list[list[float]] | None
    """The same as sums of the rows' weights; null without any."""


class Evaluation(View):
    """What some rows say of the model."""

    model_config = ConfigDict(extra="allow")

    rows: int
    metrics: dict[str, Measured]
    """By name."""
    intervals: Intervals
    classes: list[ClassFigures] | None
    """Null for a regression."""
    confusion_matrix: ConfusionMatrix | None
    """Null for a regression."""
    curves: Curves


class Comparison(View):
    """A paired test of the model, or of the best trial, against something else on the same rows."""

    ours: Literal["model", "best_trial"] = "model"
    """What is compared: the model, which is mostly made of several trials, or the best of these by itself."""
    against: str = Field(examples=["default_lightgbm"])
    """A baseline; `best_member`: the best of the trials that the model is made of, by itself; `runner_up`: the best
    one that is not the best trial with other augmentation; `champion`: the version that was it until then."""
    model_version: str | None = Field(None, examples=["fraud:2"])
    """Of the champion."""
    on: Literal["holdout", "out_of_fold"]
    metric: Metric
    rows: int
    """0 where nothing could be compared."""
    difference: float | None
    """In units of the score: above 0 where ours is better."""
    low: float | None
    high: float | None
    p_value: float | None
    """Two-sided."""
    detail: str | None = None
    """Of the champion, how it came to be compared, or why it could not be."""


class LeftOff(View):
    """What is not told of slices."""

    columns: int
    """That were not searched: those after the first fifty, or as time was up."""
    untested: int
    """Slices among the twelve that seem furthest behind, for whose test there was no time."""
    asked: dict[str, int]
    """Slices that are not told, by column that the request names."""


class Slices(View):
    """The metric on parts of the rows."""

    metric: Metric
    found_by: Metric | None = None
    """What the `worst` are found by: of average precision, which is low wherever a class is rare, it is `roc_auc`, told
    beside it."""
    all_rows: dict[str, Any] | None = None
    """`out_of_fold` and `holdout` as slices have them, to be compared with; null in older reports."""
    least_rows: int
    """Of a slice to be found."""
    tried: int
    """Slices that were looked at."""
    worst: list[dict[str, Any]]
    """Behind all rows out of fold beyond noise: `column`, and `value` or `from` and `to`; then `out_of_fold` and
    `holdout` with `rows`, the metric, and of two classes `positive_share`. Found on the former, so the latter is what
    to believe."""
    asked: dict[str, list[dict[str, Any]]]
    """The slices of the columns that the request names, up to 25 of each; without intervals where time was up."""
    left_off: LeftOff | None = None
    """What is not told; null in older reports."""


class Caution(View):
    """Something about the table that puts the report's figures in doubt."""

    code: str = Field(examples=["possible-target-leak"])
    column: str | None
    """Null when it is about the whole table."""
    detail: str
    meaning: str
    """For the figures."""
    importance: float | None = None
    """The column's share in what all columns add to answers (SHAP); null for what the model does not learn from."""


class CalibrationTold(View):
    """What calibrates the probabilities."""

    asked: str
    method: CalibrationMethod | None
    """Null where nothing helped."""
    tried: list[dict[str, Any]]
    """By method, the `gain` in log loss a row on rows that it was not fitted on, with `low` and `high`."""
    why: str | None = None
    """Nothing was tried, though it was asked for; null where something was."""
    holdout: dict[str, dict[str, float]]
    """Log loss and calibration error `before` and `after`."""


class Report(Evaluation):
    """The evaluation of a model version: what stands at the top is of the holdout, which no search step saw."""

    verdict: str
    """What the numbers mean, in words."""
    task: Task
    target: str | None = Field(None, examples=["fraud"])
    """The column that is predicted; null in older reports."""
    positive: Any = Field(None, examples=["yes"])
    """Of two classes the label that is flagged; null for other tasks, and in older reports."""
    metric: Metric
    """What trials were ranked by."""
    weighted: bool = False
    """Whether metrics, intervals and curves are of rows that count by their weights."""
    baselines: dict[str, dict[str, float | None]]
    """What trivial models reach on the holdout, by metric; the dummy calls whatever label is best by each."""
    baseline_intervals: dict[str, dict[str, dict[str, float | None]]] = Field(default_factory=dict)
    """`low` and `high` of each of these; null where there was no time, left out in older reports."""
    dummy_label: Any = Field(None, examples=["no"])
    """What the dummy calls every row by the run's metric; null for a regression, and in older reports."""
    threshold: RulesTold | None
    """Null for a regression."""
    calibration: CalibrationTold | None = None
    """Null for a regression."""
    out_of_fold: Evaluation | None = None
    """Of the training rows, by models that had not learnt from them; the model was chosen by it."""
    comparisons: list[Comparison] = Field(default_factory=list)
    slices: Slices | None = None
    importances: list[ImportanceTold]
    """Of each column, the most telling first."""
    explanations: Any = None
    """`shap`: what columns add to the answers on the holdout; `words`: which words of texts do most to them;
    `partial_dependence`: how answers go with a column."""
    steps: list[Any]
    """What each stage of the run did, and its seconds."""
    memory: Any = None
    """MB that the run was allowed, expected and seen to take, and what was left out for it; null in older reports."""
    augmentation: Any
    """What was tried, what it gained with its interval, what the model used, and samples of it."""
    ensemble: Any = None
    """What the model is made of, what it costs to serve, and what other choices would have scored and cost."""
    schedule: Any = None
    """How the learning rate of the best trial went from round to round; null where it has none."""
    warm_start: Any = None
    """Which earlier model versions were considered, which were used and why, and what became of their params."""
    warnings: list[Caution] = Field(default_factory=list)
    """Those of the findings that put the figures in doubt, the gravest first."""
    findings: list[Any]
    """What a person should know of the table before trusting a model of it: leaks, rare classes, imbalance."""
