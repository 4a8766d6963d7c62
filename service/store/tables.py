"""The tables, alike on SQLite and PostgreSQL. A change here needs a migration; a test compares the two."""

from datetime import UTC, datetime

import sqlalchemy as sa

metadata = sa.MetaData()


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware time, kept as seconds since 1970 UTC: it sorts and compares the same in every database."""

    impl = sa.Double
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> float | None:  # noqa: ARG002 - the base's signature
        """From Python to the database."""
        return None if value is None else value.timestamp()

    def process_result_value(self, value: float | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 - the base's signature
        """From the database to Python."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("mac", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("dataset", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("request", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("phase", sa.Text),
    sa.Column("task", sa.Text),
    sa.Column("metric", sa.Text),
    sa.Column("started_at", Moment),
    sa.Column("finished_at", Moment),
    sa.Column("elapsed_s", sa.Double, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("trials", sa.Integer, nullable=False),
    sa.Column("best_trial", sa.Integer),
    sa.Column("best_score", sa.Double),
    sa.Column("model_version", sa.Text),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("warm_start", sa.JSON(none_as_null=True)),
    sa.Column("extends", sa.Text),
    # From when on anyone may claim the run: its creation while it waits, its lease's end while someone has it.
    sa.Column("ready_at", Moment, nullable=False),
    sa.Column("worker", sa.Text),
    sa.Index("runs_by_readiness", "state", "ready_at"),
    sa.Index("runs_by_project", "project", "id"),
    sa.Index("runs_by_dataset", "project", "dataset"),
)

trials = sa.Table(
    "trials",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("score", sa.Double),
    sa.Column("document", sa.JSON, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("idem_key", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("started_at", Moment, nullable=False, index=True),
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.JSON(none_as_null=True)),
    sa.Column("body", sa.LargeBinary),
)
