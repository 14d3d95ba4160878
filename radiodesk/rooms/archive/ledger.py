"""The ledger: one JSON line a package, each chained to the one before by SHA-256.

It is kept as a file beside the packages, so that a copy of the archive folder can be verified anywhere without a
database. Whoever published a line's digest once (as the public record does) can show later that nothing before it was
changed, removed or put in.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from radiodesk.core.stores.ports import NoSuchObject
from radiodesk.core.stores.shelves import StoreObject

NAME = "ledger.jsonl"
FIRST = "0" * 64

_FIELDS = {"sequence": int, "package": str, "manifest": str, "previous": str, "sealed_at": str, "digest": str}


@dataclass(frozen=True, slots=True)
class Line:
    """A package's place in the chain.

    ``manifest`` is the SHA-256 of the bag's ``tagmanifest-sha256.txt``, ``previous`` the digest of the line before
    (64 zeros for the first), ``sealed_at`` a UTC time in ISO 8601, ``digest`` the SHA-256 of the other five fields as
    JSON with sorted keys and no blanks.
    """

    sequence: int
    package: str
    manifest: str
    previous: str
    sealed_at: str
    digest: str

    def computed(self) -> str:
        """The digest that this line must have."""
        body = {name: value for name, value in asdict(self).items() if name != "digest"}
        return hashlib.sha256(_canonical(body).encode()).hexdigest()


def _canonical(fields: dict[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def text_of(line: Line) -> str:
    """A line as it stands in the ledger, without its end."""
    return _canonical(asdict(line))


def following(last: Line | None, package: str, manifest: str, sealed_at: str) -> Line:
    """The line that comes after ``last`` for a package."""
    draft = Line(
        sequence=last.sequence + 1 if last else 1,
        package=package,
        manifest=manifest,
        previous=last.digest if last else FIRST,
        sealed_at=sealed_at,
        digest="",
    )
    return Line(**{**asdict(draft), "digest": draft.computed()})


def parse(text: str) -> Line | None:
    """One line of a ledger, or ``None`` when it is not one."""
    try:
        raw = json.loads(text)
    except ValueError:
        return None
    if not isinstance(raw, dict) or raw.keys() != _FIELDS.keys():
        return None
    if any(type(raw[name]) is not kind for name, kind in _FIELDS.items()):
        return None
    return Line(**raw)


def read(path: Path) -> list[Line | None]:
    """Every line of a ledger file in order, ``None`` for each that cannot be read; empty when there is no file."""
    return parsed(path.read_bytes()) if path.exists() else []


def parsed(held: bytes) -> list[Line | None]:
    """The same of what a ledger file holds."""
    return [parse(line) for line in held.decode("utf-8", "replace").splitlines() if line.strip()]


def kept(file: StoreObject) -> list[Line | None]:
    """The same of the ledger in the store."""
    try:
        return parsed(file.read_bytes())
    except NoSuchObject:
        return []


def append(file: StoreObject, line: Line) -> None:
    """Add a line; the file is replaced as a whole, so that a power cut leaves the old one or the new one.

    It counts once every machine can read it: raises ``StoreUnavailable`` while the store takes nothing.
    """
    try:
        held = file.read_bytes()
    except NoSuchObject:
        held = b""
    if held and not held.endswith(b"\n"):
        held += b"\n"
    file.put_through(held + text_of(line).encode() + b"\n")
