"""Machines of a network of their own: network namespaces on one bridge, whose cables a test can pull (needs root)."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NETWORK = "10.117.63"


def run(*command: str) -> None:
    """One command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}: {done.stderr}")


@dataclass
class Host:
    """One machine: its namespace, its address, and the processes that run on it, by name."""

    name: str
    namespace: str
    cable: str
    address: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def inside(self) -> tuple[str, ...]:
        """What a command begins with that is to run on this machine."""
        return ("ip", "netns", "exec", self.namespace)

    def start(self, name: str, *command: str) -> None:
        """Start a program there; what it says goes to a file beside its data."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*self.inside, *command],
                env=os.environ | {"PYTHONPATH": str(ROOT)} | self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def start_part(self, *words: str) -> None:
        """Start a part of the station by the words of its command."""
        self.start(words[0], sys.executable, "-m", "radiodesk", *words)

    def end(self, name: str) -> None:
        """End a program there at once."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def said(self, name: str) -> str:
        """What a program said so far."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def do(self, script: str, *words: str) -> str:
        """Run a Python script there and give what it printed; raises ``AssertionError`` when it fails."""
        command = [*self.inside, sys.executable, "-c", script, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pull_cable(self) -> None:
        """Nothing reaches this machine, and nothing leaves it."""
        run("ip", "link", "set", self.cable, "down")

    def plug_in(self) -> None:
        """The cable is back."""
        run("ip", "link", "set", self.cable, "up")


@contextmanager
def network(folder: Path, *names: str) -> Iterator[list[Host]]:
    """Machines of these names on a bridge of this run; this process reaches them too, as the router would."""
    tag = f"{os.getpid() % 100_000:05}"
    bridge = f"rd{tag}"
    made: list[Host] = []
    run("ip", "link", "add", bridge, "type", "bridge")
    try:
        run("ip", "address", "add", f"{NETWORK}.254/24", "dev", bridge)
        run("ip", "link", "set", bridge, "up")
        for number, name in enumerate(names, start=1):
            (folder / name).mkdir()
            host = Host(name, f"rd{tag}{name}", f"rd{tag}c{number}", f"{NETWORK}.{number}", folder / name)
            made.append(host)
            run("ip", "netns", "add", host.namespace)
            run("ip", "link", "add", host.cable, "type", "veth", "peer", "name", "eth0", "netns", host.namespace)
            run("ip", "link", "set", host.cable, "master", bridge, "up")
            run(*host.inside, "ip", "address", "add", f"{host.address}/24", "dev", "eth0")
            run(*host.inside, "ip", "link", "set", "eth0", "up")
            run(*host.inside, "ip", "link", "set", "lo", "up")
        yield made
    finally:
        for host in made:
            for process in host.processes.values():
                process.kill()
                process.wait()
            subprocess.run(["ip", "netns", "delete", host.namespace], capture_output=True, check=False)
        subprocess.run(["ip", "link", "delete", bridge], capture_output=True, check=False)


def until(what: str, true: Callable[[], object], seconds: float = 120.0) -> None:
    """Wait for something; raises ``AssertionError`` that names it when it does not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"it did not come: {what}"
        time.sleep(0.2)
