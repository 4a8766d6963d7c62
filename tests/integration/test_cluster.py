"""Trials on a real Dask cluster: the same as here, whoever dies, and ended when they shall end."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

pytest.importorskip("distributed", reason="needs the extra `dask`")

from automl.cluster import on_cluster
from automl.errors import ClusterUnusable, Interrupted
from automl.pipeline import train
from automl.search import Attempt, Brake, Evaluator, Proposal, Runner, Views
from automl.types import Json, TrainRequest, Trial
from tests.integration.cluster_run import ENDLESS, make_material
from tests.servers.dask import ROOT, DaskCluster, Work, dask_cluster
from tests.servers.processes import free_ports
from tests.unit.automl.search.trials import Notes, Wish

pytestmark = pytest.mark.slow

QUICK = {"num_leaves": 7, "learning_rate": 0.3}
PATIENCE_S = 30
CREDIT = Path(ROOT, "examples", "german_credit.csv")


class Wide(Evaluator):
    """Makes here what a cluster makes: trials that are proposed four at a time."""

    width = 4


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path, workers=2) as running:
        yield running


def attempts(params: dict[str, Json], count: int) -> list[Attempt]:
    return [Attempt(number, Proposal({**params, "seed": number}, "random")) for number in range(count)]


def timeless(trials: Sequence[Trial]) -> list[Trial]:
    return [replace(trial, seconds=0.0) for trial in trials]


def make(runner: Runner, wanted: Sequence[Attempt], wish: Callable[[], Wish] = lambda: "continue") -> list[Trial]:
    brake = Brake.after(600, Notes(lambda _: wish()))
    return timeless([outcome.trial for outcome in runner.run(wanted, brake)])


def make_here(wanted: Sequence[Attempt]) -> list[Trial]:
    return make(Evaluator(Views(make_material()), cores=2), wanted)


def make_there(url: str, wanted: Sequence[Attempt], wish: Callable[[], Wish] = lambda: "continue") -> list[Trial]:
    with on_cluster(Views(make_material()), url=url, repeatable=True) as runner:
        return make(runner, wanted, wish)


@pytest.fixture
def begin() -> Iterator[Callable[..., "Future[list[Trial]]"]]:
    """Makes trials on a cluster beside the test."""
    with ThreadPoolExecutor() as pool:
        yield partial(pool.submit, make_there)


def wait_for(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def busy(cluster: DaskCluster) -> int:
    return sum(work.trials for work in cluster.work())


@pytest.mark.parametrize(
    "held", [{}, {"monotone": {"x0": 1}, "interactions": [["x0", "x1"], ["x2", "city"]], "params": {"num_leaves": 6}}]
)
def test_a_run_gives_the_bundle_that_it_gives_here(cluster: DaskCluster, held: dict[str, Any]) -> None:
    rng = np.random.default_rng(1)
    columns = {f"x{i}": rng.normal(size=600) for i in range(4)} | {"city": rng.choice(["a", "b", "c"], 600)}
    table = pa.table(columns | {"y": np.where(columns["x0"] + rng.normal(size=600) > 0, "yes", "no")})
    run: Any = partial(train, table, TrainRequest(target="y", max_trials=14, timeout_s=600, **held))
    there = run(runner=partial(on_cluster, url=cluster.url, repeatable=True))
    here = run(runner=lambda views: nullcontext(Wide(views, cores=2)))
    assert timeless(there.trials) == timeless(here.trials)
    assert there.bundle.data == here.bundle.data


def test_what_can_be_repeated_is_as_wide_on_any_cluster(cluster: DaskCluster) -> None:
    for _ in range(3):
        cluster.start_worker()
    for repeatable, width in ((True, 4), (False, 5)):
        with on_cluster(Views(make_material()), url=cluster.url, repeatable=repeatable) as runner:
            assert runner.width == width


def test_each_worker_bins_once_and_keeps_nothing(cluster: DaskCluster) -> None:
    with on_cluster(Views(make_material()), url=cluster.url, repeatable=True) as runner:

        def both_have_made_some() -> bool:
            make(runner, attempts(QUICK, 8))
            return cluster.work() == [Work(trials=0, sites=1, binned=1)] * 2

        make(runner, attempts(QUICK, 8))
        wait_for(both_have_made_some)  # on a busy machine one makes all the quick ones first
    wait_for(lambda: cluster.work() == [Work(trials=0, sites=0, binned=0)] * 2)


def test_a_killed_worker_costs_no_trial(cluster: DaskCluster, begin: Any) -> None:
    wanted = attempts({**QUICK, "learning_rate": 0.02}, 16)
    trials = begin(cluster.url, wanted)
    wait_for(lambda: busy(cluster) == 2)
    cluster.kill(0)
    assert trials.result() == make_here(wanted)


def test_a_dataset_that_was_lost_with_all_workers_is_sent_again(cluster: DaskCluster, begin: Any) -> None:
    wanted = attempts({**QUICK, "learning_rate": 0.02}, 8)
    trials = begin(cluster.url, wanted)
    wait_for(lambda: busy(cluster) == 2)
    cluster.kill(0)
    cluster.kill(1)
    cluster.start_worker()
    wait_for(lambda: cluster.work() == [Work(trials=1, sites=1, binned=1)])
    assert trials.result() == make_here(wanted)


def test_a_trial_of_which_workers_die_has_failed(tmp_path: Path, begin: Any) -> None:
    with dask_cluster(tmp_path, workers=1, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as cluster:
        trials = begin(cluster.url, attempts(ENDLESS, 1))
        wait_for(lambda: busy(cluster) == 1)
        cluster.kill(0)
        (trial,) = trials.result()
    assert (trial.number, trial.state, trial.score) == (0, "failed", None)
    assert trial.detail == "workers that died while they made it: 1"


@pytest.mark.parametrize("who", ["scheduler", "workers"])
def test_without_the_cluster_the_run_goes_on_here(
    cluster: DaskCluster, begin: Any, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = attempts({**QUICK, "learning_rate": 0.02}, 8)
    trials = begin(cluster.url, wanted)
    wait_for(lambda: busy(cluster) == 2)
    for process in [cluster.scheduler] if who == "scheduler" else cluster.workers:
        process.kill()
    assert trials.result() == make_here(wanted)
    assert "the run goes on without it" in caplog.text


def test_to_finish_keeps_what_the_trials_came_to(cluster: DaskCluster, begin: Any) -> None:
    wishes: list[Wish] = ["continue"]
    trials = begin(cluster.url, attempts(ENDLESS, 4), lambda: wishes[-1])
    wait_for(lambda: busy(cluster) == 2)
    wishes.append("finish")
    told = [(trial.number, trial.state) for trial in trials.result()]
    assert told == [(number, "stopped") for number in range(4)], [trial.detail for trial in trials.result()]
    assert all(trial.score is not None for trial in trials.result())
    assert busy(cluster) == 0


def test_to_abandon_ends_the_trials(cluster: DaskCluster, begin: Any) -> None:
    wishes: list[Wish] = ["continue"]
    trials = begin(cluster.url, attempts(ENDLESS, 4), lambda: wishes[-1])
    wait_for(lambda: busy(cluster) == 2)
    wishes.append("abandon")
    with pytest.raises(Interrupted):
        trials.result()
    wait_for(lambda: cluster.work() == [Work(trials=0, sites=0, binned=0)] * 2)


def test_the_death_of_a_run_ends_its_trials(cluster: DaskCluster) -> None:
    program = [sys.executable, "-m", "tests.integration.cluster_run", cluster.url]
    with subprocess.Popen(program, env={**os.environ, "PYTHONPATH": ROOT}, cwd=ROOT) as run:
        wait_for(lambda: busy(cluster) == 1)
        run.kill()
    wait_for(lambda: cluster.work() == [Work(trials=0, sites=0, binned=0)] * 2)


def test_a_scheduler_that_is_not_there_is_told() -> None:
    url = f"tcp://127.0.0.1:{free_ports(1)}"
    with (
        pytest.raises(ClusterUnusable, match=url) as refusal,
        on_cluster(Views(make_material()), url=url, repeatable=True),
    ):
        pass
    assert refusal.value.code == "cluster-unreachable"


def test_without_certificates_there_is_no_tls() -> None:
    with pytest.raises(ClusterUnusable, match="certificates"):
        make_there("tls://127.0.0.1:1", attempts(QUICK, 1))


def test_a_cluster_without_workers_is_told(tmp_path: Path) -> None:
    with dask_cluster(tmp_path, workers=0) as cluster, pytest.raises(ClusterUnusable, match="no workers"):
        make_there(cluster.url, attempts(QUICK, 1))


def test_other_versions_are_told(cluster: DaskCluster, tmp_path: Path) -> None:
    other = tmp_path / "lightgbm-0.0.1.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: lightgbm\nVersion: 0.0.1\n")
    cluster.start_worker(path=str(tmp_path))
    with pytest.raises(ClusterUnusable, match=r"lightgbm 0\.0\.1 instead of") as refusal:
        make_there(cluster.url, attempts(QUICK, 1))
    assert refusal.value.code == "cluster-unlike"


def test_a_worker_without_winnow_is_told(cluster: DaskCluster, tmp_path: Path) -> None:
    (tmp_path / "automl.py").touch()
    cluster.start_worker(path=str(tmp_path))
    with pytest.raises(ClusterUnusable, match="cannot load Winnow"):
        make_there(cluster.url, attempts(QUICK, 1))


def test_winnow_train_uses_it(cluster: DaskCluster, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "service", "train", CREDIT, "--target", "target", "--max-trials", "6"]
    with subprocess.Popen([*program, "--data", tmp_path / "data", "--dask-url", cluster.url], cwd=ROOT) as run:
        wait_for(lambda: busy(cluster) > 0)
    assert run.returncode == 0
