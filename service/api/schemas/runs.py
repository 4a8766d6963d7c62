"""Runs as HTTP shows them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field

from automl.types import Metric, Task
from automl.types import Trial as Tried
from service.api.schemas.common import NAME_PATTERN, ListView, Page, Query, Request, View
from service.store import Run as Stored
from service.store import RunState


class CancelRequest(Request):
    """Nothing is asked."""


class MoreBudget(Request):
    """What a run shall have in all, with what it has used up; null or left out is as much as before."""

    timeout_s: float | None = Field(None, ge=1, le=86_400, description="Seconds", examples=[120])
    max_trials: int | None = Field(None, ge=1, le=100_000)


class ExtendRequest(Request):
    """How much more."""

    budget: MoreBudget


class RunListQuery(Page):
    """Which runs."""

    state: RunState | None = None
    dataset: str | None = Field(None, pattern=NAME_PATTERN)
    model: str | None = Field(None, pattern=NAME_PATTERN)


class Progress(View):
    """How far a run is."""

    trials: int
    max_trials: int | None
    """Null for no limit."""
    trials_left: int | None
    """Of `max_trials`; zero when the run has ended."""
    elapsed_s: float
    timeout_s: float
    time_left_s: float
    """Zero when it has ended."""
    phase: str | None
    """What it does now: `profile split features search evaluate refit bundle publishing`."""

    @classmethod
    def of(cls, run: Stored) -> Self:
        """How far a run is, and what is left of its budget."""
        return cls(
            trials=run.trials,
            max_trials=run.max_trials,
            trials_left=run.trials_left,
            elapsed_s=run.elapsed_s,
            timeout_s=run.timeout_s,
            time_left_s=run.time_left_s,
            phase=run.phase if run.active else None,
        )


class Best(View):
    """The best trial so far."""

    trial: int
    score: float


class RunError(View):
    """Why a run failed."""

    code: str
    detail: str


class Run(View):
    """One AutoML request and what became of it."""

    id: str = Field(examples=["run_0192f0c5a1b2c3d4e5f60718"])
    state: RunState
    dataset: str
    target: str
    model: str
    task: Task | None
    """Null until it is inferred."""
    metric: Metric | None
    """Null until it is chosen."""
    progress: Progress
    best: Best | None
    model_version: str | None = Field(examples=["fraud:3"])
    """Null until there is one."""
    error: RunError | None
    extends: str | None = Field(examples=["run_0192f0c5a1b2c3d4e5f60718"])
    """The run that it goes on from: its trials are the first ones here."""
    warm_start: list[str] = Field(examples=[["fraud:2"]])
    """Ids of the model versions whose best params are tried early; the report says why these."""
    request: dict[str, Any]
    """As sent, with every default filled in."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, run: Stored) -> Self:
        """The view of a run."""
        return cls(
            id=run.id,
            state=run.state,
            dataset=run.dataset,
            target=run.target,
            model=run.model,
            task=run.task,
            metric=run.metric,
            progress=Progress.of(run),
            best=None if run.best_trial is None else Best(trial=run.best_trial, score=run.best_score or 0.0),
            model_version=run.model_version,
            error=None if run.error is None else RunError.model_validate(run.error),
            extends=run.extends,
            warm_start=[seen["version"] for seen in (run.warm_start or {}).get("considered", []) if seen["used"]],
            request=dict(run.request),
            created_at=run.created_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
        )


class RunList(ListView):
    """A page of runs, newest first."""

    items: list[Run]


class Trial(View):
    """One set of params tried."""

    number: int
    state: Literal["succeeded", "stopped", "failed"]
    params: dict[str, Any]
    score: float | None
    """Mean over the folds run, higher is better; null when it failed."""
    fold_scores: list[float]
    """One a fold run."""
    rounds: list[int]
    """Of boosting, or trees of a forest, that were kept in each fold run."""
    cut_folds: list[int]
    """Those of the folds run, from 0, that the clock ended: they kept the rounds that they came to."""
    share: float
    """Of the training rows that each fold learnt from."""
    seconds: float
    """What it cost."""
    proposer: str
    """Who proposed it: an algorithm, or a part of the search such as `portfolio` or `polish`."""
    parents: list[int]
    """Numbers of the trials that it was made from."""
    generation: int | None
    """Of a genetic search, from 0."""
    origin: str | None
    """Of a warm start, the model version that the params come from."""
    detail: str | None
    """Why it was stopped or failed, or what cut its folds short."""

    @classmethod
    def of(cls, trial: Tried) -> Self:
        """The view of a trial."""
        return cls.model_validate(asdict(trial))


class TrialList(ListView):
    """A page of trials, by number."""

    items: list[Trial]


class RankedTrial(Trial):
    """A trial with its place."""

    rank: int
    """From 1, best first."""

    @classmethod
    def at(cls, rank: int, trial: Tried) -> Self:
        """The view of the trial in this place."""
        return cls(rank=rank, **Trial.of(trial).model_dump())


class LeaderboardQuery(Query):
    """How much of the leaderboard."""

    limit: int = Field(50, ge=1, le=200, description="Most items in the answer")


class Leaderboard(ListView):
    """The best trials that came to their end: those judged on most folds and rows first, and by score."""

    items: list[RankedTrial]
    next_cursor: None = None


class EventsQuery(Query):
    """Where in a run's events to begin."""

    last_event_id: int | None = Field(
        None, ge=0, le=2**31 - 1, description="Begin behind this event; the header `Last-Event-ID` says the same"
    )
