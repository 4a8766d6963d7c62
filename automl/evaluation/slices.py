"""Slices of the rows on which a model is worse: found where it was chosen, measured where it was not.

A slice that was picked among hundreds for its bad figures looks worse than it is. So slices are found among training
rows, by what was said of them out of fold, and what counts is what the holdout says of the same slices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.clock import Over, never
from automl.evaluation.ground import Ground, says
from automl.evaluation.judged import Judged
from automl.evaluation.single import measure_some
from automl.evaluation.slicing import Slicing
from automl.evaluation.worst import LEAST_ROWS, Finder
from automl.metrics import counting
from automl.types import Column, Json, Metric

_LEAST_MEASURED: Final = 10
"""Rows, and of two classes one of each: of fewer a metric says nothing."""
_MOST_OF_COLUMN: Final = 25
_FOUND_BY: Final[Mapping[Metric, Metric]] = {"average_precision": "roc_auc", "average_precision_macro": "roc_auc"}
"""Average precision is low wherever a class is rare, and would find no more than that."""
_UNKNOWN: Final = {"value": None, "low": None, "high": None}


@dataclass(frozen=True)
class Slices:
    """Finds and measures slices.

    Attributes:
        metric: to be measured.
        out_of_fold: training rows.
        holdout: the others.
        over: ends the search and the intervals.
        over_asked: ends the intervals of what was asked for, so that time is left for the search.
        seed: of the intervals.
    """

    metric: Metric
    out_of_fold: Ground
    holdout: Ground
    over: Over = never
    over_asked: Over = never
    seed: int = 0

    @property
    def _by(self) -> Metric:
        return _FOUND_BY.get(self.metric, self.metric)

    def all_rows(self, out_of_fold: Mapping[Metric, Json], holdout: Mapping[Metric, Json]) -> dict[str, Json]:
        """What slices are to be seen beside, in the same form; the arguments are every metric of all rows."""
        sides = {"out_of_fold": (self.out_of_fold, out_of_fold), "holdout": (self.holdout, holdout)}
        return {
            name: self._side(ground.judged, [measured[metric] for metric in self._metrics])
            for name, (ground, measured) in sides.items()
        }

    def tell(self, columns: Sequence[Column], asked: Sequence[Column] = ()) -> dict[str, Json]:
        """The slices of the columns that were asked for, and the worst ones, as JSON.

        `asked` has up to 25 of each column, whatever the time; what is `worst` is found in the time that is left.
        `left_off` counts what is not told.

        Args:
            columns: to look for slices in, see `Finder.find`.
            asked: columns of which each slice is told.
        """
        slicings = [Slicing.even_of_one(column, self._values(column)) for column in asked]
        told = {slicing.column.name: self._measured(slicing, _told(slicing), self.over_asked) for slicing in slicings}
        found = Finder(self._by, self.out_of_fold, self.over, self.seed).find(columns)
        return {
            "metric": self.metric,
            "found_by": self._by,
            "least_rows": LEAST_ROWS,
            "tried": found.tried,
            "worst": [
                entry for each in found.behind for entry in self._measured(each.slicing, [each.number], self.over)
            ],
            "asked": told,
            "left_off": {
                "columns": found.columns_left,
                "untested": found.slices_left,
                "asked": {
                    slicing.column.name: slicing.count + slicing.rest - len(_told(slicing)) for slicing in slicings
                },
            },
        }

    @property
    def _metrics(self) -> Sequence[Metric]:
        """What is told, and where it is another, what slices are found by."""
        return tuple(dict.fromkeys((self.metric, self._by)))

    def _values(self, column: Column) -> NDArray[Any]:
        return np.concatenate([ground.values(column) for ground in (self.out_of_fold, self.holdout)])

    def _measured(self, slicing: Slicing, numbers: Sequence[int], over: Over) -> list[dict[str, Json]]:
        grounds = {"out_of_fold": self.out_of_fold, "holdout": self.holdout}
        pieces = {name: ground.pieces(slicing) for name, ground in grounds.items()}
        return [
            {**slicing.describe(number), **{name: self._tell(piece(number), over) for name, piece in pieces.items()}}
            for number in numbers
        ]

    def _tell(self, piece: Judged, over: Over) -> dict[str, Json]:
        if not says(self.metric, piece, rows=_LEAST_MEASURED, of_class=1):
            return self._side(piece, [_UNKNOWN for _ in self._metrics])
        singles = measure_some(self._metrics, piece, over=over, seed=self.seed)
        return self._side(piece, [single.to_json() for single in singles])

    def _side(self, piece: Judged, told: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
        """Figures, and of two classes how frequent the positive one is there, which ranking depends on."""
        by: dict[str, Json] = dict(zip(self._metrics[1:], told[1:], strict=True))
        share = {"positive_share": _positive_share(piece)} if piece.task == "binary" else {}
        return {"rows": piece.rows, **told[0], **by, **share}


def _told(slicing: Slicing) -> list[int]:
    """The most frequent ones, and the missing values, which are the last."""
    return [*range(min(slicing.count, _MOST_OF_COLUMN) - 1), slicing.count - 1]


def _positive_share(piece: Judged) -> float | None:
    return float(np.average(piece.target == 1, weights=counting(piece.weights))) if piece.rows else None
