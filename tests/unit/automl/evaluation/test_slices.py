from dataclasses import replace

import numpy as np
import pytest

from automl.evaluation.ground import Ground
from automl.evaluation.judged import Judged
from automl.evaluation.slices import Slices
from automl.types import Column, Json

CITY, AGE = Column("city", "categorical"), Column("age", "numeric")


def ground(rows: int, seed: int, *, hard: str = "", weights: bool = False) -> Ground:
    """Rows of a model that is poor where the city is the hard one."""
    rng = np.random.default_rng(seed)
    city = np.array(["a", "b", "c", None], dtype=object)[rng.integers(0, 4, rows)]
    x = rng.normal(size=rows)
    target = (x + rng.normal(size=rows) * np.where(city == hard, 3, 0.5) > 0).astype(np.int64)
    p = 1 / (1 + np.exp(-2 * x))
    judged = Judged(
        task="binary",
        classes=["n", "y"],
        target=target,
        outputs=np.c_[1 - p, p],
        predicted=(p > 0.5).astype(np.int64),
        weights=rng.random(rows) if weights else None,
    )
    return Ground(judged, {"city": city, "age": rng.normal(40, 10, rows)})


def tell(hard: str = "", asked: list[Column] | None = None, **more: bool) -> dict[str, Json]:
    grounds = [ground(rows, rows, hard=hard, **more) for rows in (4000, 1000)]
    return Slices("roc_auc", *grounds).tell([CITY, AGE], asked or [])


@pytest.mark.parametrize("weights", [True, False])
def test_the_slice_that_is_worse_is_found_and_measured_on_the_holdout(weights: bool) -> None:  # noqa: FBT001 - a case
    told = tell("b", weights=weights)
    assert [(entry["column"], entry["value"]) for entry in told["worst"]] == [("city", "b")]
    found = told["worst"][0]
    for rows in ("out_of_fold", "holdout"):
        assert found[rows]["low"] < found[rows]["value"] < found[rows]["high"] < 0.8
        assert 0.4 < found[rows]["positive_share"] < 0.6
    assert found["out_of_fold"]["rows"] + found["holdout"]["rows"] == pytest.approx(1250, abs=100)
    assert (told["metric"], told["tried"]) == ("roc_auc", 9)


def test_nothing_is_found_where_nothing_is_worse() -> None:
    found = [
        Slices("roc_auc", ground(1500, seed), ground(400, seed + 50)).tell([CITY, AGE])["worst"] for seed in range(12)
    ]
    assert sum(map(len, found)) <= 2


def test_every_slice_of_a_column_that_was_asked_for() -> None:
    told = tell(asked=[AGE])
    assert list(told["asked"]) == ["age"]
    ranges = told["asked"]["age"]
    assert [entry.get("from") is None for entry in ranges] == [True, False, False, False, False, True]
    assert sum(entry["holdout"]["rows"] for entry in ranges) == 1000
    missing = ranges[-1]
    assert (missing["value"], missing["holdout"]["rows"], missing["holdout"]["value"]) == (None, 0, None)
    assert missing["holdout"]["positive_share"] is None


def test_a_slice_of_few_rows_has_no_figure() -> None:
    few, more = ground(60, 0), ground(12, 1)
    told = Slices("f1", few, more).tell([CITY, AGE], [CITY])
    assert told["tried"] == 0
    for entry in told["asked"]["city"]:
        assert (entry["holdout"]["value"] is None) == (entry["holdout"]["rows"] < 10)


def test_what_was_asked_for_is_told_whatever_the_time() -> None:
    grounds = (ground(500, 1, hard="b"), ground(200, 2))
    told = Slices("roc_auc", *grounds, lambda: True, lambda: True).tell([CITY, AGE], [CITY])
    timely = Slices("roc_auc", *grounds).tell([CITY, AGE], [CITY])
    assert len(told["asked"]["city"]) == 4
    for hurried, calm in zip(told["asked"]["city"], timely["asked"]["city"], strict=True):
        for rows in ("out_of_fold", "holdout"):
            assert hurried[rows] == {**calm[rows], "low": None, "high": None}
            assert calm[rows]["low"] is not None
    assert (told["worst"], told["tried"]) == ([], 0)
    assert told["left_off"] == {"columns": 2, "untested": 0, "asked": {"city": 0}}


def test_what_no_time_was_left_to_test_is_counted() -> None:
    grounds = (ground(4000, 1, hard="b"), ground(1000, 2))
    asked = iter([False, False])  # once for each column
    told = Slices("roc_auc", *grounds, lambda: next(asked, True)).tell([CITY, AGE])
    assert (told["worst"], told["tried"], told["left_off"]["columns"]) == ([], 9, 0)
    assert told["left_off"]["untested"] > 0


def test_columns_beyond_the_first_fifty_are_counted() -> None:
    grounds = (ground(100, 1), ground(20, 2))
    assert Slices("roc_auc", *grounds).tell([AGE] * 53)["left_off"]["columns"] == 3


