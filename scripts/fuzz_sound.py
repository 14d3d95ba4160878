"""Damaged sound files of every format, one after another, through all that the station does with sound.

    python scripts/fuzz_sound.py [--minutes N] [--seed N]

The only thing that may come out beside sound is a refusal in one sentence. Whatever else is raised, and whatever takes
longer than ten seconds, is printed with the kind and the number that makes the same file again, and ends with exit 1.
"""

import argparse
import logging
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.sound.mutations import KINDS, damaged, use, whole

_SLOW = 10.0


def main() -> int:
    """Damage files until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0, help="number of the first file")
    given = parser.parse_args()
    logging.disable()
    sounds = {kind: whole(kind) for kind in KINDS}
    files, heard, failed = Counter[str](), Counter[str](), 0
    end = time.monotonic() + given.minutes * 60
    number = given.seed
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "damaged.bin"
        while time.monotonic() < end:
            kind = KINDS[number % len(KINDS)]
            path.write_bytes(damaged(sounds[kind], number))
            begun = time.monotonic()
            try:
                heard[kind] += "mp3" in list(use(path, folder))
            except Exception:  # noqa: BLE001 - finding these is what this is for
                failed += 1
                print(f"{kind}, number {number}:\n{traceback.format_exc()}")
            if time.monotonic() - begun > _SLOW:
                failed += 1
                print(f"{kind}, number {number}: {time.monotonic() - begun:.0f} s")
            files[kind] += 1
            number += 1
    for kind in KINDS:
        print(f"{kind:12} {files[kind]:6} files, {heard[kind]:6} can be heard")
    print(f"{files.total():19} files, {heard.total():6} can be heard, {failed} failures, next number {number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
