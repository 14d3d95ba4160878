#!/usr/bin/env python3
"""How long the one write lock is held, and by what: runs the journeys and prints the longest write transactions.

``scripts/bench_locks.py [PATH…]`` runs these tests (``tests/journeys`` by default) and prints one line a place (a
route, a job's kind, a round): how many transactions, their milliseconds in all, the longest. The aim is 50 ms for each;
what lies above is marked. Places without a name are the tests' own preparations.
"""

import argparse
import time
from pathlib import Path

import pytest

from radiodesk.core.locks import Writers

AIM = 0.050
ROOT = Path(__file__).resolve().parents[1]


class Measured:
    """Adds up the transactions of all databases of a run of tests."""

    def __init__(self) -> None:
        self.places: dict[str, list[float]] = {}
        original = Writers.note_end

        def note_end(writers: Writers, begun: tuple[str, float]) -> None:
            self.places.setdefault(begun[0], []).append(time.monotonic() - begun[1])
            original(writers, begun)

        Writers.note_end = note_end  # type: ignore[method-assign, assignment]

    def pytest_terminal_summary(self) -> None:
        """Print the table under the tests' own summary."""
        print(f"\n{'transactions':>12} {'ms in all':>10} {'median':>8} {'longest':>9}  place")
        for place, seconds in sorted(self.places.items(), key=lambda one: -max(one[1])):
            mark = "  <- over the aim" if place and max(seconds) > AIM else ""
            middle = sorted(seconds)[len(seconds) // 2]
            print(
                f"{len(seconds):>12} {sum(seconds) * 1000:>10.0f} {middle * 1000:>6.1f}ms {max(seconds) * 1000:>7.1f}ms"
                f"  {place or '(tests)'}{mark}"
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", default=[str(ROOT / "tests" / "journeys")])
    given = parser.parse_args()
    return int(pytest.main(["-q", "-p", "no:cacheprovider", *given.paths], plugins=[Measured()]))


if __name__ == "__main__":
    raise SystemExit(main())
