"""Whether probabilities mean what they say: what was predicted beside what came true."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from automl.evaluation.intervals import SHARE
from automl.evaluation.judged import Judged
from automl.splits.split import Rows
from automl.types import Floats, Json

_BINS: Final = 10
_REACH: Final = float(ndtri((1 + SHARE) / 2))


@dataclass(frozen=True, slots=True)
class Reliability:
    """Rows in up to ten bins of about as many rows each, equal probabilities in one.

    Attributes:
        predicted: probabilities `(n,)`.
        true: whether it came true `(n,)`.
        bins: number of each row's bin, the lowest probabilities first `(n,)`.
    """

    predicted: Floats
    true: NDArray[np.bool_]
    bins: Rows

    @classmethod
    def of(cls, predicted: Floats, true: NDArray[np.bool_]) -> "Reliability":
        """Of a rare class, bins of equal width would hold nearly all rows in one; these do not."""
        edges = np.quantile(predicted, np.arange(1, _BINS) / _BINS, method="inverted_cdf")
        return cls(predicted, true, np.searchsorted(np.unique(edges), predicted))


def binned(judged: Judged) -> Reliability:
    """Of the positive class; of more than two of the likeliest one of each row (Guo et al. 2017)."""
    if judged.task == "binary":
        return Reliability.of(judged.outputs[:, 1], judged.target == 1)
    likeliest = judged.outputs.argmax(axis=1)
    return Reliability.of(judged.outputs.max(axis=1), judged.target == likeliest)


def calibration_error(found: Reliability, weights: Floats | None) -> float:
    """The mean distance of what was predicted from what came true, over the bins by their weight."""
    gaps = found.predicted - found.true
    weighted = gaps if weights is None else weights * gaps
    whole = len(gaps) if weights is None else float(weights.sum())
    return float(np.abs(np.bincount(found.bins, weighted)).sum() / whole)


def error_by_chance(found: Reliability, weights: Floats | None) -> float:
    """The calibration error that a perfect model would be expected to show on as many rows: chance leaves gaps, too."""
    each = np.ones(len(found.bins)) if weights is None else weights
    spread = np.bincount(found.bins, each**2 * found.predicted * (1 - found.predicted))
    return float(np.sqrt(2 / np.pi * spread).sum() / each.sum())


def calibration_curve(found: Reliability, weights: Floats | None) -> list[dict[str, Json]]:
    """What each bin predicted, what came true with its interval (Wilson 1927), in how many rows.

    Rows that weigh differently tell as much as Kish's (1965) effective number of rows that weigh alike.
    """
    each = np.ones(len(found.bins)) if weights is None else weights / (weights.max() or 1.0)
    rows, whole = np.bincount(found.bins), np.bincount(found.bins, each)
    alike = whole**2 / np.maximum(np.bincount(found.bins, each**2), 1e-300)
    predicted = np.bincount(found.bins, each * found.predicted)
    observed = np.bincount(found.bins, each * found.true)
    return [
        {
            "predicted": float(predicted[i] / whole[i]),
            "observed": float(observed[i] / whole[i]),
            **_wilson(float(observed[i] / whole[i]), float(alike[i])),
            "rows": int(rows[i]),
        }
        for i in np.flatnonzero(whole)
    ]


def _wilson(share: float, rows: float) -> dict[str, float]:
    square = _REACH**2 / rows
    middle = (share + square / 2) / (1 + square)
    reach = _REACH * np.sqrt(share * (1 - share) / rows + square / (4 * rows)) / (1 + square)
    return {"low": min(share, max(0.0, float(middle - reach))), "high": max(share, min(1.0, float(middle + reach)))}
