"""Reports of closed quarters and years, and what they count: calls taken, and promises to complainants"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0038"
down_revision: str | None = "0037"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "closed_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_report")),
        sa.UniqueConstraint("period", name=op.f("uq_closed_report_period")),
    )
    # Added in place: a copy of the table would leave the triggers of its edition behind.
    op.add_column("published_broadcast", sa.Column("calls_taken", sa.Integer(), nullable=True))
    op.add_column("published_ticket", sa.Column("promises", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.execute("ALTER TABLE published_ticket DROP COLUMN promises")
    op.execute("ALTER TABLE published_broadcast DROP COLUMN calls_taken")
    op.drop_table("closed_report")
