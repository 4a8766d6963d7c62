"""Which calibrator a model gets: fitted on what was said out of fold, and kept only where it helps there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from automl.decisions.calibrationfits import FITS, Fit, Sample
from automl.decisions.calibrators import Calibrator
from automl.metrics import BY_RANKING, BY_ROW, prepare, to_score
from automl.types import CalibrationMethod, Floats, Json, Metric

_FOLDS: Final = 5
_BEYOND: Final = 2.4
"""Standard errors that a gain must be: of three calibrators that don't help, one is so once in 20 times or less."""
_FEWEST: Final = 100
"""Rows to learn a calibrator from."""
_REACH: Final = 1.96
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was chosen, and why.

    Attributes:
        calibrator: None where none helps.
        tried: of each method its cross-fitted gain in log loss a row, with its interval of 95 %.
    """

    calibrator: Calibrator | None = None
    tried: tuple[Mapping[str, Json], ...] = ()

    def apply(self, outputs: Floats) -> Floats:
        """Calibrated probabilities; as they are where nothing was chosen."""
        return outputs if self.calibrator is None else self.calibrator.apply(outputs)


def choose_calibrator(sample: Sample, metric: Metric, asked: CalibrationMethod | None = None) -> Calibration:
    """The calibrator that lowers the log loss most, beyond noise, on rows that it was not fitted on.

    None where none does, where there are fewer than 100 rows, or where it would cost the run's metric.

    Args:
        sample: rows to learn from.
        metric: of the run.
        asked: the method to use whatever it gains.
    """
    if len(sample.target) < _FEWEST:
        return Calibration()
    names: list[CalibrationMethod] = [asked] if asked else list(FITS)
    crossed = {name: _crossed(sample, FITS[name]) for name in names}
    gains = {name: _Gain.of(sample, outputs) for name, outputs in crossed.items()}
    helping = [
        name for name, gain in gains.items() if gain.beyond_noise and not _harms(sample, name, crossed[name], metric)
    ]
    helping.sort(key=lambda name: -gains[name].mean)
    best = asked or next(iter(helping), None)
    tried = tuple({"method": name, **gain.to_json()} for name, gain in gains.items())
    return Calibration(FITS[best](sample) if best else None, tried)


@dataclass(frozen=True, slots=True)
class _Gain:
    mean: float
    error: float

    @classmethod
    def of(cls, sample: Sample, outputs: Floats) -> "_Gain":
        """In log loss a row, with its standard error."""
        before, after = (BY_ROW["log_loss"](sample.target, each) for each in (sample.outputs, outputs))
        gains = (before - after) * sample.weights
        return cls(float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains))))

    @property
    def beyond_noise(self) -> bool:
        return self.mean > _BEYOND * self.error

    def to_json(self) -> dict[str, Json]:
        return {"gain": self.mean, "low": self.mean - _REACH * self.error, "high": self.mean + _REACH * self.error}


def _harms(sample: Sample, name: CalibrationMethod, crossed: Floats, metric: Metric) -> bool:
    """Whether the run's metric gets worse.

    Decisions are tuned afterwards, so one of labels does not count. What the calibrators of five folds say has no
    common ranking, so that of the one fitted on all rows counts.
    """
    if metric in BY_RANKING:
        calibrated = FITS[name](sample).apply(sample.outputs)
    elif metric in BY_ROW:
        calibrated = crossed
    else:
        return False
    values = (prepare(metric, sample.target, each)(sample.weights) for each in (sample.outputs, calibrated))
    before, after = (to_score(metric, value) for value in values)
    return after < before - _ROUNDING


def _crossed(sample: Sample, fit: Fit) -> Floats:
    """What calibrators say of the rows that they were not fitted on; each fifth has its share of every class."""
    order = np.argsort(sample.target, kind="stable")
    fold = np.empty(len(order), dtype=np.int64)
    fold[order] = np.random.default_rng(0).permutation(_FOLDS)[np.arange(len(order)) % _FOLDS]
    said = np.empty_like(sample.outputs)
    for number in range(_FOLDS):
        held = fold == number
        said[held] = fit(sample.take(~held)).apply(sample.outputs[held])
    return said
