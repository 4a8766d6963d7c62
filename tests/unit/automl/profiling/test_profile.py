import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from automl.profiling.profile import Profile, profile_table, sketch_table

_CELLS = [
    st.lists(st.none() | st.floats(), min_size=6, max_size=6),
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=6, max_size=6),
    st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), min_size=6, max_size=6),
    st.lists(st.none() | st.booleans(), min_size=6, max_size=6),
    st.lists(st.none() | st.datetimes(), min_size=6, max_size=6),
]


@given(st.lists(st.one_of(_CELLS), min_size=1, max_size=5))
def test_every_table_has_a_profile_that_survives_json(columns: list[list[object]]) -> None:
    table = pa.table([pa.array(cells) for cells in columns], names=[f"c{i}" for i in range(len(columns))])

    profile = profile_table(table)

    assert Profile.from_json(json.loads(json.dumps(profile.to_json(), allow_nan=False))) == profile
    assert [column.name for column in profile.columns] == table.column_names
    assert profile.rows == 6


def test_columns_are_found_by_name_and_features_leave_the_target_out() -> None:
    profile = profile_table(pa.table({"a": [1, 2], "b": ["x", "y"], "y": [True, False]}))

    found = profile.column("b")
    assert found is not None
    assert found.type == "categorical"
    assert profile.column("z") is None
    assert [(column.name, column.type) for column in profile.features("y")] == [("a", "numeric"), ("b", "categorical")]


def test_a_sketch_of_few_rows_lacks_but_the_findings() -> None:
    table = pa.table({"a": [1.5, 2.5], "same": ["x", "x"], "y": [True, False]})
    whole = profile_table(table)
    assert whole.findings
    assert sketch_table(table, exact={"y"}) == Profile(whole.rows, whole.columns, ())
