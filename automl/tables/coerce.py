"""Rows of JSON, or a table, to the Frame that features are made from: equal contents give identical Frames."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from automl.errors import Fault, InvalidRows, TooManyRows
from automl.tables.canonical import canonical_table, encoded
from automl.tables.cells import CONVERT, Infinite, Unusable, image_area
from automl.tables.dates import read_dates
from automl.types import Column, ColumnType, Frame, Json

MAX_FAULTS: Final = 20
_DTYPES: Final[Mapping[ColumnType, type]] = {
    "numeric": np.float64,
    "boolean": np.float64,
    "datetime": np.float64,
    "categorical": object,
    "text": object,
    "image": object,
}
_SHOWN = 40
MOST_PIXELS_TOGETHER: Final = 250_000_000
"""Of all images in base 64 that are answered at once: some seconds of work."""


def frame_from_rows(rows: Sequence[Mapping[str, Json]], columns: Sequence[Column]) -> Frame:
    """The canonical Frame of JSON rows; columns that the schema lacks are ignored (see `extra_columns`).

    Raises:
        InvalidRows: `no-rows`, `missing-column`, `invalid-value` or `infinite-value`, with at most 20 faults.
        TooManyRows: `too-many-rows`, their images have too many pixels together.
    """
    if not rows:
        raise _no_rows()
    _refuse_heavy(row.get(column.name) for column in columns if column.type == "image" for row in rows)
    try:
        return {
            column.name: _array([row[column.name] for row in rows], column.type)  # quick, and tells only that it failed
            for column in columns
        }
    except (KeyError, Unusable):
        raise _refusal(_faults_in_rows(rows, columns)) from None


def frame_from_table(table: pa.Table, columns: Sequence[Column]) -> Frame:
    """The canonical Frame of a table; columns that the schema lacks are ignored (see `extra_columns`).

    Raises:
        InvalidRows: `no-rows`, `missing-column`, `invalid-value` or `infinite-value`, with at most 20 faults.
        TooManyRows: `too-many-rows`, images in base 64 have too many pixels together.
    """
    if table.num_rows == 0:
        raise _no_rows()
    names = set(table.column_names)
    if len(names) < table.num_columns:
        raise InvalidRows("duplicate-column", "Two columns have one name: name each column once.")
    absent = [column.name for column in columns if column.name not in names]
    if absent:
        raise _refusal(("missing-column", Fault("is missing from the table", column=name)) for name in absent)
    table = canonical_table(table.select([column.name for column in columns]))
    images = (table[column.name] for column in columns if column.type == "image")
    _refuse_heavy(cell for values in images if pa.types.is_string(values.type) for cell in values.to_pylist())
    faults: list[tuple[str, Fault]] = []
    frame = {column.name: _column_array(table[column.name], column, faults) for column in columns}
    if faults:
        raise _refusal(faults)
    return frame


def extra_columns(source: pa.Table | Sequence[Mapping[str, Json]], columns: Sequence[Column]) -> list[str]:
    """Names in the source that the schema lacks, sorted: they were ignored, and the caller should hear of it."""
    known = {column.name for column in columns}
    if isinstance(source, pa.Table):
        return sorted(set(source.column_names) - known)
    return sorted({name for row in source for name in row if name not in known})


def _refuse_heavy(images: Iterable[Json]) -> None:
    """Whoever answers rows decodes their images, and files of few bytes can hold very many pixels."""
    if any(total > MOST_PIXELS_TOGETHER for total in accumulate(map(image_area, images))):
        raise TooManyRows(
            "too-many-rows",
            f"The images have more than {MOST_PIXELS_TOGETHER:,} pixels together: send fewer rows or smaller images, "
            "or all of them in a zip archive or a Parquet file.",
        )


def _array(cells: Iterable[Json], kind: ColumnType) -> NDArray[Any]:
    convert = CONVERT[kind]
    return np.array([convert(cell) for cell in cells], dtype=_DTYPES[kind])


def _column_array(values: pa.ChunkedArray, column: Column, faults: list[tuple[str, Fault]]) -> NDArray[Any]:
    """Whole columns where Arrow and `cells` agree anyway, else each distinct value once through `cells`."""
    if pa.types.is_binary(values.type) and column.type == "image":
        images = np.empty(len(values), dtype=object)
        images[:] = values.to_pylist()
        return images
    others = (pa.types.is_string, pa.types.is_timestamp, pa.types.is_binary)
    if column.type == "numeric" and not any(is_other(values.type) for is_other in others):
        array: NDArray[Any] = values.cast(pa.float64(), safe=False).to_numpy()
        if not np.isinf(array).any():
            return array
    if column.type == "datetime" and pa.types.is_timestamp(values.type):
        seconds: NDArray[Any] = pc.divide(values.cast(pa.int64()).cast(pa.float64(), safe=False), 1e6).to_numpy()
        return seconds
    numbered = encoded(values)
    codes = numbered.indices.fill_null(len(numbered.dictionary)).to_numpy(zero_copy_only=False)
    dates = read_dates(numbered.dictionary) if column.type == "datetime" and pa.types.is_string(values.type) else None
    if dates is not None:
        dated: NDArray[Any] = np.append(dates, np.nan)[codes]
        return dated
    distinct = numbered.dictionary.to_pylist()
    converted, wrong = _convert_distinct([*distinct, None], column.type)
    for row in islice(np.flatnonzero(np.isin(codes, list(wrong))), MAX_FAULTS):
        faults.append(_fault(wrong[codes[row]], distinct[codes[row]], int(row), column.name))  # noqa: PERF401
    chosen: NDArray[Any] = converted[codes]
    return chosen


def _convert_distinct(distinct: Sequence[Json], kind: ColumnType) -> tuple[NDArray[Any], dict[int, Unusable]]:
    converted: list[float | str | bytes | None] = []
    wrong: dict[int, Unusable] = {}
    for code, cell in enumerate(distinct):
        try:
            converted.append(CONVERT[kind](cell))
        except Unusable as error:
            wrong[code] = error
            converted.append(None)
    return np.array(converted, dtype=_DTYPES[kind]), wrong


def _faults_in_rows(rows: Sequence[Mapping[str, Json]], columns: Sequence[Column]) -> Iterator[tuple[str, Fault]]:
    for number, row in enumerate(rows):
        for column in columns:
            if column.name not in row:
                yield (
                    "missing-column",
                    Fault("is missing from the row; send null for no value", number, None, column.name),
                )
                continue
            try:
                CONVERT[column.type](row[column.name])
            except Unusable as error:
                yield _fault(error, row[column.name], number, column.name)


def _fault(error: Unusable, cell: Json, row: int, column: str) -> tuple[str, Fault]:
    shown = repr(cell)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    code = "infinite-value" if isinstance(error, Infinite) else "invalid-value"
    return code, Fault(f"{shown} {error}", row=row, column=column)


def _refusal(found: Iterable[tuple[str, Fault]]) -> InvalidRows:
    listed = list(islice(found, MAX_FAULTS))
    code, first = listed[0]
    place = f"Row {first.row}, column" if first.row is not None else "Column"
    return InvalidRows(code, f"{place} {first.column!r}: {first.detail}.", [fault for _, fault in listed])


def _no_rows() -> InvalidRows:
    return InvalidRows("no-rows", "There are no rows to predict: send at least one.")
