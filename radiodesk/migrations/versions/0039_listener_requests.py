"""What listeners ask about the public record: corrections, removals, reports of a problem"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import Private

revision: str = "0039"
down_revision: str | None = "0038"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "listener_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(36), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("pin_hash", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("second", sa.Float(), nullable=True),
        sa.Column("matter", sa.String(20), nullable=False),
        sa.Column("line_text", Private(), nullable=False),
        sa.Column("words", Private(), nullable=False),
        sa.Column("note", Private(), nullable=False),
        sa.Column("name", Private(), nullable=False),
        sa.Column("contact", Private(), nullable=False),
        sa.Column("phone_hash", sa.String(64), nullable=True),
        sa.Column("network_hash", sa.String(64), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("taken_by", sa.String(80), nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("transcript_id", sa.Integer(), nullable=True),
        sa.Column("publishes", sa.Boolean(), nullable=False),
        sa.Column("laid_out_at", Moment(), nullable=True),
        sa.Column("shown_from", sa.Integer(), nullable=True),
        sa.Column("forgotten_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcast.id"], name=op.f("fk_listener_request_broadcast_id_broadcast")
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcript.id"], name=op.f("fk_listener_request_transcript_id_transcript")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listener_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_listener_request_public_id")),
        sa.UniqueConstraint("number", name=op.f("uq_listener_request_number")),
    )
    for column in ("state", "broadcast_id", "phone_hash", "network_hash", "created_at", "decided_at"):
        op.create_index(op.f(f"ix_listener_request_{column}"), "listener_request", [column])


def downgrade() -> None:
    op.drop_table("listener_request")
