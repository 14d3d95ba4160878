"""Migrations: the newest revision is what the models say, and every step can be taken up and down."""

from datetime import UTC, datetime
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select

from radiodesk.calls.channels.models import ChannelMessage
from radiodesk.calls.models import Call, Channel
from radiodesk.calls.receiving import receive
from radiodesk.core.crypto import load_keys
from radiodesk.core.db import Base, Database, open_database
from radiodesk.migrations import config, current, downgrade, head, upgrade

AT = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


def fresh(tmp_path: Path) -> Database:
    return open_database(f"sqlite:///{tmp_path / 'm.sqlite'}", load_keys(tmp_path / "keys.json"))


def test_the_newest_revision_is_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, Base.metadata)
    assert [one for one in differences if "_fts" not in repr(one)] == []


def test_every_migration_goes_up_and_down(tmp_path: Path) -> None:
    database = fresh(tmp_path)
    revisions = [one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()][::-1]
    for revision in revisions:
        upgrade(database, revision)
        assert current(database) == revision
    assert current(database) == head()
    downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    upgrade(database)
    assert "call" in inspect(database.engine).get_table_names()
    database.engine.dispose()


def test_calls_that_are_there_keep_their_words_when_channels_tell_more(tmp_path: Path) -> None:
    database = fresh(tmp_path)
    upgrade(database, "0003")
    with database.writing() as tx:
        call = receive(tx, Channel.WHATSAPP, address="ID.abc", message="Macet", at=AT)
        tx.flush()
        tx.add(ChannelMessage(channel=call.channel, external_id="a", call_id=call.id, received_at=AT, text="Macet"))
    downgrade(database, "0001")
    assert "address" not in {column["name"] for column in inspect(database.engine).get_columns("call")}
    upgrade(database, "0003")
    with database.reading() as session:
        (kept,) = session.scalars(select(Call))
        (message,) = session.scalars(select(ChannelMessage))
        assert (kept.message, kept.address, kept.told_at, message.text) == ("Macet", None, AT, "Macet")
    database.engine.dispose()
