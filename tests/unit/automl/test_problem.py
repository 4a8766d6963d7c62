"""A table and a request to what a run is about."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from automl.errors import InvalidRequest
from automl.problem import pose
from automl.profiling.profile import profile_table
from automl.types import Column, Json, TrainRequest

ROWS = 60


def table(target: list[Json]) -> pa.Table:
    return pa.table(
        {
            "size": np.arange(ROWS) * 0.5,
            "same": ["x"] * ROWS,
            "city": ["a", "b", None] * (ROWS // 3),
            "y": target,
        }
    )


def test_columns_of_one_value_are_left_out() -> None:
    problem = pose(table(["n", "y"] * 30), TrainRequest(target="y"))
    assert problem.columns == (Column("size", "numeric"), Column("city", "categorical"))
    assert set(problem.frame) == {"size", "city"}
    assert problem.name == "y"


@pytest.mark.parametrize(
    ("target", "classes"),
    [
        (["no", "yes", "no"] * 20, ("no", "yes")),
        (["no", "yes", "yes"] * 20, ("yes", "no")),
        ([True, False, True] * 20, (True, False)),
        ([1, 0, 0] * 20, (0, 1)),
        ([1.5, 2.5] * 30, (1.5, 2.5)),
    ],
)
def test_the_rarer_of_two_classes_is_the_positive_one(target: list[Json], classes: tuple[Json, ...]) -> None:
    problem = pose(table(target), TrainRequest(target="y"))
    assert problem.task == "binary"
    assert problem.classes == classes
    assert [problem.classes[index] for index in problem.target] == target


@pytest.mark.parametrize(
    ("target", "positive", "classes"),
    [
        (["no", "yes", "no"] * 20, "no", ("yes", "no")),
        ([True, False, True] * 20, "true", (False, True)),
        ([1, 0, 0] * 20, "0", (1, 0)),
    ],
)
def test_the_positive_class_can_be_chosen(target: list[Json], positive: str, classes: tuple[Json, ...]) -> None:
    assert pose(table(target), TrainRequest(target="y", positive=positive)).classes == classes


def test_many_classes_keep_their_order() -> None:
    target = ["c", "a", "b"] * 20
    problem = pose(table(target), TrainRequest(target="y"))
    assert (problem.task, problem.metric, problem.classes) == ("multiclass", "log_loss", ("a", "b", "c"))
    assert problem.target[:3].tolist() == [2, 0, 1]


def test_classes_stand_in_the_order_that_the_request_says() -> None:
    target = ["high", "low", "middle"] * 20
    problem = pose(table(target), TrainRequest(target="y", class_order=["low", "middle", "high"]))
    assert (problem.classes, problem.ordered) == (("low", "middle", "high"), True)
    assert problem.target[:3].tolist() == [2, 0, 1]
    assert not pose(table(target), TrainRequest(target="y")).ordered


def test_numbers_stand_in_their_order() -> None:
    problem = pose(table([10, 9, 2] * 20), TrainRequest(target="y"))
    assert (problem.classes, problem.ordered) == ((2, 9, 10), True)


def test_columns_of_slices_that_are_no_features_are_kept_aside() -> None:
    problem = pose(table(["n", "y"] * 30), TrainRequest(target="y", slices=("city", "same", "size"), weights="size"))
    assert problem.sliced == (Column("city", "categorical"), Column("same", "categorical"), Column("size", "numeric"))
    assert (set(problem.aside), set(problem.frame)) == ({"same", "size"}, {"city"})
    assert problem.take(np.array([2])).aside["size"].tolist() == [1.0]


def test_numbers_are_a_regression() -> None:
    problem = pose(table([float(row) for row in range(ROWS)]), TrainRequest(target="y", metric="mae"))
    assert (problem.task, problem.metric, problem.classes) == ("regression", "mae", ())
    assert problem.target.tolist() == list(range(ROWS))


@pytest.mark.parametrize(("rare", "metric"), [(6, "average_precision"), (24, "roc_auc")])
def test_the_metric_depends_on_the_balance(rare: int, metric: str) -> None:
    assert pose(table(["p"] * rare + ["n"] * (ROWS - rare)), TrainRequest(target="y")).metric == metric


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        pose(table(["x"] * ROWS), TrainRequest(target="y"))
    assert caught.value.code == "one-class"


def test_a_leak_is_found() -> None:
    answer = [i % 2 == 0 for i in range(100)]
    table = pa.table(
        {"size": [i / 7 for i in range(100)], "verdict": ["yes" if a else "no" for a in answer], "y": answer}
    )
    problem = pose(table, TrainRequest(target="y"))
    assert ("possible-target-leak", "verdict") in {(finding.code, finding.column) for finding in problem.findings}


def test_a_known_profile_counts_unless_it_is_of_another_table() -> None:
    learnt = table(["n", "y"] * 30)
    profile = profile_table(learnt)
    told = replace(
        profile, columns=tuple(replace(it, type="text") if it.name == "city" else it for it in profile.columns)
    )
    assert Column("city", "text") in pose(learnt, TrainRequest(target="y"), profile=told).columns
    for other in (replace(told, rows=59), replace(told, columns=told.columns[1:])):
        assert (
            pose(learnt, TrainRequest(target="y"), profile=other).columns
            == pose(learnt, TrainRequest(target="y")).columns
        )


def test_it_is_said_whose_probability_is_monotone_unless_the_user_has() -> None:
    def codes(**request: Json) -> set[str]:
        posed = pose(table(["n", "y", "n"] * 20), TrainRequest(target="y", **request))
        return {finding.code for finding in posed.findings if finding.code == "monotone-direction"}

    assert codes(monotone={"size": 1}) == {"monotone-direction"}
    assert codes(monotone={"size": 1}, positive="n") == codes(monotone={"size": 0}) == codes() == set()
