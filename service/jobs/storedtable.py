"""A dataset's table, brought from the store, of which only some rows are held at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from automl.splits.split import Rows
from automl.tables.coerce import frame_from_table
from automl.types import Column, Frame
from registry import Registry
from registry.errors import Corrupt, NotFound

_MOST_FETCHED: Final = 1_000_000_000
_MOST_HELD: Final = 50_000_000
"""Stored bytes, which are packed: of a table, and of those of its rows that are held at once."""
_FEWEST, _MOST_AT_ONCE = 100, 20_000


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table on disk.

    Attributes:
        path: of the file.
        names: of its columns.
        at_once: how many rows may be held.
    """

    path: Path
    names: tuple[str, ...]
    at_once: int

    @classmethod
    def fetch(cls, registry: Registry, dataset_id: str | None, directory: Path) -> Self | None:
        """A dataset's; None where it is not known, gone, damaged or too large."""
        try:
            dataset = None if dataset_id is None else registry.datasets.get(dataset_id)
            if dataset is None or dataset.blob.size > _MOST_FETCHED:
                return None
            path = registry.datasets.fetch(dataset.id, directory / f"{dataset.id}.parquet")
        except (NotFound, Corrupt):
            return None
        with pq.ParquetFile(path) as file:
            rows, names = file.metadata.num_rows, file.schema_arrow.names
        return cls(path, tuple(names), int(np.clip(rows * _MOST_HELD / dataset.blob.size, _FEWEST, _MOST_AT_ONCE)))

    def rows(self, columns: Sequence[Column], rows: Rows) -> Frame:
        """Those of these numbers, which ascend. Raises `InvalidRows` where these are no such columns."""
        found, begin = [], 0
        for table in self._tables(columns):
            here = rows[(rows >= begin) & (rows < begin + table.num_rows)]
            found.append(table.take(here - begin))
            begin += table.num_rows
        return frame_from_table(pa.concat_tables(found), columns)

    def frames(self, columns: Sequence[Column]) -> Iterator[Frame]:
        """All rows, some at a time. Raises `InvalidRows` where these are no such columns."""
        return (frame_from_table(table, columns) for table in self._tables(columns))

    def _tables(self, columns: Sequence[Column]) -> Iterator[pa.Table]:
        names = [column.name for column in columns]
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(self.at_once, columns=names):
                yield pa.Table.from_batches([batch]).select(names)
