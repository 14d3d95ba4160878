"""Prints: public pages as they were rendered, kept as files, so that a page that did not change is not made again.

A print lies under the mark of the edition it shows (``EditionMark``) and is encrypted with it. The mark goes in the
transaction that takes something out of the record, and with it the key of every print of it, on all hosts, even on one
that is switched off. What is left of such a file is noise, which the next sweep removes. A file that was damaged does
not open either: it counts as absent.
"""

import gzip
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024 * 1024
"""Of all prints together; beyond it the oldest go. Lists and searches have half of it."""
LARGEST = 8 * 1024 * 1024
"""Bytes of a page that is kept."""
WHOLE = ""
"""The subject of what shows the whole record: lists, search, feeds."""

_NONCE = 12
_FOLDER_OF_WHOLE = "_"


@dataclass(frozen=True, slots=True)
class Print:
    """An answer that can be given again: status line, headers, the digest that names it, and its bytes packed."""

    status: str
    headers: list[tuple[str, str]]
    tag: str
    length: int
    """Bytes when they are not packed."""
    packed: bytes
    """By gzip."""

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.packed)


def printed(status: str, headers: list[tuple[str, str]], body: bytes) -> Print:
    """An answer as a print; the same bytes give the same print on every host."""
    tag = hashlib.sha256(body).hexdigest()[:32]
    return Print(status, headers, tag, len(body), gzip.compress(body, 9, mtime=0))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a print lies: whose it is, the edition's mark, and what else decides about its bytes."""

    subject: str
    mark: str
    about: str


class PrintFolder:
    """The prints of one machine. ``maker`` tells pages of this release and these settings from all others'."""

    def __init__(self, folder: Path, maker: str) -> None:
        self._base = folder
        self._folder = folder / hashlib.sha256(maker.encode()).hexdigest()[:16]
        self._folder_text = str(self._folder)
        self._maker = maker
        self._is_full = False
        self.unswept = True
        """Whether something was kept since the last sweep."""

    def find(self, place: Place) -> Print | None:
        """The print at a place, if a whole one is there."""
        name = self._name(place)
        try:
            # As text: a thousand times a second, making a Path takes longer than all the rest.
            with open(f"{self._folder_text}/{_folder_name(place.subject)}/{name}", "rb", buffering=0) as file:  # noqa: PTH123
                lying = file.read()
        except OSError:
            return None
        try:
            opened = AESGCM(self._key(place)).decrypt(lying[:_NONCE], lying[_NONCE:], name.encode())
        except (InvalidTag, ValueError):
            log.warning("A kept page is damaged and is made anew: %s", name)
            return None
        told, packed = opened.split(b"\n", 1)
        status, headers, tag, length = json.loads(told)
        return Print(status, [(name, value) for name, value in headers], tag, length, packed)

    def keep(self, place: Place, made: Print) -> None:
        """Keep a print. A disk that takes nothing is no trouble of the reader's: the page is made again next time."""
        if made.length > LARGEST:
            return
        told = json.dumps([made.status, made.headers, made.tag, made.length]).encode()
        path, nonce = self._folder / _folder_name(place.subject) / self._name(place), os.urandom(_NONCE)
        lying = AESGCM(self._key(place)).encrypt(nonce, told + b"\n" + made.packed, path.name.encode())
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Not flushed: half a file does not open, and is made anew.
            handle, draft = tempfile.mkstemp(prefix=".", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(nonce + lying)
                Path(draft).replace(path)
            finally:
                Path(draft).unlink(missing_ok=True)
        except OSError as error:
            if not self._is_full:
                log.warning("A page could not be kept and is made for each reader: %s", error.strerror)
            self._is_full = True
            return
        self._is_full, self.unswept = False, True

    def sweep(self, marks: Mapping[str, str], most: int = MOST_BYTES) -> None:
        """Remove what no key is left of, what another release or other settings made, the oldest beyond ``most``."""
        self.unswept = False
        current = {_folder_name(subject): self._of_edition(mark) for subject, mark in marks.items()}
        left: list[tuple[float, int, Path]] = []
        for where, _folders, names in os.walk(self._base, topdown=False):
            folder = Path(where)
            edition = current.get(folder.name) if folder.parent == self._folder else None
            for path in map(folder.joinpath, names):
                try:
                    stat = path.stat()
                    if edition is None or not path.name.startswith((edition, ".")):
                        path.unlink()
                    else:
                        left.append((stat.st_mtime, stat.st_size, path))
                except OSError:
                    continue  # somebody else's sweep was quicker, or the disk is read-only: it opens with no key anyway
            if edition is None and folder not in (self._base, self._folder):
                _remove_empty(folder)
        # Whoever asks for words that nobody ever asked for makes pages without end, which push out only their like.
        searches = [one for one in left if one[2].parent.name == _FOLDER_OF_WHOLE]
        gone = {path for _, _, path in _oldest_beyond(most // 2, searches)}
        gone |= {path for _, _, path in _oldest_beyond(most, [one for one in left if one[2] not in gone])}
        for path in gone:
            with suppress(OSError):  # the disk is read-only, or somebody else's sweep was quicker
                path.unlink()

    def _name(self, place: Place) -> str:
        about = hashlib.sha256(place.about.encode()).hexdigest()[:32]
        return f"{self._of_edition(place.mark)}-{about}"

    def _of_edition(self, mark: str) -> str:
        """What the names of an edition's files begin with; it does not give the mark away."""
        return hashlib.sha256(f"name {self._maker} {mark}".encode()).hexdigest()[:16]

    def _key(self, place: Place) -> bytes:
        return hashlib.sha256(f"key {self._maker} {place.mark}".encode()).digest()


def _oldest_beyond(most: int, files: list[tuple[float, int, Path]]) -> list[tuple[float, int, Path]]:
    """The oldest of the files (when, how large, where) without which the others take at most so many bytes."""
    size, found = sum(one for _, one, _ in files), []
    for file in sorted(files):
        if size <= most:
            break
        found.append(file)
        size -= file[1]
    return found


def _folder_name(subject: str) -> str:
    return subject or _FOLDER_OF_WHOLE


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # not empty: a file came meanwhile


def makers_digest(*folders: Path) -> str:
    """Of the program's own files, by size and time: a page is made anew after any of them changed."""
    whole = hashlib.sha256()
    for folder in folders:
        for where, inner, names in os.walk(folder):
            inner[:] = sorted(name for name in inner if name != "__pycache__")
            for name in sorted(name for name in names if not name.endswith(".mo")):
                stat = Path(where, name).stat()
                whole.update(f"{where} {name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return whole.hexdigest()
