"""Watched folders: a file that is put there is read like a feed or like pasted posts, then moved out of the way.

A folder lies in the station's data folder (``inbox/NAME``), so that an address typed in the desk can never make it read
anything else of the machine.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from radiodesk.core.config import Settings
from radiodesk.core.errors import Refusal
from radiodesk.traffic.feeds import FeedUnreadable
from radiodesk.traffic.files import FEED_SUFFIXES, read_feed_file
from radiodesk.traffic.ports import FeedResult

PREFIX = "folder:"
READ, REFUSED = "sudah-dibaca", "ditolak"
"""Sub-folders that a file is moved to. People find them with a file manager, so they are in their language."""

SETTLED = timedelta(seconds=3)
"""A file that was changed just now may still be being written."""

MOST = 200
"""Files of one round; the rest waits for the next."""

LARGEST_POSTS = 1_000_000
UNFINISHED = (".part", ".tmp", ".crdownload")


@dataclass
class FolderRead:
    """What the files of one round held: feed documents, texts of posts by file name, and refusals."""

    results: list[FeedResult] = field(default_factory=list)
    posts: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    files: int = 0


def is_folder(address: str) -> bool:
    return address.startswith(PREFIX)


def folder_address(name: str) -> str:
    """The address of the watched folder for a source of this name: small letters, digits and hyphens."""
    return PREFIX + (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "lalin")[:40]


def folder_of(settings: Settings, address: str) -> Path:
    """Where the files are put; made when it is not there."""
    folder = settings.data / "inbox" / Path(address.removeprefix(PREFIX)).name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_folder(folder: Path, *, now: datetime) -> FolderRead:
    """Read every settled file of a folder, oldest name first, and move it to what was read or refused."""
    found = FolderRead()
    for path in sorted(folder.iterdir())[:MOST]:
        if not path.is_file() or path.name.startswith(".") or path.suffix.lower() in UNFINISHED or _fresh(path, now):
            continue
        found.files += 1
        try:
            _read(path, found, now)
            _move(path, folder / READ)
        except FeedUnreadable as refusal:
            found.refusals.append(refusal)
            _move(path, folder / REFUSED)
    return found


def _fresh(path: Path, now: datetime) -> bool:
    age = now.timestamp() - path.stat().st_mtime
    return 0 <= age < SETTLED.total_seconds()


def _read(path: Path, found: FolderRead, now: datetime) -> None:
    if path.suffix.lower() in FEED_SUFFIXES:
        found.results.append(read_feed_file(path, now=now))
        return
    if path.stat().st_size > LARGEST_POSTS:
        raise FeedUnreadable("%(source)s is too large for a file of posts; split it.", source=path.name)
    data = path.read_bytes()
    text = data.decode("utf-8", "replace")
    if b"\0" in data or text.count("\ufffd") > len(text) // 20:
        raise FeedUnreadable("%(source)s is no text; save the posts as plain text.", source=path.name)
    if not text.strip():
        raise FeedUnreadable("%(source)s is empty; check its address.", source=path.name)
    found.posts.append((path.stem, text))


def _move(path: Path, folder: Path) -> None:
    """Move a file; one of the same name that lies there already makes room for the newer."""
    folder.mkdir(exist_ok=True)
    path.replace(folder / path.name)
