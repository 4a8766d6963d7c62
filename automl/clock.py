"""How seconds are dealt out, and what happens where they are not enough."""

import time
from collections.abc import Callable

Over = Callable[[], bool]
"""Whether it is time to come to an end."""


def never() -> bool:
    """Everything takes what it takes, so that equal arguments give equal results."""
    return False


class Unfinished(Exception):
    """There was no time to come to an end of what is worth nothing by halves."""


def go_on(over: Over) -> None:
    """Raise `Unfinished` where it is time to come to an end."""
    if over():
        raise Unfinished


class Clock:
    """Counts from when it is made; one without an end is never over."""

    def __init__(self, seconds: float | None) -> None:
        """With so many seconds, or without an end."""
        self._seconds, self._begun = seconds, time.monotonic()

    def by(self, share: float) -> Over:
        """Says whether this share of the seconds is spent."""
        if self._seconds is None:
            return never
        end = self._begun + share * self._seconds
        return lambda: time.monotonic() > end
