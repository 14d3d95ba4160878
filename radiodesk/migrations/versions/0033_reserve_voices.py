"""Voices in reserve, jingles and spots, and what of them stands in a rundown"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import Private

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reserve_voice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        sa.Column("voice", sa.String(40), nullable=False),
        sa.Column("lufs", sa.Float(), nullable=True),
        sa.Column("true_peak", sa.Float(), nullable=False),
        sa.Column("agreement", sa.Integer(), nullable=True),
        sa.Column("heard", Private(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("by_ear", sa.Boolean(), nullable=False),
        sa.Column("checked_at", Moment(), nullable=True),
        sa.Column("checked_by", sa.String(40), nullable=True),
        sa.Column("checked_name", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["script_version.id"], name=op.f("fk_reserve_voice_version_id_script_version")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_reserve_voice_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reserve_voice")),
        sa.UniqueConstraint("version_id", name=op.f("uq_reserve_voice_version_id")),
    )
    op.create_table(
        "station_sound",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(36), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("ready_sha256", sa.String(64), nullable=False),
        sa.Column("target", sa.Float(), nullable=True),
        sa.Column("lufs", sa.Float(), nullable=True),
        sa.Column("true_peak", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("added_by", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_station_sound_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_sound")),
        sa.UniqueConstraint("public_id", name=op.f("uq_station_sound_public_id")),
    )
    with op.batch_alter_table("rundown_item") as table:
        table.add_column(sa.Column("sound_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("reserve_since", Moment(), nullable=True))
        table.create_foreign_key(op.f("fk_rundown_item_sound_id_station_sound"), "station_sound", ["sound_id"], ["id"])


def downgrade() -> None:
    # The release before knows no entries about sounds: there they are marks.
    as_run = sa.table("as_run", sa.column("kind"))
    op.execute(as_run.update().where(as_run.c.kind.in_(("sound", "sound_end"))).values(kind="mark"))
    with op.batch_alter_table("rundown_item") as table:
        table.drop_constraint(op.f("fk_rundown_item_sound_id_station_sound"), type_="foreignkey")
        table.drop_column("reserve_since")
        table.drop_column("sound_id")
    op.drop_table("station_sound")
    op.drop_table("reserve_voice")
