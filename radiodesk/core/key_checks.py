"""The database stores, for each key number, a check value by which the right key is recognised.

Without it, a start with a new key file over an old database would succeed, and later data would be encrypted with keys
that are in no backup. Every process and command asks here before it opens the station, and no key is ever made where
there is a database already.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    String,
    func,
    insert,
    inspect,
    select,
    type_coerce,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from radiodesk.core.database import Base, Database
from radiodesk.core.database_kinds import kind_of
from radiodesk.core.keys import KeyMissing, KeyRing, load_keys, read_keys
from radiodesk.core.private_columns import Private
from radiodesk.core.unavailable import unavailable

log = logging.getLogger(__name__)

TRIED = 20
"""Rows of a column that are tried: one that opens proves the key, and a few may be damaged."""


class KeyCheck(Base):
    """A key that this database was written with; number 0 is the key of look-ups."""

    __tablename__ = "key_check"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(String(64))


def station_keys(url: str, path: Path) -> KeyRing:
    """The keys of the station at ``url``: read where there is a database, made where there is none yet.

    Raises ``KeyMissing`` when the file is gone, or is of another database. A database that cannot be asked at the
    moment does not hold up those who need only the keys.
    """
    # The database first: who makes a station makes its keys before its tables.
    try:
        if not is_filled(url):
            return load_keys(path)
        keys = read_keys(path)
        with _looking(url) as connection:
            compare(connection, keys)
    except SQLAlchemyError as error:
        if not path.exists():
            raise
        log.warning("The database could not be asked for its keys: %s", unavailable(error) or type(error).__name__)
        return read_keys(path)
    return keys


def is_filled(url: str) -> bool:
    """Whether a station was set up in this database; nothing is made by asking."""
    if not kind_of(url).is_there(url):
        return False
    with _looking(url) as connection:
        return inspect(connection).has_table("alembic_version")


@contextmanager
def _looking(url: str) -> Iterator[Connection]:
    """A connection to a database before anything else is known of it."""
    kind = kind_of(url)
    engine = kind.engine(url)
    try:
        with engine.connect().execution_options(**kind.reading) as connection:
            yield connection
    finally:
        engine.dispose()


def compare(connection: Connection, keys: KeyRing) -> None:
    """Raise ``KeyMissing`` unless the keys are those that the database was written with."""
    values, known = keys.check_values(), _known(connection)
    for number, value in known.items():
        if number not in values:
            raise KeyMissing(
                "The key file lacks key %(number)s of this database. Restore the newest keys.json.", number=number
            )
        if values[number] != value:
            raise KeyMissing("The key file does not belong to this database. Restore the keys.json it was made with.")
    if not known:
        _try_rows(connection, keys)


def adopt(connection: Connection, keys: KeyRing) -> None:
    """Note the keys that the database does not know yet: those of a new station, and one that was added."""
    if not inspect(connection).has_table(KeyCheck.__tablename__):
        return
    known = _known(connection)
    for number, value in keys.check_values().items():
        if number not in known:
            connection.execute(insert(KeyCheck).values(number=number, value=value))


def settle(database: Database) -> None:
    """Compare, and note what is new; what every process and command does first. Raises ``KeyMissing``."""
    with database.looking() as connection:
        compare(connection, database.keys)
        noted = database.keys.check_values().keys() <= _known(connection).keys()
    if not noted:
        try:
            with database.engine.begin() as connection:
                adopt(connection, database.keys)
        except IntegrityError:
            # Another process noted them in the same moment; whose they are is what the second look says.
            settle(database)


def _known(connection: Connection) -> dict[int, str]:
    if not inspect(connection).has_table(KeyCheck.__tablename__):
        return {}
    return {row.number: row.value for row in connection.execute(select(KeyCheck.number, KeyCheck.value))}


def _try_rows(connection: Connection, keys: KeyRing) -> None:
    """A database that does not know its keys yet: its own rows say whose they are."""
    there = inspect(connection)
    for table in Base.metadata.sorted_tables:
        columns = there.get_columns(table.name) if there.has_table(table.name) else []
        # An earlier release kept in clear text what is private now: that proves nothing.
        present = {one["name"] for one in columns if isinstance(one["type"], LargeBinary)}
        for column in table.columns:
            if isinstance(column.type, Private) and column.name in present:
                _try_column(connection, keys, column)


def _try_column(connection: Connection, keys: KeyRing, column: Column[str]) -> None:
    sealed = type_coerce(column, LargeBinary)
    number = func.substr(sealed, 2, 1)
    for used in connection.scalars(select(number).where(column.is_not(None)).distinct()).all():
        rows = connection.scalars(select(sealed).where(number == used).limit(TRIED)).all()
        if not any(_opens(keys, row) for row in rows):
            raise KeyMissing("The key file does not belong to this database. Restore the keys.json it was made with.")


def _opens(keys: KeyRing, sealed: bytes) -> bool:
    try:
        keys.decrypt_bytes(sealed)
    except KeyMissing:
        return False
    return True
