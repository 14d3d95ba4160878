"""Watched folders: a file that is put there is read like a feed or like pasted posts, then moved out of the way.

A folder lies in the station's data folder (``inbox/NAME``), so that a name typed in the desk cannot make the desk
read other files of the machine.
"""

import logging
import re
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, count
from pathlib import Path

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import why
from radiodesk.core.settings import Settings
from radiodesk.road.feed_files import FEED_SUFFIXES, NotOpened, read_bytes, read_feed_file
from radiodesk.road.feeds import FeedUnreadable
from radiodesk.road.ports import FeedResult

log = logging.getLogger(__name__)

PREFIX = "folder:"
READ, REFUSED = "sudah-dibaca", "ditolak"
"""Sub-folders that a file is moved to. People find them with a file manager, so they are in their language."""

SETTLED = timedelta(seconds=3)
"""A file that was changed just now may still be being written."""

MOST = 200
"""Files of one round; the rest waits for the next."""

LARGEST_POSTS = 1_000_000
UNFINISHED = (".part", ".tmp", ".crdownload")


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file: a feed document or a text of posts, or why it is neither; ``key`` tells it from a later one."""

    path: Path
    key: str
    result: FeedResult | None = None
    text: str = ""
    refusal: Refusal | None = None
    opened: bool = True
    """Whether the refusal is of what it holds; what could not even be opened is tried again where it lies."""


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


def settled_files(folder: Path, *, now: datetime) -> list[tuple[Path, str]]:
    """The files of a folder that nobody writes any more, in order of their names, with their keys."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix.lower() in UNFINISHED:
            continue
        try:
            facts = path.stat()
        except OSError:  # taken away by somebody in this moment
            continue
        if stat.S_ISREG(facts.st_mode) and not 0 <= now.timestamp() - facts.st_mtime < SETTLED.total_seconds():
            found.append((path, f"{path.name}:{facts.st_size}:{facts.st_mtime_ns}"))
    return found


def read_file(path: Path, key: str, *, now: datetime) -> FileRead:
    """Read one file; it stays where it is until what it holds is kept."""
    try:
        return _read(path, key, now)
    except NotOpened as refusal:
        return FileRead(path, key, refusal=refusal, opened=False)
    except FeedUnreadable as refusal:
        return FileRead(path, key, refusal=refusal)
    except Exception:  # one file that a reader did not expect must not stop the others
        log.exception("%s could not be read.", path)
        said = FeedUnreadable("%(source)s could not be read; send it to who looks after radiodesk.", source=path.name)
        return FileRead(path, key, refusal=said)


def _read(path: Path, key: str, now: datetime) -> FileRead:
    if path.suffix.lower() in FEED_SUFFIXES:
        return FileRead(path, key, result=read_feed_file(path, now=now))
    data = read_bytes(path, LARGEST_POSTS)
    if len(data) > LARGEST_POSTS:
        raise FeedUnreadable("%(source)s is too large for a file of posts; split it.", source=path.name)
    text = data.decode("utf-8", "replace")
    if b"\0" in data or text.count("\ufffd") > len(text) // 20:
        raise FeedUnreadable("%(source)s is no text; save the posts as plain text.", source=path.name)
    if not text.strip():
        raise FeedUnreadable("%(source)s is empty; check its address.", source=path.name)
    return FileRead(path, key, text=text)


def _free(wanted: Path) -> Path:
    """The path, or with a number the next one that no file has."""
    names = (wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}") for number in count(2))
    return next(path for path in chain([wanted], names) if not path.exists())


def put_away(path: Path, place: str) -> Refusal | None:
    """Move a file to ``READ`` or ``REFUSED`` beside it, under a free name; the refusal when that cannot be done."""
    try:
        (path.parent / place).mkdir(exist_ok=True)
        path.rename(_free(path.parent / place / path.name))
    except FileNotFoundError:
        return None
    except OSError as error:
        log.error("%s cannot be moved to %s: %s", path, place, error)
        return FeedUnreadable(
            "%(source)s cannot be moved out of the folder: %(why)s.", source=path.name, why=why(error)
        )
    return None
