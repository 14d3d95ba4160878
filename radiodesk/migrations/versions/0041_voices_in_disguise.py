"""Callers whose voice is another one in public copies, and of whom a copy was written so"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0041"
down_revision: str | None = "0040"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

call = sa.table("call", sa.column("protected", sa.String()), sa.column("disguise_voice", sa.Boolean()))


def upgrade() -> None:
    op.add_column("call", sa.Column("disguise_voice", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("call") as table:
        table.alter_column("disguise_voice", server_default=None)
    # As if they were marked now: whoever is not protected any more one day is still not heard with the own voice.
    op.execute(sa.update(call).where(call.c.protected.is_not(None)).values(disguise_voice=True))
    op.add_column("publication", sa.Column("disguised_calls", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("publication") as table:
        table.alter_column("disguised_calls", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("publication") as table:
        table.drop_column("disguised_calls")
    with op.batch_alter_table("call") as table:
        table.drop_column("disguise_voice")
