"""One-time links with which somebody who is there already chooses a new password"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_invitation_person_id_person"), "person", ["person_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_invitation_person_id"), ["person_id"])


def downgrade() -> None:
    # A link that sets somebody's password must not become one that makes a new account.
    op.execute("DELETE FROM invitation WHERE person_id IS NOT NULL")
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_person_id"))
        batch_op.drop_constraint(batch_op.f("fk_invitation_person_id_person"), type_="foreignkey")
        batch_op.drop_column("person_id")
