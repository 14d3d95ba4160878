"""The database's schema: Alembic upgrades it to this release; a database of a later release is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import Connection, inspect, text

from radiodesk.core import key_checks
from radiodesk.core.database import Database, open_database
from radiodesk.core.errors import Refusal
from radiodesk.core.keys import read_keys
from radiodesk.core.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config


class LaterRelease(Refusal):
    """This release cannot read the station's database."""

    exit_code = 3


class NotSetUp(Refusal):
    """A command needs the station's database, and there is none."""

    exit_code = 3


class NotWhole(Refusal):
    """A restore into the data folder was broken off."""

    exit_code = 3


PATIENCE = 600.0
"""Seconds that a process waits for another one that migrates."""
FOLDER = Path(__file__).resolve().parents[1] / "migrations"


def config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration; ``connection`` is the one to work on."""
    # Imported when something is to be changed: every process looks at the revision, and few ever change it.
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["connection"] = connection
    return made


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring a database to a revision; a new one gets every table. Raises ``KeyMissing`` for keys of another one."""
    from alembic import command

    with _migrating(database) as connection:
        # First, as a migration may encrypt what lay open; and at the end, when there is a place to note the keys in.
        key_checks.compare(connection, database.keys)
        command.upgrade(config(connection), revision)
        key_checks.adopt(connection, database.keys)


def downgrade(database: Database, revision: str) -> None:
    """Take a database back to a revision (``base`` for an empty one)."""
    from alembic import command

    with _migrating(database) as connection:
        command.downgrade(config(connection), revision)


@contextmanager
def _migrating(database: Database) -> Iterator[Connection]:
    """One transaction, which begins when nobody else writes or migrates."""
    with (
        database.engine.connect().execution_options(radiodesk_patience=PATIENCE) as connection,
        database.kind.migrating(connection),
    ):
        yield connection


def current(database: Database) -> str | None:
    """The revision a database is at, ``None`` before the first."""
    with database.looking() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        at: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return at


def revisions() -> list[str]:
    """All revisions of this release, oldest first: the numbers that their files begin with."""
    return sorted(path.name.split("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py"))


def require_whole(settings: Settings) -> None:
    """Raise ``NotWhole`` while a restore into the data folder is not done."""
    if settings.restoring.exists():
        raise NotWhole(
            "A restore into %(folder)s was broken off, so the station is not whole. Run the same “radiodesk restore” "
            "again.",
            folder=settings.data,
        )


def require_known(database: Database) -> None:
    """Refuse a database that a later release has changed; raises ``LaterRelease``."""
    at = current(database)
    if at is not None and at not in revisions():
        raise LaterRelease(
            "The database was changed by a later release of radiodesk (revision %(revision)s). "
            "Start that release, or restore a backup from before.",
            revision=at,
        )


def head() -> str:
    """The newest revision of this release."""
    return revisions()[-1]


def let_go_of(database: Database) -> Database:
    """The database, whose connections are closed when the command that runs ends; elsewhere its owner closes them."""
    context = click.get_current_context(silent=True)
    if context is not None:
        context.call_on_close(database.engine.dispose)
    return database


def station_database(settings: Settings) -> Database:
    """The station's database as a command needs it.

    Raises ``NotSetUp`` where there is none yet, ``KeyMissing`` without its keys, ``LaterRelease``, ``NotWhole``.
    """
    require_whole(settings)
    if not key_checks.is_filled(settings.database):
        raise NotSetUp(
            "There is no station in %(folder)s yet. “radiodesk migrate” makes one, and “radiodesk desk” starts it.",
            folder=settings.data,
        )
    opened = let_go_of(open_database(settings.database, read_keys(settings.keys)))
    try:
        require_known(opened)
        key_checks.settle(opened)
    except Exception:
        opened.engine.dispose()
        raise
    return opened
