"""What a person typed into a form and has not sent"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("person_id", "place", name=op.f("uq_draft_person_id_place")),
    )
    op.create_index(op.f("ix_draft_kept_at"), "draft", ["kept_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_draft_kept_at"), "draft")
    op.drop_table("draft")
