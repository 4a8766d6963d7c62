"""Any order of claims, writes, deaths and clock turns keeps one owner a run and loses nothing that was acknowledged."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_as_test

from automl.types import Trial
from service.errors import StaleClaim
from service.store import MAX_ATTEMPTS, Claim, Database, Events, Queue, Run, Runs, RunSpec
from service.store.tables import metadata
from tests.servers.databases import ManualClock

LEASE_S = 15


class QueueMachine(RuleBasedStateMachine):
    """Three workers, any of whom may hold on to claims that they have lost."""

    database: Database

    created = Bundle("created")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        with self.database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table))
        self.clock = ManualClock()
        self.queue = Queue(self.database, self.clock, LEASE_S)
        self.runs = Runs(self.database, self.clock)
        self.owner: dict[str, Claim] = {}
        self.recorded: dict[str, list[int]] = {}

    @rule(target=created)
    def create(self) -> str:
        self.clock.advance(0.01)
        spec = RunSpec(project="p", dataset="ds_1", model="m", request={"target": "y"})
        run = self.runs.create(spec, max_queued=1000)
        self.recorded[run.id] = []
        return run.id

    @rule(target=claims, worker=st.sampled_from("abc"))
    def claim(self, worker: str) -> Claim | MultipleResults[Claim]:
        held = {claim.run.id for claim in self.owner.values() if self._lease_end(claim) > self.clock.now.timestamp()}
        claim = self.queue.claim(worker)
        if claim is None:
            return multiple()
        assert claim.run.id not in held
        assert claim.run.attempts <= MAX_ATTEMPTS
        assert claim.run.trials == len(self.recorded[claim.run.id])
        self.owner[claim.run.id] = claim
        return claim

    @rule(claim=claims)
    def heartbeat(self, claim: Claim) -> None:
        with self._only_the_owner(claim):
            self.queue.heartbeat(claim, 1.0)

    @rule(claim=claims, score=st.floats(-1, 1))
    def record(self, claim: Claim, score: float) -> None:
        number = len(self.recorded[claim.run.id])
        trial = Trial(
            number=number, state="succeeded", params={}, score=score, fold_scores=(score,), rounds=(1,), seconds=0.1,
            proposer="tpe",
        )  # fmt: skip
        with self._only_the_owner(claim):
            assert self.queue.record_trial(claim, trial, 1.0)
            self.recorded[claim.run.id].append(number)

    @rule(claim=claims, state=st.sampled_from(["succeeded", "failed", "cancelled"]))
    def finish(self, claim: Claim, state: str) -> None:
        with self._only_the_owner(claim):
            self.queue.finish(claim, state, elapsed_s=1.0)  # type: ignore[arg-type]
            del self.owner[claim.run.id]

    @rule(claim=claims)
    def release(self, claim: Claim) -> None:
        with self._only_the_owner(claim):
            self.queue.release(claim, 1.0)
            del self.owner[claim.run.id]

    @rule(run_id=created)
    def cancel(self, run_id: str) -> None:
        before = self._run(run_id)
        after = self.runs.request_cancel("p", run_id)
        assert after is not None
        assert after.state in ("cancelling", "cancelled") if before.active else after == before

    @rule(worker=st.sampled_from("abc"))
    def die(self, worker: str) -> None:
        self.queue.expire(worker)

    @rule(seconds=st.sampled_from([1, LEASE_S - 1, LEASE_S]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @invariant()
    def every_run_is_accounted_for(self) -> None:
        for run_id, numbers in self.recorded.items():
            run = self._run(run_id)
            trials = self.runs.trials(run_id)
            assert [trial.number for trial in trials] == numbers
            assert run.trials == len(numbers)
            assert run.best_score == max((trial.score for trial in trials if trial.score is not None), default=None)
            assert (run.finished_at is None) is run.active
            events = Events(self.database).after(run_id)
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            assert [event.data["state"] for event in events if event.kind == "state"][-1] == run.state
            assert sum(event.kind == "trial" for event in events) == len(numbers)

    def _run(self, run_id: str) -> Run:
        run = self.runs.get("p", run_id)
        assert run is not None
        return run

    def _lease_end(self, claim: Claim) -> float:
        with self.database.read() as connection:
            query = sa.text("SELECT ready_at FROM runs WHERE id = :id")
            return float(connection.execute(query, {"id": claim.run.id}).scalar_one())

    @contextmanager
    def _only_the_owner(self, claim: Claim) -> Iterator[None]:
        """What is in the block works for the present owner, and is refused to everyone else."""
        owns = self.owner.get(claim.run.id) == claim and self._run(claim.run.id).active
        try:
            yield
        except StaleClaim:
            assert not owns
        else:
            assert owns


@pytest.mark.slow
def test_queue_keeps_its_promises_in_any_order_of_events(database: Database) -> None:
    machine = type("Machine", (QueueMachine,), {"database": database})
    run_as_test(machine, settings=settings(max_examples=60, stateful_step_count=30, deadline=None))
