"""What a table holds: a type, statistics and findings for each column, without a model."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import pyarrow as pa

from automl.machine import cores
from automl.profiling.columns import ColumnProfile, Finding, Profile
from automl.profiling.describe import describe, sketch
from automl.profiling.findings import table_findings
from automl.profiling.sameness import Sameness
from automl.tables.canonical import canonical_table

__all__ = ["ColumnProfile", "Finding", "Profile", "profile_table", "sketch_table"]

T = TypeVar("T")
_MANY_ROWS: Final = 50_000
"""With fewer, threads wait for each other longer than for Arrow."""


def profile_table(table: pa.Table) -> Profile:
    """The profile of a whole table.

    Counts, ranges and relations are exact. Estimated are quantiles (from at most 100,000 rows) and the words a value
    (from at most 10,000 distinct values), which tell text from categories.

    Raises:
        InvalidData: a column of a type that cannot be read (see `canonical_table`).
    """
    table = canonical_table(table)
    sameness = Sameness(table.num_rows)
    columns: list[ColumnProfile] = []
    for profile, codes in _by_column(describe, table):
        columns.append(profile)
        sameness.add(profile.name, codes)
    return Profile(table.num_rows, tuple(columns), tuple(table_findings(table, columns, sameness)))


def sketch_table(table: pa.Table, exact: Collection[str]) -> Profile:
    """What a run must know of a table to learn from it: quicker than `profile_table`, and without its findings.

    Args:
        table: the table.
        exact: columns whose profile is to be whole. Of the others see `describe.sketch`.

    Raises:
        InvalidData: as `profile_table` does.
    """
    table = canonical_table(table)

    def look(name: str, column: pa.ChunkedArray) -> ColumnProfile:
        return describe(name, column)[0] if name in exact else sketch(name, column)

    return Profile(table.num_rows, tuple(_by_column(look, table)), ())


def _by_column(look: Callable[[str, pa.ChunkedArray], T], table: pa.Table) -> Iterator[T]:
    """What is seen of each column, in table order, side by side where that is quicker."""
    if table.num_rows < _MANY_ROWS:
        yield from map(look, table.column_names, table.columns)
        return
    with ThreadPoolExecutor(cores()) as pool:
        yield from pool.map(look, table.column_names, table.columns)
