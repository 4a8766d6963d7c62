"""Single rows by the quick way: the same answers, from many threads too."""

import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import lightgbm as lgb
import numpy as np
import pytest

from automl.learners.booster import load_booster
from automl.learners.rowcall import RowCall
from automl.predictor import Predictor
from automl.types import Frame, Task

Make = Callable[[Task], Predictor]


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_row_alone_is_answered_bit_by_bit_as_among_others(make_ensemble: Make, frame: Frame, task: Task) -> None:
    predictor = make_ensemble(task)
    encoder = predictor.spec.encoder
    rows = [{name: values[row : row + 1] for name, values in frame.items()} for row in range(0, len(frame["age"]), 29)]
    for member in predictor.members:
        for fold in member.models:
            together = fold.predict(encoder.transform(frame), encoder.texts(frame))[::29]
            alone = [fold.predict(encoder.transform(row), encoder.texts(row)) for row in rows]
            np.testing.assert_array_equal(np.concatenate(alone), together)


def test_threads_that_share_a_booster_get_their_own_answers(make_predictor: Make, frame: Frame) -> None:
    predictor = make_predictor("multiclass")
    matrix = predictor.spec.encoder.transform(frame)
    booster = next(predictor.boosters())[1]
    expected = booster.predict(matrix)

    def wrong(first: int) -> int:
        rows = [row for _ in range(10) for row in range(first, len(matrix), 4)]
        return sum(not np.array_equal(booster.predict(matrix[row : row + 1])[0], expected[row]) for row in rows)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(wrong, range(4))) == [0, 0, 0, 0]


def test_rows_that_lie_scattered_in_memory_are_read_right(make_predictor: Make, frame: Frame) -> None:
    predictor = make_predictor("binary")
    matrix = predictor.spec.encoder.transform(frame)
    booster = next(predictor.boosters())[1]
    np.testing.assert_array_equal(
        booster.predict(np.asfortranarray(matrix)[5:6]), booster.predict(np.ascontiguousarray(matrix)[5:6])
    )


@pytest.mark.parametrize("columns", [1, 3])
def test_another_number_of_features_is_refused_and_never_read(columns: int) -> None:
    rng = np.random.default_rng(0)
    trained = lgb.train({"verbosity": -1}, lgb.Dataset(rng.normal(size=(100, 2)), rng.normal(size=100)), 3)
    booster = load_booster(trained.model_to_string(), "regression", 0)
    with pytest.raises(lgb.basic.LightGBMError, match="number of features"):
        booster.predict(np.zeros((1, columns)))


def test_handles_outlive_their_model_and_end_with_their_threads() -> None:
    rng = np.random.default_rng(0)
    trained = lgb.train({"verbosity": -1}, lgb.Dataset(rng.normal(size=(100, 2)), rng.normal(size=100)), 3)
    call = RowCall(lgb.Booster(model_str=trained.model_to_string()))
    row = np.array([0.5, -0.5])
    expected = trained.predict(row[np.newaxis])
    del trained
    gc.collect()
    for _ in range(20):
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _: call(row), range(4)))
        assert all(np.array_equal(answer, expected) for answer in answers)
