"""Column types for private values, which are encrypted in the database; one that cannot be decrypted breaks no list."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from radiodesk.core.i18n import gettext
from radiodesk.core.keys import KeyMissing, KeyRing


class NotReadable(str):
    """Stands in a row for a private text that no key here opens: shown as such, and never written in its place.

    It carries the bytes that lie in the database. Whoever stores it elsewhere stores these, so that nothing is lost and
    all is readable again with the right keys.
    """

    __slots__ = ("sealed",)
    sealed: bytes

    def __new__(cls, sealed: bytes) -> "NotReadable":
        """The words that people see, in the language of whoever looks."""
        made = super().__new__(cls, gettext("(cannot be read)"))
        made.sealed = sealed
        return made


def readable(text: str) -> str:
    """A private text that is to be acted upon; raises ``KeyMissing`` where it only stands for one."""
    if isinstance(text, NotReadable):
        raise KeyMissing("A private field does not match the key file. Restore the keys.json it was made with.")
    return text


class Private(TypeDecorator[str]):
    """A text column that lies encrypted in the database. The keys hang on the engine's dialect (see ``core.database``).

    One row that cannot be read is no reason to refuse a page full of others: its text is ``NotReadable``.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return value.sealed if isinstance(value, NotReadable) else _keys(dialect).encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return _keys(dialect).decrypt(value)
        except (KeyMissing, UnicodeDecodeError):
            return NotReadable(value)


class NotReadableRows(list[Any]):
    """An empty list that stands for one that no key here opens; see ``NotReadable``."""

    def __init__(self, sealed: bytes) -> None:
        super().__init__()
        self.sealed = sealed


def readable_rows(rows: list[Any]) -> list[Any]:
    """Private rows that are to be added to or acted upon; raises ``KeyMissing`` where they only stand for others."""
    if isinstance(rows, NotReadableRows):
        raise KeyMissing("A private field does not match the key file. Restore the keys.json it was made with.")
    return rows


def copied(rows: Sequence[Any]) -> list[Any]:
    """Private rows for another row of the database; those that no key here opens go there as they lie."""
    return rows if isinstance(rows, NotReadableRows) else list(rows)


class PrivateJson(TypeDecorator[Any]):
    """Lists and objects, or a number, that lie encrypted in the database as JSON; like ``Private`` for text.

    A list that cannot be read is an empty one, which is stored back as it was; anything else is ``None``.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, *, rows: bool = False) -> None:
        super().__init__()
        self.rows = rows

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if isinstance(value, NotReadableRows):
            return value.sealed
        # Escaped: what an engine heard may hold halves of signs, which UTF-8 does not take.
        return None if value is None else _keys(dialect).encrypt(json.dumps(value))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        try:
            return json.loads(_keys(dialect).decrypt(value))
        except (KeyMissing, ValueError):
            return NotReadableRows(value) if self.rows else None


def _keys(dialect: Dialect) -> KeyRing:
    keys: KeyRing = dialect.radiodesk_keys  # type: ignore[attr-defined]
    return keys
