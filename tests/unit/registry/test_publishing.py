import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from registry import ModelVersion, ObjectInfo, ObjectStore, Registry
from registry.errors import NotFound, PreconditionFailed, StoreUnavailable
from registry.names import Keys
from registry.records import Records
from tests.servers.faulty import Fault, FaultyStore, Killed

ROOT = Path(__file__).parents[3]


def publish(registry: Registry, model: str, run_id: str) -> ModelVersion:
    bundle, report = f"bundle of {run_id}".encode(), f"report of {run_id}".encode()
    return registry.publish(model, run_id, bundle, {"run": run_id}, report)


def assert_complete(registry: Registry, version: ModelVersion) -> None:
    """The version's bytes are there, verified, and its run's."""
    assert registry.versions.bundle(version) == f"bundle of {version.run_id}".encode()
    assert registry.versions.report(version) == f"report of {version.run_id}".encode()
    assert version.manifest == {"run": version.run_id}


def test_numbers_go_up_by_one(registry: Registry) -> None:
    assert [publish(registry, "fraud", f"run_{n}").number for n in range(3)] == [1, 2, 3]
    assert publish(registry, "churn", "run_9").id == "churn:1"


def test_the_same_run_again_returns_the_same_version(registry: Registry, store: ObjectStore) -> None:
    first = publish(registry, "fraud", "run_1")
    publish(registry, "fraud", "run_2")
    stored = store.list("")
    assert registry.publish("fraud", "run_1", b"trained anew", {}, b"other") == first
    assert store.list("") == stored
    assert registry.versions.latest("fraud") == 2
    assert_complete(registry, registry.versions.get("fraud", 1))


def test_a_run_belongs_to_one_model(registry: Registry) -> None:
    publish(registry, "fraud", "run_1")
    with pytest.raises(PreconditionFailed, match="run_1 was published to model fraud"):
        publish(registry, "churn", "run_1")
    assert registry.versions.list("churn") == []


def test_a_number_that_another_run_took(registry: Registry, store: ObjectStore) -> None:
    intend(store, "fraud", "run_1", 1)
    publish(registry, "fraud", "run_2")
    assert publish(registry, "fraud", "run_1").number == 2


def test_a_bundle_that_two_runs_share(registry: Registry) -> None:
    one, two = (registry.publish("fraud", f"run_{n}", b"same", {}, b"same") for n in (1, 2))
    assert (one.number, two.number) == (1, 2)
    assert one.bundle == two.bundle == one.report


def intend(store: ObjectStore, model: str, run_id: str, number: int) -> None:
    """What a run leaves behind that was killed after it said which number it wants."""
    pointer = {"run_id": run_id, "model": model, "number": number}
    Records(store).create(Keys("default").publication(run_id), pointer)


def fresh(store: ObjectStore, model: str, run_id: str) -> None:
    """The model has one version, and the run has done nothing yet."""
    publish(Registry(store), model, f"{run_id}_other")


def beaten(store: ObjectStore, model: str, run_id: str) -> None:
    """Another run has taken the number that the run wants."""
    intend(store, model, run_id, 1)
    fresh(store, model, run_id)


@pytest.mark.parametrize("begin", [fresh, beaten])
@pytest.mark.parametrize("fault", ["killed before", "killed after", "lost reply", "down"])
def test_a_fault_at_any_step(
    store: ObjectStore, registry: Registry, fault: Fault, begin: Callable[[ObjectStore, str, str], None]
) -> None:
    for at in range(1, 50):
        model, run_id = f"model_{at}", f"run_{at}"
        begin(store, model, run_id)
        faulty = FaultyStore(store, fault, at)
        try:
            publish(Registry(faulty), model, run_id)
        except (Killed, StoreUnavailable):
            for version in registry.versions.list(model):
                assert_complete(registry, version)
        published = publish(registry, model, run_id)
        assert [version.run_id for version in registry.versions.list(model)] == [run_id, f"{run_id}_other"]
        assert_complete(registry, published)
        assert published == registry.versions.get(model, 2)
        assert model in [found.name for found in registry.models.list(limit=1000)]
        if faulty.calls < at:
            break
    assert 10 < at < 49  # every step had its fault, and there was an end


