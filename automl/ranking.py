"""Rows in falling order of a score: what ranking metrics, curves and thresholds are all read from."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.types import Floats


class Ranking:
    """Rows sorted once, so that many reweightings of them (a bootstrap) cost a running sum each.

    Attributes:
        scores: (m,) the distinct scores, falling. Everything below is "flag the rows that score at least this".
    """

    def __init__(self, positive: NDArray[np.bool_], score: Floats) -> None:
        """Sort `score` (n,), where `positive` (n,) says which rows should rank high; n >= 1."""
        self._order = np.argsort(-score)
        ranked = score[self._order]
        self._ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
        self._positive = positive[self._order].astype(np.float64)
        self.scores: Floats = ranked[self._ends]

    def counts(self, weights: Floats | None = None) -> tuple[Floats, Floats]:
        """True and false positives, (m,) each, when all rows that score at least `scores[i]` are flagged.

        `weights` (n,) counts each row so many times.
        """
        ranked = np.ones(len(self._order)) if weights is None else weights[self._order]
        # Summed apart: the difference of two rounded sums may fall where weights are no whole numbers.
        hits, misses = (np.cumsum(ranked * share)[self._ends] for share in (self._positive, 1 - self._positive))
        return hits, misses


def average_precision(hits: Floats, misses: Floats) -> float:
    """Precision averaged over the steps of recall, as scikit-learn defines it; 0 without a positive row."""
    if hits[-1] <= 0:
        return 0.0
    precision = hits / np.maximum(hits + misses, 1e-300)
    return float(np.sum(np.diff(hits, prepend=0.0) * precision) / hits[-1])


def roc_auc(hits: Floats, misses: Floats) -> float:
    """Area under the ROC curve by trapezoids; 0.5, a coin's, when a class is absent."""
    if hits[-1] <= 0 or misses[-1] <= 0:
        return 0.5
    heights = hits - np.diff(hits, prepend=0.0) / 2
    return float(np.sum(np.diff(misses, prepend=0.0) * heights) / (hits[-1] * misses[-1]))


def thin(length: int, most: int) -> NDArray[Any]:
    """At most `most` indices spread evenly over `range(length)`, both ends kept."""
    return np.unique(np.linspace(0, length - 1, min(length, most)).round().astype(np.int64))


def spread(hits: Floats, misses: Floats, most: int) -> NDArray[np.int64]:
    """At most `most` of the points of a ranking, as even in recall as in false alarms, both ends kept.

    Points that are even in rows only would leave the few rows that matter of a rare class to one of them.

    Args:
        hits: true positives of each point (m,).
        misses: false positives (m,).
        most: how many.
    """
    if len(hits) <= most:
        return np.arange(len(hits))
    ends = (0, len(hits) - 1)
    steps = np.linspace(0, 1, most // 2)[1:-1]
    even = [np.searchsorted(counts, steps * counts[-1]) for counts in (hits, misses)]
    return np.unique(np.concatenate([ends, *even]))
