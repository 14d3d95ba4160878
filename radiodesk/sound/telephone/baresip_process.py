"""baresip as a process that goes on when the telephone process is killed, so that callers keep the line.

Whoever starts next finds the running one by its number file and goes on with it.
"""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_NUMBER = "baresip.pid"
_TAIL = 1 << 16


@dataclass(frozen=True, slots=True)
class Running:
    """A running baresip; ``born`` is the kernel's start time, for numbers of processes come round again."""

    pid: int
    born: str

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        with suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        # One that died before it was looked at has no time of birth.
        return self.born != "" and _born(self.pid) == self.born

    def has_open(self, path: Path) -> bool:
        """Whether it still writes a file."""
        folder, wanted = Path(f"/proc/{self.pid}/fd"), path.resolve()
        try:
            return any(_target(entry) == str(wanted) for entry in folder.iterdir())
        except OSError:
            return False

    def signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def stop(self, within: float) -> None:
        """Let it say goodbye to its callers; kill it when it takes longer than that."""
        for number, seconds in ((signal.SIGTERM, within), (signal.SIGKILL, 2.0)):
            self.signal(number)
            end = time.monotonic() + seconds
            while self.alive and time.monotonic() < end:
                time.sleep(0.02)


class Output:
    """What baresip prints, kept in a pipe that no one has to read: numbers of callers are in it, so it goes to no file.

    The child holds both ends, so that it is never hurt by our death, and the writing end does not block.
    """

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        os.set_blocking(self.writing, False)
        self._tail = b""

    def tail(self) -> str:
        """The newest of what was printed."""
        with suppress(BlockingIOError):
            while data := os.read(self.reading, _TAIL):
                self._tail = (self._tail + data)[-_TAIL:]
        return self._tail.decode("utf-8", "replace")

    def clear(self) -> None:
        """Forget what was printed; a pipe that is full takes nothing new."""
        self.tail()
        self._tail = b""


def start(program: str, folder: Path, output: Output) -> Running:
    """Start baresip in its folder; raises ``OSError`` when there is no such program."""
    output.clear()
    child = subprocess.Popen(
        [program, "-f", str(folder.resolve())],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output.writing,
        stderr=output.writing,
        pass_fds=(output.reading,),
        start_new_session=True,
    )
    running = Running(child.pid, _born(child.pid))
    (folder / _NUMBER).write_text(f"{running.pid} {running.born}\n")
    # From here on it is watched by its number, for it may not be our own child the next time.
    child.returncode = 0
    return running


def find(folder: Path) -> Running | None:
    """The baresip that an earlier telephone left running."""
    try:
        pid, born = (folder / _NUMBER).read_text().split()
        found = Running(int(pid), born)
    except (OSError, ValueError):
        return None
    return found if found.alive else None


def _born(pid: int) -> str:
    """Start time of a process in clock ticks since the machine's start; empty when it runs no more."""
    try:
        behind = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if behind[0] in ("Z", "X") else behind[19]


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
