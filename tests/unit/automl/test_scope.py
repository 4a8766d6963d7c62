"""What a run takes on, by its time and its memory."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from automl import scope as module
from automl.memory import MB, PeakMemory
from automl.problem import Problem, pose
from automl.scope import scope_of
from automl.search import Plan
from automl.types import TrainRequest

ROWS = 30_000
REQUEST = TrainRequest(target="y", timeout_s=60)


@pytest.fixture(scope="module")
def problem() -> Problem:
    rng = np.random.default_rng(0)
    columns = {f"x{i}": rng.normal(size=ROWS) for i in range(10)}
    return pose(pa.table(columns | {"city": rng.choice(["a", "b"], ROWS), "y": columns["x0"] > 0}), REQUEST)


@pytest.fixture(autouse=True)
def one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cores", lambda: 1)


def test_with_time_and_memory_everything_is_done(problem: Problem) -> None:
    scope = scope_of(problem, REQUEST, tables=0, limit=8000 * MB)
    assert (scope.load.learnt, scope.shortage) == (24_000, None)
    assert scope.within(Plan()) == Plan()
    told = scope.tell(PeakMemory())
    assert told["limit_mb"] == 8000
    assert 0 < told["estimate_mb"] < 8000
    assert told["peak_mb"] > 0
    assert told["left_out"] == []


def test_a_short_time_leaves_rows_out_unless_trials_are_counted(problem: Problem) -> None:
    short = replace(REQUEST, timeout_s=0.1)
    scope = scope_of(problem, short, tables=0, limit=8000 * MB)
    assert (scope.load.learnt, scope.shortage) == (18_181, "time")
    assert scope_of(problem, replace(short, max_trials=5), tables=0, limit=8000 * MB).shortage is None


def test_little_memory_leaves_out_what_copies_folds_and_then_rows(problem: Problem) -> None:
    whole = scope_of(problem, REQUEST, tables=0, limit=8000 * MB).load.peak()
    lean = scope_of(problem, REQUEST, tables=0, limit=whole - 1)
    assert (lean.load.learnt, lean.shortage) == (24_000, None)
    assert lean.within(Plan()) == Plan(recipes=False, companions=False, augmentation=False, starts=False)
    assert lean.tell(PeakMemory())["left_out"] == ["recipes", "companions", "augmentation", "starts"]
    fewer = scope_of(problem, REQUEST, tables=0, limit=lean.load.peak() - 1)
    assert fewer.load.learnt < 24_000
    assert fewer.shortage == "memory"


def test_an_augmentation_that_was_asked_for_is_kept(problem: Problem) -> None:
    asked = replace(REQUEST, augmentation=["smote"])
    whole = scope_of(problem, asked, tables=0, limit=8000 * MB).load.peak()
    scope = scope_of(problem, asked, tables=0, limit=whole - 1)
    assert scope.within(Plan()) == Plan()
    assert scope.shortage == "memory"
