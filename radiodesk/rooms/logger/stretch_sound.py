"""A stretch of a log as a page plays it: a small MP3, made when it is asked for and kept for an hour."""

import hashlib
import time
from pathlib import Path

from radiodesk.core.settings import Settings
from radiodesk.sound.logger.log_reader import Stretch, samples

LONGEST_HEARD = 1 / 3
"""Hours that are played at once; it is made while somebody waits."""

_KEPT = 3600.0


def stretch_mp3(settings: Settings, line: str, found: Stretch, *, seconds: float | None = None) -> Path:
    """The file; ``seconds`` is the time of day by which old ones are measured."""
    from radiodesk.core.atomic_files import replacing
    from radiodesk.sound.encoder import derive_mp3, write_blocks

    folder = settings.work / "logger"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.mp3"):
        if path.stat().st_mtime < (seconds or time.time()) - _KEPT:
            path.unlink(missing_ok=True)
    name = hashlib.sha256(f"{line} {found.begins} {found.ends} {found.missing}".encode()).hexdigest()[:32]
    target = folder / f"{name}.mp3"
    if not target.is_file():
        with replacing(folder / f"{name}.flac") as written:
            write_blocks(written, samples(found), found.rate, 1, "PCM_16")
            derive_mp3(written, target)
        (folder / f"{name}.flac").unlink(missing_ok=True)
    return target
