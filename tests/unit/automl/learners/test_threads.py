"""LightGBM in several threads of one process, each with its own number of threads."""

import ctypes
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from automl import TrainRequest, train
from automl.learners.booster import load_booster
from automl.learners.boosting import TrainingData, fit
from automl.learners.lgbm import LIBRARY, limit_threads, threads
from tests.unit.automl.found import table


def of_the_process() -> int:
    """The number of threads that LightGBM has for all of the process; below 0 where it has none."""
    return ctypes.c_int.in_dll(LIBRARY, "LGBM_DEFAULT_NUM_THREADS").value


def test_a_limit_counts_for_its_thread_alone_and_ends() -> None:
    before = LIBRARY.OMP_NUM_THREADS()
    with threads(before + 3), ThreadPoolExecutor(1) as pool, threads(before + 2):
        assert LIBRARY.OMP_NUM_THREADS() == before + 2
        assert pool.submit(LIBRARY.OMP_NUM_THREADS).result() == before
    assert LIBRARY.OMP_NUM_THREADS() == before
    with ThreadPoolExecutor(1, initializer=limit_threads, initargs=(before + 1,)) as pool:
        assert pool.submit(LIBRARY.OMP_NUM_THREADS).result() == before + 1
    with pytest.raises(RuntimeError, match="inside"), threads(before + 1):
        raise RuntimeError("inside")
    assert LIBRARY.OMP_NUM_THREADS() == before


def test_nothing_sets_a_number_for_the_whole_process() -> None:
    result = train(table(), TrainRequest(target="y", max_trials=4))
    assert result.trials
    assert of_the_process() < 0
    rng = np.random.default_rng(0)
    matrix, target = rng.normal(size=(1200, 3)), rng.normal(size=1200)
    data = TrainingData(matrix, target, task="regression")
    booster = load_booster(fit(data, data.whole, None, {}, rounds=3, patience=3).text, "regression", 0)
    for rows in (1, 5, 1200):
        booster.predict(matrix[:rows])
        booster.contributions(matrix[:rows])
    assert of_the_process() < 0


ANSWERS = """
import time
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from automl.learners.booster import load_booster
from automl.learners.boosting import TrainingData, fit

rng = np.random.default_rng(0)
matrix, target = rng.normal(size=(1200, 8)), rng.normal(size=1200)
data = TrainingData(matrix, target, task="regression")

def trained():
    return load_booster(fit(data, data.whole, None, {}, rounds=5, patience=5).text, "regression", 0)

booster, end = trained(), time.monotonic() + 4

def answers(rows):
    found = set()
    while time.monotonic() < end:
        found.add(booster.predict(matrix[:rows]).tobytes())
    return found

def models():
    found = set()
    while time.monotonic() < end:
        found.add(trained().to_text())
    return found

with ThreadPoolExecutor(4) as pool:
    told = [pool.submit(answers, rows) for rows in (5, 900, 1200)] + [pool.submit(models)]
    assert [len(each.result()) for each in told] == [1, 1, 1, 1]
"""


def test_many_at_once_neither_crash_nor_differ() -> None:
    """In a process of its own, as one in which LightGBM is told its threads by its own parameter dies of this."""
    subprocess.run([sys.executable, "-c", ANSWERS], env={**os.environ, "OMP_NUM_THREADS": "4"}, check=True, timeout=60)
