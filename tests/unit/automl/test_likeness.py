"""Tables in numbers, and how far apart they are."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.checks.request import check_request
from automl.likeness import MetaFeatures, Subject, distance
from automl.profiling.profile import profile_table
from automl.types import TrainRequest


def subject(table: pa.Table, request: TrainRequest) -> Subject:
    profile = profile_table(table)
    return Subject.of(profile, request, check_request(profile, request))


def shapes(target: list[object]) -> pa.Table:
    rows = len(target)
    return pa.table({
        "size": [None if i % 4 == 0 else i / 7 for i in range(rows)],
        "color": [("red", "green", "blue")[i % 3] for i in range(rows)],
        "same": [1] * rows,
        "group": [i % 5 for i in range(rows)],
        "y": target,
    })  # fmt: skip


def test_a_table_in_numbers() -> None:
    found = subject(shapes([i % 10 == 0 for i in range(100)]), TrainRequest(target="y"))
    assert found.meta == MetaFeatures(
        rows=100, features=3, categorical=1 / 3, text=0.0, missing=25 / 300, classes=2, balance=0.2
    )
    assert found.columns == {("size", "numeric"), ("color", "categorical"), ("group", "numeric")}
    by_group = TrainRequest(target="y", split="group", split_column="group")
    assert subject(shapes([i % 10 == 0 for i in range(100)]), by_group).meta.features == 2


def test_a_regression_has_no_classes() -> None:
    meta = subject(shapes([i / 3 for i in range(100)]), TrainRequest(target="y")).meta
    assert (meta.classes, meta.balance) == (1, 1.0)


def test_the_same_columns_of_other_rows_are_the_same_subject() -> None:
    one = subject(shapes([i % 2 == 0 for i in range(100)]), TrainRequest(target="y"))
    more = subject(shapes([i % 3 == 0 for i in range(400)]), TrainRequest(target="y"))
    other = subject(shapes([i % 2 == 0 for i in range(100)]).rename_columns(["size", "c", "same", "group", "y"]),
                    TrainRequest(target="y"))  # fmt: skip
    assert one.is_as(more)
    assert not one.is_as(other)
    assert distance(one.meta, other.meta) == 0


METAS = st.builds(
    MetaFeatures,
    rows=st.integers(20, 10**6),
    features=st.integers(1, 5000),
    categorical=st.floats(0, 1),
    text=st.floats(0, 1),
    missing=st.floats(0, 1),
    classes=st.integers(1, 200),
    balance=st.floats(1e-4, 1),
)


@given(METAS, METAS, METAS)
def test_a_distance_is_one(a: MetaFeatures, b: MetaFeatures, c: MetaFeatures) -> None:
    assert distance(a, a) == 0
    assert distance(a, b) == distance(b, a) >= 0
    assert distance(a, c) <= distance(a, b) + distance(b, c) + 1e-9


def test_ten_times_the_rows_are_one_away() -> None:
    one = subject(shapes([i % 2 == 0 for i in range(100)]), TrainRequest(target="y")).meta
    assert distance(one, one.model_copy(update={"rows": 1000})) == pytest.approx(1)
