"""Public copies of earlier releases tell when closed callers were on air: their logs go, and they are made anew."""

from sqlalchemy import text

from radiodesk.core.database import Database
from radiodesk.core.schema import downgrade, upgrade
from tests.migrations.test_filed_calls import AT, insert


def test_public_copies_lose_their_logs_and_are_asked_for_again(empty: Database) -> None:
    database = empty
    upgrade(database, "0011")
    log = '[{"offset": 71.0, "kind": "call_on", "title": "Dipukuli suami"}]'
    with database.engine.begin() as connection:
        insert(connection, "programme", id=1, template=[])
        for number, state in {1: "published", 2: "draft"}.items():
            insert(connection, "broadcast", id=number, public_id=f"s-{number}", programme_id=1, hosts=[], state="ended")
            insert(
                connection, "package", id=number, public_id=f"p-{number}", broadcast_id=number, state="sealed",
                sealed_at=AT, sequence=number, notices=[],
            )  # fmt: skip
            insert(
                connection, "publication", id=number, public_id=f"t-{number}", broadcast_id=number, package_id=number,
                state=state, revision=3, published_at=AT if number == 1 else None,
            )  # fmt: skip
        insert(connection, "published_broadcast", id=1, public_id="s-1", hosts=[], tickets=[], published_at=AT)
        connection.execute(text("UPDATE published_broadcast SET as_run = :log"), {"log": log})
    upgrade(database)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT CAST(as_run AS TEXT) FROM published_broadcast")).scalar_one() == "[]"
        kept = connection.execute(
            text("SELECT state, revision, CAST(closed_calls AS TEXT) FROM publication ORDER BY id")
        ).all()
        assert [tuple(row) for row in kept] == [("waiting", 4, "{}"), ("draft", 3, "{}")]
        jobs = connection.execute(text("SELECT kind, subject, state FROM job")).all()
        assert [tuple(row) for row in jobs] == [("record.publish", 1, "waiting")]
    downgrade(database, "0011")
