"""What a snapshot says of itself, so that a restore needs nothing but it and the password."""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from radiodesk.core.errors import Unreadable

FORMAT = 1
NAME = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """``database`` is the name of its file, ``None`` in a snapshot of one host's files; ``kind`` and ``revision`` are
    the database's.

    ``objects`` says whether the store's objects are ``inside`` the snapshot or ``elsewhere``, in a store over a
    network.
    ``places`` are shelves that lie outside the data folder, by the path under which the snapshot has them.
    """

    made_at: str
    release: str
    station: str
    host: str
    store: str
    objects: str
    keys: bool
    settings_file: bool
    area: str | None
    database: str | None = None
    kind: str | None = None
    revision: str | None = None
    places: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it down."""
        (folder / NAME).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read it again; raises ``Unreadable``."""
    try:
        told = (folder / NAME).read_bytes()
    except OSError:
        raise _none() from None
    return manifest_of(told)


def manifest_of(told: bytes | None) -> Manifest:
    """What was written down; raises ``Unreadable``. What a later release added is left out."""
    try:
        found = json.loads(told or b"")
        if found["format"] > FORMAT:
            raise Unreadable("This backup was made by a later release of radiodesk. Restore it with that release.")
        known = {one.name for one in fields(Manifest)}
        return Manifest(**{name: value for name, value in found.items() if name in known})
    except (ValueError, KeyError, TypeError):
        raise _none() from None


def _none() -> Unreadable:
    return Unreadable("This is no backup of a station: it has no manifest.")
