"""A lock that says who holds it, and is free when the holder died."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from radiodesk.core.processes import hold, holder

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
