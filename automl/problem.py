"""What a run is about, once its table and request have been read and found fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from automl.checks.request import check_request, feature_columns
from automl.checks.slices import sliced_columns
from automl.errors import InvalidRequest, InvalidRows
from automl.likeness import MetaFeatures
from automl.metrics import default_metric
from automl.profiling.columns import ColumnProfile, Finding, Profile
from automl.profiling.findings import findings_for_target
from automl.profiling.leaks import LEAK
from automl.profiling.profile import sketch_table
from automl.splits.split import Rows
from automl.tables.canonical import canonical_table, encoded
from automl.tables.cells import label
from automl.tables.coerce import frame_from_table
from automl.tables.frames import take
from automl.types import Column, ColumnType, Floats, Frame, Json, Metric, Sample, Task, TrainRequest

_STRING_BYTES: Final = 60
_IMAGE_BYTES: Final = 1_200
"""With its features, which are kept."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Typed columns, a target, and what is to be predicted how well.

    Attributes:
        name: of the target.
        task: what is predicted.
        metric: what trials are ranked by.
        columns: the features' columns, as `feature_columns` chose them.
        frame: their values.
        target: class indices or values `(n,)`.
        weights: how much each row counts `(n,)`; all the same when None.
        sliced: the columns that slices are asked of.
        aside: the values of those that are no features.
        guide: what the split column says `(n,)`, as `splitters.make_splitter` takes it; None for a random split.
        test: the rows of a separate test table, which judge in the holdout's place.
        text_bytes: memory that the different texts and images in the columns take, about.
        classes: labels by class index, the positive one last of two; empty for regression.
        ordered: whether the classes stand in an order that means something: numbers, or as the request says.
        findings: what a person should know before trusting a model of this: what the table's profile tells, leaks,
            rare classes, imbalance.
        meta: the table in numbers, for later runs to be compared with.
    """

    name: str
    task: Task
    metric: Metric
    columns: tuple[Column, ...]
    frame: Frame
    target: NDArray[Any]
    weights: Floats | None
    sliced: tuple[Column, ...]
    aside: Frame
    guide: NDArray[Any] | None
    test: Sample | None
    text_bytes: int
    classes: tuple[Json, ...]
    ordered: bool
    findings: tuple[Finding, ...]
    meta: MetaFeatures

    @property
    def images(self) -> int:
        """How many columns hold images, which take longer than anything else to encode."""
        return sum(column.type == "image" for column in self.columns)

    def take(self, rows: Rows) -> Sample:
        """Some of the rows."""
        weights = None if self.weights is None else self.weights[rows]
        return Sample(take(self.frame, rows), self.target[rows], weights, take(self.aside, rows))


def pose(
    table: pa.Table,
    request: TrainRequest,
    test: pa.Table | None = None,
    *,
    profile: Profile | None = None,
    test_profile: Profile | None = None,
    part: bool = False,
) -> Problem:
    """What a run is about. Raises `InvalidData` or `InvalidRequest` where the tables cannot carry the request.

    Args:
        table: to learn from.
        request: what is asked of it.
        test: to judge by; without it, rows of the table are held out.
        profile: of the table, where that is known already: to profile a large one takes seconds.
        test_profile: of the test table, alike.
        part: whether the table is only some rows of what the profile is of, which has to fit the request.
    """
    profile = profile if profile and part else _profile(table, profile, request)
    task = check_request(profile, request, None if test is None else _profile(test, test_profile, request))
    useful = feature_columns(profile, request)
    columns = tuple(Column(column.name, column.type) for column in useful)
    target, classes = _target(table, task, request)
    sliced = tuple(sliced_columns(profile, request))
    aside = [column for column in sliced if column not in columns]
    counts = dict(zip(map(str, classes), np.bincount(target).tolist(), strict=True)) if classes else {}
    return Problem(
        name=request.target,
        task=task,
        metric=request.metric or default_metric(task, counts),
        columns=columns,
        frame=frame_from_table(table, columns),
        target=target,
        weights=_column(table, Column(request.weights, "numeric")) if request.weights else None,
        sliced=sliced,
        aside=frame_from_table(table, aside),
        guide=_guide(table, profile, request),
        test=None if test is None else _read_test(test, columns, aside, classes, request),
        text_bytes=_text_bytes(table, useful),
        classes=classes,
        ordered=request.class_order is not None or any(type(label) in (int, float) for label in classes),
        findings=(*_findings(table, profile, request), *_direction(request, classes)),
        meta=MetaFeatures.of(profile, request, task),
    )


def _profile(table: pa.Table, known: Profile | None, request: TrainRequest) -> Profile:
    """The known one, unless it is of a table of another shape."""
    if known is None or known.rows != table.num_rows or [it.name for it in known.columns] != table.column_names:
        return sketch_table(table, exact={request.target, request.weights or "", request.split_column or ""})
    return known


def _target(table: pa.Table, task: Task, request: TrainRequest) -> tuple[NDArray[Any], tuple[Json, ...]]:
    values = canonical_table(table.select([request.target])).column(0)
    if task == "regression":
        return values.cast(pa.float64(), safe=False).to_numpy(), ()
    return _encode(values, task, request)


def _read_test(
    table: pa.Table, columns: Sequence[Column], aside: Sequence[Column], classes: Sequence[Json], request: TrainRequest
) -> Sample:
    """The test table's rows as the training table's columns and classes read them."""
    number = {label(name): index for index, name in enumerate(classes)}
    kind: ColumnType = "categorical" if classes else "numeric"
    try:
        target = _column(table, Column(request.target, kind))
        weights = _column(table, Column(request.weights, "numeric")) if request.weights else None
        frame, beside = frame_from_table(table, columns), frame_from_table(table, aside)
    except InvalidRows as error:
        raise InvalidRequest("unusable-test", f"The test table: {error.detail}", error.faults) from error
    return Sample(frame, np.array([number[name] for name in target]) if classes else target, weights, beside)


def _guide(table: pa.Table, profile: Profile, request: TrainRequest) -> NDArray[Any] | None:
    """The split column: numbers of groups, moments, or texts."""
    column = profile.column(request.split_column) if request.split_column is not None else None
    if column is None:
        return None
    if request.split == "group":
        groups = encoded(canonical_table(table.select([column.name])).column(0))
        return np.asarray(groups.indices, dtype=np.int64)
    return _column(table, Column(column.name, column.type if request.split == "time" else "categorical"))


def _findings(table: pa.Table, profile: Profile, request: TrainRequest) -> list[Finding]:
    """Those of the table and of the columns that a model may learn from, and those about the target."""
    names = {request.target, *(column.name for column in feature_columns(profile, request))}
    used = tuple(column for column in profile.columns if column.name in names)
    found = findings_for_target(table, Profile(profile.rows, used, ()), request.target)
    told = {(it.code, it.column) for it in found}
    # Which columns give the target away is known better by now.
    known = [it for it in profile.findings if it.code != LEAK and (it.column is None or it.column in names)]
    return [*found, *(it for it in known if (it.code, it.column) not in told)]


def _direction(request: TrainRequest, classes: Sequence[Json]) -> list[Finding]:
    """Whose probability rises, where the user has left that to the classes' frequencies."""
    if len(classes) != 2 or request.positive is not None or not any(request.monotone.values()):  # noqa: PLR2004
        return []
    detail = f"What rises or falls with a column is the probability of {classes[1]!r}, the rarer class"
    return [Finding("monotone-direction", None, f"{detail}; if it should be the other one's, name that as 'positive'.")]


