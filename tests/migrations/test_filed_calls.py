"""Which broadcast a call belongs to is kept when it moves into a table of its own, and so is what hangs on calls."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, LargeBinary, MetaData, String, inspect, text
from sqlalchemy.types import DateTime

from radiodesk.core.database import Database
from radiodesk.core.schema import downgrade, upgrade

AT = datetime(2026, 11, 24, 11, 0)  # noqa: DTZ001 - as it lies in the table


def insert(connection: Connection, name: str, **given: Any) -> None:
    """A row as an earlier release has it; what must not be empty and is not given is as good as empty."""
    held = MetaData()
    held.reflect(connection, only=[name], resolve_fks=False)
    table = held.tables[name]
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.name in given or column.nullable:
            continue
        kinds = ((DateTime, AT), (LargeBinary, b""), (String, "x"))
        row[column.name] = next((value for kind, value in kinds if isinstance(column.type, kind)), 0)
    connection.execute(table.insert().values({**row, **given}))


def fill(database: Database) -> None:
    upgrade(database, "0007")
    with database.engine.begin() as connection:
        insert(connection, "programme", id=1, template=[])
        insert(connection, "broadcast", id=1, programme_id=1, hosts=[])
        insert(connection, "call", id=1, public_id="c-1", broadcast_id=1)
        insert(connection, "call", id=2, public_id="c-2")
        insert(connection, "call_take", take="t-1", call_id=1)


def test_calls_stay_filed_and_keep_what_hangs_on_them(empty: Database, database_kind: str) -> None:
    database = empty
    fill(database)
    upgrade(database)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT call_id, broadcast_id FROM filed_call")).all() == [(1, 1)]
        assert connection.execute(text("SELECT take, call_id FROM call_take")).all() == [("t-1", 1)]
        if database_kind == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    assert "broadcast_id" not in {column["name"] for column in inspect(database.engine).get_columns("call")}
    downgrade(database, "0007")
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT id, broadcast_id FROM call ORDER BY id")).all() == [(1, 1), (2, None)]
        assert connection.execute(text("SELECT call_id FROM call_take")).all() == [(1,)]
    upgrade(database)
