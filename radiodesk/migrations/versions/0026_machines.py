"""What each machine says of itself, and figures of the last days"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0026"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "host_report",
        sa.Column("host", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_report")),
    )
    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("host", sa.String(80), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    op.create_index(op.f("ix_measure_at"), "measure", ["at"])
    op.create_index(op.f("ix_measure_name_host_at"), "measure", ["name", "host", "at"])


def downgrade() -> None:
    op.drop_table("measure")
    op.drop_table("host_report")