def _text_bytes(table: pa.Table, columns: Sequence[ColumnProfile]) -> int:
    """Each different text or image is an object of Python's."""
    more = {"categorical": _STRING_BYTES, "text": _STRING_BYTES, "image": _IMAGE_BYTES}
    return sum(
        column.unique * (more[column.type] + table[column.name].nbytes // table.num_rows)
        for column in columns
        if column.type in more
    )


def _column(table: pa.Table, column: Column) -> NDArray[Any]:
    values: NDArray[Any] = frame_from_table(table, [column])[column.name]
    return values


def _encode(values: pa.ChunkedArray, task: Task, request: TrainRequest) -> tuple[NDArray[np.int64], tuple[Json, ...]]:
    """Class indices and labels, in the labels' order or as asked; of two the positive one, or the rarer, last."""
    encoded = values.dictionary_encode().unify_dictionaries().combine_chunks()
    found = encoded.dictionary.to_pylist()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    order = sorted(range(len(found)), key=lambda code: found[code])
    if task == "binary":
        rows, positive = np.bincount(codes), request.positive
        last = {code: label(found[code]) == positive if positive is not None else -int(rows[code]) for code in order}
        order.sort(key=lambda code: last[code])
    elif request.class_order is not None:
        place = {name: index for index, name in enumerate(request.class_order)}
        order.sort(key=lambda code: place[label(found[code]) or ""])
    index = np.empty(len(found), dtype=np.int64)
    index[order] = np.arange(len(found))
    return index[codes], tuple(found[code] for code in order)
