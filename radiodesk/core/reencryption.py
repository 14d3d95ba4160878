"""Encrypts private values anew with the current key, some rows at a time: it may be stopped and begun again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    and_,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from radiodesk.core.database import Base, Database
from radiodesk.core.keys import KeyMissing, KeyRing
from radiodesk.core.private_columns import Private, PrivateJson

CHUNK = 200

Key = tuple[Any, ...]


@dataclass(slots=True)
class Renewed:
    """How many values got the current key, and how many no key here opens: these stay as they are."""

    values: int = 0
    unreadable: int = 0


def encrypt_anew(database: Database, progress: Callable[[float], None]) -> Renewed:
    """Every private value of the database that lies under an earlier key is encrypted with the current one."""
    renewed = Renewed()
    with database.looking() as connection:
        waiting = [(table, _waiting(connection, table, database.keys)) for table in _tables()]
    whole, done = sum(len(keys) for _, keys in waiting) or 1, 0
    for table, keys in waiting:
        for part in _parts(keys):
            with database.engine.begin() as connection:
                for key in part:
                    _renew(connection, table, key, database.keys, renewed)
            done += len(part)
            progress(done / whole)
    return renewed


def _tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if _private(table)]


def _private(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, Private | PrivateJson)]


def _under_earlier_keys(column: Column[Any], keys: KeyRing) -> ColumnElement[bool]:
    return func.substr(_sealed(column), 2, 1) != bytes([keys.current])


def _sealed(column: Column[Any]) -> ColumnElement[bytes]:
    """The bytes as they lie."""
    return type_coerce(column, LargeBinary)


def _waiting(connection: Connection, table: Table, keys: KeyRing) -> list[Key]:
    """The keys of the rows that hold anything under an earlier key."""
    earlier = or_(*(_under_earlier_keys(column, keys) for column in _private(table)))
    rows = connection.execute(select(*table.primary_key).where(earlier).order_by(*table.primary_key))
    return [tuple(row) for row in rows]


def _parts(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _renew(connection: Connection, table: Table, key: Key, keys: KeyRing, renewed: Renewed) -> None:
    columns = _private(table)
    here = and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
    row = connection.execute(select(*(_sealed(column) for column in columns)).where(here)).one_or_none()
    values: dict[str, Any] = {}
    # Gone meanwhile, or written anew by the station itself.
    for column, sealed in zip(columns, row or (), strict=False):
        if sealed is None or sealed[1:2] == bytes([keys.current]):
            continue
        try:
            plain = keys.decrypt_bytes(sealed)
        except KeyMissing:
            renewed.unreadable += 1
        else:
            values[column.name] = type_coerce(keys.encrypt_bytes(plain), LargeBinary)
    if values:
        connection.execute(update(table).where(here).values(values))
        renewed.values += len(values)
