"""How a model answered rows that it had not learnt from, kept so that later models can be compared with it on them.

A model that is served has mostly learnt from its holdout, too, so that to ask it again would flatter it. What it said
when it was judged does not.
"""

import io
import json
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from automl.bootstrap import represent
from automl.evaluation.judged import Judged
from automl.evaluation.paired import compare
from automl.splits.split import Rows
from automl.types import Floats, Json, Metric

_FORMAT: Final = 1
_KEY: Final = b"winnow"
_MOST_ROWS: Final = 20_000
_MOST_CELLS: Final = 2_000_000
_LEAST_ROWS: Final = 30
"""In common, to compare anything."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Rows of a holdout that stand for all of them.

    Attributes:
        rows: their numbers in the table that judged `(m,)`, ascending.
        each: how many rows of its class each stands for `(m,)`.
        judged: the rows as the model answered them.
    """

    rows: Rows
    each: Floats
    judged: Judged

    @classmethod
    def of(cls, rows: Rows, judged: Judged, table_rows: int, most: int = _MOST_ROWS) -> "Judgement":
        """Up to 20,000 of a holdout's rows; which ones is a matter of their numbers alone, so that judgements overlap.

        Args:
            rows: numbers of the holdout's rows in the table `(n,)`.
            judged: these rows.
            table_rows: how many rows the table has.
            most: of the rows.
        """
        place = np.random.default_rng(0).permutation(table_rows)[rows]
        most = min(most, _MOST_CELLS // max(1, len(judged.classes)))
        kept, each = represent(judged.strata, np.argsort(place, kind="stable"), most)
        return cls(rows[kept], each, judged.take(kept))

    def to_bytes(self) -> bytes:
        """As Parquet: `row`, `each`, `target`, `weight`, `group`, `predicted`, and an `output` a class, or one."""
        it = self.judged
        outputs = it.outputs if it.outputs.ndim > 1 else it.outputs[:, None]
        columns: dict[str, Any] = {"row": self.rows, "each": self.each, "target": it.target, "predicted": it.predicted}
        columns |= {} if it.weights is None else {"weight": it.weights}
        columns |= {} if it.groups is None else {"group": it.groups}
        columns |= {f"output_{k}": outputs[:, k] for k in range(outputs.shape[1])}
        told = {"format": _FORMAT, "task": it.task, "classes": len(it.classes), "ordered": it.ordered}
        table = pa.table(columns).replace_schema_metadata({_KEY: json.dumps(told).encode()})
        sink = io.BytesIO()
        pq.write_table(table, sink, compression="zstd")
        return sink.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Judgement":
        """What `to_bytes` wrote. Raises `ValueError` for anything else."""
        try:
            table = pq.read_table(io.BytesIO(data))
            told = json.loads((table.schema.metadata or {})[_KEY])
            columns = {name: table[name].to_numpy() for name in table.column_names}
            return _checked(told, columns)
        except (pa.ArrowException, KeyError, TypeError, IndexError) as error:
            raise ValueError("not a judgement") from error


def duel(metric: Metric, ours: Judgement, theirs: Judgement) -> dict[str, Json] | None:
    """Ours compared with theirs on the rows that judged both, as `paired.compare`; None where they are too few.

    The rows stand for ours: each class weighs what it does in our holdout.
    """
    rows, mine, other = np.intersect1d(ours.rows, theirs.rows, assume_unique=True, return_indices=True)
    us, them = ours.judged.take(mine), theirs.judged.take(other)
    whole = np.bincount(ours.judged.strata, ours.each)
    found = np.bincount(us.strata, minlength=len(whole))
    if len(rows) < _LEAST_ROWS or (found[whole > 0] == 0).any() or not np.array_equal(us.target, them.target):
        return None
    own = np.ones(len(rows)) if us.weights is None else us.weights
    weights = own * (whole / np.maximum(found, 1))[us.strata]
    return compare(metric, replace(us, weights=weights), replace(them, weights=weights))


def _checked(told: dict[str, Json], columns: dict[str, NDArray[Any]]) -> Judgement:
    k, task = told["classes"], told["task"]
    if told["format"] != _FORMAT or (task == "regression") != (k == 0) or (task == "binary") != (k == 2):  # noqa: PLR2004
        raise ValueError("a judgement of no known form")
    outputs = np.column_stack([columns.pop(f"output_{i}").astype(np.float64) for i in range(max(1, k))])
    rows, each = columns.pop("row"), columns.pop("each")
    target, predicted = columns.pop("target"), columns.pop("predicted")
    weights, groups = columns.pop("weight", None), columns.pop("group", None)
    numbers = [values for values in (outputs, each, target, predicted, weights, groups) if values is not None]
    if columns or not all(np.isfinite(values).all() for values in numbers) or not (np.diff(rows) > 0).all():
        raise ValueError("a judgement holds what no judgement has")
    if k and not all(it.dtype == np.int64 and 0 <= it.min() <= it.max() < k for it in (target, predicted)):
        raise ValueError("a judgement has classes that it does not have")
    judged = Judged(
        task=task,
        classes=range(k),
        ordered=bool(told["ordered"]),
        target=target,
        outputs=outputs if k else outputs[:, 0],
        predicted=predicted,
        weights=weights,
        groups=groups,
    )
    return Judgement(rows, each, judged)
