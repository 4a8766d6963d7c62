"""What a run begins with of what earlier runs found."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """To this schema."""
    op.add_column("runs", sa.Column("warm_start", sa.JSON))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("runs", "warm_start")
