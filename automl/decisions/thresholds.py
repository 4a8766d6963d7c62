"""From which probability on a row is called positive."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.decisions.criteria import WORTH, Tallies
from automl.ranking import Ranking, spread
from automl.types import Criterion, Floats, Json

_ALIKE: Final = 1e-12
_NEVER: Final = float(np.nextafter(1.0, 2.0))
"""A threshold that no probability reaches."""
_MOST_STORED: Final = 200
_ENOUGH: Final = 5
"""Flagged rows that a demanded precision or recall must rest on."""


@dataclass(frozen=True, slots=True)
class Points:
    """What flagging from each of m thresholds on would give, the strictest first: it flags nothing.

    Attributes:
        thresholds: rows of at least this probability are flagged `(m,)`, falling.
        hits: true positives, in sums of weights `(m,)`.
        misses: false positives `(m,)`.
        enough: the highest threshold that flags five rows, or as many as are positive where these are fewer. What is
            told of the stricter ones hangs on a row or two.
    """

    thresholds: Floats
    hits: Floats
    misses: Floats
    enough: float = _NEVER

    @classmethod
    def of(cls, target: NDArray[Any], probability: Floats, weights: Floats | None = None) -> "Points":
        """Every way to flag rows by their probability of class 1.

        Thresholds lie half way to the next lower probability, so that a hair's breadth of change flips no row.
        """
        ranking = Ranking(target == 1, probability)
        hits, misses = ranking.counts(weights)
        above = np.concatenate([[max(1.0, float(ranking.scores[0]))], ranking.scores])
        below = np.concatenate([ranking.scores, [0.0]])
        middles = (above + below) / 2
        cuts = np.where(middles > below, middles, above)
        cuts[0] = middles[0] if middles[0] > below[0] else _NEVER
        counted = None if weights is None else (weights > 0).astype(np.float64)
        positive, negative = ranking.counts(counted)
        enough = cuts[1:][positive + negative >= min(_ENOUGH, positive[-1])][0]
        return cls(cuts, np.concatenate([[0.0], hits]), np.concatenate([[0.0], misses]), float(enough))

    def tuned(self, criterion: Criterion, costs: Floats) -> tuple[float, bool]:
        """The threshold that is best by a criterion, and whether it holds what that demands.

        Of equally good thresholds it is the middle one; 0.5 when a class is absent.

        Args:
            criterion: of two classes.
            costs: from `criteria.cost_matrix`.
        """
        if criterion.by == "likeliest" or self.hits[-1] == 0 or self.misses[-1] == 0:
            return 0.5, True
        if criterion.by in WORTH:
            values = WORTH[criterion.by](self.tallies(costs))
            best = np.flatnonzero(values >= values.max() - _ALIKE)
            return float(self.thresholds[best[len(best) // 2]]), True
        cut, met = self._held(criterion)
        return float(self.thresholds[cut]), met

    def nearest(self, threshold: float) -> int:
        """Which point has the threshold that is nearest to this one."""
        return int(np.argmin(np.abs(self.thresholds - threshold)))

    def tallies(self, costs: Floats) -> Tallies:
        """The points as ways to decide."""
        true = np.array([self.misses[-1], self.hits[-1]])
        missed, kept = true[1] - self.hits, true[0] - self.misses
        right, called = np.column_stack([kept, self.hits]), np.column_stack([kept + missed, self.hits + self.misses])
        lost = np.column_stack([kept, self.misses, missed, self.hits]) @ costs.ravel()
        return Tallies(true, called, right, lost, costs)

    def _held(self, criterion: Criterion) -> tuple[int, bool]:
        """The best point of those that hold a demand on enough rows; of none that do the one that comes nearest."""
        flagged, least = self.hits + self.misses, criterion.at or 0.0
        precision = self.hits / np.maximum(flagged, 1e-300)
        recall = self.hits / self.hits[-1]
        if criterion.by == "alerts":
            allowed = flagged <= least / 1000 * flagged[-1] * (1 + _ALIKE)
            return int(np.flatnonzero(allowed)[-1]), True
        held, wanted = (precision, recall) if criterion.by == "precision" else (recall, precision)
        told = (flagged > 0) & (self.thresholds <= self.enough)
        holds = told & (held >= least - _ALIKE)
        if not holds.any():
            return int(np.argmax(np.where(told, held, -1.0))), False
        return int(np.argmax(np.where(holds, wanted, -1.0))), True

    def thinned(self) -> "Points":
        """At most 200 of them, which is what a bundle keeps."""
        kept = spread(self.hits, self.misses, _MOST_STORED)
        return Points(self.thresholds[kept], self.hits[kept], self.misses[kept], self.enough)

    def to_json(self) -> dict[str, Json]:
        """Three lists, and a number."""
        lists = {"thresholds": self.thresholds, "hits": self.hits, "misses": self.misses}
        return {**{name: values.tolist() for name, values in lists.items()}, "enough": self.enough}
