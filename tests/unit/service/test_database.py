import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from service.errors import StorageFull, Unavailable
from service.store import Database
from service.store import database as module
from service.store.database import insert_absent, wal_is_sound
from service.store.tables import keys, metadata

ROW = {
    "id": "key_1",
    "project": "p",
    "name": "n",
    "scopes": ["read"],
    "mac": "",
    "created_at": datetime(2026, 1, 1, tzinfo=UTC),
}


def count(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(keys)).scalar_one()


def counter(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (value INTEGER)")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")


def test_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_at_the_same_time_is_fine(database_url: str) -> None:
    def migrate(_: int) -> None:
        database = Database(database_url)
        database.migrate()
        database.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(migrate, range(6)))
    database = Database(database_url)
    assert count(database) == 0
    database.close()


def test_first_openings_at_the_same_time_are_fine(tmp_path: Path) -> None:
    def migrate(url: str, start: Barrier) -> None:
        start.wait()
        database = Database(url)
        database.migrate()
        database.close()

    for attempt in range(20):  # the collision that SQLite's own waiting does not cover takes some luck
        start = Barrier(8)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(migrate, [f"sqlite:///{tmp_path / str(attempt)}.db"] * 8, [start] * 8))


def test_writers_wait_for_each_other(database: Database) -> None:
    counter(database)

    def increment(_: int) -> None:
        with database.write() as connection:
            query = sa.text(
                "SELECT value FROM counter" + ("" if database.url.drivername == "sqlite" else " FOR UPDATE")
            )
            value = connection.execute(query).scalar_one()
            connection.execute(sa.text("UPDATE counter SET value = :value"), {"value": value + 1})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(80)))
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT value FROM counter").scalar_one() == 80


def test_block_that_fails_writes_nothing(database: Database) -> None:
    counter(database)

    def fail() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE counter SET value = 1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT value FROM counter").scalar_one() == 0


def test_insert_absent_tells_whether_it_did(database: Database) -> None:
    with database.write() as connection:
        assert insert_absent(connection, keys, ROW)
    with database.write() as connection:
        assert not insert_absent(connection, keys, {**ROW, "name": "another"})
        assert connection.execute(sa.select(keys.c.name)).scalar_one() == ROW["name"]


def test_locked_sqlite_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BUSY_S", 0)
    holder, database = (Database(f"sqlite:///{tmp_path / 'a.db'}") for _ in range(2))
    counter(holder)
    with holder.write(), pytest.raises(Unavailable) as refusal, database.write():
        pass
    assert refusal.value.headers["Retry-After"]
    with database.write():
        pass
    holder.close()
    database.close()


def test_full_disk_is_told_as_such(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    counter(database)

    def fill() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 2")
            connection.exec_driver_sql("CREATE TABLE filler (value BLOB)")
            connection.exec_driver_sql("INSERT INTO filler VALUES (randomblob(1000000))")

    with pytest.raises(StorageFull):
        fill()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT value FROM counter").scalar_one() == 0
    database.close()


def test_unreachable_server_is_unavailable_and_its_password_stays_out_of_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    database = Database("postgresql://app:hunter2@127.0.0.1:1/none")
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable) as refusal, database.read():
        pass
    assert "hunter2" not in caplog.text + str(refusal.value) + repr(database.url)


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="mysql"):
        Database("mysql://localhost/x")


def test_sqlite_enforces_foreign_keys_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "winnow.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        connection.exec_driver_sql("INSERT INTO events VALUES ('run_of_nobody', 1, 'state', '{}')")
    assert path.stat().st_mode & 0o777 == 0o600
    database.close()


@pytest.mark.parametrize(
    ("version", "sound"),
    [("3.40.1", False), ("3.44.5", False), ("3.44.6", True), ("3.45.0", False), ("3.50.7", True), ("3.51.2", False),
     ("3.51.3", True), ("3.53.4", True)],
)  # fmt: skip
def test_write_ahead_log_is_used_where_it_is_sound(version: str, *, sound: bool) -> None:
    assert wal_is_sound(SimpleNamespace(sqlite_version=version)) is sound


def test_unsound_sqlite_keeps_a_rollback_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "wal_is_sound", lambda _: False)
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    database.migrate()
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "delete"
    database.close()
