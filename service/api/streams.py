"""Server-Sent Events of a run: what happened, in order, from wherever a client left off."""

import threading
import time
from collections.abc import Callable, Iterator

import orjson

from service.context import Context
from service.draining import draining
from service.errors import TooMany
from service.store import Event, Run

_BEAT_S = 15.0
_PAGE = 200


class Streams:
    """How many streams this process has open; each one holds a thread, so there is a limit."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most) if most else None

    def take(self) -> Callable[[], None]:
        """Take a place; what is returned gives it back. Raises `TooMany`."""
        if self._free is None or not self._free.acquire(blocking=False):
            raise TooMany(
                "too-many-streams",
                "All event streams are taken. Ask for the run itself every few seconds, or try again.",
                headers={"Retry-After": "5"},
            )
        return self._free.release


def frames(context: Context, run: Run, after: int) -> Iterator[bytes]:
    """The body of an event stream, from behind event number `after`: ends with the run, or before the process does."""
    yield b"retry: 2000\n\n"
    beaten = time.monotonic()
    while not draining():
        events = context.events.after(run.id, after, _PAGE)
        for event in events:
            yield _frame(event)
            after = event.seq
            if _is_last(event):
                return
        if events:
            beaten = time.monotonic()
        elif time.monotonic() >= beaten + _BEAT_S:
            yield b": still here\n\n"
            beaten = time.monotonic()
        if len(events) < _PAGE:
            if not run.active:  # and the client knows its last event already
                return
            time.sleep(context.settings.poll_s)


def _frame(event: Event) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.seq, event.kind.encode(), orjson.dumps(dict(event.data)))


def _is_last(event: Event) -> bool:
    return event.kind == "state" and event.data["state"] in ("succeeded", "failed", "cancelled")
