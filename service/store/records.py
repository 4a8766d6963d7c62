"""What the database knows, as plain frozen data. Times are aware (UTC), durations in seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from automl.types import Json, Metric, Task, Trial

Scope = Literal["read", "train", "admin"]
RunState = Literal["queued", "running", "cancelling", "succeeded", "failed", "cancelled"]
EventKind = Literal["state", "phase", "trial", "best"]

SCOPES: tuple[Scope, ...] = get_args(Scope)
ACTIVE: tuple[RunState, ...] = ("queued", "running", "cancelling")
"""States of a run that still has work to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """An API key without its secret, which nobody keeps."""

    id: str
    project: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpec:
    """A run to queue.

    Attributes:
        project: whom it belongs to.
        dataset: id of the dataset, which the caller has found.
        model: name of the model that the winner becomes a version of.
        request: the body as sent, with every default filled in.
        warm_start: what it begins with of earlier runs.
        past: the run that it goes on from.
    """

    project: str
    dataset: str
    model: str
    request: Mapping[str, Json]
    warm_start: Mapping[str, Json] | None = None
    past: "Past | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as the database holds it.

    Attributes:
        phase: stage of the engine, or `publishing`; None before the first.
        elapsed_s: time spent on it, over all attempts.
        attempts: claims that were not given back.
        epoch: how often it was claimed.
        trials: number of trials recorded.
        best_trial: number of the best one that came to its end.
        model_version: such as `fraud:3`, once there is one.
        error: `{code, detail}` of a failed run.
        warm_start: a `WarmStart` as JSON; None for a run from before there were any.
        extends: id of the run that it goes on from.
    """

    id: str
    project: str
    dataset: str
    model: str
    request: Mapping[str, Json]
    state: RunState
    created_at: datetime
    phase: str | None = None
    task: Task | None = None
    metric: Metric | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    elapsed_s: float = 0.0
    attempts: int = 0
    epoch: int = 0
    trials: int = 0
    best_trial: int | None = None
    best_score: float | None = None
    model_version: str | None = None
    error: Mapping[str, Json] | None = None
    warm_start: Mapping[str, Json] | None = None
    extends: str | None = None

    @property
    def target(self) -> str:
        """Name of the column to predict."""
        return str(self.request["target"])

    @property
    def active(self) -> bool:
        """Whether there is work to come."""
        return self.state in ACTIVE

    @property
    def timeout_s(self) -> float:
        """Its budget in seconds."""
        return float(self.request["budget"]["timeout_s"])

    @property
    def max_trials(self) -> int | None:
        """Its budget in trials; None for no limit."""
        most: int | None = self.request["budget"].get("max_trials")
        return most

    @property
    def time_left_s(self) -> float:
        """What is left of the seconds; 0 when it has ended."""
        return max(0.0, self.timeout_s - self.elapsed_s) if self.active else 0.0

    @property
    def trials_left(self) -> int | None:
        """What is left of the trials; 0 when it has ended, None for no limit."""
        if self.max_trials is None:
            return None
        return max(0, self.max_trials - self.trials) if self.active else 0


@dataclass(frozen=True, slots=True)
class Past:
    """A run that has ended, and those of its trials that another one goes on from."""

    run: Run
    trials: Sequence[Trial]


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's right to write about a run, good until someone claims it anew (`epoch` rises) or it ends."""

    run: Run
    worker: str

    @property
    def epoch(self) -> int:
        """The claim's number."""
        return self.run.epoch


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a run; `seq` counts from 1 without holes."""

    seq: int
    kind: EventKind
    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Fresh:
    """Nobody has asked this yet: do it, then `complete` or `abandon` with this in hand."""

    key_id: str
    idem_key: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Replay:
    """It was asked and answered; the answer to give again."""

    status: int
    headers: Mapping[str, str] = field(hash=False)
    body: bytes


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The key came before with another request."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """The same request is being answered at this moment."""
