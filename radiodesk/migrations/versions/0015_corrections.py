"""What people put right: reports in place of others, words that were learned, numbers of a Lapsit"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import Private, PrivateJson

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("road_condition") as batch:
        batch.add_column(sa.Column("whom", sa.String(80), nullable=True))
        batch.add_column(sa.Column("extent", sa.String(80), nullable=True))
        batch.add_column(sa.Column("corrected_at", Moment(), nullable=True))
    with op.batch_alter_table("road_report") as batch:
        batch.add_column(sa.Column("replaced_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_road_report_replaced_by_id_road_report"), "road_report", ["replaced_by_id"], ["id"]
        )
    with op.batch_alter_table("situation_report") as batch:
        batch.add_column(sa.Column("corrections", PrivateJson(), nullable=True))
    op.create_table(
        "learned_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(36), nullable=False),
        sa.Column("words", sa.String(120), nullable=False),
        sa.Column("sense", sa.String(10), nullable=False),
        sa.Column("meaning", sa.String(200), nullable=False),
        sa.Column("example", Private(), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_word")),
        sa.UniqueConstraint("public_id", name=op.f("uq_learned_word_public_id")),
        sa.UniqueConstraint("words", "sense", name=op.f("uq_learned_word_words_sense")),
    )


def downgrade() -> None:
    op.drop_table("learned_word")
    with op.batch_alter_table("situation_report") as batch:
        batch.drop_column("corrections")
    with op.batch_alter_table("road_report") as batch:
        batch.drop_constraint(op.f("fk_road_report_replaced_by_id_road_report"), type_="foreignkey")
        batch.drop_column("replaced_by_id")
    with op.batch_alter_table("road_condition") as batch:
        batch.drop_column("corrected_at")
        batch.drop_column("extent")
        batch.drop_column("whom")
