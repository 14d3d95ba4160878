"""Which objects the rows of a database name: what must lie in the store for the station to be whole.

Read from tables as they lie, so that a database of an earlier release is told too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Inspector, column, inspect, select, table


@dataclass(frozen=True, slots=True)
class Named:
    """An object that a row names: its shelf and key, its bytes where the row knows them, its SHA-256 in hexadecimal."""

    shelf: str
    key: str
    size: int | None
    sha256: str

    @property
    def path(self) -> str:
        return f"{self.shelf}/{self.key}"


_COLUMNS = (
    ("recording", "audio", "key", "bytes", "sha256"),
    ("call_attachment", "attachments", "key", "bytes", "sha256"),
    ("published_piece", "public", "audio_key", "audio_bytes", "audio_sha256"),
    ("published_piece", "public", "opus_key", "opus_bytes", "opus_sha256"),
)
"""The table, the shelf, and the columns with key, size and digest."""
MANIFEST = "tagmanifest-sha256.txt"
"""The file of a package whose digest stands in the ledger, and which vouches for all others."""


_DELETED = {"recording": "removed_at", "package": "deleted_at"}
"""The column that says that an object was deleted when its time was over, where an earlier release had none."""


def named_objects(connection: Connection) -> Iterator[Named]:
    """Every object that a row names."""
    there = inspect(connection)
    for name, shelf, key, size, digest in _COLUMNS:
        if not there.has_table(name) or not {key, size, digest} <= {one["name"] for one in there.get_columns(name)}:
            continue
        rows = table(name, column(key), column(size), column(digest))
        wanted = select(rows.c[key], rows.c[size], rows.c[digest]).where(rows.c[key].is_not(None), *_kept(there, name))
        for row in connection.execute(wanted):
            yield Named(shelf, row[0], row[1], row[2] or "")
    if there.has_table("package"):
        package = table("package", column("public_id"), column("manifest"), column("state"))
        sealed = select(package.c.public_id, package.c.manifest)
        for name, digest in connection.execute(sealed.where(package.c.state == "sealed", *_kept(there, "package"))):
            yield Named("archive", f"{name}/{MANIFEST}", None, digest or "")


def _kept(there: Inspector, name: str) -> list[ColumnElement[bool]]:
    """The condition that a row's object was not deleted on purpose."""
    deleted = _DELETED.get(name, "")
    return [column(deleted).is_(None)] if deleted in {one["name"] for one in there.get_columns(name)} else []
