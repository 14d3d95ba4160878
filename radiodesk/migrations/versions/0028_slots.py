"""Slots of programmes, the editions that are made for their days, cancelled ones; hard times in rundowns"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ADDED = (
    "slot_id",
    "planned_day",
    "by_hand",
    "moved_from",
    "units",
    "place",
    "walk_in",
    "cancelled_at",
    "cancelled_why",
)


def upgrade() -> None:
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(36), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("market_days", sa.JSON(), nullable=False),
        sa.Column("starts", sa.String(5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("place", sa.String(160), nullable=False),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_slot_programme_id_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_slot_public_id")),
    )
    op.create_index(op.f("ix_slot_programme_id"), "slot", ["programme_id"])
    op.add_column("rundown_item", sa.Column("hard_at", sa.String(5), nullable=False, server_default=""))
    with op.batch_alter_table("rundown_item") as table:
        table.alter_column("hard_at", server_default=None)
    op.add_column("programme", sa.Column("days_out", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("programme") as table:
        table.alter_column("days_out", server_default=None)
    with op.batch_alter_table("broadcast") as table:
        table.add_column(sa.Column("slot_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("planned_day", sa.Date(), nullable=True))
        # What was planned before there were slots was planned by a person.
        table.add_column(sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("moved_from", Moment(), nullable=True))
        table.add_column(sa.Column("units", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("place", sa.String(160), nullable=False, server_default=""))
        table.add_column(sa.Column("walk_in", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("cancelled_at", Moment(), nullable=True))
        table.add_column(sa.Column("cancelled_why", sa.String(200), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_broadcast_slot_id_slot"), "slot", ["slot_id"], ["id"])
        table.create_unique_constraint(op.f("uq_broadcast_slot_id_planned_day"), ["slot_id", "planned_day"])
    with op.batch_alter_table("broadcast") as table:
        for name in ("by_hand", "units", "place", "walk_in", "cancelled_why"):
            table.alter_column(name, server_default=None)


def downgrade() -> None:
    # The release before knows no cancelled edition: it shows it as planned, with the reason as its problem.
    broadcast = sa.table("broadcast", *(sa.column(name) for name in ("state", "problem", "cancelled_why")))
    cancelled = broadcast.c.state == "cancelled"
    op.execute(broadcast.update().where(cancelled).values(state="planned", problem=broadcast.c.cancelled_why))
    with op.batch_alter_table("broadcast") as table:
        table.drop_constraint(op.f("uq_broadcast_slot_id_planned_day"), type_="unique")
        table.drop_constraint(op.f("fk_broadcast_slot_id_slot"), type_="foreignkey")
        for name in ADDED:
            table.drop_column(name)
    op.drop_column("programme", "days_out")
    # Kinds that the release before does not know are "other" there.
    item = sa.table("rundown_item", sa.column("kind"))
    known = ("script", "calls", "talk", "music", "spot", "other")
    op.execute(item.update().where(item.c.kind.not_in(known)).values(kind="other"))
    op.drop_column("rundown_item", "hard_at")
    op.drop_index(op.f("ix_slot_programme_id"), table_name="slot")
    op.drop_table("slot")
