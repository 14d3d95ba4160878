"""How prompters are driven"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.private_columns import Private

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "prompter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("rolling", sa.Boolean(), nullable=False),
        sa.Column("pace", sa.Integer(), nullable=False),
        sa.Column("jumps", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(60), nullable=False),
        sa.Column("cues", sa.Integer(), nullable=False),
        sa.Column("cue", Private(), nullable=False),
        sa.Column("place", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompter")),
        sa.UniqueConstraint("subject", name=op.f("uq_prompter_subject")),
    )


def downgrade() -> None:
    op.drop_table("prompter")
