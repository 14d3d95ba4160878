"""That the start of a recording is known was told by its figures before; now it is a fact of its own."""

from datetime import timedelta

from sqlalchemy import text

from radiodesk.core.database import Database
from radiodesk.core.schema import downgrade, upgrade
from tests.migrations.test_filed_calls import AT, insert


def test_starts_that_were_worked_out_are_not_known_and_others_are(empty: Database) -> None:
    database = empty
    upgrade(database, "0020")
    starts = {1: None, 2: AT - timedelta(seconds=50), 3: AT - timedelta(seconds=50.002), 4: AT - timedelta(seconds=90)}
    with database.engine.begin() as connection:
        for key, start in starts.items():
            insert(
                connection, "recording", id=key, public_id=f"r-{key}", direction="programme", key=f"{key}.flac",
                original_name=b"", duration=50.0, started_at=start, created_at=AT,
            )  # fmt: skip
    upgrade(database)
    with database.engine.connect() as connection:
        known = connection.execute(text("SELECT id, start_known FROM recording ORDER BY id")).all()
    assert [tuple(row) for row in known] == [(1, 0), (2, 0), (3, 1), (4, 1)]
    downgrade(database, "0020")
