"""What a process does again and again: sweeping, pruning, reading journals. An exception does not end a round.

Each round has a thread of its own. An exception is logged and written to the process's health file, which the page
of the station's state reads; then the round goes on.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from radiodesk.core.health_file import TOLD_EVERY, HealthFile
from radiodesk.core.locks import at_work
from radiodesk.core.unavailable import unavailable

log = logging.getLogger(__name__)

TROUBLE = 3.0
"""Seconds to wait after a turn that failed; twice as long after each further one, up to the round's own time."""
LONG_TURN = 300.0
"""Seconds that a turn may take, whatever its round; longer than the time between two, it hangs."""
REST = 5.0
"""Seconds after which a round that is woken turns even so."""
SILENT = 30.0
"""Seconds after which a process that wrote no health counts as silent."""


class Wake(Protocol):
    """Tells that there may be something to do."""

    def wait(self, seconds: float) -> object:
        """Return soon after something happened, and after so many seconds in any case."""
        ...

    def ring(self) -> None:
        """Let who waits return now."""
        ...


@dataclass(frozen=True, slots=True)
class Round:
    """Something to do every so many seconds, from the start of the process on; with ``wake`` no more often than that,
    when there may be something to do, and after ``REST`` seconds in any case.
    """

    name: str
    every: float
    act: Callable[[], object]
    longest: float = LONG_TURN
    """Seconds that a turn may take before it counts as hanging."""
    wake: Wake | None = None


@dataclass(slots=True)
class Health:
    """How a round is doing; ``problem`` is what its last turn raised, and ``failures`` how many turns in a row did.

    ``began`` is when the turn under way began, in seconds since 1970; 0 between two turns.
    """

    name: str
    every: float
    turns: int = 0
    failures: int = 0
    problem: str = ""
    done_at: str = ""
    began: float = 0.0
    longest: float = LONG_TURN

    def hangs(self, seconds: float) -> bool:
        """Whether the turn under way takes far too long."""
        return self.began > 0 and seconds - self.began > max(self.longest, self.every)


class Rounds:
    """The rounds of one process, running until ``stop`` is set."""

    def __init__(self, process: str, rounds: Sequence[Round], folder: Path, stop: threading.Event) -> None:
        self._process = process
        self._folder = folder
        self._stop = stop
        self._wakes = [one.wake for one in rounds if one.wake is not None]
        self._health = {one.name: Health(one.name, one.every, longest=one.longest) for one in rounds}
        turns = [threading.Thread(target=self._again, args=(one,), name=one.name, daemon=True) for one in rounds]
        teller = threading.Thread(target=self._tell, name="health", daemon=True)
        self._threads = [*turns, teller]

    def start(self) -> None:
        """Begin all rounds."""
        for thread in self._threads:
            thread.start()

    def join(self, timeout: float) -> None:
        """Wait for the turns under way to end, each for so many seconds; ``stop`` was set before."""
        for wake in self._wakes:
            wake.ring()
        for thread in self._threads:
            thread.join(timeout)

    def _again(self, one: Round) -> None:
        health = self._health[one.name]
        while not self._stop.is_set():
            health.began = time.time()
            with at_work(f"{self._process}: {one.name}"):
                self._turn(one, health)
            health.began = 0.0
            rest = _rest(one.every, health.failures)
            if one.wake is not None and not health.failures:
                since = time.monotonic()
                one.wake.wait(REST)
                rest = max(0.0, since + rest - time.monotonic())
            self._stop.wait(rest)

    def _turn(self, one: Round, health: Health) -> None:
        try:
            one.act()
        except Exception as error:  # the edge: a round that ended for good would go unseen while the process seems well
            known = unavailable(error)
            if known is not None:
                log.warning("The round “%s” waits for a moment: %s", one.name, known)
            else:
                log.exception("The round “%s” failed; it goes on.", one.name)
            # The words of an error may be those of a caller: they stand in the log of the process alone.
            health.failures, health.problem = health.failures + 1, str(known or type(error).__name__)
            return
        health.turns, health.failures, health.problem = health.turns + 1, 0, ""
        health.done_at = datetime.now(UTC).isoformat(timespec="seconds")

    def _tell(self) -> None:
        file = HealthFile(self._folder, self._process)
        while True:
            file.write([asdict(health) for health in self._health.values()])
            if self._stop.wait(TOLD_EVERY):
                file.remove()
                return


def _rest(every: float, failures: int) -> float:
    """Seconds until the next turn: what failed is tried again soon, but not so often that the log fills up."""
    return max(TROUBLE, min(every, TROUBLE * 2.0 ** min(failures - 1, 16))) if failures else every


@dataclass(frozen=True, slots=True)
class ProcessHealth:
    """What a process last said of itself; ``silent`` when that is too long ago for it to be well.

    ``hanging`` are the rounds whose turn does not come to an end, with the minutes for which they have been at it.
    """

    process: str
    pid: int
    silent: bool
    rounds: tuple[Health, ...]
    hanging: Mapping[str, int]

    @property
    def well(self) -> bool:
        return not self.silent and not self.hanging and not any(one.failures for one in self.rounds)


def health_of(folder: Path, *, seconds: float) -> list[ProcessHealth]:
    """How the processes of a station are doing, by name; of one that ended long ago nothing is said any more."""
    found = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            silent = seconds - float(told["at"]) > SILENT
            rounds = tuple(Health(**one) for one in told["rounds"])
            hanging = {one.name: round((seconds - one.began) / 60) for one in rounds if one.hangs(seconds)}
            one = ProcessHealth(str(told["process"]), int(told["pid"]), silent, rounds, hanging)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if silent and not Path(f"/proc/{one.pid}").exists():
            # Killed, and started again under another number.
            with suppress(OSError):
                path.unlink()
            continue
        found.append(one)
    return found
