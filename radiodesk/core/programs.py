"""Programs of the system that radiodesk starts: found by name, refused in a sentence, killed with their starter."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from radiodesk.core.errors import Refusal


class ProgramMissing(Refusal):
    """A program that is needed is not installed, or too old."""

    exit_code = 7


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended: its exit code, and what it wrote to standard error."""

    code: int
    told: str


def find_program(name: str, package: str) -> str:
    """The path of a program; raises ``ProgramMissing`` with the Debian package that brings it."""
    found = shutil.which(name)
    if found is None:
        raise ProgramMissing(
            "The program %(program)s is not installed. Run: apt install %(package)s", program=name, package=package
        )
    return found


def run_program(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path | None = None,
    tell: Callable[[bytes], object] | None = None,
    block: int | None = None,
) -> Ran:
    """Run a program to its end; it is killed when whoever waits here dies, so that nothing goes on unseen.

    ``tell`` gets what it writes to standard output: line by line, or in blocks of up to so many bytes.
    """
    leash = shutil.which("setpriv")
    tied = [leash, "--pdeathsig", "KILL", "--"] if leash else []
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(
            [*tied, *command],
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as running:
            if running.stdout is None:
                raise AssertionError("a pipe was asked for")
            out = running.stdout
            try:
                for told in iter(lambda: out.read(block), b"") if block else out:
                    if tell is not None:
                        tell(told)
            except BaseException:
                running.kill()
                raise
        errors.seek(0)
        return Ran(running.returncode, errors.read().decode("utf-8", "replace"))
