"""One database, SQLite or PostgreSQL: connections, transactions, and what their failures mean."""

import logging
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.dialects import postgresql, sqlite

from service.errors import ServiceError, StorageFull, Unavailable

try:
    from pysqlite3 import dbapi2 as _pysqlite
except ImportError:  # there are wheels for Linux only
    _pysqlite = sqlite3

log = logging.getLogger(__name__)

_BUSY_S = 10
_MIGRATION_LOCK = 0x57494E4E
_FIXED_WAL = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


class Database:
    """Short transactions on one database. Safe to share between threads; not across a fork."""

    def __init__(self, url: str) -> None:
        """Opens nothing yet. `url` is `sqlite:///file` or `postgresql://…`, a password inside is never shown."""
        self.url = sa.make_url(url)
        if self.url.drivername in ("postgres", "postgresql"):
            self.url = self.url.set(drivername="postgresql+psycopg")
        if self.url.get_backend_name() not in ("sqlite", "postgresql"):
            raise ValueError(f"Winnow keeps its records in SQLite or PostgreSQL, not in {self.url.get_backend_name()}.")
        self._engine = _sqlite_engine(self.url) if self._is_sqlite else _postgres_engine(self.url)

    @property
    def _is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def migrate(self) -> None:
        """Bring the schema up to date. Any number of processes may do so at once: one works, the others wait."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        if self._is_sqlite and self.url.database:
            Path(self.url.database).touch(mode=0o600)  # SQLite itself would let everyone read it
        with self.write() as connection:  # which is SQLite's lock already
            if not self._is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads. Raises `Unavailable`."""
        with _refusals(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that writes, committed when the block ends well. Raises `Unavailable`, `StorageFull`."""
        with (
            _refusals(),
            self._engine.connect().execution_options(winnow_writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Close the idle connections."""
        self._engine.dispose()


def insert_absent(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its primary key is there; tells whether it was inserted."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(statement).first() is not None


def _dumps(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _postgres_engine(url: sa.URL) -> sa.Engine:
    # pre-ping: a restarted server must not cost a request for each pooled connection
    return sa.create_engine(url, pool_pre_ping=True, json_serializer=_dumps, json_deserializer=orjson.loads)


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(
        url,
        module=_pysqlite,
        connect_args={"timeout": _BUSY_S, "check_same_thread": False},
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
    )
    journal = "WAL" if wal_is_sound(_pysqlite) else "DELETE"

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred, and would come too late
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        _keep_journal(connection, journal)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A deferred transaction that turns to writing fails at once when another has written: no timeout helps it.
        writes = connection.get_execution_options().get("winnow_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _keep_journal(connection: sqlite3.Connection, journal: str) -> None:
    # SQLite's busy timeout does not cover this change: whoever comes second is refused at once, and has to ask again.
    deadline = time.monotonic() + _BUSY_S
    while connection.execute("PRAGMA journal_mode").fetchone()[0].upper() != journal:
        try:
            connection.execute(f"PRAGMA journal_mode = {journal}")
        except _pysqlite.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def wal_is_sound(module: ModuleType) -> bool:
    """Whether this SQLite has the fix of the bug that corrupts a database when the write-ahead log is reset."""
    version = tuple(map(int, module.sqlite_version.split(".")))
    return version >= _FIXED_WAL[0] or any(fix <= version < (fix[0], fix[1] + 1) for fix in _FIXED_WAL)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InternalError, sa.exc.TimeoutError) as error:
        raise _refusal(error) from error


def _refusal(error: sa.exc.SQLAlchemyError) -> ServiceError:
    cause = getattr(error, "orig", None) or error
    log.warning("the database refused: %s", cause)
    if getattr(cause, "sqlstate", None) == "53100" or "disk is full" in str(cause):
        return StorageFull("disk-full", "The database's disk is full. Free some space, then try again.")
    return Unavailable(
        "database-unavailable", "The database does not answer now. Try again in a moment.", headers={"Retry-After": "2"}
    )
