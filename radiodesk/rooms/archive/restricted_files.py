"""The restricted part of a package: to whom it is encrypted, and how one of its files is opened.

A file is one of age (``….age``), which the station and each recipient of the settings open alone, with any age program.
Packages of older releases hold files (``….enc``) that only the keys of their station open.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

from radiodesk.core import age_files
from radiodesk.core.keys import KeyMissing, KeyRing
from radiodesk.core.settings import Settings

FOLDER = "data/restricted/"
OLDER = b"\x01"
"""What files of the older form begin with."""


def recipients(settings: Settings, keys: KeyRing) -> list[str]:
    """Who opens what is sealed now: the station first, then those of the settings."""
    return [age_files.recipient_of(age_files.station_identity(keys)), *settings.archive_recipients]


class Opener:
    """Opens restricted files with the identities and, of older packages, the station's keys that are at hand."""

    def __init__(self, identities: Sequence[str], keys: KeyRing | None) -> None:
        self._identities = identities
        self._keys = keys

    @classmethod
    def of_station(cls, keys: KeyRing) -> "Opener":
        """With what the station itself has."""
        return cls([age_files.station_identity(keys)], keys)

    def open(self, source: IO[bytes], target: age_files.Target) -> None:
        """Write a file in the clear, from one that can seek.

        Raises ``NotForUs``, ``FileAltered`` (then what was written is not to be used) and, of the older form,
        ``KeyMissing``.
        """
        first = source.read(1)
        source.seek(0)
        if first != OLDER:
            age_files.decrypt(source, target, self._identities)
            return
        if self._keys is None:
            raise KeyMissing(
                "This file was sealed by an older release: only the keys of the station (keys.json) open it."
            )
        target.write(self._keys.decrypt_bytes(source.read()))

    def check(self, path: Path) -> None:
        """Read a file to its end, and write nothing: raises as ``open``."""
        with path.open("rb") as file:
            self.open(file, _Nowhere())


class _Nowhere:
    """Takes what is written, and keeps nothing."""

    def write(self, data: bytes, /) -> int:
        return len(data)

    def flush(self) -> None:
        """Nothing is held."""
