"""What is added to each class's log-probability before the likeliest one is called.

With many classes a threshold becomes an offset a class. One after the other is set to where the aim is best, with the
others as they are, until none moves: coordinate ascent, whose steps look at where each row changes its class.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.bootstrap import units_of
from automl.decisions.criteria import WORTH, Tallies
from automl.ranking import thin
from automl.types import Aim, Floats

_MOST_STEPS: Final = 80
_PASSES: Final = 4
_CUTS: Final = 64
"""Places along an offset, among all rows and among the class's own."""
_LEAST: Final = 1e-12
"""Of a probability: below, its logarithm tells nothing."""
_BETTER: Final = 1e-9


def shifted(outputs: Floats, offsets: Sequence[float]) -> NDArray[np.int64]:
    """The classes that are called `(n,)`."""
    return _called(_logs(outputs), np.asarray(offsets, dtype=np.float64))


def tune_offsets(
    target: NDArray[Any],
    outputs: Floats,
    weights: Floats,
    aim: Aim,
    costs: Floats,
    *,
    groups: NDArray[np.int64] | None = None,
) -> tuple[float, ...]:
    """The offsets that are best by an aim, their mean 0; all 0 where they don't help rows that they weren't tuned on.

    Args:
        target: class indices `(n,)`.
        outputs: probabilities out of fold `(n, k)`.
        weights: of the rows `(n,)`.
        aim: one of `criteria.WORTH`.
        costs: from `criteria.cost_matrix`.
        groups: of rows that go together `(n,)`, which are tuned on or tried on together.
    """
    rows, none = _Rows(target, _logs(outputs), weights, aim, costs), np.zeros(outputs.shape[1])
    even = units_of(len(target), groups) % 2 == 0
    if even.all():  # a single group
        return tuple(none.tolist())
    pairs = [(rows.take(learnt), rows.take(~learnt)) for learnt in (even, ~even)]
    gains = [other.worth(learnt.climb()) - other.worth(none) for learnt, other in pairs]
    found = rows.climb() if min(gains) >= 0 and max(gains) > _BETTER else none
    return tuple((found - found.mean()).tolist())


@dataclass(frozen=True, slots=True)
class _Rows:
    target: NDArray[Any]
    logs: Floats
    weights: Floats
    aim: Aim
    costs: Floats

    def take(self, which: NDArray[np.bool_]) -> "_Rows":
        return replace(self, target=self.target[which], logs=self.logs[which], weights=self.weights[which])

    def worth(self, offsets: Floats) -> float:
        called = _called(self.logs, offsets)
        return float(WORTH[self.aim](Tallies.of(self.target, called, self.weights, self.costs))[0])

    def climb(self) -> Floats:
        """From no offsets to where no single one helps any more."""
        offsets = np.zeros(self.logs.shape[1])
        best = self.worth(offsets)
        for _ in range(max(1, min(_PASSES, _MOST_STEPS // len(offsets)))):
            before = best
            for k in range(len(offsets)):
                cuts, tallies = self.along(offsets, k)
                worths = WORTH[self.aim](tallies)
                top = int(np.argmax(worths))
                if worths[top] > best + _BETTER:
                    offsets[k], best = cuts[top], float(worths[top])
            if best <= before:
                break
        return offsets

    def along(self, offsets: Floats, k: int) -> tuple[Floats, Tallies]:
        """Places for the offset of class k, ascending, and what each would make of the rows.

        A row is called k from its own limit on, and before that the likeliest of the others.
        """
        scores = self.logs + offsets
        scores[:, k] = -np.inf
        other = scores.argmax(axis=1)
        limits = scores[np.arange(len(other)), other] - self.logs[:, k]
        cuts = _places(limits, limits[self.target == k])
        return cuts, self._tallies(other, np.searchsorted(cuts, limits), len(cuts), k)

    def _tallies(self, other: NDArray[np.int64], turned: NDArray[np.int64], cuts: int, k: int) -> Tallies:
        """`turned` is the first cut at which each row is called k."""
        count = len(self.costs)
        base = Tallies.of(self.target, other, self.weights, self.costs)

        def moved(amounts: Floats) -> Floats:
            """Sums over the rows that have turned by each cut, by the class that they leave `(cuts, count)`."""
            sums = np.bincount(turned * count + other, amounts, minlength=(cuts + 1) * count)
            return np.asarray(np.cumsum(sums.reshape(cuts + 1, count)[:cuts], axis=0))

        left = moved(self.weights)
        # Differences of rounded sums may be a hair below 0.
        called = np.maximum(base.called - left, 0.0)
        right = np.maximum(base.right - moved(self.weights * (self.target == other)), 0.0)
        called[:, k] += left.sum(axis=1)
        right[:, k] += moved(self.weights * (self.target == k)).sum(axis=1)
        dearer = self.weights * (self.costs[self.target, k] - self.costs[self.target, other])
        return Tallies(base.true, called, right, base.lost + moved(dearer).sum(axis=1), self.costs)


def _places(limits: Floats, own: Floats) -> Floats:
    """Half way between limits: as many evenly among all rows' as among the class's own, and beyond both ends."""
    ordered = np.unique(limits)
    among = np.searchsorted(ordered, np.unique(own))
    at = [thin(len(ordered) + 1, _CUTS), *([among[thin(len(among), _CUTS)] + 1] if len(among) else [])]
    padded = np.concatenate([[ordered[0] - 1], ordered, [ordered[-1] + 1]])
    kept = np.unique(np.concatenate(at))
    return np.asarray((padded[kept] + padded[kept + 1]) / 2)


def _called(logs: Floats, offsets: Floats) -> NDArray[np.int64]:
    return np.asarray(np.argmax(logs + offsets, axis=1), dtype=np.int64)


def _logs(outputs: Floats) -> Floats:
    return np.log(np.maximum(outputs, _LEAST))
