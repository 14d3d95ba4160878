"""Who holds the database is told by its name alone, and the note of it is let go of with the engine."""

from pathlib import Path

import pytest

from radiodesk.core.database import Database
from radiodesk.core.locks import program


@pytest.mark.parametrize(
    ("started", "told"),
    [
        ("radiodesk intake sms/IN20261124_081200_00_0812xxxx0001_00.txt", "radiodesk intake"),
        ("python3 -m radiodesk user add --password rahasia", "radiodesk user"),
        ("python3 /opt/bin/radiodesk work", "radiodesk work"),
        ("python3 /opt/bin/radiodesk --password=rahasia", "radiodesk"),
        ("vi catatan/rahasia catatan/radiodesk", "vi"),
        ("/usr/bin/sqlite3 rahasia.sqlite", "sqlite3"),
        ("", ""),
    ],
)
def test_arguments_are_told_to_nobody(started: str, told: str) -> None:
    assert program(started.split(" ")) == told


@pytest.mark.only_sqlite("PostgreSQL itself knows who writes")
def test_the_note_of_who_writes_is_let_go_of_with_the_engine(database: Database) -> None:
    def open_notes() -> int:
        links = [one.readlink() for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]
        return sum(str(one).startswith(str(database.engine.url.database)) for one in links)

    for _ in range(2):
        with database.writing() as session:
            session.connection()
        assert open_notes()
        database.engine.dispose()
        assert open_notes() == 0
