"""A job names its owner, and is the one counter of tries"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COUNTED = ("transcript", "incoming_media", "outgoing_message")


def upgrade() -> None:
    op.add_column("job", sa.Column("owner", sa.String(length=32), nullable=True))
    for table in COUNTED:
        op.drop_column(table, "attempts")


def downgrade() -> None:
    for table in COUNTED:
        op.add_column(table, sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.drop_column("job", "owner")
