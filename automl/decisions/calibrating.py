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
        why: nothing was tried; None where something was.
    """

    calibrator: Calibrator | None = None
    tried: tuple[Mapping[str, Json], ...] = ()
    why: str | None = None

    def apply(self, outputs: Floats) -> Floats:
        """Calibrated probabilities; as they are where nothing was chosen."""
        return outputs if self.calibrator is None else self.calibrator.apply(outputs)


def choose_calibrator(sample: Sample, metric: Metric, asked: CalibrationMethod | None = None) -> Calibration:
    """The calibrator that lowers the log loss most, beyond noise, on rows that it was not fitted on.

    None where none does, where there are fewer than 100 rows or five groups, or where it would cost the run's metric.
    Rows of a group are calibrated by what others taught, and are no evidence apart.

    Args:
        sample: rows to learn from.
        metric: of the run.
        asked: the method to use whatever it gains.
    """
    if why := _too_few(sample):
        return Calibration(why=why)
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
        mean = float(gains.mean())
        apart = np.bincount(sample.units, gains - mean)  # of each unit: of a sum's error, if units are independent
        return cls(mean, float(np.sqrt(np.sum(apart**2) * len(apart) / (len(apart) - 1)) / len(gains)))

    @property
    def beyond_noise(self) -> bool:
        return self.mean > _BEYOND * self.error

    def to_json(self) -> dict[str, Json]:
        return {"gain": self.mean, "low": self.mean - _REACH * self.error, "high": self.mean + _REACH * self.error}


def _too_few(sample: Sample) -> str | None:
    rows, groups = len(sample.target), len(np.unique(sample.units))
    if rows < _FEWEST:
        return f"A calibrator is learnt from {_FEWEST} rows at least, and out of fold there are {rows}."
    if groups < _FOLDS:
        return f"A calibrator is learnt from rows of {_FOLDS} groups at least, and out of fold there are {groups}."
    return None


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
    """What calibrators say of the rows that they were not fitted on; each fifth has its share of every class.

    Groups stay together, as they come.
    """
    if sample.groups is None:
        order = np.argsort(sample.target, kind="stable")
        fold = np.empty(len(order), dtype=np.int64)
        fold[order] = np.random.default_rng(0).permutation(_FOLDS)[np.arange(len(order)) % _FOLDS]
    else:
        units = sample.units
        fold = (np.random.default_rng(0).permutation(units.max() + 1) % _FOLDS)[units]
    said = np.empty_like(sample.outputs)
    for number in range(_FOLDS):
        held = fold == number
        said[held] = fit(sample.take(~held)).apply(sample.outputs[held])
    return said
