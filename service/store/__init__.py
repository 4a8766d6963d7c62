"""The service's database: keys, runs, the queue, events and idempotency records. Lose it and no model is lost."""

from service.store.clock import Clock, utcnow
from service.store.database import Database
from service.store.events import Events
from service.store.idempotency import Idempotency
from service.store.keys import Keys
from service.store.queue import MAX_ATTEMPTS, Queue
from service.store.records import (
    ACTIVE,
    SCOPES,
    Claim,
    Event,
    EventKind,
    Fresh,
    InFlight,
    KeyRecord,
    Mismatch,
    Past,
    Replay,
    Run,
    RunSpec,
    RunState,
    Scope,
)
from service.store.runs import Runs

__all__ = [
    "ACTIVE",
    "MAX_ATTEMPTS",
    "SCOPES",
    "Claim",
    "Clock",
    "Database",
    "Event",
    "EventKind",
    "Events",
    "Fresh",
    "Idempotency",
    "InFlight",
    "KeyRecord",
    "Keys",
    "Mismatch",
    "Past",
    "Queue",
    "Replay",
    "Run",
    "RunSpec",
    "RunState",
    "Runs",
    "Scope",
    "utcnow",
]
