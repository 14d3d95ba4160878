"""Legal holds; deletions by two persons and their tombstones; when a package, its closed part or the file of a
recording was deleted"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import Private

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("package") as table:
        table.add_column(sa.Column("closed_deleted_at", Moment(), nullable=True))
        table.add_column(sa.Column("deleted_at", Moment(), nullable=True))
    with op.batch_alter_table("recording") as table:
        table.add_column(sa.Column("removed_at", Moment(), nullable=True))
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("reason", Private(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.Column("lifted_by", sa.String(80), nullable=True),
        sa.Column("lifted_why", Private(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        sa.UniqueConstraint("public_id", name=op.f("uq_legal_hold_public_id")),
    )
    op.create_index(op.f("ix_legal_hold_kind_subject"), "legal_hold", ["kind", "subject"])
    op.create_table(
        "deletion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(36), nullable=False),
        sa.Column("matter", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(36), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("began", Moment(), nullable=False),
        sa.Column("due_since", Moment(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.String(80), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("decided_by", sa.String(80), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("refused_why", Private(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("problem", Private(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion")),
        sa.UniqueConstraint("public_id", name=op.f("uq_deletion_public_id")),
    )
    op.create_index(op.f("ix_deletion_matter_subject"), "deletion", ["matter", "subject"])
    op.create_index(op.f("ix_deletion_state"), "deletion", ["state"])
    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(36), nullable=False),
        sa.Column("phone", Private(), nullable=False),
        sa.Column("reason", Private(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_request_public_id")),
    )


def downgrade() -> None:
    op.drop_table("data_request")
    op.drop_index(op.f("ix_deletion_state"), table_name="deletion")
    op.drop_index(op.f("ix_deletion_matter_subject"), table_name="deletion")
    op.drop_table("deletion")
    op.drop_index(op.f("ix_legal_hold_kind_subject"), table_name="legal_hold")
    op.drop_table("legal_hold")
    with op.batch_alter_table("recording") as table:
        table.drop_column("removed_at")
    with op.batch_alter_table("package") as table:
        table.drop_column("deleted_at")
        table.drop_column("closed_deleted_at")
