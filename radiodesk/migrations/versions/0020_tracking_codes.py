"""Number and PIN for who writes by the public form"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "tracking_code",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("pin_hash", sa.String(length=160), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_tracking_code_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_tracking_code")),
        sa.UniqueConstraint("number", name=op.f("uq_tracking_code_number")),
    )


def downgrade() -> None:
    op.drop_table("tracking_code")
