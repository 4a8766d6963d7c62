"""Runs as the API sees them: queued, looked at, cancelled. What a worker does with them is in `queue`."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from automl.standing import ranked
from automl.types import Trial
from service.errors import TooMany
from service.store.clock import Clock
from service.store.database import Database
from service.store.events import append
from service.store.records import ACTIVE, Past, Run, RunSpec, RunState
from service.store.tables import runs, trials

_FIELDS = tuple(Run.__dataclass_fields__)


class Runs:
    """The runs of all projects."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def create(self, spec: RunSpec, *, max_queued: int) -> Run:
        """Queue a run, with the trials that it goes on from.

        Raises `TooMany` while the project has `max_queued` waiting.
        """
        now = self._clock()
        run_id = _new_id(now)
        values = {
            "id": run_id,
            "project": spec.project,
            "dataset": spec.dataset,
            "model": spec.model,
            "request": dict(spec.request),
            "warm_start": spec.warm_start,
            "state": "queued",
            "created_at": now,
            "ready_at": now,
            "elapsed_s": 0.0,
            "attempts": 0,
            "epoch": 0,
            "trials": 0,
            **(_gone_on(spec.past) if spec.past else {}),
        }
        waiting = sa.select(sa.func.count()).where(runs.c.project == spec.project, runs.c.state == "queued")
        with self._database.write() as connection:
            if connection.execute(waiting).scalar_one() >= max_queued:
                raise TooMany(
                    "queue-full",
                    f"{max_queued} runs are waiting already. Try again when some have ended, or cancel some.",
                    headers={"Retry-After": "30"},
                )
            connection.execute(runs.insert().values(values))
            if spec.past and spec.past.trials:
                connection.execute(trials.insert(), [to_row(run_id, trial) for trial in spec.past.trials])
            append(connection, run_id, "state", {"state": "queued"})
            return find(connection, run_id)

    def get(self, project: str, run_id: str) -> Run | None:
        """A project's run, or None."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(runs).where(_mine(project, run_id))).one_or_none()
        return None if row is None else to_run(row)

    def request_cancel(self, project: str, run_id: str) -> Run | None:
        """Ask a run to stop; None if the project has no such run, and one that has ended stays as it is.

        A run that waits without trials of its own is `cancelled` at once. Any other turns `cancelling`, until its
        worker, or the next one, has published the best so far.
        """
        with self._database.write() as connection:
            row = connection.execute(sa.select(runs).where(_mine(project, run_id)).with_for_update()).one_or_none()
            if row is None:
                return None
            if row.state in ("queued", "running"):
                ends = row.state == "queued" and (row.trials == 0 or row.started_at is None)
                state: RunState = "cancelled" if ends else "cancelling"
                finished_at = self._clock() if ends else None
                connection.execute(
                    runs.update().where(runs.c.id == run_id).values(state=state, finished_at=finished_at)
                )
                append(connection, run_id, "state", {"state": state})
            return find(connection, run_id)

    def uses_dataset(self, project: str, dataset: str) -> bool:
        """Whether a run that has not ended needs the dataset, to learn from or to be judged by."""
        learns, is_judged = runs.c.dataset == dataset, runs.c.request["test_dataset"].as_string() == dataset
        query = sa.select(runs.c.id).where(runs.c.project == project, learns | is_judged, runs.c.state.in_(ACTIVE))
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def count(self) -> dict[RunState, int]:
        """How many runs there are in each state that has any, over all projects."""
        query = sa.select(runs.c.state, sa.func.count().label("number")).group_by(runs.c.state)
        with self._database.read() as connection:
            return {row.state: row.number for row in connection.execute(query)}

    def trials(self, run_id: str, *, after: int = -1, limit: int | None = None) -> list[Trial]:
        """A run's trials by number, from behind number `after`. The caller has found the run in its project."""
        query = sa.select(trials).where(trials.c.run_id == run_id, trials.c.number > after)
        return self._trials(query.order_by(trials.c.number).limit(limit))

    def leaderboard(self, run_id: str, limit: int = 100) -> list[Trial]:
        """The trials that came to their end, best first. The caller has found the run in its project."""
        query = sa.select(trials).where(trials.c.run_id == run_id, trials.c.state == "succeeded")
        return ranked(self._trials(query))[:limit]

    def _trials(self, query: sa.Select[Any]) -> list[Trial]:
        with self._database.read() as connection:
            return [_to_trial(row.document) for row in connection.execute(query)]

    def list(
        self,
        project: str,
        *,
        state: RunState | None = None,
        dataset: str | None = None,
        model: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Run]:
        """A project's runs, newest first, from behind the one with the id `after`."""
        query = sa.select(runs).where(runs.c.project == project)
        for column, wanted in ((runs.c.state, state), (runs.c.dataset, dataset), (runs.c.model, model)):
            query = query if wanted is None else query.where(column == wanted)
        query = query if after is None else query.where(runs.c.id < after)
        with self._database.read() as connection:
            return [to_run(row) for row in connection.execute(query.order_by(runs.c.id.desc()).limit(limit))]


def find(connection: sa.Connection, run_id: str) -> Run:
    """The run, which is there."""
    return to_run(connection.execute(sa.select(runs).where(runs.c.id == run_id)).one())


def best_trial(connection: sa.Connection, run: Run) -> Sequence[Trial]:
    """The run's best trial so far; nothing before there is one."""
    query = sa.select(trials).where(trials.c.run_id == run.id, trials.c.number == run.best_trial)
    return [_to_trial(row.document) for row in connection.execute(query)]


def to_run(row: sa.Row[Any]) -> Run:
    """The row without the queue's own columns."""
    return Run(**{name: row._mapping[name] for name in _FIELDS})  # noqa: SLF001 - a public name of SQLAlchemy


def to_row(run_id: str, trial: Trial) -> dict[str, Any]:
    """A trial as the table keeps it."""
    return {
        "run_id": run_id,
        "number": trial.number,
        "state": trial.state,
        "score": trial.score,
        "document": asdict(trial),
    }


def _gone_on(past: Past) -> dict[str, Any]:
    """What a run has of the one that it goes on from."""
    best = next(iter(ranked(past.trials)), None)
    return {
        "extends": past.run.id,
        "task": past.run.task,
        "metric": past.run.metric,
        "elapsed_s": past.run.elapsed_s,
        "trials": len(past.trials),
        "best_trial": best and best.number,
        "best_score": best and best.score,
    }


def _to_trial(document: dict[str, Any]) -> Trial:
    """JSON has lists where a trial has tuples."""
    values: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in document.items()}
    return Trial(**values)


def _mine(project: str, run_id: str) -> sa.ColumnElement[bool]:
    return (runs.c.project == project) & (runs.c.id == run_id)


def _new_id(now: datetime) -> str:
    """Ids sort by creation, so that a page's last id is a cursor."""
    return f"run_{int(now.timestamp() * 1000):011x}{secrets.token_hex(7)}"
