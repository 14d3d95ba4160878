"""A recording keeps a remark: what is odd about sound that can be heard"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.private_columns import Private

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("recording", sa.Column("remark", Private(), nullable=True))


def downgrade() -> None:
    op.drop_column("recording", "remark")
