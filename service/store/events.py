"""What happened to a run, in order: written in the transaction of the change itself, so neither stands alone."""

from collections.abc import Mapping

import sqlalchemy as sa

from automl.types import Json
from service.store.database import Database
from service.store.records import Event, EventKind
from service.store.tables import events


class Events:
    """Reads what `append` wrote."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, run_id: str, seq: int = 0, limit: int = 1000) -> list[Event]:
        """Up to `limit` events of a run behind number `seq`, in order. No event ever appears behind a later one."""
        query = sa.select(events).where(events.c.run_id == run_id, events.c.seq > seq)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(events.c.seq).limit(limit))
            return [Event(row.seq, row.kind, row.data) for row in rows]


def append(connection: sa.Connection, run_id: str, kind: EventKind, data: Mapping[str, Json]) -> None:
    """Add the next event of a run whose row this transaction has written: that row's lock keeps the order."""
    last = sa.select(sa.func.coalesce(sa.func.max(events.c.seq), 0)).where(events.c.run_id == run_id)
    seq = connection.execute(last).scalar_one() + 1
    connection.execute(events.insert().values(run_id=run_id, seq=seq, kind=kind, data=data))
