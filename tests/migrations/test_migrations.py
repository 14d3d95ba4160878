"""Migrations: the newest revision is what the models say, and every step can be taken up and down."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from radiodesk.core.crypto import load_keys
from radiodesk.core.db import Base, Database, open_database
from radiodesk.migrations import config, current, downgrade, head, upgrade


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
