"""Wrong PINs are counted by wider networks too, since one owner may hold very many of the narrow ones"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Attempts count for a day only, so those that are there need no wider network.
    with op.batch_alter_table("tracking_attempt") as table:
        table.add_column(sa.Column("site_hash", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("carrier_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("tracking_attempt") as table:
        table.drop_column("carrier_hash")
        table.drop_column("site_hash")
