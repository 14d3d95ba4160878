"""What PostgreSQL has in place of SQLite's counter of commits and its full-text tables"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHANNEL = "radiodesk"
TABLES = {"event": "INSERT", "job": "INSERT OR UPDATE OF state"}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    # Once a transaction, however many rows it adds: equal notifications of one transaction are one.
    op.execute(
        "CREATE FUNCTION radiodesk_ring() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN NOTIFY {CHANNEL}; RETURN NULL; END $$"
    )
    for table, acts in TABLES.items():
        op.execute(
            f"CREATE TRIGGER {table}_rings AFTER {acts} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION radiodesk_ring()"
        )
    op.create_table(
        "record_fts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_fts")),
    )
    op.create_index(op.f("ix_record_fts_words"), "record_fts", ["words"], postgresql_using="gin")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.drop_table("record_fts")
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_rings ON {table}")
    op.execute("DROP FUNCTION radiodesk_ring()")
