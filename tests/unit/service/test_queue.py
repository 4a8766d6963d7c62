from collections.abc import Callable
from dataclasses import replace

import pytest

from automl.types import Trial
from service.errors import StaleClaim
from service.store import MAX_ATTEMPTS, Claim, Database, Events, Queue, Run, Runs, RunSpec
from tests.servers.databases import ManualClock

LEASE_S = 15.0


@pytest.fixture
def queue(database: Database, clock: ManualClock) -> Queue:
    return Queue(database, clock, LEASE_S)


@pytest.fixture
def runs(database: Database, clock: ManualClock) -> Runs:
    return Runs(database, clock)


@pytest.fixture
def queued(runs: Runs, clock: ManualClock) -> Callable[[], Run]:
    def create() -> Run:
        clock.advance(1)
        return runs.create(RunSpec(project="p", dataset="ds_1", model="m", request={"target": "y"}), max_queued=100)

    return create


def trial(number: int, score: float | None, state: str = "succeeded") -> Trial:
    scores = () if score is None else (score,)
    return Trial(
        number=number, state=state, params={"rate": 0.1}, score=score, fold_scores=scores, rounds=(7,), seconds=0.5,
        proposer="tpe",
    )  # fmt: skip


def claimed(queue: Queue, worker: str = "w") -> Claim:
    claim = queue.claim(worker)
    assert claim is not None
    return claim


def test_nothing_to_claim(queue: Queue) -> None:
    assert queue.claim("w") is None


def test_first_come_first_served(queue: Queue, queued: Callable[[], Run]) -> None:
    first, second = queued(), queued()
    assert [claimed(queue).run.id, claimed(queue).run.id] == [first.id, second.id]
    assert queue.claim("w") is None


def test_claim_starts_the_run(queue: Queue, queued: Callable[[], Run], clock: ManualClock) -> None:
    queued()
    run = claimed(queue).run
    assert (run.state, run.epoch, run.attempts, run.started_at) == ("running", 1, 1, clock.now)


def test_lease_keeps_others_away_until_it_ends(queue: Queue, queued: Callable[[], Run], clock: ManualClock) -> None:
    queued()
    claim = claimed(queue)
    clock.advance(LEASE_S - 1)
    queue.heartbeat(claim, 14.0)
    clock.advance(LEASE_S - 1)
    assert queue.claim("other") is None
    clock.advance(1)
    taken = claimed(queue, "other")
    assert (taken.run.id, taken.epoch, taken.run.attempts, taken.run.elapsed_s) == (claim.run.id, 2, 2, 14.0)


WRITES: list[Callable[[Queue, Claim], object]] = [
    lambda queue, claim: queue.heartbeat(claim, 1.0),
    lambda queue, claim: queue.plan(claim, "binary", "roc_auc"),
    lambda queue, claim: queue.phase(claim, "search"),
    lambda queue, claim: queue.record_trial(claim, trial(0, 0.5), 1.0),
    lambda queue, claim: queue.finish(claim, "succeeded", model_version="m:1", elapsed_s=1.0),
    lambda queue, claim: queue.finish(claim, "failed", error={"code": "x", "detail": "y"}, elapsed_s=1.0),
    lambda queue, claim: queue.release(claim, 1.0),
]


def take_over(queue: Queue, clock: ManualClock, claim: Claim) -> None:
    clock.advance(LEASE_S)
    claimed(queue, "other")


LOSSES: list[Callable[[Queue, ManualClock, Claim], object]] = [
    take_over,
    lambda queue, _clock, claim: queue.finish(claim, "succeeded", model_version="m:1", elapsed_s=3.0),
    lambda queue, _clock, claim: queue.release(claim, 3.0),
]


@pytest.mark.parametrize("lose", LOSSES)
def test_worker_that_wakes_up_late_changes_nothing(
    lose: Callable[[Queue, ManualClock, Claim], object],
    database: Database,
    queue: Queue,
    queued: Callable[[], Run],
    clock: ManualClock,
) -> None:
    run, runs = queued(), Runs(database, clock)
    stale = claimed(queue)
    lose(queue, clock, stale)
    before = runs.get("p", run.id), runs.trials(run.id), Events(database).after(run.id)
    for write in WRITES:
        with pytest.raises(StaleClaim):
            write(queue, stale)
    assert (runs.get("p", run.id), runs.trials(run.id), Events(database).after(run.id)) == before


def test_three_lost_attempts_fail_the_run_and_the_queue_moves_on(
    queue: Queue, runs: Runs, queued: Callable[[], Run], clock: ManualClock
) -> None:
    deadly = queued()
    for _ in range(MAX_ATTEMPTS):
        assert claimed(queue).run.id == deadly.id
        clock.advance(LEASE_S)
    healthy = queued()
    assert claimed(queue).run.id == healthy.id
    failed = runs.get("p", deadly.id)
    assert failed is not None
    assert failed.state == "failed"
    assert failed.error is not None
    assert failed.error["code"] == "worker-lost"
    assert failed.finished_at == clock.now


def test_run_that_kills_its_worker_comes_behind_those_that_wait(
    queue: Queue, queued: Callable[[], Run], clock: ManualClock
) -> None:
    deadly = queued()
    claimed(queue)
    waiting = queued()
    clock.advance(LEASE_S)
    assert [claimed(queue).run.id, claimed(queue).run.id] == [waiting.id, deadly.id]


