"""Copies a station's rows into another database, which may be of another kind, and proves that all are there.

Values are copied as they lie: what is encrypted stays so and needs no key. A table that is marked ``own`` is left out:
each database fills it by itself. Rows go over some hundred at a time in the
order of their keys, so a copy that was broken off goes on where it stood. The source is held all the while: nobody
writes to it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    inspect,
    select,
    text,
)

from radiodesk.core.database import Base, Database
from radiodesk.core.errors import Refusal
from radiodesk.core.private_columns import Private, PrivateJson
from radiodesk.core.schema import current, head, upgrade

CHUNK = 500
MARK = "station_copy"
"""A table of the target that stands while a copy is under way; its one row is the digest of the source's keys."""

Progress = Callable[[float], None]


class TargetInUse(Refusal):
    """There is a station in the database that a copy is to go to."""

    status = 409
    exit_code = 4


class NotTheSame(Refusal):
    """What lies in the target is not what lies in the source."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A table's rows, counted and digested (SHA-256) in the source and in the target."""

    table: str
    rows: tuple[int, int]
    digests: tuple[str, str]

    @property
    def holds(self) -> bool:
        return self.rows[0] == self.rows[1] and self.digests[0] == self.digests[1]


def copy_station(
    source: Database, target: Database, after: Callable[[Connection, Database], None], progress: Progress
) -> list[Proof]:
    """Copy every table, call ``after`` with the source's connection, and compare; a proof for each table.

    Raises ``TargetInUse`` and ``NotTheSame``; a copy that did not hold, or was broken off, is gone on with by the next
    call.
    """
    if current(source) != head():
        upgrade(source)
    _mark(source, target)
    tables = [_as_it_lies(table) for table in Base.metadata.sorted_tables if not table.info.get("own")]
    with source.engine.begin() as held:
        whole = sum(_count(held, table) for table in tables) or 1
        done = 0
        for table in tables:
            for rows in _copy_table(held, target, table):
                done += rows
                progress(0.8 * done / whole)
        for table in tables:
            _link(held, target, table)
        after(held, target)
        proofs = []
        for number, table in enumerate(tables, start=1):
            with target.looking() as copied:
                proofs.append(_compare(held, copied, table))
            progress(0.8 + 0.2 * number / len(tables))
        if broken := [proof.table for proof in proofs if not proof.holds]:
            raise NotTheSame(
                "These tables differ from the source: %(tables)s. Empty the new database and move again; nothing was "
                "changed in the source.",
                tables=", ".join(broken),
            )
    with target.engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {MARK}"))
    return proofs


def _mark(source: Database, target: Database) -> None:
    digest = hashlib.sha256(json.dumps(source.keys.check_values(), sort_keys=True).encode()).hexdigest()
    with target.looking() as connection:
        there = inspect(connection)
        marked = connection.scalar(text(f"SELECT source FROM {MARK}")) if there.has_table(MARK) else None  # noqa: S608
        filled = there.has_table("alembic_version")
    if marked != digest:
        if filled or marked is not None:
            raise TargetInUse("There is a station in the database that was named. Name an empty one.")
        with target.engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE {MARK} (source VARCHAR(64) NOT NULL)"))
            connection.execute(text(f"INSERT INTO {MARK} (source) VALUES (:digest)"), {"digest": digest})  # noqa: S608
    if current(target) != head():
        upgrade(target)


def _as_it_lies(table: Table) -> Table:
    """A table without meanings: what is encrypted is bytes, a name out of a set is text."""
    bare = MetaData()
    columns = []
    for column in table.columns:
        kind = column.type
        if isinstance(kind, Private | PrivateJson):
            kind = LargeBinary()
        elif isinstance(kind, Enum):
            kind = String()
        elif isinstance(kind, JSON):
            kind = JSON(none_as_null=bool(column.nullable))
        columns.append(Column(column.name, kind, primary_key=column.primary_key, autoincrement=False))
    made = Table(table.name, bare, *columns)
    own = [column.name for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    made.info["links"] = own
    return made


def _key(table: Table) -> Column[Any] | None:
    """The column of a table whose rows have one number as their key."""
    columns = list(table.primary_key)
    return columns[0] if len(columns) == 1 and isinstance(columns[0].type, Integer) else None


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _copy_table(held: Connection, target: Database, table: Table) -> Iterator[int]:
    """Copy what is not there yet; gives how many rows went over each time. Links within a table come afterwards."""
    key = _key(table)
    with target.looking() as connection:
        last = connection.scalar(select(func.max(key))) if key is not None else None
        there = _count(connection, table)
    yield there if key is not None else 0
    rest = select(table).order_by(*table.primary_key)
    if key is None:
        # Small tables, or with keys of text, which databases order in ways of their own: all anew, or nothing.
        with target.engine.begin() as connection:
            connection.execute(table.delete())
            for rows in _chunks(held, rest):
                connection.execute(table.insert(), rows)
                yield len(rows)
        return
    if last is not None:
        rest = rest.where(key > last)
    for rows in _chunks(held, rest):
        for row in rows:
            row.update(dict.fromkeys(table.info["links"]))
        with target.engine.begin() as connection:
            connection.execute(table.insert(), rows)
        yield len(rows)
    if target.engine.dialect.name == "postgresql":
        _count_on(target, table, key)


def _count_on(target: Database, table: Table, key: Column[Any]) -> None:
    """Let a sequence go on behind the highest key that was copied."""
    with target.engine.begin() as connection:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, key.name)))
        if sequence is not None:
            highest = connection.scalar(select(func.max(key)))
            connection.execute(select(func.setval(sequence, highest or 1, highest is not None)))


def _link(held: Connection, target: Database, table: Table) -> None:
    """Put back what rows of a table say of each other, which may be of a later row."""
    key = _key(table)
    for name in table.info["links"]:
        if key is None:
            continue
        column = table.c[name]
        for rows in _chunks(held, select(key.label("row"), column.label("other")).where(column.is_not(None))):
            with target.engine.begin() as connection:
                for row in rows:
                    connection.execute(table.update().where(key == row["row"]).values({name: row["other"]}))


def _chunks(held: Connection, query: Any) -> Iterator[list[dict[str, Any]]]:
    with held.execution_options(yield_per=CHUNK).execute(query) as found:
        for part in found.mappings().partitions():
            yield [dict(row) for row in part]


def _compare(held: Connection, copied: Connection, table: Table) -> Proof:
    first, second = _digest(held, table), _digest(copied, table)
    return Proof(table.name, (first[0], second[0]), (first[1], second[1]))


def _digest(connection: Connection, table: Table) -> tuple[int, str]:
    if _key(table) is None:
        return _summed(sorted(_lines(connection, table)))
    return _summed(_lines(connection, table))


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    for rows in _chunks(connection, select(table).order_by(*table.primary_key)):
        for row in rows:
            yield json.dumps(row, sort_keys=True, default=_plain).encode()


def _summed(lines: Iterator[bytes] | Sequence[bytes]) -> tuple[int, str]:
    summed, count = hashlib.sha256(), 0
    for line in lines:
        summed.update(line)
        summed.update(b"\n")
        count += 1
    return count, summed.hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of a column")
