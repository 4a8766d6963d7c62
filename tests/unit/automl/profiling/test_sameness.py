import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from automl.profiling.describe import describe
from automl.profiling.sameness import Sameness, equal_columns


def _seen(table: pa.Table) -> Sameness:
    sameness = Sameness(table.num_rows)
    for name in table.column_names:
        sameness.add(name, describe(name, table[name])[1])
    return sameness


@given(st.lists(st.tuples(st.none() | st.integers(0, 2), st.sampled_from(["a", "b", None])), min_size=1))
def test_copied_rows_are_those_a_set_would_drop(rows: list[tuple[int | None, str | None]]) -> None:
    table = pa.table(
        {"x": pa.array([r[0] for r in rows], pa.int64()), "y": pa.array([r[1] for r in rows], pa.string())}
    )

    assert _seen(table).copied_rows() == len(rows) - len(set(rows))


def test_columns_that_determine_each_other_are_grouped() -> None:
    table = pa.table({"a": ["x", "y", None, "x"], "b": [3, 1, None, 3], "c": [3, 1, None, 1], "d": [1, 2, 1, 2]})

    assert _seen(table).one_to_one() == [["a", "b"]]


def test_equal_columns_are_found_beyond_the_first_rows() -> None:
    values = np.arange(1000)
    late = values.copy()
    late[-1] = 0
    table = pa.table({"a": values, "b": late, "c": values, "d": late})

    assert list(equal_columns(table, table.column_names)) == [("a", "c"), ("b", "d")]