def test_release_costs_no_attempt_and_no_place(queue: Queue, queued: Callable[[], Run], runs: Runs) -> None:
    first, _second = queued(), queued()
    for round_ in range(2 * MAX_ATTEMPTS):
        claim = claimed(queue)
        assert (claim.run.id, claim.run.attempts, claim.run.elapsed_s) == (first.id, 1, float(round_))
        queue.release(claim, round_ + 1.0)
        released = runs.get("p", first.id)
        assert released is not None
        assert (released.state, released.attempts) == ("queued", 0)


def test_dead_workers_leases_end_at_once_and_nobody_elses(queue: Queue, queued: Callable[[], Run]) -> None:
    mine, other = queued(), queued()
    claimed(queue, "mine")
    claimed(queue, "other")
    queue.expire("mine")
    assert claimed(queue, "mine").run.id == mine.id
    assert queue.claim("mine") is None
    assert other.id != mine.id


def test_trials_are_created_once(queue: Queue, runs: Runs, queued: Callable[[], Run]) -> None:
    run = queued()
    claim = claimed(queue)
    assert queue.record_trial(claim, trial(0, 0.5), 1.0)
    assert not queue.record_trial(claim, trial(0, 0.9), 2.0)
    stored = runs.get("p", run.id)
    assert stored is not None
    assert (stored.trials, stored.best_trial, stored.best_score, stored.elapsed_s) == (1, 0, 0.5, 2.0)
    assert runs.trials(run.id) == [trial(0, 0.5)]


def test_best_trial_is_the_first_with_the_highest_score_over_all_folds(
    queue: Queue, runs: Runs, queued: Callable[[], Run], database: Database
) -> None:
    run = queued()
    claim = claimed(queue)
    recorded = [
        trial(0, None, "failed"), trial(1, 0.5), trial(2, 0.9, "stopped"), trial(3, 0.7), trial(4, 0.7), trial(5, -1.0),
    ]  # fmt: skip
    for each in recorded:
        queue.record_trial(claim, each, 1.0)
    stored = runs.get("p", run.id)
    assert stored is not None
    assert (stored.trials, stored.best_trial, stored.best_score) == (6, 3, 0.7)
    assert [each.number for each in runs.leaderboard(run.id)] == [3, 4, 1, 5]
    assert [each.number for each in runs.trials(run.id, after=3)] == [4, 5]
    best = [event.data["trial"] for event in Events(database).after(run.id) if event.kind == "best"]
    assert best == [1, 3]


def test_trials_judged_on_more_folds_and_rows_come_first(
    queue: Queue, runs: Runs, queued: Callable[[], Run], database: Database
) -> None:
    run = queued()
    claim = claimed(queue)
    few = replace(trial(0, 0.9), share=0.25)
    two_folds, five_folds = trial(1, 0.8), replace(trial(2, 0.6), fold_scores=(0.5, 0.5, 0.6, 0.7, 0.7))
    for each in (few, two_folds, five_folds, replace(few, number=3, score=0.95)):
        queue.record_trial(claim, each, 1.0)
    assert [each.number for each in runs.leaderboard(run.id)] == [2, 1, 3, 0]
    best = [event.data["trial"] for event in Events(database).after(run.id) if event.kind == "best"]
    assert best == [0, 1, 2]
    stored = runs.get("p", run.id)
    assert stored
    assert (stored.best_trial, stored.best_score) == (2, 0.6)


def test_cancelled_while_running_ends_cancelled_with_its_model(
    queue: Queue, runs: Runs, queued: Callable[[], Run]
) -> None:
    run = queued()
    claim = claimed(queue)
    assert queue.heartbeat(claim, 1.0) == "running"
    runs.request_cancel("p", run.id)
    assert queue.heartbeat(claim, 2.0) == "cancelling"
    ended = queue.finish(claim, "succeeded", model_version="m:1", elapsed_s=2.0)
    assert (ended.state, ended.model_version) == ("cancelled", "m:1")


def test_run_of_a_lost_worker_stays_cancelling_for_the_next(
    queue: Queue, runs: Runs, queued: Callable[[], Run], clock: ManualClock
) -> None:
    run = queued()
    claimed(queue)
    runs.request_cancel("p", run.id)
    clock.advance(LEASE_S)
    assert claimed(queue).run.state == "cancelling"


def test_events_tell_the_story_without_holes(queue: Queue, queued: Callable[[], Run], database: Database) -> None:
    run = queued()
    claim = claimed(queue)
    queue.phase(claim, "search")
    queue.plan(claim, "binary", "roc_auc")
    queue.record_trial(claim, trial(0, 0.5), 1.0)
    queue.finish(claim, "succeeded", model_version="m:1", elapsed_s=2.0)
    told = Events(database).after(run.id)
    assert [event.seq for event in told] == list(range(1, len(told) + 1))
    assert [event.kind for event in told] == ["state", "state", "phase", "trial", "best", "state"]
    assert told[4].data == {"trial": 0, "score": 0.5, "metric": "roc_auc"}
    assert told[5].data == {"state": "succeeded", "model_version": "m:1", "error": None}
    assert Events(database).after(run.id, 4, limit=1) == [told[4]]
