"""The run that another one goes on from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """To this schema."""
    op.add_column("runs", sa.Column("extends", sa.Text))


def downgrade() -> None:
    """Back to the one before."""
    op.drop_column("runs", "extends")
