"""Who works on which run. A claim raises the run's epoch, and every later write demands that epoch.

A run may be claimed from `ready_at` on: its creation while it waits, the end of its lease while someone has it. Claims
go by that time, so a run that kills its worker again and again comes behind those that have waited longer.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa

from automl.standing import ranked
from automl.types import Json, Metric, Task, Trial
from service.errors import StaleClaim
from service.store.clock import Clock
from service.store.database import Database, insert_absent
from service.store.events import append
from service.store.records import ACTIVE, Claim, Run, RunState
from service.store.runs import best_trial, find, to_row
from service.store.tables import runs, trials

MAX_ATTEMPTS = 3

_LOST = {
    "code": "worker-lost",
    "detail": f"The process that worked on this run died {MAX_ATTEMPTS} times, most likely for want of memory. "
    "Try fewer rows or columns, or give the worker more memory.",
}


class Queue:
    """What workers do with runs. Every method with a claim raises `StaleClaim` when it is not theirs any more."""

    def __init__(self, database: Database, clock: Clock, lease_s: float) -> None:
        self._database = database
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)

    def claim(self, worker: str) -> Claim | None:
        """The run that has been ready for longest, or None. One that was lost too often fails here instead."""
        while True:
            with self._database.write() as connection:
                run = self._next(connection)
                if run is None:
                    return None
                if run.attempts < MAX_ATTEMPTS:
                    return Claim(self._take(connection, run, worker), worker)
                self._end(connection, run.id, "failed", error=_LOST)

    def heartbeat(self, claim: Claim, elapsed_s: float) -> RunState:
        """Extend the lease. Answers the state, so that the worker sees a cancel."""
        with self._database.write() as connection:
            self._write(connection, claim, ready_at=self._clock() + self._lease, elapsed_s=elapsed_s)
            return find(connection, claim.run.id).state

    def plan(self, claim: Claim, task: Task, metric: Metric) -> None:
        """Tell what was inferred or chosen."""
        with self._database.write() as connection:
            self._write(connection, claim, task=task, metric=metric)

    def phase(self, claim: Claim, name: str) -> None:
        """Tell that a stage begins."""
        with self._database.write() as connection:
            self._write(connection, claim, phase=name)
            append(connection, claim.run.id, "phase", {"phase": name})

    def record_trial(self, claim: Claim, trial: Trial, elapsed_s: float) -> bool:
        """Keep a trial under its number, and the best one. False if there is one of that number: the first stays."""
        row = to_row(claim.run.id, trial)
        with self._database.write() as connection:
            self._write(connection, claim, elapsed_s=elapsed_s)
            if not insert_absent(connection, trials, row):
                return False
            run = find(connection, claim.run.id)
            self._write(connection, claim, trials=run.trials + 1)
            append(connection, run.id, "trial", row["document"])
            if ranked([*best_trial(connection, run), trial])[:1] == [trial]:
                self._write(connection, claim, best_trial=trial.number, best_score=trial.score)
                append(connection, run.id, "best", {"trial": trial.number, "score": trial.score, "metric": run.metric})
        return True

    def finish(
        self,
        claim: Claim,
        state: Literal["succeeded", "failed", "cancelled"],
        *,
        model_version: str | None = None,
        error: Mapping[str, Json] | None = None,
        elapsed_s: float,
    ) -> Run:
        """End the run. One that somebody cancelled meanwhile ends `cancelled` even if it succeeded."""
        with self._database.write() as connection:
            self._write(connection, claim, elapsed_s=elapsed_s)
            if state == "succeeded" and find(connection, claim.run.id).state == "cancelling":
                state = "cancelled"
            self._end(connection, claim.run.id, state, model_version=model_version, error=error)
            return find(connection, claim.run.id)

    def release(self, claim: Claim, elapsed_s: float) -> None:
        """Give the run back in its old place, without using up an attempt."""
        with self._database.write() as connection:
            self._write(connection, claim, elapsed_s=elapsed_s)
            run = find(connection, claim.run.id)
            state = "queued" if run.state == "running" else run.state
            # The next epoch begins here: whatever this worker still tries to write comes too late.
            self._write(
                connection, claim, state=state, ready_at=run.created_at, attempts=run.attempts - 1, epoch=run.epoch + 1
            )
            if state == "queued":
                append(connection, run.id, "state", {"state": state})

    def expire(self, worker: str) -> None:
        """End the leases of a worker that is known to be dead, so that nobody waits for their end."""
        held = (runs.c.worker == worker) & runs.c.state.in_(("running", "cancelling"))
        now = self._clock()
        with self._database.write() as connection:
            connection.execute(runs.update().where(held, runs.c.ready_at > now).values(ready_at=now))

    def _next(self, connection: sa.Connection) -> Run | None:
        query = sa.select(runs.c.id).where(runs.c.state.in_(ACTIVE), runs.c.ready_at <= self._clock())
        first = query.order_by(runs.c.ready_at, runs.c.id).limit(1).with_for_update(skip_locked=True)
        run_id = connection.execute(first).scalar_one_or_none()
        return None if run_id is None else find(connection, run_id)

    def _take(self, connection: sa.Connection, run: Run, worker: str) -> Run:
        now = self._clock()
        values = {
            "state": "running" if run.state == "queued" else run.state,
            "started_at": run.started_at or now,
            "ready_at": now + self._lease,
            "attempts": run.attempts + 1,
            "epoch": run.epoch + 1,
            "worker": worker,
        }
        connection.execute(runs.update().where(runs.c.id == run.id).values(values))
        if run.state == "queued":
            append(connection, run.id, "state", {"state": "running"})
        return find(connection, run.id)

    def _end(
        self,
        connection: sa.Connection,
        run_id: str,
        state: RunState,
        *,
        model_version: str | None = None,
        error: Mapping[str, Json] | None = None,
    ) -> None:
        values = {"state": state, "model_version": model_version, "error": error, "finished_at": self._clock()}
        connection.execute(runs.update().where(runs.c.id == run_id).values(values))
        append(connection, run_id, "state", {"state": state, "model_version": model_version, "error": error})

    @staticmethod
    def _write(connection: sa.Connection, claim: Claim, **values: object) -> None:
        """Change the run's row if the claim holds. The first call of a transaction locks the row for the rest of it."""
        held = (runs.c.id == claim.run.id) & (runs.c.epoch == claim.epoch) & runs.c.state.in_(("running", "cancelling"))
        if connection.execute(runs.update().where(held).values(values)).rowcount != 1:
            raise StaleClaim(f"{claim.worker} does not hold {claim.run.id} in epoch {claim.epoch} any more")
