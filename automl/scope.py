"""How much a run takes on: as many rows, and as much besides trees, as its time and its memory allow."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from automl.families import MOST_CELLS
from automl.features.images import SECONDS_AN_IMAGE, Images
from automl.features.texts import mean_letters
from automl.learners.params import TREES
from automl.machine import cores
from automl.memory import LEAST_ROOM, MB, Load, PeakMemory, fit_into
from automl.problem import Problem
from automl.search import Plan, pool
from automl.splits.split import fold_count
from automl.text.levels import columns_of
from automl.types import ColumnType, Json, TrainRequest

Shortage = Literal["time", "memory"]

_FEATURES: Final[Mapping[ColumnType, int]] = {
    "numeric": 1,
    "boolean": 1,
    "categorical": 1,
    "datetime": 6,
    "text": 5,
    "image": len(Images().parts),
}
"""That a column becomes, at the most."""
_LETTERS_PER_S: Final = 2_500_000
"""Letters of texts that are taken apart in a second, by one core alone."""
_SHARE: Final = 0.2
"""Of the time, the part that may go to encoding and binning."""
_CELLS_PER_S: Final = 10_000_000
"""Values that one core encodes and bins in a second."""
_FEWEST_ROWS: Final = 5_000
_FEWEST_WITH_IMAGES: Final = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run takes on.

    Attributes:
        load: what it has to carry, within `limit`.
        limit: bytes that the process shall not exceed.
        shortage: what there is too little of to learn from more rows; None where all are learnt from.
        lean: whether there is no memory for what gives folds matrices of their own.
    """

    load: Load
    limit: int
    shortage: Shortage | None
    lean: bool

    @property
    def room(self) -> int:
        """Bytes that the models of trials may have which wait for the ensemble: what the limit leaves."""
        return LEAST_ROOM + max(0, self.limit - self.load.peak())

    def within(self, plan: Plan) -> Plan:
        """The plan without what there is no memory for."""
        return replace(plan, recipes=False, companions=False, augmentation=False, starts=False) if self.lean else plan

    def tell(self, seen: PeakMemory) -> dict[str, Json]:
        """For the report: what was allowed, expected and seen, in MB of 2^20 bytes, and what was left out for it."""
        return {
            "limit_mb": self.limit // MB,
            "estimate_mb": self.load.peak() // MB,
            "peak_mb": None if seen.bytes is None else seen.bytes // MB,
            "left_out": ["recipes", "companions", "augmentation", "starts"] if self.lean else [],
        }


def scope_of(problem: Problem, request: TrainRequest, *, tables: int, limit: int) -> Scope:
    """What the run can take on, the same also when it is resumed. With `max_trials` its time has no say.

    Args:
        problem: the table.
        request: of the run.
        tables: bytes of the tables that it was given.
        limit: bytes that the process shall not exceed.

    Raises:
        TooLarge: `too-large` where not even the least fits into the memory.
    """
    must_copy = not isinstance(request.augmentation, str) or not set(request.families) & set(TREES)
    whole = _load(problem, request, tables)
    learnt = min(whole.learnt, _affordable_rows(problem, request, whole))
    wish = replace(whole, learnt=learnt, copies=must_copy or learnt * whole.features <= MOST_CELLS)
    load = fit_into(wish, limit, cores=cores(), must_copy=must_copy)
    shortage: Shortage | None = "time" if wish.learnt < whole.learnt else None
    if load.learnt < wish.learnt:
        shortage = "memory"
    return Scope(load, limit, shortage, lean=wish.copies and not load.copies)


def _affordable_rows(problem: Problem, request: TrainRequest, whole: Load) -> int:
    if request.max_trials is not None:
        return sys.maxsize
    alone_s = whole.letters / _LETTERS_PER_S + problem.images * SECONDS_AN_IMAGE
    a_row_s = whole.features / (_CELLS_PER_S * cores()) + alone_s
    fewest = _FEWEST_WITH_IMAGES if problem.images else _FEWEST_ROWS
    return max(fewest, int(_SHARE * request.timeout_s / a_row_s))


def _load(problem: Problem, request: TrainRequest, tables: int) -> Load:
    rows, tested = len(problem.target), problem.test is not None
    judged = len(problem.test.target) if problem.test else int(request.holdout * rows)
    # A column of the user's own may hold out any number.
    free = request.split == "column" and not tested
    learnt = rows if tested or free else rows - judged
    texts = [column for column in problem.columns if column.type == "text"]
    return Load(
        tables=tables,
        texts=problem.text_bytes,
        rows=rows + judged if tested else rows,
        learnt=learnt,
        judged=rows if free else judged,
        columns=len(problem.columns),
        features=sum(_FEATURES[column.type] for column in problem.columns),
        letters=sum(mean_letters(problem.frame[column.name]) for column in texts),
        told=columns_of("all", problem.task, len(problem.classes), len(texts)),
        outputs=max(1, len(problem.classes)),
        folds=(request.folds or fold_count(learnt)) * request.repeats,
        kept=pool.MOST,
    )
