"""The file in which a process says that it is at work, for the page of the station's state. Needs no database."""

import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

TOLD_EVERY = 5.0
"""Seconds between two writings."""


class HealthFile:
    """The file of this process."""

    def __init__(self, folder: Path, process: str) -> None:
        self._folder, self._process = folder, process
        self._path = folder / f"{process}-{os.getpid()}.json"

    def write(self, rounds: Sequence[dict[str, Any]] = ()) -> None:
        """Say that it is at work now, and how its rounds do."""
        told = {"process": self._process, "pid": os.getpid(), "at": time.time(), "rounds": list(rounds)}
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_suffix(".new")
            draft.write_text(json.dumps(told), encoding="utf-8")
            draft.replace(self._path)

    def remove(self) -> None:
        """It ends in good order."""
        with suppress(OSError):
            self._path.unlink()


class Beat:
    """Of a process that is one loop: what does not turn any more says nothing, and counts as silent."""

    def __init__(self, folder: Path, process: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._file, self._monotonic = HealthFile(folder, process), monotonic
        self._told = float("-inf")

    def turn(self) -> None:
        """The loop has come round; written down now and then."""
        if self._monotonic() - self._told >= TOLD_EVERY:
            self._told = self._monotonic()
            self._file.write()

    def end(self) -> None:
        """The loop ends."""
        self._file.remove()
