"""Migrations: the newest revision is what the models say, and every step can be taken up and down."""

from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from radiodesk.core.database import Base, Database
from radiodesk.core.schema import config, current, downgrade, head, upgrade
from radiodesk.core.schema import revisions as known_revisions
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.calls.reception import receive
from radiodesk.rooms.messages.models import ChannelMessage

AT = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


def test_the_newest_revision_is_what_the_models_say(database: Database, database_kind: str) -> None:
    # SQLite's types say how a value is shown, not what is kept; PostgreSQL holds the same migrations to their word.
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": database_kind == "postgresql"})
        differences = compare_metadata(context, Base.metadata)
    assert [one for one in differences if "_fts" not in repr(one)] == []


def test_every_migration_goes_up_and_down(empty: Database) -> None:
    database = empty
    revisions = [one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()][::-1]
    for revision in revisions:
        upgrade(database, revision)
        assert current(database) == revision
    # The files' names say so too, by which a process knows it without Alembic.
    assert revisions == known_revisions()
    assert current(database) == head()
    downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    upgrade(database)
    assert "call" in inspect(database.engine).get_table_names()


def test_recordings_outlive_the_remark_that_they_got(empty: Database) -> None:
    database = empty
    upgrade(database, "0001")
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO recording (public_id, direction, key, original_name, sha256, bytes, duration, sample_rate,"
                " channels, codec, created_at) VALUES ('r-1', 'message', 'a/b.wav', 'pesan.wav', 'x', 9, 1.5, 8000, 1,"
                " 'pcm_s16le', '2026-11-24 11:00:00')"
            )
        )
    upgrade(database, "0004")
    with database.engine.begin() as connection:
        assert connection.execute(text("SELECT original_name, remark FROM recording")).all() == [("pesan.wav", None)]
        connection.execute(text("UPDATE recording SET remark = :remark"), {"remark": b"\1"})
    downgrade(database, "0001")
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT original_name, duration FROM recording")).all() == [("pesan.wav", 1.5)]
    upgrade(database)


def test_calls_that_are_there_keep_their_words_when_channels_tell_more(empty: Database) -> None:
    database = empty
    upgrade(database)
    with database.writing() as tx:
        call = receive(tx, Channel.WHATSAPP, address="ID.abc", message="Macet", at=AT)
        tx.flush()
        tx.add(ChannelMessage(channel=call.channel, external_id="a", call_id=call.id, received_at=AT, text="Macet"))
    downgrade(database, "0001")
    assert "address" not in {column["name"] for column in inspect(database.engine).get_columns("call")}
    upgrade(database)
    with database.reading() as session:
        (kept,) = session.scalars(select(Call))
        (message,) = session.scalars(select(ChannelMessage))
        assert (kept.message, kept.address, kept.told_at, message.text) == ("Macet", None, AT, "Macet")
