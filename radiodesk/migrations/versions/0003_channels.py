"""What the channels tell of a message: when it was written, the sender's own address there, what could not be read"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import Private

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("call", sa.Column("written_at", Moment(), nullable=True))
    op.add_column("call", sa.Column("address", Private(), nullable=True))
    op.add_column("call", sa.Column("address_hash", sa.String(length=64), nullable=True))
    op.create_index("ix_call_address_hash", "call", ["address_hash"])
    op.add_column("channel_message", sa.Column("written_at", Moment(), nullable=True))
    op.add_column("channel_message", sa.Column("raw", Private(), nullable=True))


def downgrade() -> None:
    # No batch: it would make the table anew, and rows of other tables refer to the old one.
    op.drop_column("channel_message", "raw")
    op.drop_column("channel_message", "written_at")
    op.drop_index("ix_call_address_hash", "call")
    op.drop_column("call", "address_hash")
    op.drop_column("call", "address")
    op.drop_column("call", "written_at")
