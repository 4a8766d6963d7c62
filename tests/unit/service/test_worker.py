import errno
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Event, Thread

import orjson
import pytest

from automl.errors import Interrupted, InvalidData, TrainingFailed
from automl.types import Trial
from registry import ObjectStore
from registry.errors import Corrupt, NotFound, StoreUnavailable
from service.context import Context, open_context
from service.errors import Unavailable
from service.jobs import Worker, worker
from service.jobs.lease import Lease
from service.jobs.spool import Product, Spool
from service.settings import Settings
from service.store import Queue, Run, RunSpec
from tests.servers.databases import ManualClock

REPORT = {"metrics": {"roc_auc": {"value": 0.9, "low": 0.8, "high": 1.0}}}
MANIFEST = {"task": "binary", "target": "y", "classes": [0, 1], "metric": "roc_auc", "lineage": {}}
PRODUCT = Product(b"bundle", MANIFEST, orjson.dumps(REPORT))


@pytest.fixture
def context(tmp_path: Path, clock: ManualClock) -> Iterator[Context]:
    with open_context(Settings(data=tmp_path, lease_s=1, poll_s=0.01), clock=clock) as context:
        yield context


@pytest.fixture
def queued(context: Context, clock: ManualClock) -> Callable[[], Run]:
    def create() -> Run:
        clock.advance(0.01)
        spec = RunSpec(project="p", dataset="ds_1", model="m", request={"target": "y"})
        return context.runs.create(spec, max_queued=10)

    return create


def stored(context: Context, run: Run) -> Run:
    found = context.runs.get("p", run.id)
    assert found is not None
    return found


def record(context: Context, lease: Lease, number: int) -> None:
    trial = Trial(
        number=number, state="succeeded", params={}, score=0.5, fold_scores=(0.5,), rounds=(1,), seconds=0.1,
        proposer="tpe",
    )  # fmt: skip
    context.queue.record_trial(lease.claim, trial, lease.elapsed_s)


def train(context: Context, lease: Lease, _directory: Path) -> Product:
    record(context, lease, 0)
    return PRODUCT


def untouched(_context: Context, _lease: Lease, _directory: Path) -> Product:
    pytest.fail("trained again")


def raising(error: Exception) -> Callable[[Context, Lease, Path], Product]:
    def training(_context: Context, _lease: Lease, _directory: Path) -> Product:
        raise error

    return training


def run_one(
    context: Context, training: Callable[[Context, Lease, Path], Product], stopping: Event | None = None
) -> bool:
    return Worker(context, "w", stopping or Event(), training).run_one()


def test_nothing_to_do(context: Context) -> None:
    assert not run_one(context, untouched)


def test_run_ends_as_a_published_version(context: Context, queued: Callable[[], Run]) -> None:
    run = queued()
    assert run_one(context, train)
    ended = stored(context, run)
    assert (ended.state, ended.model_version, ended.trials, ended.error) == ("succeeded", "m:1", 1, None)
    registry = context.registry_for("p")
    assert registry.versions.bundle(registry.versions.get("m", "champion")) == b"bundle"
    assert registry.versions.get("m", 1).run_id == run.id
    phases = [event.data["phase"] for event in context.events.after(run.id) if event.kind == "phase"]
    assert phases == ["publishing"]
    assert Spool(context.settings.data / "spool").get(run.id) is None


@pytest.mark.parametrize(("error", "code"), [
    (InvalidData("one-class", "There is one class only."), "one-class"),
    (TrainingFailed("no-model", "No trial succeeded."), "no-model"),
    (MemoryError(), "out-of-memory"),
    (NotFound("no dataset"), "dataset-missing"),
    (Corrupt("not its digest"), "dataset-corrupt"),
    (OSError(errno.ENOSPC, "No space left on device"), "disk-full"),
    (RuntimeError("a bug"), "internal"),
])  # fmt: skip
def test_run_fails_with_a_reason_and_the_next_one_is_served(
    context: Context, queued: Callable[[], Run], error: Exception, code: str
) -> None:
    failing, healthy = queued(), queued()
    assert run_one(context, raising(error))
    failed = stored(context, failing)
    assert failed.state == "failed"
    assert failed.error is not None
    assert failed.error["code"] == code
    assert failed.error["detail"]
    assert run_one(context, train)
    assert stored(context, healthy).state == "succeeded"


