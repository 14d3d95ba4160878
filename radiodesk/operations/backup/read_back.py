"""Reads a backup back, every byte of it, and compares each object with what its row says. Nothing is written."""

import hashlib
import json
import os
import tarfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from radiodesk.operations.backup.manifest import NAME, manifest_of
from radiodesk.operations.backup.repository import Repository, Snapshot
from radiodesk.operations.backup.snapshot_contents import NAMED, STAGE

_BLOCK = 1 << 20
MANIFEST = f"{STAGE}/{NAME}"


@dataclass
class ReadBack:
    """What was read: how many files and bytes, and what differs, as keys of objects."""

    files: int = 0
    size: int = 0
    named: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def read_back(kept: Repository, snapshot: Snapshot) -> ReadBack:
    """Read a backup of a whole station; raises what ``Repository`` raises, and ``Unreadable``."""
    reader = _Reader()
    reader.start()
    try:
        kept.read(snapshot.id, reader.take)
    finally:
        reader.end()
    manifest = manifest_of(reader.kept.get(MANIFEST))
    found = ReadBack(len(reader.digests), reader.size)
    for line in reader.kept.get(f"{STAGE}/{NAMED}", b"").splitlines():
        shelf, key, digest = json.loads(line)
        path = f"{manifest.places.get(shelf, shelf)}/{key}".lstrip("/")
        found.named += 1
        if path not in reader.digests:
            if manifest.objects == "inside":
                found.missing.append(f"{shelf}/{key}")
        elif digest and reader.digests[path] != digest:
            found.changed.append(f"{shelf}/{key}")
    return found


class _Reader(threading.Thread):
    """Takes a tar file block by block, and digests what is in it."""

    def __init__(self) -> None:
        super().__init__(name="read back", daemon=True)
        out, into = os.pipe()
        self._out, self._into = os.fdopen(out, "rb"), os.fdopen(into, "wb", buffering=0)
        self.digests: dict[str, str] = {}
        self.kept: dict[str, bytes] = {}
        self.size = 0

    def take(self, block: bytes) -> None:
        rest = memoryview(block)
        # A reader that gave up took the whole of the tar file that it could read.
        with suppress(BrokenPipeError):
            while rest:
                rest = rest[self._into.write(rest) :]

    def end(self) -> None:
        self._into.close()
        self.join()

    def run(self) -> None:
        with self._out, suppress(tarfile.TarError), tarfile.open(fileobj=self._out, mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None:
                    self._digest(member.name.lstrip("/"), content)

    def _digest(self, name: str, content: IO[bytes]) -> None:
        digest, held = hashlib.sha256(), []
        while block := content.read(_BLOCK):
            digest.update(block)
            self.size += len(block)
            if name in (MANIFEST, f"{STAGE}/{NAMED}"):
                held.append(block)
        self.digests[name] = digest.hexdigest()
        if held:
            self.kept[name] = b"".join(held)