def test_two_faulty_processes_of_one_run(store: ObjectStore, registry: Registry) -> None:
    """A paused worker wakes up after another took its run over, at each step of either."""
    for at in range(1, 12):
        model, run_id = f"model_{at}", f"run_{at}"
        beaten(store, model, run_id)
        for fault in ("killed after", "lost reply"):
            try:
                publish(Registry(FaultyStore(store, fault, at)), model, run_id)
            except (Killed, StoreUnavailable):
                publish(registry, model, f"{run_id}_{fault.replace(' ', '_')}")
        publish(registry, model, run_id)
        runs = Counter(version.run_id for version in registry.versions.list(model))
        assert set(runs.values()) == {1}
        assert run_id in runs


def test_a_paused_process_wakes_up_after_another_published_its_run(
    store: ObjectStore, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is about to move the pointer on, and by then that is no longer its to move."""
    intend(store, "fraud", "run_1", 1)
    publish(registry, "fraud", "run_2")
    put, published = store.put, []

    def pause(key: str, body: bytes | Path, **conditions: Any) -> ObjectInfo:
        if conditions.get("if_match"):
            monkeypatch.setattr(store, "put", put)
            publish(registry, "fraud", "run_3")
            published.append(publish(registry, "fraud", "run_1"))
        return put(key, body, **conditions)

    monkeypatch.setattr(store, "put", pause)
    assert publish(registry, "fraud", "run_1") == published[0]
    assert [version.run_id for version in registry.versions.list("fraud")] == ["run_1", "run_3", "run_2"]


def test_racing_threads(store: ObjectStore, registry: Registry) -> None:
    """Eight runs, each published by two threads at once."""
    with ThreadPoolExecutor(16) as pool:
        futures = [pool.submit(publish, Registry(store), "fraud", f"run_{n % 8}") for n in range(16)]
        published = [future.result() for future in futures]
    assert_each_run_once(registry, {f"run_{n}" for n in range(8)})
    assert len({(version.run_id, version.number) for version in published}) == 8


@pytest.mark.slow
def test_racing_processes(store_url: str, registry: Registry) -> None:
    runs = [f"run_{n}" for n in range(20)]
    processes = [start(store_url, runs[first : first + 10]) for first in (0, 5, 10, 0)]
    assert [finish(process) for process in processes] == [0, 0, 0, 0]
    assert_each_run_once(registry, set(runs))


@pytest.mark.slow
def test_killed_processes(store_url: str, registry: Registry) -> None:
    """Publishers are killed again and again; whoever comes next goes on from what they left."""
    runs, kills, pause = [f"run_{n}" for n in range(60)], 0, random.Random(7)
    while kills < 8:
        processes = [start(store_url, runs), start(store_url, runs[::-1])]
        for process in processes:
            assert process.stdout
            process.stdout.readline()  # it has begun to publish
        time.sleep(pause.uniform(0, 0.05))
        for process in processes:
            process.kill()
            kills += finish(process) == -signal.SIGKILL
        for version in registry.versions.list("fraud"):
            assert_complete(registry, version)
    processes = [start(store_url, runs), start(store_url, runs[::-1])]
    assert [finish(process) for process in processes] == [0, 0]
    assert_each_run_once(registry, set(runs))


def start(store_url: str, runs: list[str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.unit.registry.publish_runs", store_url, *runs]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def finish(process: "subprocess.Popen[bytes]") -> int:
    process.communicate(timeout=60)
    return process.returncode


def assert_each_run_once(registry: Registry, runs: set[str]) -> None:
    versions = registry.versions.list("fraud", limit=1000)
    assert Counter(version.run_id for version in versions) == Counter(runs)
    assert [version.number for version in versions] == list(range(len(runs), 0, -1))
    for version in versions:
        assert_complete(registry, version)
    with pytest.raises(NotFound):
        registry.versions.get("fraud", len(runs) + 1)
