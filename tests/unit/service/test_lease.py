from collections.abc import Callable
from itertools import count
from threading import Event

import pytest

from automl.errors import Interrupted
from registry.errors import StoreUnavailable
from service.errors import ServiceError, StaleClaim, StorageFull, Unavailable
from service.jobs.lease import Lease
from service.store import Claim, Database, Queue, Run, Runs, RunSpec
from tests.servers.databases import ManualClock

LEASE_S = 0.04  # a heartbeat each 10 ms


@pytest.fixture
def queue(database: Database, clock: ManualClock) -> Queue:
    return Queue(database, clock, 15.0)


@pytest.fixture
def runs(database: Database, clock: ManualClock) -> Runs:
    return Runs(database, clock)


@pytest.fixture
def claim(runs: Runs, queue: Queue) -> Claim:
    runs.create(RunSpec(project="p", dataset="ds_1", model="m", request={"target": "y"}), max_queued=1)
    claim = queue.claim("w")
    assert claim is not None
    return claim


@pytest.fixture
def stopping() -> Event:
    return Event()


def wait_until(ready: Callable[[], bool]) -> None:
    nap = Event()
    for _ in range(3000):
        if ready():
            return
        nap.wait(0.01)
    pytest.fail("it never came")


def stored(runs: Runs, claim: Claim) -> Run:
    run = runs.get("p", claim.run.id)
    assert run is not None
    return run


def test_heartbeats_extend_the_lease_and_tell_the_time_spent(
    queue: Queue, runs: Runs, claim: Claim, clock: ManualClock, stopping: Event
) -> None:
    with Lease(queue, claim, lease_s=LEASE_S, stopping=stopping) as lease, lease.clocked():
        clock.advance(14)
        wait_until(lambda: stored(runs, claim).elapsed_s > 0)
        spent = stored(runs, claim).elapsed_s
        wait_until(lambda: stored(runs, claim).elapsed_s > spent)
        clock.advance(14)
        assert queue.claim("other") is None


def test_time_stands_still_while_nothing_is_worked(queue: Queue, claim: Claim, stopping: Event) -> None:
    lease = Lease(queue, claim, lease_s=LEASE_S, stopping=stopping)
    assert lease.elapsed_s == 0
    with lease.clocked():
        pass
    spent = lease.elapsed_s
    assert spent > 0
    assert lease.elapsed_s == spent


def test_cancel_becomes_a_wish_to_finish(queue: Queue, runs: Runs, claim: Claim, stopping: Event) -> None:
    with Lease(queue, claim, lease_s=LEASE_S, stopping=stopping) as lease:
        assert lease.wish() == "continue"
        runs.request_cancel("p", claim.run.id)
        wait_until(lambda: lease.wish() == "finish")
        stopping.set()
        assert lease.wish() == "abandon"


def test_run_taken_over_becomes_a_wish_to_abandon(
    queue: Queue, runs: Runs, claim: Claim, clock: ManualClock, stopping: Event
) -> None:
    lease = Lease(queue, claim, lease_s=LEASE_S, stopping=stopping)
    clock.advance(15)
    assert queue.claim("other") is not None
    with lease:
        wait_until(lambda: lease.wish() == "abandon")
    assert lease.lost


def test_heartbeat_survives_a_database_that_is_away(queue: Queue, claim: Claim, stopping: Event) -> None:
    class Away(Queue):
        def heartbeat(self, *_: object) -> str:  # type: ignore[override]
            if next(beats) < 3:
                raise Unavailable("database-unavailable", "away")
            return "cancelling"

    beats = count()
    away = Away(queue._database, queue._clock, 15.0)
    with Lease(away, claim, lease_s=LEASE_S, stopping=stopping) as lease:
        wait_until(lambda: lease.wish() == "finish")
    assert not lease.lost


@pytest.mark.parametrize(
    "error", [StoreUnavailable("down"), Unavailable("database-unavailable", "away"), StorageFull("disk-full", "full")]
)
def test_patience_outlasts_an_outage(error: Exception, queue: Queue, claim: Claim, stopping: Event) -> None:
    attempts = count()

    def call() -> str:
        if next(attempts) < 2:
            raise error
        return "done"

    assert Lease(queue, claim, lease_s=LEASE_S, stopping=stopping).patiently(call) == "done"
    assert next(attempts) == 3


def test_patience_ends_with_the_worker(queue: Queue, claim: Claim, stopping: Event) -> None:
    def call() -> None:
        stopping.set()
        raise StoreUnavailable("down")

    with pytest.raises(Interrupted):
        Lease(queue, claim, lease_s=LEASE_S, stopping=stopping).patiently(call)


def test_patience_ends_with_the_lease(queue: Queue, claim: Claim, clock: ManualClock, stopping: Event) -> None:
    def call() -> None:
        raise StoreUnavailable("down")

    clock.advance(15)
    queue.claim("other")
    with Lease(queue, claim, lease_s=LEASE_S, stopping=stopping) as lease, pytest.raises(StaleClaim):
        lease.patiently(call)


def test_stale_write_marks_the_lease_as_lost(queue: Queue, claim: Claim, clock: ManualClock, stopping: Event) -> None:
    lease = Lease(queue, claim, lease_s=LEASE_S, stopping=stopping)
    clock.advance(15)
    queue.claim("other")
    with pytest.raises(StaleClaim):
        lease.patiently(lambda: queue.phase(claim, "search"))
    assert lease.wish() == "abandon"


def test_other_errors_are_not_waited_for(queue: Queue, claim: Claim, stopping: Event) -> None:
    def call() -> None:
        raise ServiceError("odd", "odd")

    with pytest.raises(ServiceError):
        Lease(queue, claim, lease_s=LEASE_S, stopping=stopping).patiently(call)
