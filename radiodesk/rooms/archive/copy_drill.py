"""Tries what a station would do after a fire: fetches a copy, verifies it, opens its restricted part, and is timed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from radiodesk.core.draft_folders import draft_folder
from radiodesk.core.errors import Refusal
from radiodesk.rooms.archive.bag_files import FolderBag
from radiodesk.rooms.archive.copy_files import Place, fetch
from radiodesk.rooms.archive.restricted_files import FOLDER, Opener
from radiodesk.rooms.archive.tag_files import Difference
from radiodesk.rooms.archive.verification import verify_bag


@dataclass
class Drill:
    """How it went: bytes that were fetched, seconds of each step, restricted files that opened, and what did not."""

    bytes: int = 0
    fetched: float = 0.0
    verified: float = 0.0
    opened: float = 0.0
    files: int = 0
    differences: list[Difference] = field(default_factory=list)
    closed: list[tuple[str, Refusal]] = field(default_factory=list)
    """Restricted files that did not open, and why."""

    @property
    def ok(self) -> bool:
        """Whether everything could be had back."""
        return self.files > 0 and not self.differences and not self.closed

    @property
    def seconds(self) -> float:
        """All steps together."""
        return self.fetched + self.verified + self.opened


def drill(
    place: Place,
    package: str,
    manifest: str,
    opener: Opener,
    work: Path,
    *,
    monotonic: Callable[[], float] = time.monotonic,
) -> Drill:
    """Fetch a package into a folder below ``work``, which goes again; what is opened is written nowhere.

    ``manifest`` is the SHA-256 of its tag manifest. Raises ``StoreUnavailable``.
    """
    done, since = Drill(), monotonic()

    def passed() -> float:
        nonlocal since
        before, since = since, monotonic()
        return since - before

    with draft_folder(work) as drafts:
        folder = drafts / package
        folder.mkdir()
        fetch(place, package, folder)
        done.fetched = passed()
        done.bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        done.differences = verify_bag(FolderBag(folder), manifest).all_differences()
        done.verified = passed()
        for path in sorted((folder / FOLDER).rglob("*")):
            if path.is_file():
                try:
                    opener.check(path)
                    done.files += 1
                except Refusal as refusal:
                    done.closed.append((path.relative_to(folder).as_posix(), refusal))
        done.opened = passed()
    return done
