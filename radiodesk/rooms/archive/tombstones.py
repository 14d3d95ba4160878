"""Tombstones of a package: what was deleted of it because its time was over, in a file beside it.

``<package>.tombstones.jsonl`` lies beside the folder of the package, a JSON object a line. Whoever verifies the package
reads there which files are gone on purpose, and their checksums, which still must be those of the manifests. The log of
the record holds a salted digest of each line, so that a line that somebody made up is found out.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from radiodesk.core.stores.ports import NoSuchObject
from radiodesk.core.stores.shelves import Shelf
from radiodesk.rooms.archive import record_log

SUFFIX = ".tombstones.jsonl"


@dataclass(frozen=True, slots=True)
class Tombstones:
    """What the tombstones of one package say: SHA-256 by path of single files, the manifest where all of it is gone,
    and the digest of each line as it stands in the log.
    """

    files: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    whole: str | None = None
    digests: tuple[str, ...] = ()


def text_of(told: dict[str, Any]) -> str:
    """A tombstone as its line stands in the file and is hashed, without its end."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(told: dict[str, Any]) -> str:
    """What the log holds of a tombstone."""
    return record_log.salted_digest(str(told.get("salt", "")), text_of(told))


def parsed(held: bytes) -> Tombstones:
    """The tombstones of a file; a line that is none is passed over, and then its files count as missing."""
    files: dict[str, str] = {}
    sizes: dict[str, int] = {}
    whole, digests = None, []
    for told in _lines(held):
        digests.append(digest_of(told))
        if told.get("whole") is True:
            whole = str(told.get("manifest", ""))
        for one in told.get("files", []):
            files[str(one["path"])] = str(one["sha256"])
            sizes[str(one["path"])] = int(one["bytes"])
    return Tombstones(files, sizes, whole, tuple(digests))


def _lines(held: bytes) -> Iterator[dict[str, Any]]:
    for line in held.decode("utf-8", "replace").splitlines():
        try:
            told = json.loads(line)
            for one in told.get("files", []):
                _ = str(one["path"]), str(one["sha256"]), int(one["bytes"])
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
        yield told


def kept(shelf: Shelf, package: str) -> bytes:
    """The tombstones of a package in the store; empty where there are none."""
    try:
        return shelf.object(package + SUFFIX).read_bytes()
    except NoSuchObject:
        return b""


def add(shelf: Shelf, package: str, line: str) -> None:
    """Put a tombstone beside a package, once; it counts once every machine can read it (``StoreUnavailable``)."""
    put(shelf, package, line.encode() + b"\n")


def put(shelf: Shelf, package: str, told: bytes) -> None:
    """Put the lines of ``told`` that are not there beside a package; raises ``StoreUnavailable``."""
    held = kept(shelf, package)
    if (whole := joined(held, told)) != held:
        shelf.object(package + SUFFIX).put_through(whole)


def joined(*told: bytes) -> bytes:
    """The lines of all of them, each once, in order."""
    return b"".join(line + b"\n" for line in dict.fromkeys(line for one in told for line in one.splitlines()))
