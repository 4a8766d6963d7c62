import numpy as np
import pytest

from automl.evaluation.judged import Judged
from automl.evaluation.slices import Ground, Slices
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


def test_time_that_is_over_ends_it() -> None:
    told = Slices("roc_auc", ground(500, 1, hard="b"), ground(200, 2), lambda: True).tell([CITY], [CITY])
    assert (told["worst"], told["asked"]) == ([], {"city": []})


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
