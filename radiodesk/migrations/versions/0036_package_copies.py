"""Copies of sealed packages in other stores, and how each was when it was looked at last"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "package_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("store", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("copied_at", Moment(), nullable=True),
        sa.Column("verified_at", Moment(), nullable=True),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("away_since", Moment(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_package_copy_package_id_package")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_copy")),
        sa.UniqueConstraint("package_id", "store", name=op.f("uq_package_copy_package_id_store")),
    )
    op.create_index(op.f("ix_package_copy_package_id"), "package_copy", ["package_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_package_copy_package_id"), table_name="package_copy")
    op.drop_table("package_copy")
