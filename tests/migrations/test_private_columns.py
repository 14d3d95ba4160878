"""Private columns: a database of the release before is encrypted where it lies, and can be taken back."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import String, func, select, text
from sqlalchemy.orm import Session

from radiodesk.core.database import Base, Database
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.core.schema import downgrade, upgrade
from radiodesk.core.settings import Settings
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.transcripts import vocabulary
from tests.factories import calls as make
from tests.factories import shows
from tests.factories import tickets as ticket_factory

BEFORE = "0004"
SECRET = "warung-mawar-biru"


def _filled(session: Session, settings: Settings, at: datetime) -> None:
    show = shows.ended(session, settings, at)
    ticket_factory.opened(session, settings, at, text=f"Tentang {SECRET}.", call=show.caller)
    calls.receive(session, Channel.POS_JAGO, at=at, message=SECRET, place=SECRET, latitude=-7.15, longitude=111.88)
    call = make.ringing(session, at)
    calls.screen(session, call, make.card(notes=SECRET), by="penyaring", at=at)
    vocabulary.add(session, f"Warung {SECRET}", by="penyaring", at=at)
    vocabulary.expect(session, [f"Warung {SECRET}"], until=at.replace(year=2030), by="penyaring", at=at)


LATER = {"rundown_act"}


def _read(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row as the application reads it, without the tables that the release before did not have."""
    with database.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in LATER and not table.info.get("own")
        }


def _raw(database: Database, query: str) -> list[Any]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _bytes(settings: Settings) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(settings.data.glob("radiodesk.sqlite*")))


def test_the_rows_of_the_release_before_are_encrypted_and_taken_back(
    database: Database, settings: Settings, now: datetime, database_kind: str
) -> None:
    with database.writing() as session:
        _filled(session, settings, now)
    told = _read(database)
    downgrade(database, BEFORE)
    assert SECRET in [row[0] for row in _raw(database, "SELECT message FROM call")]
    assert (-7.15, 111.88) in _raw(database, "SELECT latitude, longitude FROM call")
    assert all(str(row[0]).startswith("[") for row in _raw(database, "SELECT words FROM transcript"))
    assert _raw(database, "SELECT phrase FROM listened_phrase").count((f"Warung {SECRET}",)) == 2
    database.engine.dispose()
    # PostgreSQL's files belong to the server, which keeps what was overwritten until it cleans up.
    assert database_kind == "postgresql" or SECRET.encode() in _bytes(settings)

    upgrade(database)
    assert _read(database) == told
    database.engine.dispose()
    assert SECRET.encode() not in _bytes(settings)


def test_a_null_that_was_written_as_json_is_none(database: Database, settings: Settings, now: datetime) -> None:
    with database.writing() as session:
        ticket_factory.opened(session, settings, now, suggestion=None)
    downgrade(database, BEFORE)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE ticket SET suggestion = 'null'"))
    upgrade(database)
    assert _raw(database, "SELECT suggestion FROM ticket") == [(None,)]


@pytest.mark.parametrize("name", ["Private", "PrivateJson"])
def test_every_private_column_is_bytes_in_the_database(
    name: str, database: Database, settings: Settings, now: datetime, database_kind: str
) -> None:
    kind = {"Private": Private, "PrivateJson": PrivateJson}[name]
    with database.writing() as session:
        _filled(session, settings, now)
    private = [column for table in Base.metadata.sorted_tables for column in table.columns if type(column.type) is kind]
    assert private
    typeof = func.typeof if database_kind == "sqlite" else func.pg_typeof
    for column in private:
        with database.engine.connect() as connection:
            stored = set(connection.scalars(select(typeof(column).cast(String)).distinct()))
        assert stored <= {"blob", "null", "bytea"}, column


def test_a_call_written_by_the_release_before_is_read_by_this_one(database: Database, now: datetime) -> None:
    with database.writing() as session:
        public_id = make.ringing(session, now).public_id
    downgrade(database, BEFORE)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE call SET message = 'ditulis rilis lama', topic = '', notes = 'é ± 😀'"))
    upgrade(database)
    with database.reading() as session:
        [call] = session.scalars(select(Call).where(Call.public_id == public_id))
        assert (call.message, call.topic, call.notes) == ("ditulis rilis lama", "", "é ± 😀")
