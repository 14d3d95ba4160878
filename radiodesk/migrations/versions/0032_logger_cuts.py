"""Stretches cut out of the lines' recordings round the clock"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "logger_cut",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(40), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("begins", Moment(), nullable=False),
        sa.Column("ends", Moment(), nullable=False),
        sa.Column("missing", sa.Float(), nullable=False),
        sa.Column("target", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_logger_cut_recording_id_recording")),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_logger_cut")),
    )
    op.create_index(op.f("ix_logger_cut_line_begins"), "logger_cut", ["line", "begins"])


def downgrade() -> None:
    op.drop_table("logger_cut")
