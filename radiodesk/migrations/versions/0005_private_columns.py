"""What people said, and free text about them, lies encrypted

The audit trail is left as it is: its rows are append-only and chained, so what an older release wrote into their
details stays. Encrypted are the rows that people may still change or that are shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from alembic import op

from radiodesk.core.keys import KeyRing

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHUNK = 500


@dataclass(frozen=True)
class Column:
    """A column with the type that it had; ``json`` columns may hold a written null."""

    name: str
    before: str = "TEXT"
    json: bool = False


Change = Callable[[object, Column], str | bytes | None]


def _json(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "JSON", json=True) for name in names)


TABLES: dict[str, tuple[Column, ...]] = {
    "as_run": (Column("title", "VARCHAR(160)"),),
    "blocked_number": (Column("reason", "VARCHAR(300)"),),
    "call": (
        Column("place", "VARCHAR(120)"),
        Column("latitude", "FLOAT"),
        Column("longitude", "FLOAT"),
        Column("topic", "VARCHAR(120)"),
        Column("point", "VARCHAR(200)"),
        Column("message"),
        Column("notes"),
        Column("handed_to", "VARCHAR(40)"),
    ),
    "call_attachment": (Column("name", "VARCHAR(200)"),),
    "incoming_media": (Column("name", "VARCHAR(200)"), Column("problem")),
    "job": (Column("error"),),
    "listened_phrase": (Column("phrase", "VARCHAR(80)"),),
    "outgoing_message": (Column("problem"),),
    "publication_piece": (Column("title", "VARCHAR(160)"), Column("text"), *_json("tokens", "segments")),
    "recording": (Column("original_name", "VARCHAR(200)"), Column("problem")),
    "road_report": (Column("text"), *_json("content")),
    "rundown_item": (Column("title", "VARCHAR(160)"),),
    "script": (Column("title", "VARCHAR(160)"),),
    "script_version": (Column("text"), *_json("items", "left_out")),
    "situation_report": (Column("text"),),
    "talkback_message": (Column("text", "VARCHAR(300)"),),
    "ticket": (Column("text"), Column("summary"), Column("place", "VARCHAR(200)"), *_json("suggestion")),
    "ticket_entry": (Column("text"),),
    "transcript": (Column("text"), Column("problem"), *_json("words", "segments", "phrases")),
}


def upgrade() -> None:
    connection, keys = op.get_bind(), _keys()
    _before_rewriting(connection)
    _hash_phrases(connection, keys)
    for table, columns in TABLES.items():
        if connection.dialect.name == "postgresql":
            _retype(table, columns, "BYTEA", "convert_to({column}::text, 'UTF8')")

        def encrypted(raw: object, column: Column) -> bytes | None:
            text = _text(raw)
            return None if text is None or (column.json and text == "null") else keys.encrypt(text)

        _rewrite(connection, table, columns, encrypted)


def downgrade() -> None:
    connection, keys = op.get_bind(), _keys()

    def decrypted(raw: object, _column: Column) -> str | bytes | None:
        if raw is None:
            return None
        text = keys.decrypt(bytes(raw))  # type: ignore[call-overload]
        return text.encode() if connection.dialect.name == "postgresql" else text

    for table, columns in TABLES.items():
        _rewrite(connection, table, columns, decrypted)
        if connection.dialect.name == "postgresql":
            for column in columns:
                _retype(table, [column], column.before, "convert_from({column}, 'UTF8')::" + column.before)
    with op.batch_alter_table("listened_phrase") as batch:
        batch.drop_constraint("uq_listened_phrase_phrase_hash_source", type_="unique")
        batch.create_unique_constraint("uq_listened_phrase_phrase_source", ["phrase", "source"])
        batch.drop_column("phrase_hash")


def _keys() -> KeyRing:
    keys: KeyRing = op.get_bind().dialect.radiodesk_keys  # type: ignore[attr-defined]
    return keys


def _before_rewriting(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        # What stood in the clear must not stay behind in the free room of the file.
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def _hash_phrases(connection: sa.Connection, keys: KeyRing) -> None:
    """A phrase cannot be unique by itself any more; its keyed hash can."""
    op.add_column("listened_phrase", sa.Column("phrase_hash", sa.String(64), nullable=True))
    table = sa.table("listened_phrase", sa.column("id"), sa.column("phrase"), sa.column("phrase_hash"))
    for row in connection.execute(sa.select(table.c.id, table.c.phrase)).all():
        known = keys.lookup(row.phrase)
        connection.execute(table.update().where(table.c.id == row.id).values(phrase_hash=known))
    with op.batch_alter_table("listened_phrase") as batch:
        batch.alter_column("phrase_hash", existing_type=sa.String(64), nullable=False)
        batch.drop_constraint("uq_listened_phrase_phrase_source", type_="unique")
        batch.create_unique_constraint("uq_listened_phrase_phrase_hash_source", ["phrase_hash", "source"])


def _retype(table: str, columns: Sequence[Column], kind: str, using: str) -> None:
    # SQLite keeps whatever bytes it is given, under any declared type; rebuilding a table there, which others point
    # to, is what would be dangerous.
    for column in columns:
        told = using.format(column=f'"{column.name}"')
        op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column.name}" TYPE {kind} USING {told}')


def _text(raw: object) -> str | None:
    if raw is None:
        return None
    return bytes(raw).decode() if isinstance(raw, (bytes, memoryview)) else str(raw)


def _rewrite(connection: sa.Connection, name: str, columns: Sequence[Column], change: Change) -> None:
    """Put ``change(value, column)`` in the place of every value, some hundred rows at a time."""
    made = sa.table(name, sa.column("id"), *(sa.column(column.name) for column in columns))
    last = 0
    while rows := connection.execute(sa.select(made).where(made.c.id > last).order_by(made.c.id).limit(CHUNK)).all():
        for row in rows:
            values = {column.name: change(getattr(row, column.name), column) for column in columns}
            connection.execute(made.update().where(made.c.id == row.id).values(values))
        last = rows[-1].id
