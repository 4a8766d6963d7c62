"""Some rows of a dataset's file, without the whole of it in memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from automl.reporting.turns import AN_IMAGE, affordable, in_turn
from automl.splits.split import Rows
from automl.tables.canonical import encoded

_BATCH_BYTES: Final = 16 * 2**20
_BATCH_ROWS: Final = 1024
"""More of them at once are read no faster."""


def read_some(path: Path, columns: Sequence[str], classes: str | None, seed: int) -> tuple[pa.Table, Rows]:
    """About 2,000 rows, as many as can be looked at within seconds, with their numbers in the file, ascending.

    Args:
        path: of a Parquet file with the canonical types.
        columns: to read.
        classes: that of them by which rows are drawn evenly, if there is one.
        seed: of the draw.
    """
    with pq.ParquetFile(path) as file:
        total = file.metadata.num_rows
        spread = np.zeros(total, np.int64) if classes is None else _codes(file.read(columns=[classes])[classes])
        turn = in_turn(spread, seed)
        rows = affordable(turn, _letters(file, columns, turn))
        batches = list(_taken(file, columns, rows))
        return pa.Table.from_batches(batches), rows


def _letters(file: pq.ParquetFile, columns: Sequence[str], rows: Rows) -> Rows:
    """Of each of these rows; a number counts as one."""
    letters = np.full(len(rows), len(columns))
    schema = file.schema_arrow  # made anew each time
    long = [name for name in columns if _is_text(kind := schema.field(name).type) or _is_image(kind)]
    if long:
        order = np.argsort(rows)
        letters[order] += np.concatenate([_lengths(batch) for batch in _taken(file, long, rows[order])])
    return letters


def _taken(file: pq.ParquetFile, columns: Sequence[str], rows: Rows) -> Iterator[pa.RecordBatch]:
    """These rows, ascending, batch by batch."""
    size = sum(file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups))
    at_once = min(_BATCH_ROWS, max(1, _BATCH_BYTES * file.metadata.num_rows // max(1, size)))
    begin = 0
    for batch in file.iter_batches(at_once, columns=columns):
        first, last = np.searchsorted(rows, [begin, begin + batch.num_rows])
        yield batch.take(pa.array(rows[first:last] - begin))
        begin += batch.num_rows


def _lengths(batch: pa.RecordBatch) -> Rows:
    """Letters of the texts of each row, about, and what its images stand for."""
    lengths = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        bytes_of = pc.binary_length(column).fill_null(0).to_numpy(zero_copy_only=False)
        lengths += bytes_of if _is_text(column.type) else AN_IMAGE * (bytes_of > 0)
    return lengths


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_image(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _codes(values: pa.ChunkedArray) -> Rows:
    return np.asarray(encoded(values).indices, dtype=np.int64)
