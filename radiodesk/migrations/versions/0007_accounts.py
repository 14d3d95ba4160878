"""The database knows its keys; a second factor with recovery codes; complaint numbers that count nothing"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import Private

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ticket = sa.table("ticket", sa.column("id"), sa.column("year"), sa.column("sequence"), sa.column("number"))
_counter = sa.table("ticket_counter", sa.column("year"), sa.column("last"))


def upgrade() -> None:
    op.create_table(
        "key_check",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_key_check")),
    )
    # Each column is changed in place: a table that others refer to cannot be made anew in a transaction.
    op.add_column("person", sa.Column("totp_pending", Private(), nullable=True))
    op.add_column("person", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_person_id"), ["person_id"], unique=False)
    op.drop_column("ticket", "sequence")
    op.drop_column("ticket", "year")
    op.drop_table("ticket_counter")


def downgrade() -> None:
    op.create_table(
        "ticket_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_ticket_counter")),
    )
    op.add_column("ticket", sa.Column("year", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("ticket", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
    _count_again()
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_person_id"))
    op.drop_table("recovery_code")
    op.drop_column("person", "totp_step")
    op.drop_column("person", "totp_pending")
    op.drop_table("key_check")


def _count_again() -> None:
    """A release that counts must go on after the highest number that it could have given itself."""
    connection, last = op.get_bind(), dict[int, int]()
    rows = connection.execute(sa.select(_ticket.c.id, _ticket.c.number).order_by(_ticket.c.id)).all()
    for number_id, number in rows:
        year, body, _check = number.split("-")
        counted = int(body) if len(body) == 4 else 0
        last[2000 + int(year)] = max(last.get(2000 + int(year), 0), counted)
        values = {"year": 2000 + int(year), "sequence": int(body)}
        connection.execute(sa.update(_ticket).where(_ticket.c.id == number_id).values(values))
    for year_counted, highest in last.items():
        connection.execute(sa.insert(_counter).values(year=year_counted, last=highest))
