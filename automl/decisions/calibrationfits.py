"""How calibrators are fitted to what was said out of fold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize
from scipy.special import logsumexp

from automl.bootstrap import Resamples, units_of
from automl.decisions.calibrators import LEAST, MOST_KNOTS, Calibrator, Curve, Isotonic, Scaling
from automl.ranking import thin
from automl.types import CalibrationMethod, Floats

_MOST_ROWS: Final = 20_000
_MOST_CELLS: Final = 400_000
_SLOPES: Final = (np.log(0.01), np.log(10.0))
_SHIFTS: Final = (-20.0, 20.0)


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows that stand for all, and what was said of them out of fold; `groups` are of rows that go together, if any."""

    target: NDArray[Any]
    outputs: Floats
    weights: Floats
    groups: NDArray[np.int64] | None = None

    @classmethod
    def of(
        cls,
        target: NDArray[Any],
        outputs: Floats,
        weights: Floats | None,
        groups: NDArray[np.int64] | None = None,
    ) -> "Sample":
        """At most 20,000 rows, and fewer of many classes; none of no weight."""
        most = min(_MOST_ROWS, _MOST_CELLS // outputs.shape[1])
        some = Resamples(np.asarray(target, np.int64), seed=0, most=most)
        own = some.each if weights is None else some.each * weights[some.rows]
        counts = own > 0
        rows, own = some.rows[counts], own[counts]
        return cls(target[rows], outputs[rows], own / own.mean(), None if groups is None else groups[rows])

    @property
    def units(self) -> NDArray[np.int64]:
        """The number, from 0, of what each row goes together with: its group, or nothing but itself `(n,)`."""
        return units_of(len(self.target), self.groups)

    def take(self, which: NDArray[np.bool_]) -> "Sample":
        """Some of the rows."""
        groups = None if self.groups is None else self.groups[which]
        return Sample(self.target[which], self.outputs[which], self.weights[which], groups)


def _temperature(sample: Sample) -> Calibrator:
    return _scaling(sample, shifts=False)


def _platt(sample: Sample) -> Calibrator:
    return _scaling(sample, shifts=True)


def _scaling(sample: Sample, *, shifts: bool) -> Scaling:
    """By L-BFGS from where nothing changes; the slope's logarithm is what is looked for, so that it stays above 0.

    What came true counts as nearly certain, the less so the fewer rows there are (Platt 1999), as otherwise a model
    that is always right would be made infinitely sure. A shift has its class's rows to learn from, the slope all.
    """
    logs = np.log(np.maximum(sample.outputs, LEAST))
    k = logs.shape[1]
    learnt_from = np.bincount(sample.target, minlength=k) if shifts else np.full(k, len(logs))
    doubt = 1 / (learnt_from + 2)
    truth = np.where(np.eye(k, dtype=bool), 1 - doubt, doubt[:, None] / (k - 1))[sample.target]
    weights = sample.weights / sample.weights.sum()

    def loss(params: Floats) -> tuple[float, Floats]:
        scores = np.exp(params[0]) * logs + params[1:]
        normed = scores - logsumexp(scores, axis=1, keepdims=True)
        gaps = weights[:, None] * (np.exp(normed) - truth)
        slope = np.exp(params[0]) * np.sum(gaps * logs)
        return -float(np.sum(weights * np.sum(normed * truth, axis=1))), np.append(slope, gaps.sum(axis=0))

    bounds = [_SLOPES, *([_SHIFTS if shifts else (0.0, 0.0)] * k)]
    found = minimize(loss, np.zeros(k + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    moved = found[1:] - found[1:].mean() if shifts else found[1:]
    return Scaling(float(np.exp(found[0])), tuple(moved.tolist()))


def _isotonic(sample: Sample) -> Calibrator:
    classes = range(sample.outputs.shape[1])
    each = (1,) if len(classes) == 2 else classes  # noqa: PLR2004 - binary
    return Isotonic(tuple(_curve(sample.outputs[:, k], sample.target == k, sample.weights) for k in each))


def _curve(probability: Floats, true: NDArray[np.bool_], weights: Floats) -> Curve:
    """Isotonic regression (Ayer et al. 1955), its steps' middles joined by lines, the ends drawn on half way."""
    values, place = np.unique(probability, return_inverse=True)
    whole = np.bincount(place, weights)
    shares = np.bincount(place, weights * true) / whole
    starts = isotonic_regression(shares, weights=whole).blocks[:-1]
    steps = np.add.reduceat(whole, starts)
    middles, heights = (np.add.reduceat(each * whole, starts) / steps for each in (values, shares))
    least = 1 / (len(probability) + 2)
    heights = np.clip(heights, least, 1 - least)
    rising = np.flatnonzero(np.diff(heights, prepend=0.0) > 0)
    kept = rising[thin(len(rising), MOST_KNOTS)]
    raw, height = middles[kept].tolist(), heights[kept].tolist()
    if raw[0] > 0:
        raw, height = [0.0, *raw], [height[0] / 2, *height]
    if raw[-1] < 1:
        raw, height = [*raw, 1.0], [*height, (1 + height[-1]) / 2]
    return Curve(tuple(raw), tuple(height))


Fit = Callable[[Sample], Calibrator]
FITS: Final[Mapping[CalibrationMethod, Fit]] = {
    "temperature": _temperature,
    "platt": _platt,
    "isotonic": _isotonic,
}
"""The methods, the plainest first."""
