"""What a table holds: a type, statistics and findings for each column, without a model."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pyarrow as pa

from automl.canonical import canonical_table
from automl.columns import ColumnProfile, Finding, Profile
from automl.describe import describe
from automl.findings import table_findings
from automl.machine import cores
from automl.sameness import Sameness

__all__ = ["ColumnProfile", "Finding", "Profile", "profile_table"]

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
    with ThreadPoolExecutor(cores() if table.num_rows >= _MANY_ROWS else 1) as pool:
        for profile, codes in pool.map(describe, table.column_names, table.columns):
            columns.append(profile)
            sameness.add(profile.name, codes)
    return Profile(table.num_rows, tuple(columns), tuple(table_findings(table, columns, sameness)))
