"""All that the application, a worker and the commands share: opened once in a process, closed at its end."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from automl.augment.text.translators import translator_of, use
from registry import ObjectStore, Registry, connect
from service.files import make_private
from service.firststart import ensure_first_key, server_secret
from service.settings import Settings
from service.store import Clock, Database, Events, Idempotency, Keys, Queue, Runs, utcnow


@dataclass(frozen=True, slots=True)
class Context:
    """The service's parts. Safe to share between threads; a forked process opens its own."""

    settings: Settings
    clock: Clock
    database: Database
    objects: ObjectStore
    keys: Keys
    runs: Runs
    queue: Queue
    events: Events
    idempotency: Idempotency

    def registry_for(self, project: str) -> Registry:
        """The registry as a project sees it."""
        return Registry(self.objects, project=project, clock=self.clock)

    def close(self) -> None:
        """Close the database's connections."""
        self.database.close()

    def __enter__(self) -> Self:
        """Nothing to do: it is open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def open_context(settings: Settings, *, clock: Clock = utcnow) -> Context:
    """Open everything; the first start makes the data directory, the schema, the secret and the first key.

    Raises `UnsuitableStore`, `StoreUnavailable` or `Unavailable` when the store or the database will not do.
    """
    key = settings.translation_key
    use(translator_of(settings.translation, key.get_secret_value() if key else None))
    make_private(settings.data)
    objects = connect(settings.store_location(), endpoint_url=settings.s3_endpoint)
    database = Database(settings.database_location())
    database.migrate()
    keys = Keys(database, clock, server_secret(settings))
    ensure_first_key(settings, keys)
    return Context(
        settings=settings,
        clock=clock,
        database=database,
        objects=objects,
        keys=keys,
        runs=Runs(database, clock),
        queue=Queue(database, clock, settings.lease_s),
        events=Events(database),
        idempotency=Idempotency(database, clock),
    )
