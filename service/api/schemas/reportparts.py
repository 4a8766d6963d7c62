"""The parts of a report that plots and tables are made of, as HTTP shows them."""

from typing import Any

from automl.types import Aim
from service.api.schemas.common import View
from service.api.schemas.rules import RuleInForce


class Told(View):
    """A figure with its interval."""

    value: float | None
    low: float | None
    high: float | None


class Band(View):
    """The ends of intervals along a curve, at some of its places."""

    low: list[float]
    high: list[float]


class PrecisionBand(Band):
    """Of the precision at a recall."""

    recall: list[float]


class RocBand(Band):
    """Of the true-positive rate at a false-positive rate."""

    false_positive_rate: list[float]


class Top(View):
    """What flagging the likeliest rows finds."""

    flagged_share: float
    recall: Told
    lift: Told


class PrecisionRecall(View):
    """What flagging the rows that score at least each threshold gives."""

    baseline: float
    """The share of positives: what guessing reaches."""
    average_precision: float
    threshold: list[float]
    precision: list[float]
    recall: list[float]
    band: PrecisionBand | None = None
    """Of two classes; null in older reports."""


class Roc(View):
    """Positives found by false alarms."""

    area: float
    false_positive_rate: list[float]
    true_positive_rate: list[float]
    band: RocBand | None = None
    """Of two classes; null in older reports."""


class Gain(View):
    """What flagging a share of the rows finds, the likeliest first."""

    flagged_share: list[float]
    recall: list[float]
    lift: list[float]
    """Times what flagging as many rows at random finds."""
    top: list[Top] | None = None
    """Of two classes: the first 1, 5, 10 and 20 % of the rows; null in older reports."""


class CalibrationBin(View):
    """Rows of much the same probability."""

    predicted: float
    """Their mean probability."""
    observed: float
    """The share that came true."""
    low: float | None
    high: float | None
    rows: int


class Quantile(View):
    """How large errors are up to a share of the rows."""

    quantile: float
    value: float | None
    """Null where it is too large to be told."""
    low: float | None
    high: float | None


class Scatter(View):
    """A sample of at most 200 rows."""

    actual: list[float]
    predicted: list[float]


class ClassCurves(View):
    """Of one class against the rest; absent for a regression and, but for `classes`, of more than two classes."""

    precision_recall: PrecisionRecall | None = None
    roc: Roc | None = None
    gain: Gain | None = None
    calibration: list[CalibrationBin] | None = None


class CurvesOfClass(ClassCurves):
    """Of one of many classes."""

    label: Any


class Curves(ClassCurves):
    """Of two classes those of the positive one; of more `classes`; of values the last three."""

    classes: list[CurvesOfClass] | None = None
    """The most frequent 20."""
    scatter: Scatter | None = None
    residuals: list[Quantile] | None = None
    """Of the actual value less the predicted one."""
    absolute_errors: list[Quantile] | None = None


class Offset(View):
    """What is added to a class's log-probability before the likeliest is called."""

    label: Any
    offset: float


class RuleTold(View):
    """A rule to call labels by, and what it gives."""

    by: Aim
    """What it is tuned for."""
    at: float | None
    """The precision or recall that it demands at least, or the alerts in 1,000 rows at most."""
    costs: dict[str, dict[str, float]] | None
    threshold: float | None
    """Of two classes."""
    offsets: list[Offset] | None
    """Of more."""
    met: bool
    """Whether what is demanded could be had out of fold."""
    out_of_fold: dict[str, float]
    holdout: dict[str, float]


class ThresholdPoint(View):
    """What a threshold gives on the holdout."""

    threshold: float
    precision: float
    recall: float
    f1: float
    flagged_share: float


class InForceTold(RuleInForce):
    """The rule that was set after the report was made, which all its other figures know nothing of."""

    holdout: dict[str, float] | None
    """What it gives on the rows of the holdout that were kept; null where none were."""
    detail: str
    """All this in words."""


class RulesTold(View):
    """How labels are called."""

    value: float | None
    """Of two classes: the positive one is called from this probability on."""
    offsets: list[Offset] | None
    """Of more."""
    tuned_for: Aim | None
    met: bool
    """Whether what was demanded could be had out of fold."""
    criteria: list[RuleTold]
    """The model's own rule, then others."""
    table: list[ThresholdPoint] | None
    """Of two classes."""
    in_force: InForceTold | None = None
    """Null where the rule has not been changed since."""


class Permutation(View):
    """How much the score falls where a column's values are dealt out anew among the rows."""

    value: float | None
    deviation: float | None


class ImportanceTold(View):
    """What a column is worth to the model."""

    column: str
    gain: float | None
    """Its share in what the trees' splits gain; null where there are no trees."""
    split: float | None
    """How often trees split by it."""
    shap: float | None = None
    """The mean size of what it adds to an answer; null in older reports."""
    permutation: Permutation | None = None
    """Null where there was no time, and in older reports."""
