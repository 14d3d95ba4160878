"""Comments on scripts, and who is changing one"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import Private

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "script_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(36), nullable=False),
        sa.Column("script_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("text", Private(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(["script_id"], ["script.id"], name=op.f("fk_script_comment_script_id_script")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_comment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_script_comment_public_id")),
    )
    op.create_index(op.f("ix_script_comment_script_id"), "script_comment", ["script_id"])
    op.create_table(
        "script_lock",
        sa.Column("script_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("typed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["script_id"], ["script.id"], name=op.f("fk_script_lock_script_id_script")),
        sa.PrimaryKeyConstraint("script_id", name=op.f("pk_script_lock")),
    )


def downgrade() -> None:
    op.drop_table("script_lock")
    op.drop_table("script_comment")
