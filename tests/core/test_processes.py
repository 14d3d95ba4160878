"""A lock that says who holds it, and is free when the holder died."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from radiodesk.core.processes import hold, holder, readiness, tell_ready

HOLDS = """
import sys, time
from pathlib import Path
from radiodesk.core.processes import hold
print(hold(Path(sys.argv[1])), flush=True)
time.sleep(60)
"""


def test_the_holder_is_known_until_it_dies(tmp_path: Path) -> None:
    path = tmp_path / "part.lock"
    assert holder(path) is None
    other = subprocess.Popen([sys.executable, "-c", HOLDS, str(path)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    with other.stdout:
        assert other.stdout.readline().strip() == "True"
        assert holder(path) == other.pid
        assert not hold(path)
        os.kill(other.pid, signal.SIGKILL)
        other.wait(timeout=30)
    assert holder(path) is None
    assert hold(path)
    assert holder(path) == os.getpid()


def test_systemd_is_told_once_and_by_no_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as waiting:
        waiting.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        tell = readiness()
        assert "NOTIFY_SOCKET" not in os.environ
        tell()
        assert waiting.recv(100) == b"READY=1"
        # Where nobody waits nothing is told.
        tell_ready()
        waiting.setblocking(False)
        with pytest.raises(BlockingIOError):
            waiting.recv(100)
