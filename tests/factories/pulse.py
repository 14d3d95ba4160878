"""A sound server of a test's own: null sinks that are played into, whose monitors are devices for PortAudio."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Pulse:
    """``environment`` is for the processes that shall hear it; each sink is a device of its own name."""

    environment: dict[str, str]

    def play(self, sink: str, file: Path) -> None:
        """Play a WAV file to its end."""
        self._run("paplay", f"--device={sink}", str(file))

    def start_playing(self, sink: str, file: Path) -> "subprocess.Popen[bytes]":
        """Play a WAV file while the test goes on."""
        return subprocess.Popen(["paplay", f"--device={sink}", str(file)], env=self.environment)

    def plug(self, sink: str, *, channels: int = 1) -> None:
        """Make a sink of 48 kHz."""
        self._run("pactl", "load-module", "module-null-sink", f"sink_name={sink}", "rate=48000", f"channels={channels}")

    def unplug(self, sink: str) -> None:
        """Take a sink away, as a pulled plug does. It must be the last one, or the server moves its listeners."""
        modules = self._run("pactl", "list", "short", "modules")
        number = next(line.split()[0] for line in modules.splitlines() if f"sink_name={sink}" in line)
        self._run("pactl", "unload-module", number)

    def _run(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, timeout=60
        ).stdout


@contextmanager
def sound_server(folder: Path, devices: dict[str, int]) -> Iterator[Pulse]:
    """Run PulseAudio with one null sink per device (name, channels), in ``folder``, on a socket of its own."""
    home, runtime = folder / "home", folder / "run"
    home.mkdir(parents=True)
    runtime.mkdir(mode=0o700)
    # Short, whatever the test's folder is called: a socket's address holds some hundred bytes.
    socket = Path(f"/tmp/radiodesk-pulse-{os.getpid()}-{time.monotonic_ns()}")  # noqa: S108
    pcms = [
        f'pcm.{name} {{ type pulse device {name}.monitor hint {{ show on description "{name}" }} }}' for name in devices
    ]
    (home / ".asoundrc").write_text("\n".join([*pcms, "pcm.!default { type pulse }", "ctl.!default { type pulse }"]))
    (folder / "pulse.pa").write_text(f"load-module module-native-protocol-unix auth-anonymous=1 socket={socket}\n")
    environment = os.environ | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "PULSE_SERVER": f"unix:{socket}",
    }
    command = ["pulseaudio", "-n", "-F", str(folder / "pulse.pa"), "--exit-idle-time=-1", "--daemonize=no"]
    with (folder / "pulse.log").open("wb") as log:
        server = subprocess.Popen([*command, "--use-pid-file=no"], env=environment, stdout=log, stderr=log)
    try:
        until(socket.exists)
        pulse = Pulse(environment)
        for name, channels in devices.items():
            pulse.plug(name, channels=channels)
        yield pulse
    finally:
        server.terminate()
        server.wait(10)
        socket.unlink(missing_ok=True)


def until(true: Callable[[], object], within: float = 30.0) -> None:
    """Wait for something outside this process; fails when it does not come."""
    end = time.monotonic() + within
    while not true():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)
