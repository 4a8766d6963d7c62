"""The one way to ask for the time, so that a test can tell it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utcnow() -> datetime:
    """The present, aware."""
    return datetime.now(UTC)
