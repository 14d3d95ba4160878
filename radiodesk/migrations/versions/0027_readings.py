"""How scripts were read, compared with what was approved; where a reader is now"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("as_run_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("transcript", sa.String(36), nullable=False),
        sa.Column("script", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(80), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("offset", sa.Float(), nullable=False),
        sa.Column("recording_offset", sa.Float(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("parts", sa.LargeBinary(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_reading_broadcast_id_broadcast")),
        sa.ForeignKeyConstraint(["as_run_id"], ["as_run.id"], name=op.f("fk_reading_as_run_id_as_run")),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_reading_recording_id_recording")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("as_run_id", name=op.f("uq_reading_as_run_id")),
    )
    op.create_index(op.f("ix_reading_broadcast_id"), "reading", ["broadcast_id"])
    op.create_table(
        "reader_position",
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("as_run_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("said_at", Moment(), nullable=True),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcast.id"], name=op.f("fk_reader_position_broadcast_id_broadcast")
        ),
        sa.ForeignKeyConstraint(["as_run_id"], ["as_run.id"], name=op.f("fk_reader_position_as_run_id_as_run")),
        sa.PrimaryKeyConstraint("broadcast_id", name=op.f("pk_reader_position")),
    )


def downgrade() -> None:
    op.drop_table("reader_position")
    op.drop_table("reading")
