"""A place for backups, the programs that make them, and new machines to restore on."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from radiodesk.core.settings import Settings, load_settings
from radiodesk.operations.backup.repository import Repository, repository
from tests.factories.postgres import Server

CHECKOUT = Path(__file__).parents[2]
SLOW = """#!/bin/sh
# The real program, which this waits before when a file asks for it.
for word in "$@"; do
    if [ "$word" = "$(cat {wait} 2>/dev/null)" ]; then touch {reached}; sleep 60; fi
done
echo "$@" >> {words}
exec {restic} "$@"
"""


@dataclass(frozen=True)
class Machine:
    """A machine with a station, or one to restore a station on."""

    data: Path
    database_url: str | None
    folder: Path
    target: str
    password: Path

    def environment(self, **more: str) -> dict[str, str]:
        """What its processes get."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RADIODESK")}
        given = {"RADIODESK_DATA": str(self.data), "PYTHONPATH": str(CHECKOUT), "RADIODESK_LANGUAGE": "en"}
        given["RADIODESK_BACKUP_PASSWORD_FILE"] = str(self.password)
        if self.database_url is not None:
            given["RADIODESK_DATABASE_URL"] = self.database_url
        return kept | given | more

    def start(self, *words: str, **more: str) -> "subprocess.Popen[str]":
        """Start a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "radiodesk", *words],
            cwd=self.folder,
            env=self.environment(**more),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        with self.start(*words, **more) as process:
            out, err = process.communicate(timeout=240)
        return subprocess.CompletedProcess(list(words), process.returncode, out, err)

    def backup(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return self.run("backup", self.target, *words, **more)

    def restore(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return self.run("restore", self.target, *words, **more)

    def settings(self) -> Settings:
        """Its settings, for what is done in the test's own process."""
        return load_settings(data=self.data, database_url=self.database_url)

    def kept(self) -> Repository:
        """Its backups."""
        return repository(self.settings(), self.target, self.password)


def machine_of(settings: Settings, folder: Path) -> Machine:
    """The machine that a test's station runs on."""
    password = folder / "password"
    password.write_text("rahasia-cadangan\n", encoding="utf-8")
    password.chmod(0o600)
    url = settings.database if settings.database_url is not None else None
    return Machine(settings.data, url, folder, str(folder / "backups"), password)


def new_machine(old: Machine, server: Server | None) -> Machine:
    """Another machine with nothing on it, and a database of the same kind with nothing in it."""
    folder = old.folder / f"machine-{uuid4().hex[:8]}"
    folder.mkdir()
    url = server.make(f"test_{uuid4().hex}") if server is not None else None
    return Machine(folder / "data", url, folder, old.target, old.password)


def slow_restic(folder: Path, wait: str) -> tuple[dict[str, str], Path, Path]:
    """Put before restic a program that waits where one of its words is ``wait``.

    Gives the environment with it, the file that appears when it waits, and the file of all words that restic was given.
    """
    restic = shutil.which("restic")
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    reached, asked, words = folder / "reached", folder / "wait", folder / "words"
    reached.unlink(missing_ok=True)
    asked.write_text(wait, encoding="utf-8")
    script = programs / "restic"
    script.write_text(SLOW.format(wait=asked, reached=reached, words=words, restic=restic), encoding="utf-8")
    script.chmod(0o755)
    return {"PATH": f"{programs}:{os.environ['PATH']}"}, reached, words
