"""Turns finished files of a log into FLAC or Opus, in a child process with the lowest priority.

The raw file goes once the packed one was read back. Who is killed in between leaves the raw file, and the next child
begins with it again.
"""

import json
import logging
import os
import sys
from pathlib import Path

from radiodesk.core.atomic_files import replacing
from radiodesk.sound.logger.log_files import PieceFiles, logged_lines, piece_files

log = logging.getLogger(__name__)

_NICENESS = 15


def waiting_pieces(logger: Path) -> list[PieceFiles]:
    """The pieces of all lines that are finished and lie there raw, oldest first."""
    found = []
    for line in logged_lines(logger):
        for files in piece_files(logger / line):
            if files.raw.exists() and any(entry["kind"] == "ends" for entry in files.entries()):
                found.append(files)
    return sorted(found, key=lambda files: (files.folder.name, files.name))


def pack(files: PieceFiles) -> Path | None:
    """Pack one piece; returns its file, or ``None`` where there was no sound in it."""
    from radiodesk.sound.logger.log_sound import pack_flac, pack_opus

    if not files.raw_frames():
        files.raw.unlink(missing_ok=True)
        return None
    about = next(entry for entry in files.entries() if entry["kind"] == "begins")
    kind = "opus" if about["format"] == "opus" else "flac"
    target = files.folder / f"{files.name}.{kind}"
    write = pack_opus if kind == "opus" else pack_flac
    with replacing(target) as written:
        write(files.raw, written, int(about["rate"]))
    note = {"kind": "packed", "bytes": target.stat().st_size}
    with files.journal.open("ab") as journal:
        journal.write(json.dumps(note).encode() + b"\n")
    files.raw.unlink()
    return target


def pack_all(logger: Path) -> int:
    """Pack all that waits; one that cannot be packed is left as it is. Returns how many were packed."""
    for left in logger.glob("*/????-??-??/.*"):
        left.unlink(missing_ok=True)  # of a child that was killed
    count = 0
    for files in waiting_pieces(logger):
        try:
            count += pack(files) is not None
        except (OSError, ValueError, StopIteration) as error:
            log.error("The log %s/%s could not be packed: %s", files.folder.name, files.name, error)
    return count


def main() -> None:
    """``python -m radiodesk.sound.logger.log_packing FOLDER``."""
    os.nice(_NICENESS)
    pack_all(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
