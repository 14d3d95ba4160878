"""The Opus file of a piece's public sound, beside its MP3; what was published before has none"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0042"
down_revision: str | None = "0041"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Added in place: a copy of the table would leave the triggers of its edition behind.
    op.add_column("published_piece", sa.Column("opus_key", sa.String(200), nullable=True))
    op.add_column("published_piece", sa.Column("opus_bytes", sa.Integer(), nullable=True))
    op.add_column("published_piece", sa.Column("opus_sha256", sa.String(64), nullable=True))


def downgrade() -> None:
    for column in ("opus_sha256", "opus_bytes", "opus_key"):
        op.execute(f"ALTER TABLE published_piece DROP COLUMN {column}")
