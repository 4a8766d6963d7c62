"""What a run is about, once its table and request have been read and found fit."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from automl.canonical import canonical_table
from automl.cells import label
from automl.checks import check_request
from automl.coerce import frame_from_table
from automl.columns import Finding
from automl.findings import findings_for_target
from automl.metrics import default_metric
from automl.profile import profile_table
from automl.types import Column, Frame, Json, Metric, Task, TrainRequest


@dataclass(frozen=True, slots=True)
class Problem:
    """Typed columns, a target, and what is to be predicted how well.

    Attributes:
        name: of the target.
        task: what is predicted.
        metric: what trials are ranked by.
        columns: the features' columns; those of a single value are left out.
        frame: their values.
        target: class indices or values `(n,)`.
        classes: labels by class index, the positive one last of two; empty for regression.
        findings: what a person should know before trusting a model of this: leaks, rare classes, imbalance.
    """

    name: str
    task: Task
    metric: Metric
    columns: tuple[Column, ...]
    frame: Frame
    target: NDArray[Any]
    classes: tuple[Json, ...]
    findings: tuple[Finding, ...]


def pose(table: pa.Table, request: TrainRequest) -> Problem:
    """Raises `InvalidData` or `InvalidRequest` where the table cannot carry the request."""
    profile = profile_table(table)
    task = check_request(profile, request)
    useful = {column.name for column in profile.columns if column.unique > 1}
    columns = tuple(column for column in profile.features(request.target) if column.name in useful)
    values = canonical_table(table.select([request.target])).column(0)
    classes: tuple[Json, ...] = ()
    counts: dict[str, int] = {}
    if task == "regression":
        target: NDArray[Any] = values.cast(pa.float64(), safe=False).to_numpy()
    else:
        target, classes = _encode(values, task, request.positive)
        counts = dict(zip(map(str, classes), np.bincount(target).tolist(), strict=True))
    metric = request.metric or default_metric(task, counts)
    frame = frame_from_table(table, columns)
    findings = tuple(findings_for_target(table, profile, request.target))
    return Problem(request.target, task, metric, columns, frame, target, classes, findings)


def _encode(values: pa.ChunkedArray, task: Task, positive: str | None) -> tuple[NDArray[np.int64], tuple[Json, ...]]:
    """Class indices and labels, in the labels' order; of two the positive one, by default the rarer, comes last."""
    encoded = values.dictionary_encode().unify_dictionaries().combine_chunks()
    found = encoded.dictionary.to_pylist()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    order = sorted(range(len(found)), key=lambda code: found[code])
    if task == "binary":
        rows = np.bincount(codes)
        last = {code: label(found[code]) == positive if positive is not None else -int(rows[code]) for code in order}
        order.sort(key=lambda code: last[code])
    index = np.empty(len(found), dtype=np.int64)
    index[order] = np.arange(len(found))
    return index[codes], tuple(found[code] for code in order)
