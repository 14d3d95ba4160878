#!/usr/bin/env python3
"""How many files and jobs lie on three ways through the house, as docs/architecture.md gives them.

Runs ``tests/journeys/test_three_ways.py`` and notes in which files of the package a function was called, leaving out
``core`` and ``http``, which every way uses. ``--list`` names the files.
"""

import argparse
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from radiodesk.core import jobs

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "radiodesk"
ALL = (f"{PACKAGE}/core/", f"{PACKAGE}/http/", f"{PACKAGE}/migrations/")


class Counted:
    """Counts during the tests themselves, not while fixtures make a station."""

    def __init__(self) -> None:
        self.ways: dict[str, tuple[set[str], int]] = {}
        self._files: set[str] = set()
        self._jobs = 0
        original = jobs.take

        def take(*given: Any) -> Any:
            taken = original(*given)
            self._jobs += taken is not None
            return taken

        jobs.take = take  # type: ignore[assignment]

    def note(self, frame: FrameType, event: str, _argument: Any) -> None:
        """A profiling function: notes the file of each call."""
        if event == "call" and frame.f_code.co_name != "<module>":
            self._files.add(frame.f_code.co_filename)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        """Note while one way is walked."""
        self._files, self._jobs = set(), 0
        threading.setprofile(self.note)
        sys.setprofile(self.note)
        yield
        sys.setprofile(None)
        threading.setprofile(None)
        ours = {name for name in self._files if name.startswith(f"{PACKAGE}/") and not name.startswith(ALL)}
        self.ways[item.name] = (ours, self._jobs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="name the files")
    given = parser.parse_args()
    counted = Counted()
    way = str(ROOT / "tests" / "journeys" / "test_three_ways.py")
    done = pytest.main(["-q", "-p", "no:cacheprovider", way], plugins=[counted])
    for name, (files, ran) in counted.ways.items():
        places = Counter("/".join(Path(file).relative_to(PACKAGE).parts[:-1]) for file in files)
        print(f"\n{name.removeprefix('test_').replace('_', ' ')}: {len(files)} files, {ran} jobs")
        print("  " + ", ".join(f"{place} {count}" for place, count in sorted(places.items())))
        if given.list:
            print("\n".join(f"    {Path(file).relative_to(PACKAGE)}" for file in sorted(files)))
    return int(done)


if __name__ == "__main__":
    raise SystemExit(main())
