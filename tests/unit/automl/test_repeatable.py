"""The same seed and `max_trials` give the same bytes, whatever the machine and whatever came between."""

import os
import subprocess
import sys

import orjson
import pytest

from automl.types import Json, Task

pytestmark = pytest.mark.slow


def run(task: Task, *, threads: int, interrupt: int = 0) -> Json:
    """What a run in a process of its own leaves, on so many threads of LightGBM's, BLAS's and Winnow's."""
    limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED")}
    command = [sys.executable, "-m", "tests.unit.automl.repeatable_run", task, str(threads), str(interrupt)]
    done = subprocess.run(command, env=os.environ | limits, capture_output=True, check=True, timeout=250)
    return orjson.loads(done.stdout)


@pytest.mark.parametrize(
    ("task", "threads", "interrupt"), [("binary", 2, 3), ("multiclass", 3, 13), ("regression", 4, 24)]
)
def test_neither_cores_nor_an_interruption_change_a_byte(task: Task, threads: int, interrupt: int) -> None:
    alone = run(task, threads=1)
    proposers = {trial["proposer"] for trial in alone["trials"]}
    assert {"default", "companion", "portfolio", "tpe", "genetic", "polish"} <= proposers
    assert run(task, threads=threads) == alone
    assert run(task, threads=5 - threads, interrupt=interrupt) == alone