def test_bug_is_told_in_the_log_and_not_in_the_record(
    context: Context, queued: Callable[[], Run], caplog: pytest.LogCaptureFixture
) -> None:
    run = queued()
    with caplog.at_level(logging.ERROR):
        run_one(context, raising(RuntimeError("secret of the house")))
    assert "RuntimeError: secret of the house" in caplog.text
    assert "secret" not in str(stored(context, run).error)


def test_cancelled_run_keeps_its_best(context: Context, queued: Callable[[], Run]) -> None:
    def training(context: Context, lease: Lease, _directory: Path) -> Product:
        record(context, lease, 0)
        context.runs.request_cancel("p", lease.claim.run.id)
        while lease.wish() != "finish":
            assert not Event().wait(0.01)
        return PRODUCT

    run = queued()
    run_one(context, training)
    ended = stored(context, run)
    assert (ended.state, ended.model_version) == ("cancelled", "m:1")


def test_cancelled_run_without_a_model_has_none(context: Context, queued: Callable[[], Run]) -> None:
    def training(context: Context, lease: Lease, _directory: Path) -> Product:
        context.runs.request_cancel("p", lease.claim.run.id)
        while lease.wish() != "finish":
            assert not Event().wait(0.01)
        raise TrainingFailed("no-model", "No trial succeeded.")

    run = queued()
    run_one(context, training)
    ended = stored(context, run)
    assert (ended.state, ended.model_version, ended.error) == ("cancelled", None, None)


def test_stopping_worker_gives_its_run_back(context: Context, queued: Callable[[], Run]) -> None:
    stopping = Event()

    def training(context: Context, lease: Lease, _directory: Path) -> Product:
        record(context, lease, 0)
        stopping.set()
        assert lease.wish() == "abandon"
        raise Interrupted("interrupted", "as wished")

    run = queued()
    run_one(context, training, stopping)
    back = stored(context, run)
    assert (back.state, back.attempts, back.trials) == ("queued", 0, 1)
    run_one(context, train)
    assert stored(context, run).state == "succeeded"


def test_worker_that_lost_its_run_writes_nothing(
    context: Context, queued: Callable[[], Run], clock: ManualClock
) -> None:
    def training(context: Context, lease: Lease, _directory: Path) -> Product:
        clock.advance(2)
        assert context.queue.claim("other") is not None
        while lease.wish() != "abandon":
            assert not Event().wait(0.01)
        raise Interrupted("interrupted", "as wished")

    run = queued()
    run_one(context, training)
    taken = stored(context, run)
    assert (taken.state, taken.epoch, taken.attempts) == ("running", 2, 2)


def test_worker_that_was_paused_before_publishing_leaves_the_run_to_its_owner(
    context: Context, queued: Callable[[], Run], clock: ManualClock
) -> None:
    def training(context: Context, lease: Lease, _directory: Path) -> Product:
        clock.advance(2)
        assert context.queue.claim("other") is not None
        return PRODUCT

    run = queued()
    run_one(context, training)
    assert stored(context, run).state == "running"
    with pytest.raises(NotFound):
        context.registry_for("p").versions.get("m", 1)


def test_spooled_model_is_published_without_training(context: Context, queued: Callable[[], Run]) -> None:
    run = queued()
    Spool(context.settings.data / "spool").put(run.id, PRODUCT)
    run_one(context, untouched)
    assert stored(context, run).model_version == "m:1"


def test_damaged_spool_is_trained_anew(context: Context, queued: Callable[[], Run]) -> None:
    run = queued()
    spool = Spool(context.settings.data / "spool")
    spool.put(run.id, PRODUCT)
    (path,) = (context.settings.data / "spool").iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    run_one(context, train)
    assert (stored(context, run).state, stored(context, run).trials) == ("succeeded", 1)


