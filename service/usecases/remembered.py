"""What the store said a moment ago."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from registry.errors import StoreUnavailable

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

FRESH_S = 1.0
_MOST = 1000


class Remembered(Generic[Key, Value]):
    """Asks again after a second; while the store does not answer, what it said last holds. Safe to share."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._said: OrderedDict[Key, tuple[Value, float]] = OrderedDict()

    def get(self, key: Key, ask: Callable[[], Value], *, for_ever: bool = False) -> Value:
        """What the key means.

        Args:
            key: what is asked for.
            ask: asks the store. What it raises is handed on.
            for_ever: whether what was said once holds always.

        Raises:
            StoreUnavailable: and it was never said before.
        """
        known, now = self._said.get(key), self._clock()
        if known and (for_ever or now < known[1] + FRESH_S):
            return known[0]
        try:
            value = ask()
        except StoreUnavailable:
            if known is None:
                raise
            return known[0]
        with self._lock:
            self._said[key] = value, now
            if len(self._said) > _MOST:
                self._said.popitem(last=False)
        return value

    def forget(self, key: Key) -> None:
        """Ask the store the next time."""
        with self._lock:
            self._said.pop(key, None)
