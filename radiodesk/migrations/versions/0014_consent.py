"""A caller's refusal and what went out without consent; letter keys of a person; a PIN that waits to be told"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import Private

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("call", sa.Column("refused_at", Moment(), nullable=True))
    op.add_column("call", sa.Column("refused_by", sa.String(length=80), nullable=True))
    op.add_column("call", sa.Column("overruled_at", Moment(), nullable=True))
    op.add_column("call", sa.Column("overruled_by", sa.String(length=80), nullable=True))
    op.add_column("call", sa.Column("overruled_why", Private(), nullable=True))
    op.add_column("call", sa.Column("aired_without_consent", sa.Boolean(), nullable=False, server_default=sa.false()))
    call = sa.table(
        "call", sa.column("on_air_at"), sa.column("consent_at"), sa.column("aired_without_consent", sa.Boolean())
    )
    unasked = call.c.on_air_at.is_not(None) & call.c.consent_at.is_(None)
    op.execute(call.update().where(unasked).values(aired_without_consent=True))
    op.add_column("person", sa.Column("letter_keys", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("ticket", sa.Column("pin_waits_until", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("ticket", "pin_waits_until")
    op.drop_column("person", "letter_keys")
    for name in (
        "aired_without_consent",
        "overruled_why",
        "overruled_by",
        "overruled_at",
        "refused_by",
        "refused_at",
    ):
        op.drop_column("call", name)
