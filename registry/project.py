"""What every part of a project's registry works with."""

from collections.abc import Callable
from datetime import UTC, datetime

from registry.blobs import Blobs
from registry.names import Keys
from registry.objects import ObjectStore
from registry.records import Records


class Project:
    """One project in a store: its keys, the records under them, the blobs of all projects, and the time."""

    def __init__(self, store: ObjectStore, name: str, clock: Callable[[], datetime]) -> None:
        self.keys = Keys(name)
        self.records = Records(store)
        self.blobs = Blobs(store, clock)
        self._clock = clock

    def now(self) -> str:
        """RFC 3339 in UTC."""
        return self._clock().astimezone(UTC).isoformat().replace("+00:00", "Z")
