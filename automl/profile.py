"""What a table holds: a type, statistics and findings for each column, without a model."""

import pyarrow as pa

from automl.canonical import canonical_table
from automl.columns import ColumnProfile, Finding, Profile
from automl.describe import describe
from automl.findings import table_findings
from automl.sameness import Sameness

__all__ = ["ColumnProfile", "Finding", "Profile", "profile_table"]


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
    for name, column in zip(table.column_names, table.columns, strict=True):
        profile, codes = describe(name, column)
        columns.append(profile)
        sameness.add(name, codes)
    return Profile(table.num_rows, tuple(columns), tuple(table_findings(table, columns, sameness)))
