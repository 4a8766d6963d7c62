"""Real training by a real worker process, which is killed, stopped, and found to lose nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from automl.bundles.bundle import load_bundle
from automl.profiling.profile import profile_table
from service.context import Context, open_context
from service.jobs import Worker
from service.settings import Settings
from service.store import Run, RunSpec
from service.usecases.extensions import extend_run
from tests.servers.processes import free_ports

PATIENCE_S = 120
KILLED_RUNS = int(os.environ.get("KILLED_RUNS", "8"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", lease_s=5, poll_s=0.05)


@pytest.fixture
def context(settings: Settings, tmp_path: Path) -> Iterator[Context]:
    with open_context(settings) as context:
        dice = random.Random(1)
        size = [dice.random() for _ in range(300)]
        colour = [dice.choice(["red", "green", None]) for _ in size]
        good = [value + dice.gauss(0, 0.2) > 0.5 for value in size]
        path, table = tmp_path / "table.parquet", pa.table({"size": size, "colour": colour, "good": good})
        pq.write_table(table, path)
        record = {"digest": "sha256:1", "name": "tiny", "profile": profile_table(table).to_json()}
        context.registry_for("default").datasets.put("ds_1", path, record)
        yield context


def queue_run(context: Context, max_trials: int) -> Run:
    request = {
        "dataset": "ds_1", "target": "good", "model": "tiny", "task": None, "metric": None, "positive": None,
        "budget": {"timeout_s": 60.0, "max_trials": max_trials}, "search": {"algorithm": "random"},
        "split": {"holdout": 0.2, "folds": 2}, "seed": 3, "constraints": {"families": ["boosted", "linear"]},
    }  # fmt: skip
    spec = RunSpec(project="default", dataset="ds_1", model="tiny", request=request)
    return context.runs.create(spec, max_queued=10)


@contextmanager
def worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "worker"], env={**os.environ, **settings.environment()}
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(context: Context, run: Run, ready: Callable[[Run], bool]) -> Run:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        now = context.runs.get("default", run.id)
        assert now is not None
        if ready(now):
            return now
        time.sleep(0.02)
    pytest.fail(f"it never came: {now}")


@pytest.mark.slow
def test_run_becomes_a_model_that_predicts(context: Context) -> None:
    run = queue_run(context, max_trials=2)
    assert Worker(context, "w", Event()).run_one()
    ended = wait_for(context, run, lambda run: not run.active)
    assert (ended.state, ended.model_version, ended.trials) == ("succeeded", "tiny:1", 2)
    assert (ended.task, ended.metric) == ("binary", "roc_auc")
    versions = context.registry_for("default").versions
    version = versions.get("tiny", "champion")
    assert version.manifest["lineage"]["dataset_digest"] == "sha256:1"
    predictions = load_bundle(versions.bundle(version)).predict([{"size": 0.99, "colour": "red"}])
    assert len(predictions.predictions) == 1
    phases = [event.data["phase"] for event in context.events.after(run.id) if event.kind == "phase"]
    assert phases == ["profile", "split", "features", "search", "evaluate", "refit", "bundle", "publishing"]


@pytest.mark.slow
def test_a_run_without_its_cluster_fails_and_says_which(context: Context, settings: Settings) -> None:
    pytest.importorskip("distributed", reason="needs the extra `dask`")
    url = f"tcp://127.0.0.1:{free_ports(1)}"
    apart = replace(context, settings=settings.model_copy(update={"dask_url": url}))
    run = queue_run(context, max_trials=2)
    assert Worker(apart, "w", Event()).run_one()
    ended = wait_for(context, run, lambda run: not run.active)
    assert ended.error is not None
    assert ended.error["code"] == "cluster-unreachable"
    assert url in ended.error["detail"]


@pytest.mark.slow
def test_killed_worker_loses_no_trial(context: Context, settings: Settings) -> None:
    run = queue_run(context, max_trials=40)
    with worker(settings) as first:
        wait_for(context, run, lambda run: run.trials >= 3)
        first.kill()
        first.wait()
    kept = context.runs.trials(run.id)
    assert 3 <= len(kept) < 40
    with worker(settings):
        ended = wait_for(context, run, lambda run: not run.active)
    assert (ended.state, ended.trials, ended.attempts, ended.epoch) == ("succeeded", 40, 2, 2)
    trials = context.runs.trials(run.id)
    assert trials[: len(kept)] == kept
    assert [trial.number for trial in trials] == list(range(40))


@pytest.mark.slow
def test_a_killed_worker_s_extension_ends_as_a_longer_run_would_have(context: Context, settings: Settings) -> None:
    short, whole = queue_run(context, max_trials=20), queue_run(context, max_trials=40)
    with worker(settings):
        wait_for(context, whole, lambda run: not run.active)
    run = extend_run(context, "default", short.id, {"timeout_s": None, "max_trials": 40})
    assert 10 <= run.trials <= 20
    with worker(settings) as first:
        wait_for(context, run, lambda run: run.trials >= 23)
        first.kill()
        first.wait()
    with worker(settings):
        ended = wait_for(context, run, lambda run: not run.active)
    assert (ended.state, ended.trials, ended.attempts, ended.extends) == ("succeeded", 40, 2, short.id)
    extended, other = ([replace(t, seconds=0.0) for t in context.runs.trials(each.id)] for each in (run, whole))
    assert extended == other
    versions = context.registry_for("default").versions
    files = [versions.get("tiny", number).manifest["files"] for number in (2, 3)]
    assert files[0] == files[1]


@pytest.mark.slow
def test_stopped_worker_gives_its_run_back_and_exits_well(context: Context, settings: Settings) -> None:
    run = queue_run(context, max_trials=40)
    with worker(settings) as first:
        wait_for(context, run, lambda run: run.trials >= 1)
        first.send_signal(signal.SIGTERM)
        assert first.wait(PATIENCE_S) == 0
    back = wait_for(context, run, lambda _: True)
    assert (back.state, back.attempts) == ("queued", 0)
    assert 1 <= back.trials < 40
    with worker(settings):
        ended = wait_for(context, run, lambda run: not run.active)
    assert (ended.state, ended.trials) == ("succeeded", 40)


@pytest.mark.slow
def test_cancelled_run_keeps_its_best(context: Context, settings: Settings) -> None:
    run = queue_run(context, max_trials=100_000)
    with worker(settings):
        wait_for(context, run, lambda run: run.best_trial is not None)
        context.runs.request_cancel("default", run.id)
        ended = wait_for(context, run, lambda run: not run.active)
    assert (ended.state, ended.model_version) == ("cancelled", "tiny:1")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_runs_each_with_a_kill_at_a_random_moment(context: Context, settings: Settings) -> None:
    dice = random.Random(7)
    runs, kept = [], {}
    with ExitStack() as workers:
        victim = workers.enter_context(worker(settings))
        for _ in range(KILLED_RUNS):
            run = queue_run(context, max_trials=16)
            wait_for(context, run, lambda run: run.attempts > 0)
            time.sleep(dice.uniform(0, 2.5))
            victim.kill()
            victim.wait()
            kept[run.id] = context.runs.trials(run.id)
            victim = workers.enter_context(worker(settings))
            runs.append(wait_for(context, run, lambda run: not run.active))
    assert [(run.state, run.trials, run.error) for run in runs] == [("succeeded", 16, None)] * KILLED_RUNS
    for run in runs:
        trials = context.runs.trials(run.id)
        assert trials[: len(kept[run.id])] == kept[run.id]
        assert [trial.number for trial in trials] == list(range(16))
    versions = context.registry_for("default").versions.list("tiny", limit=1000)
    assert sorted((version.run_id, version.id) for version in versions) == sorted(
        (run.id, run.model_version) for run in runs
    )
    assert len({len(trials) for trials in kept.values()}) > KILLED_RUNS // 3  # the moments did differ
