"""How the seconds that a report may take are dealt out."""

import time
from collections.abc import Callable

Over = Callable[[], bool]
"""Whether it is time to come to an end."""


def never() -> bool:
    """Everything takes what it takes, so that equal arguments give equal results."""
    return False


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
