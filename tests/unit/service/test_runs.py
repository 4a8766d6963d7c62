from collections.abc import Callable

import pytest

from service.errors import TooMany
from service.store import Database, Events, Queue, Run, Runs, RunSpec
from tests.servers.databases import ManualClock

REQUEST = {"target": "y", "dataset": "ds_1", "model": "m", "budget": {"timeout_s": 60.0, "max_trials": None}}


@pytest.fixture
def runs(database: Database, clock: ManualClock) -> Runs:
    return Runs(database, clock)


@pytest.fixture
def queue(database: Database, clock: ManualClock) -> Queue:
    return Queue(database, clock, 15.0)


@pytest.fixture
def queued(runs: Runs, clock: ManualClock) -> Callable[..., Run]:
    def create(project: str = "p", dataset: str = "ds_1", model: str = "m") -> Run:
        clock.advance(1)
        spec = RunSpec(project=project, dataset=dataset, model=model, request=REQUEST)
        return runs.create(spec, max_queued=5)

    return create


def test_run_begins_queued_with_its_request(runs: Runs, queued: Callable[..., Run], clock: ManualClock) -> None:
    run = queued()
    assert runs.get("p", run.id) == run
    assert (run.state, run.created_at, run.request, run.target) == ("queued", clock.now, REQUEST, "y")
    assert (run.attempts, run.epoch, run.trials, run.elapsed_s, run.started_at) == (0, 0, 0, 0.0, None)
    assert run.active


def test_other_projects_see_nothing(runs: Runs, queued: Callable[..., Run]) -> None:
    run = queued("p")
    assert runs.get("q", run.id) is None
    assert runs.list("q") == []
    assert runs.request_cancel("q", run.id) is None
    assert not runs.uses_dataset("q", "ds_1")
    assert runs.get("p", run.id) == run


def test_list_is_newest_first_in_pages(runs: Runs, queued: Callable[..., Run]) -> None:
    made = [queued() for _ in range(5)]
    first = runs.list("p", limit=2)
    rest = runs.list("p", after=first[-1].id)
    assert first + rest == made[::-1]


def test_list_filters(runs: Runs, queue: Queue, queued: Callable[..., Run]) -> None:
    first, second, third = queued(), queued(dataset="ds_2"), queued(model="n")
    queue.claim("w")
    assert [run.id for run in runs.list("p", state="running")] == [first.id]
    assert runs.list("p", dataset="ds_2") == [second]
    assert runs.list("p", model="n") == [third]
    assert runs.list("p", model="n", state="running") == []


def test_queue_of_a_project_is_bounded(runs: Runs, queue: Queue, queued: Callable[..., Run]) -> None:
    for _ in range(5):
        queued()
    with pytest.raises(TooMany) as refusal:
        queued()
    assert refusal.value.headers["Retry-After"]
    queued("q")
    queue.claim("w")
    queued()


def test_waiting_run_is_cancelled_at_once(runs: Runs, queue: Queue, queued: Callable[..., Run]) -> None:
    run = queued()
    cancelled = runs.request_cancel("p", run.id)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert cancelled.finished_at is not None
    assert queue.claim("w") is None
    assert runs.request_cancel("p", run.id) == cancelled


def test_running_run_turns_cancelling_once(
    runs: Runs, queue: Queue, queued: Callable[..., Run], database: Database
) -> None:
    run = queued()
    queue.claim("w")
    for _ in range(2):
        cancelling = runs.request_cancel("p", run.id)
        assert cancelling is not None
        assert cancelling.state == "cancelling"
    states = [event.data["state"] for event in Events(database).after(run.id)]
    assert states == ["queued", "running", "cancelling"]


def test_dataset_is_in_use_until_the_run_ends(runs: Runs, queue: Queue, queued: Callable[..., Run]) -> None:
    queued()
    assert runs.uses_dataset("p", "ds_1")
    assert not runs.uses_dataset("p", "ds_2")
    claim = queue.claim("w")
    assert claim is not None
    assert runs.uses_dataset("p", "ds_1")
    queue.finish(claim, "failed", error={"code": "x", "detail": "y"}, elapsed_s=1.0)
    assert not runs.uses_dataset("p", "ds_1")
    assert runs.count() == {"failed": 1}
