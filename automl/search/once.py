"""Things that are made when they are first asked for, and kept."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any


class Once:
    """Makes each thing once, whichever threads ask for it. What could not be made is made by who asks next."""

    def __init__(self) -> None:
        """Nothing has been made yet."""
        self._made: dict[tuple[Any, ...], Future[Any]] = {}
        self._lock = Lock()

    def get(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:  # noqa: ANN401 - any things
        """What `make` gives for this key, made by whoever asks first while the others wait."""
        with self._lock:
            mine = key not in self._made
            future = self._made.setdefault(key, Future())
        if mine:
            try:
                future.set_result(make())
            except BaseException as error:
                with self._lock:
                    del self._made[key]
                future.set_exception(error)
                raise
        return future.result()
