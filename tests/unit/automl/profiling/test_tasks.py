from typing import Any

import pyarrow as pa
import pytest

from automl.profiling.profile import profile_table
from automl.profiling.tasks import infer_task


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([True, False] * 100, "binary"),
        ([0, 1] * 100, "binary"),
        ([0.5, 1.5] * 100, "binary"),
        (["a", "b"] * 100, "binary"),
        (["a", "b", "c", "d"] * 50, "multiclass"),
        ([1, 2, 3, 4] * 50, "multiclass"),
        ([1.0, 2.0, 3.0, 4.0] * 50, "multiclass"),
        ([1, 2, 3, 4] * 5, "regression"),
        ([1.5, 2, 3, 4] * 50, "regression"),
        (list(range(25)) * 8, "regression"),
    ],
)
def test_the_task_follows_from_the_values(values: list[Any], task: str) -> None:
    assert infer_task(profile_table(pa.table({"y": values})), "y") == task


def test_a_column_that_is_not_there_has_none() -> None:
    with pytest.raises(KeyError):
        infer_task(profile_table(pa.table({"y": [1]})), "z")
