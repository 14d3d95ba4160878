"""Several threads that flush one folder share the flushes, and none is told that it is safe before it is."""

import threading
from pathlib import Path

import pytest

from radiodesk.core.atomic_files import FlushTogether

HERE = Path("folder")


def test_who_comes_while_a_flush_is_under_way_shares_the_next_one() -> None:
    begun, go_on, flushed = threading.Event(), threading.Event(), []

    def flush(folder: Path) -> None:
        flushed.append(folder)
        begun.set()
        assert go_on.wait(10)

    together = FlushTogether(flush)
    first = threading.Thread(target=together, args=(HERE,))
    first.start()
    assert begun.wait(10)
    others = [threading.Thread(target=together, args=(HERE,)) for _ in range(9)]
    for thread in others:
        thread.start()
    while together.waiting(HERE) < len(others):
        pass
    # The flush under way began before them: it does not make safe what they did.
    assert all(thread.is_alive() for thread in others)
    go_on.set()
    for thread in (first, *others):
        thread.join(10)
        assert not thread.is_alive()
    assert flushed == [HERE, HERE]


def test_a_flush_that_fails_is_nobodys_safety() -> None:
    failing = [True]

    def flush(_folder: Path) -> None:
        if failing.pop():
            raise OSError("the disk is gone")

    together = FlushTogether(flush)
    with pytest.raises(OSError, match="gone"):
        together(HERE)
    failing.append(False)
    together(HERE)
    assert failing == []
