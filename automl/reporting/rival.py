"""Another model, asked about rows that judged this one, as far as it has not learnt from them."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.bootstrap import represent
from automl.clock import Over, never
from automl.decisions.decision import Decision, decide
from automl.evaluation.judgement import Judgement
from automl.predictor import Predictor
from automl.splits.split import Rows, find_copies
from automl.tables.cells import label
from automl.tables.frames import take
from automl.types import Column, ColumnType, Frame, Json

_MOST_ROWS: Final = 5_000
_AT_ONCE: Final = 250
"""Rows that are answered between two looks at the clock."""


def order_of(classes: Sequence[Json], theirs: Sequence[Json]) -> list[int] | None:
    """Their number of each of our classes; None where the two have other classes than each other."""
    ours, other = [label(name) for name in classes], [label(name) for name in theirs]
    return [other.index(name) for name in ours] if sorted(map(str, ours)) == sorted(map(str, other)) else None


def columns_learnt(rival: Predictor) -> list[Column]:
    """The columns that a model has learnt from, its target last: rows alike in all of them are the same to it."""
    kind: ColumnType = "numeric" if rival.task == "regression" else "categorical"
    return [*rival.spec.encoder.columns, Column(rival.spec.target, kind)]


def learnt_from(frame: Frame, batches: Iterable[Frame], *, over: Over = never) -> NDArray[np.bool_] | None:
    """Which rows are among those of a table, as `find_copies` has it `(n,)`; None where there was no time to look.

    Args:
        frame: the rows, with their target.
        batches: the table, some rows at a time.
        over: ends it.
    """
    rows = len(next(iter(frame.values())))
    found = np.zeros(rows, dtype=bool)
    for batch in batches:
        if over():
            return None
        numbers = find_copies([np.concatenate((values, batch[name])) for name, values in frame.items()])
        found |= np.isin(numbers[:rows], numbers[rows:])
    return found


def of_known_groups(groups: NDArray[Any], batches: Iterable[NDArray[Any]]) -> NDArray[np.bool_]:
    """Which rows `(n,)` are of a group that is among those of a table, given some rows at a time."""
    known = {group for batch in batches for group in batch.tolist()}
    return np.array([group in known for group in groups.tolist()], dtype=bool)


def answered(
    rival: Predictor,
    ours: Judgement,
    frame: Frame,
    order: Sequence[int],
    *,
    fresh: Rows,
    decision: Decision | None = None,
    over: Over = never,
) -> Judgement:
    """What a model says of up to 5,000 of the rows that judged ours, 250 at the least.

    Args:
        rival: the model.
        ours: what our model said of them.
        frame: the same rows `(n,)`.
        order: the model's number of each of our classes.
        fresh: which of them it may be asked about: places among the `n`, one at least.
        decision: by which its labels are called; None for its own rule.
        over: ends it.
    """
    shuffled = np.random.default_rng(0).permutation(len(fresh))
    some, _ = represent(ours.judged.strata[fresh], shuffled, _MOST_ROWS)
    chosen = fresh[shuffled[np.isin(shuffled, some)]]
    said: list[NDArray[Any]] = []
    for begin in range(0, len(chosen), _AT_ONCE):
        if said and over():
            break
        said.append(rival.outputs(take(frame, chosen[begin : begin + _AT_ONCE])))
    outputs = np.concatenate(said)
    asked = chosen[: len(outputs)]
    predicted = outputs if rival.task == "regression" else decide(outputs, decision or rival.decision)
    back = np.argsort(asked)
    judged = ours.judged.take(asked[back])
    if rival.task != "regression":
        outputs, predicted = outputs[:, list(order)], np.argsort(order)[predicted]
    return Judgement(ours.rows[asked[back]], np.ones(len(asked)), judged.answered(outputs[back], predicted[back]))
