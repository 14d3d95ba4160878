"""Wrong PINs count by wider networks too; no stranger's words, and nobody who wrote, in the clear of a road report

One owner may hold very many of the narrow networks of IPv6. Where no place was read, the first words of a report stood
as its spot and as the place of its condition, and who wrote a pasted post stood as its source.
"""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.keys import KeyMissing, KeyRing

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHUNK = 500
OWN = ("petugas", "pendengar")


def upgrade() -> None:
    # Attempts count for a day only, so those that are there need no wider network.
    with op.batch_alter_table("tracking_attempt") as table:
        table.add_column(sa.Column("site_hash", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("carrier_hash", sa.String(length=64), nullable=True))
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        # What stood in the clear must not stay behind in the free room of the file.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    keys: KeyRing = connection.dialect.radiodesk_keys  # type: ignore[attr-defined]
    known = {*OWN, *connection.scalars(sa.text("SELECT name FROM traffic_source"))}
    unplaced = _reports(connection, keys, known)
    _conditions(connection, known, unplaced)


def downgrade() -> None:
    # The content of each report holds what was taken out of the clear; the release before reads on without it.
    with op.batch_alter_table("tracking_attempt") as table:
        table.drop_column("carrier_hash")
        table.drop_column("site_hash")


def _reports(connection: sa.Connection, keys: KeyRing, known: set[str]) -> set[int]:
    """Hash spots that are words, and name those who wrote by what they are; returns conditions without a place."""
    table = sa.table("road_report", *map(sa.column, ("id", "spot", "source", "content", "condition_id")))
    placed: dict[int, bool] = {}
    last = 0
    while rows := connection.execute(sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(CHUNK)).all():
        for row in rows:
            spot = row.spot if any(sign in row.spot for sign in ".:") else keys.lookup(f"spot {row.spot}")
            source = row.source if row.source in known else OWN[0]
            connection.execute(table.update().where(table.c.id == row.id).values(spot=spot, source=source))
            if row.condition_id is not None:
                placed[row.condition_id] = placed.get(row.condition_id, False) or _has_place(keys, row.content)
        last = rows[-1].id
    return {condition for condition, has_place in placed.items() if not has_place}


def _has_place(keys: KeyRing, content: bytes | None) -> bool:
    try:
        return content is not None and bool(json.loads(keys.decrypt(bytes(content))).get("place"))
    except (KeyMissing, ValueError):
        return False


def _conditions(connection: sa.Connection, known: set[str], unplaced: set[int]) -> None:
    table = sa.table("road_condition", sa.column("id"), sa.column("place"), sa.column("sources", sa.JSON()))
    last = 0
    while rows := connection.execute(sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(CHUNK)).all():
        for row in rows:
            sources = list(dict.fromkeys(one if one in known else OWN[0] for one in row.sources or []))
            place = "" if row.id in unplaced else row.place
            connection.execute(table.update().where(table.c.id == row.id).values(place=place, sources=sources))
        last = rows[-1].id