def test_the_most_frequent_values_and_the_missing_ones_are_told_and_the_others_counted() -> None:
    few = ground(60, 1)
    names = np.array([*(f"v{i}" for i in range(55)), "v0", "v0", None, None, None], dtype=object)
    every = Ground(few.judged, {"city": names})
    told = Slices("roc_auc", every, every).tell([], [CITY])
    found = [entry["value"] for entry in told["asked"]["city"]]
    assert (len(found), found[0], found[-1]) == (25, "v0", None)
    assert told["asked"]["city"][-1]["holdout"]["rows"] == 3
    assert told["left_off"]["asked"] == {"city": 55 - 24}


@pytest.mark.parametrize(
    ("column", "value", "described"),
    [(AGE, 40.0, {"from": None, "to": None}), (Column("b", "boolean"), 1.0, {"value": True})],
)
def test_a_column_of_one_value_is_told_too(column: Column, value: float, described: dict[str, Json]) -> None:
    few = ground(60, 1)
    every = Ground(few.judged, {column.name: np.where(np.arange(60) < 40, value, np.nan)})
    entries = [
        entry for entry in Slices("roc_auc", every, every).tell([], [column])["asked"][column.name]
        if entry["holdout"]["rows"]
    ]  # fmt: skip
    assert [entry["holdout"]["rows"] for entry in entries] == [40, 20]
    assert {name: entries[0][name] for name in described} == described


def test_shares_of_positives_heed_weights() -> None:
    weighted = ground(400, 3, weights=True)
    entry = Slices("roc_auc", weighted, weighted).tell([], [CITY])["asked"]["city"][0]
    there = weighted.frame["city"] == entry["value"]
    target, weights = weighted.judged.target[there], weighted.judged.weights
    assert weights is not None
    expected = np.average(target, weights=weights[there])
    assert entry["holdout"]["positive_share"] == pytest.approx(expected)
    assert expected != pytest.approx(np.mean(target), abs=1e-3)


def ranked(rows: int, seed: int, *, apart: float) -> Ground:
    """Rows of a city `a` with many positives and one `b` with few; these are told apart as well, or else worse."""
    rng = np.random.default_rng(seed)
    city = np.array(["a", "b"], dtype=object)[rng.integers(0, 2, rows)]
    target = (rng.random(rows) < np.where(city == "a", 0.5, 0.1)).astype(np.int64)
    x = rng.normal(size=rows) + np.where(city == "a", 1.5, apart) * target
    p = 1 / (1 + np.exp(-x))
    judged = Judged(task="binary", classes=["n", "y"], target=target, outputs=np.c_[1 - p, p], predicted=target)
    return Ground(judged, {"city": city})


def test_a_slice_of_few_positives_is_not_worse_for_that() -> None:
    told = Slices("average_precision", ranked(4000, 0, apart=1.5), ranked(1000, 1, apart=1.5)).tell([CITY], [CITY])
    rare = next(entry for entry in told["asked"]["city"] if entry["value"] == "b")["out_of_fold"]
    frequent = next(entry for entry in told["asked"]["city"] if entry["value"] == "a")["out_of_fold"]
    assert rare["high"] < frequent["low"], "average precision is lower there"
    assert rare["roc_auc"]["low"] < frequent["roc_auc"]["value"] < rare["roc_auc"]["high"]
    assert (told["found_by"], told["worst"]) == ("roc_auc", [])
    told = Slices("average_precision", ranked(4000, 0, apart=0.5), ranked(1000, 1, apart=0.5)).tell([CITY])
    assert [entry["value"] for entry in told["worst"]] == ["b"]


def test_a_slice_in_which_all_is_wrong_is_found() -> None:
    fine = ground(1000, 1)
    wrong = np.where(fine.frame["city"] == "b", 1 - fine.judged.target, fine.judged.target)
    every = Ground(replace(fine.judged, predicted=wrong), fine.frame)
    for metric in ("accuracy", "f1", "g_mean"):
        (found,) = Slices(metric, every, every).tell([CITY])["worst"]
        assert (found["value"], found["holdout"]["value"]) == ("b", 0.0)


@pytest.mark.parametrize("value", [0.1, 19.99])
def test_r2_says_nothing_of_a_slice_with_one_target(value: float) -> None:
    rng = np.random.default_rng(0)
    city = np.repeat(np.array(["a", "b"], dtype=object), 100)
    target = np.where(city == "b", value, rng.normal(size=200))
    outputs = target + rng.normal(0, 0.1, 200)
    every = Ground(Judged(task="regression", target=target, outputs=outputs, predicted=outputs), {"city": city})
    told = Slices("r2", every, every).tell([CITY], [CITY])
    values = {entry["value"]: entry["holdout"]["value"] for entry in told["asked"]["city"]}
    assert values["b"] is None
    assert values["a"] > 0.9
    assert "b" not in [entry["value"] for entry in told["worst"]]


def test_values_have_slices_too() -> None:
    rng = np.random.default_rng(0)
    city = np.array(["a", "b"], dtype=object)[rng.integers(0, 2, 800)]
    target = rng.normal(size=800)
    outputs = target + rng.normal(size=800) * np.where(city == "b", 3, 1)
    judged = Judged(task="regression", target=target, outputs=outputs, predicted=outputs)
    every = Ground(judged, {"city": city})
    (found,) = Slices("rmse", every, every).tell([CITY])["worst"]
    assert (found["value"], found["holdout"]["value"]) == ("b", pytest.approx(3, rel=0.1))
    assert "positive_share" not in found["holdout"]
