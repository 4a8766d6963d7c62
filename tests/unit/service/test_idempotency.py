import pytest

from service.store import Database, Fresh, Idempotency, InFlight, Mismatch, Replay
from service.store.idempotency import ABANDONED, KEPT
from tests.servers.databases import ManualClock

ANSWER = (201, {"Location": "/v1/runs/run_1"}, b'{"id":"run_1"}')


@pytest.fixture
def idempotency(database: Database, clock: ManualClock) -> Idempotency:
    return Idempotency(database, clock)


def begun(idempotency: Idempotency) -> Fresh:
    fresh = idempotency.begin("key_1", "once", "d")
    assert isinstance(fresh, Fresh)
    return fresh


def test_first_is_fresh_second_waits_third_gets_the_answer(idempotency: Idempotency) -> None:
    fresh = begun(idempotency)
    assert idempotency.begin("key_1", "once", "d") == InFlight()
    idempotency.complete(fresh, *ANSWER)
    assert idempotency.begin("key_1", "once", "d") == Replay(*ANSWER)


@pytest.mark.parametrize("answered", [False, True])
def test_another_request_under_the_same_key_is_refused(idempotency: Idempotency, *, answered: bool) -> None:
    fresh = begun(idempotency)
    if answered:
        idempotency.complete(fresh, *ANSWER)
    assert idempotency.begin("key_1", "once", "another") == Mismatch()


def test_api_keys_do_not_share_idempotency_keys(idempotency: Idempotency) -> None:
    begun(idempotency)
    assert isinstance(idempotency.begin("key_2", "once", "another"), Fresh)


def test_abandoned_request_may_be_sent_again(idempotency: Idempotency) -> None:
    idempotency.abandon(begun(idempotency))
    begun(idempotency)


def test_request_of_a_dead_process_is_let_through_and_its_ghost_writes_nothing(
    idempotency: Idempotency, clock: ManualClock
) -> None:
    ghost = begun(idempotency)
    clock.advance(ABANDONED.total_seconds() + 1)
    fresh = begun(idempotency)
    idempotency.complete(ghost, 500, {}, b"late")
    idempotency.abandon(ghost)
    assert idempotency.begin("key_1", "once", "d") == InFlight()
    idempotency.complete(fresh, *ANSWER)
    assert idempotency.begin("key_1", "once", "d") == Replay(*ANSWER)


def test_answers_are_forgotten_in_the_end(idempotency: Idempotency, clock: ManualClock) -> None:
    idempotency.complete(begun(idempotency), *ANSWER)
    clock.advance(KEPT.total_seconds() - 1)
    assert idempotency.begin("key_1", "once", "d") == Replay(*ANSWER)
    clock.advance(2)
    begun(idempotency)
