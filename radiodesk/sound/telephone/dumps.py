"""baresip's dumps: a WAV file for each direction of a call, which grows by a frame of 20 ms at a time.

Its header tells the length only when the file is closed, so the samples are read from behind the header on, to where
the file ends by now. libsndfile writes each frame through to the kernel: what baresip heard is there, however it ends.
"""

import os
from pathlib import Path

from radiodesk.sound.takes import SAMPLE

KINDS = {"caller": "dec", "studio": "enc"}
"""How baresip calls the directions: it decodes what the caller says and encodes what the caller hears."""
_HEADER = 4096
_BLOCK = 1 << 19


class Dump:
    """One growing file; ``read`` gives what is new."""

    def __init__(self, path: Path, skip: int = 0) -> None:
        self.path = path
        self.sample_rate = 0
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._first = self._at = 0
        self._skip = skip

    def read(self) -> bytes:
        """The next whole samples, at most half a minute at once; empty when there are none now."""
        if not self._at and not self._begin():
            return b""
        data = os.pread(self._file, _BLOCK, self._at)
        data = data[: len(data) // SAMPLE * SAMPLE]
        self._at += len(data)
        return data

    @property
    def waiting(self) -> int:
        """Whole samples that are there and not read yet."""
        if not self._at and not self._begin():
            return 0
        return max(0, os.fstat(self._file).st_size - self._at) // SAMPLE

    @property
    def samples(self) -> int:
        """How many it holds by now."""
        if not self._first and not self._begin():
            return 0
        return max(0, os.fstat(self._file).st_size - self._first) // SAMPLE

    @property
    def written_at(self) -> float:
        """When the newest sample was written, in seconds of the machine's clock."""
        return os.fstat(self._file).st_mtime

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _begin(self) -> bool:
        """Find the samples; false while the header is not there yet."""
        start = os.pread(self._file, _HEADER, 0)
        if len(start) < 12 or start[:4] != b"RIFF":
            return False
        at = 12
        while at + 8 <= len(start):
            name, length = start[at : at + 4], int.from_bytes(start[at + 4 : at + 8], "little")
            if name == b"data":
                self._first = at + 8
                self._at = self._first + self._skip * SAMPLE
                return self.sample_rate > 0
            if name == b"fmt ":
                self.sample_rate = int.from_bytes(start[at + 12 : at + 16], "little")
            at += 8 + length + length % 2
        return False


ASIDE = "dump-~{number:02}-{kind}.wav"
"""How a dump is called that is not baresip's: behind all of those."""


def is_aside(path: Path) -> bool:
    """Whether a dump is written by the sound server."""
    return path.name.startswith("dump-~")


def dumps_in(folder: Path) -> dict[str, list[Path]]:
    """Directions and their dumps in a call's folder, oldest first."""
    return {name: sorted(folder.glob(f"dump-*-{kind}.wav")) for name, kind in KINDS.items()}
