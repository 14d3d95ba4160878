"""Which broadcast a call belongs to stands with the broadcasts, so that calls know nothing of later rooms"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "filed_call",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_filed_call_broadcast_id_broadcast")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_filed_call_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_filed_call")),
    )
    op.create_index(op.f("ix_filed_call_broadcast_id"), "filed_call", ["broadcast_id"])
    op.execute(
        "INSERT INTO filed_call (call_id, broadcast_id) "
        "SELECT id, broadcast_id FROM call WHERE broadcast_id IS NOT NULL"
    )
    with op.batch_alter_table("call") as batch:
        batch.drop_index("ix_call_broadcast_id")
        batch.drop_constraint("fk_call_broadcast_id_broadcast", type_="foreignkey")
        batch.drop_column("broadcast_id")


def downgrade() -> None:
    with op.batch_alter_table("call") as batch:
        batch.add_column(sa.Column("broadcast_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("fk_call_broadcast_id_broadcast", "broadcast", ["broadcast_id"], ["id"])
        batch.create_index("ix_call_broadcast_id", ["broadcast_id"])
    op.execute(
        "UPDATE call SET broadcast_id = (SELECT broadcast_id FROM filed_call WHERE filed_call.call_id = call.id)"
    )
    op.drop_index(op.f("ix_filed_call_broadcast_id"), table_name="filed_call")
    op.drop_table("filed_call")