class Outage:
    """A store whose first writes fail."""

    def __init__(self, store: ObjectStore, writes: int) -> None:
        self._store, self._left = store, count(-writes)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def put(self, *args: object, **options: object) -> object:
        if next(self._left) < 0:
            raise StoreUnavailable("down")
        return self._store.put(*args, **options)  # type: ignore[arg-type]


def test_store_that_is_away_delays_publishing_and_nothing_else(context: Context, queued: Callable[[], Run]) -> None:
    run, trained = queued(), count()

    def training(context: Context, lease: Lease, directory: Path) -> Product:
        next(trained)
        return train(context, lease, directory)

    broken = replace(context, objects=Outage(context.objects, writes=2))
    run_one(broken, training)
    assert next(trained) == 1
    assert stored(context, run).model_version == "m:1"


def test_worker_stopped_while_the_store_is_away_leaves_the_model_in_the_spool(
    context: Context, queued: Callable[[], Run]
) -> None:
    class Stopping(Outage):
        def put(self, *args: object, **options: object) -> object:
            stopping.set()
            return super().put(*args, **options)

    run, stopping = queued(), Event()
    run_one(replace(context, objects=Stopping(context.objects, writes=1000)), train, stopping)
    back = stored(context, run)
    assert (back.state, back.attempts, back.phase) == ("queued", 0, "publishing")
    run_one(context, untouched)
    assert stored(context, run).model_version == "m:1"


def test_full_disk_does_not_keep_a_model_from_being_published(
    context: Context, queued: Callable[[], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Spool, "put", full)
    run = queued()
    run_one(context, train)
    assert stored(context, run).model_version == "m:1"


def test_worker_takes_over_from_a_dead_namesake_at_once(context: Context, queued: Callable[[], Run]) -> None:
    run, stopping = queued(), Event()
    context.queue.claim("w")
    leftover = context.settings.data / "work" / "w" / "table.parquet"
    leftover.parent.mkdir(parents=True)
    leftover.touch()

    def training(context: Context, lease: Lease, directory: Path) -> Product:
        assert list(directory.iterdir()) == []
        stopping.set()
        return train(context, lease, directory)

    Worker(context, "w", stopping, training).run_forever()
    assert (stored(context, run).state, stored(context, run).attempts) == ("succeeded", 2)


def test_worker_outlives_a_database_that_is_away(
    context: Context, queued: Callable[[], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(Queue):
        def claim(self, worker: str):  # noqa: ANN202
            if next(claims) == 0:
                raise Unavailable("database-unavailable", "away")
            return super().claim(worker)

    claims, stopping = count(), Event()
    monkeypatch.setattr(worker, "_PAUSE_AFTER_ERROR_S", 0.01)
    away = replace(context, queue=Away(context.database, context.clock, 1.0))

    def training(context: Context, lease: Lease, directory: Path) -> Product:
        stopping.set()
        return train(context, lease, directory)

    thread = Thread(target=Worker(away, "w", stopping, training).run_forever)
    thread.start()
    run = queued()
    thread.join()
    assert stored(context, run).state == "succeeded"


class Killed(BaseException):
    """What no handler of the worker's catches, as it would not catch SIGKILL."""


STEPS = [(Queue, "phase"), (worker, "publish"), (Queue, "finish"), (Spool, "drop")]


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize(("owner", "step"), STEPS)
def test_worker_killed_at_any_step_of_publishing_has_published_once(
    context: Context, queued: Callable[[], Run], clock: ManualClock, owner: object, step: str, *, done: bool
) -> None:
    def killed(*args: object, **options: object) -> None:
        if done:
            original(*args, **options)
        raise Killed

    run, original = queued(), getattr(owner, step)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, step, killed)
        with pytest.raises(Killed):
            run_one(context, train)
    clock.advance(1)
    run_one(context, untouched)
    ended = stored(context, run)
    assert (ended.state, ended.model_version, ended.trials) == ("succeeded", "m:1", 1)
    registry = context.registry_for("p")
    assert len(registry.versions.list("m")) == 1
    assert len(registry.aliases.history("m", "champion")) == 1
