"""A registry on each backend, and a clock that can be put forward."""

from datetime import UTC, datetime, timedelta

import pytest

from registry import ObjectStore, Registry


class Clock:
    """The real time, plus what a test adds: what a store says of its objects' age stays true."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(store: ObjectStore, clock: Clock) -> Registry:
    return Registry(store, clock=clock)
