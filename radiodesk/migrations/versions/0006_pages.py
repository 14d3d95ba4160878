"""Indexes for lists that have pages: the public record"""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEXES: dict[str, tuple[list[str], ...]] = {
    "published_broadcast": (["changed_at", "revision", "withdrawn_at"], ["withdrawn_at", "started_at"]),
}


def upgrade() -> None:
    for table, several in INDEXES.items():
        for columns in several:
            op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def downgrade() -> None:
    for table, several in INDEXES.items():
        for columns in several:
            op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table_name=table)
