"""The place where backups lie, as restic keeps it: encrypted, each change once, in a folder, over SFTP or in a bucket.

The address may hold a password, as may the environment: neither stands among the words of a command, nor in a log.
"""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Refusal
from radiodesk.core.programs import Ran, find_program, run_program
from radiodesk.core.settings import Settings

Progress = Callable[[float], object]

WHOLE = "station"
"""Tag of a snapshot with the database."""
FILES = "files"
"""Tag of one of what lies on one host alone."""
LISTED = 1 << 20

_NOT_THERE = ("no such file", "does not exist", "not found")
"""How restic says that there is nothing; of a server that is away it says something else."""
_SECRET = re.compile(r"(?<=://)[^/@\s]*@")


class NotSetUp(Refusal):
    """A setting that backups need is missing."""

    exit_code = 2


class NoRepository(Refusal):
    """Nothing was ever backed up to the target, or its disk is not there."""

    exit_code = 3


class BackupsThere(Refusal):
    """The target was made ready for backups before."""

    exit_code = 4


class RepositoryBusy(Refusal):
    """Another program works on the backups."""

    exit_code = 4


class WrongPassword(Refusal):
    """The password does not open the backups."""

    exit_code = 5


class TargetFull(Refusal):
    """There is no room where the backups lie."""

    exit_code = 6


class TargetTrouble(Refusal):
    """restic failed; its own words say why."""

    exit_code = 6


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One backup: ``id`` as restic names it, ``paths`` what it holds at its top."""

    id: str
    made_at: datetime
    host: str
    tags: tuple[str, ...]

    @property
    def short(self) -> str:
        return self.id[:8]


@dataclass(frozen=True)
class Repository:
    """Runs restic on one target. Every method raises one of the refusals above, or ``ProgramMissing``."""

    target: str = field(repr=False)
    password_file: Path
    cache: Path
    environment: Mapping[str, str] = field(repr=False)

    @property
    def shown(self) -> str:
        """The target without a password that may stand in it."""
        return _SECRET.sub("", self.target)

    def begin(self) -> None:
        """Make the target ready for its first backup."""
        self._run("init")

    def unlock(self) -> None:
        """Take away locks of processes that died; those of living ones stay."""
        self._run("unlock")

    def back_up(
        self, folder: Path, paths: Sequence[str], *, tag: str, host: str, leave_out: Sequence[str], progress: Progress
    ) -> dict[str, Any]:
        """Keep these files, named from ``folder`` on; returns restic's summary. Files that vanish are no error."""
        summary: dict[str, Any] = {}

        def tell(line: bytes) -> None:
            told = _object(line)
            if told.get("message_type") == "status":
                progress(float(told.get("percent_done", 0.0)))
            elif told.get("message_type") == "summary":
                summary.update(told)

        excluded = [word for one in leave_out for word in ("--exclude", one)]
        # By inode and change time a file that was only moved or linked would count as another.
        command = ["backup", "--json", "--tag", tag, "--host", host, "--ignore-inode", *excluded, "--", *paths]
        self._run(*command, folder=folder, tell=tell, good=(0, 3))
        if not summary:
            raise TargetTrouble("The backup to %(target)s failed: %(why)s", target=self.shown, why="no summary")
        return summary

    def snapshots(self, *, tag: str) -> list[Snapshot]:
        """All backups with a tag, oldest first."""
        lines: list[bytes] = []
        self._run("snapshots", "--json", "--tag", tag, tell=lines.append)
        found = json.loads(b"".join(lines) or b"[]") or []
        return sorted((_snapshot(one) for one in found), key=lambda one: one.made_at)

    def files(self, snapshot: str) -> dict[str, int]:
        """Every file of a backup by its path, with its size in bytes."""
        found: dict[str, int] = {}

        def tell(line: bytes) -> None:
            told = _object(line)
            if told.get("type") == "file":
                found[str(told["path"])] = int(told.get("size", 0))

        self._run("ls", "--json", snapshot, tell=tell)
        return found

    def restore(self, snapshot: str, target: Path, *, only: str | None = None, leave_out: str | None = None) -> None:
        """Write the files of a backup below a folder: all, those below a path, or all but those."""
        chosen = [*(("--include", only) if only else ()), *(("--exclude", leave_out) if leave_out else ())]
        self._run("restore", snapshot, "--target", str(target), *chosen)

    def read(self, snapshot: str, tell: Callable[[bytes], object]) -> None:
        """Give the whole of a backup as blocks of a tar file; restic proves each part by its SHA-256."""
        self._run("dump", snapshot, "/", tell=tell, block=LISTED)

    def check(self) -> None:
        """Raise unless everything that the backups need is there, as restic sees it without reading all of it."""
        self._run("check")

    def forget(self, *, tag: str, by: str, days: int, weeks: int, months: int) -> None:
        """Forget backups beyond those that are to be kept, and free their room; ``by`` tells series apart."""
        kept = [("--keep-daily", days), ("--keep-weekly", weeks), ("--keep-monthly", months)]
        words = [word for name, count in kept if count for word in (name, str(count))]
        self._run("forget", "--tag", tag, "--group-by", by, *words, "--prune")

    def _run(
        self,
        *arguments: str,
        folder: Path | None = None,
        tell: Callable[[bytes], object] | None = None,
        block: int | None = None,
        good: Sequence[int] = (0,),
    ) -> None:
        restic = find_program("restic", "restic")
        self.cache.mkdir(parents=True, exist_ok=True)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RADIODESK_")},
            **self.environment,
            "RESTIC_REPOSITORY": self.target,
            "RESTIC_PASSWORD_FILE": str(self.password_file.absolute()),
            "RESTIC_CACHE_DIR": str(self.cache.absolute()),
            "RESTIC_PROGRESS_FPS": "1",
        }
        ran = run_program([restic, *arguments], environment=environment, folder=folder, tell=tell, block=block)
        if ran.code not in good:
            raise self._refusal(ran)

    def _refusal(self, ran: Ran) -> Refusal:
        """By restic's exit code (from 0.17 on), else by its words, which are not translated."""
        told = ran.told.lower()
        if ran.code == 12 or "wrong password" in told:
            return WrongPassword(
                "The password in %(file)s does not open the backups in %(target)s.",
                file=self.password_file,
                target=self.shown,
            )
        if ran.code == 10 or ("is there a repository" in told and any(words in told for words in _NOT_THERE)):
            return NoRepository(
                "There are no backups in %(target)s. Is its disk there? Where backups are to begin, give --new to "
                "radiodesk backup as well.",
                target=self.shown,
            )
        if "already exists" in told or "already initialized" in told:
            return BackupsThere("There are backups in %(target)s already. Leave --new away.", target=self.shown)
        if "no space left on device" in told or "disk quota exceeded" in told:
            return TargetFull(
                "There is no room for the backup in %(target)s. Make room there; the backups before it are whole.",
                target=self.shown,
            )
        if ran.code == 11 or "already locked" in told:
            return RepositoryBusy("Another program works on the backups in %(target)s.", target=self.shown)
        return TargetTrouble("The backup to %(target)s failed: %(why)s", target=self.shown, why=self._last(ran))

    def _last(self, ran: Ran) -> str:
        lines = [line.strip() for line in ran.told.splitlines() if line.strip()]
        fatal = [line for line in lines if line.lower().startswith("fatal")]
        why = (fatal or lines or [f"restic {ran.code}"])[-1].replace(self.target, self.shown)
        return _SECRET.sub("", why)[:500]


def repository(settings: Settings, target: str | None = None, password_file: Path | None = None) -> Repository:
    """The station's backups, or those at another target; raises ``NotSetUp``."""
    named = target or (settings.backup_target.get_secret_value() if settings.backup_target is not None else "")
    if not named:
        raise NotSetUp("It is not said where backups go. Name a target, or set backup_target.")
    password = password_file or settings.backup_password_file
    if password is None:
        raise NotSetUp("Backups are encrypted with a password. Write one into a file, and set backup_password_file.")
    if not password.is_file():
        raise NotSetUp("There is no file %(path)s.", path=password)
    # A folder is meant from where the command was typed; restic is started elsewhere.
    is_folder = ":" not in named or named.startswith(("/", "."))
    return Repository(
        str(Path(named).absolute()) if is_folder else named,
        password,
        settings.work / "restic",
        {name: value.get_secret_value() for name, value in settings.backup_environment.items()},
    )


def _snapshot(told: dict[str, Any]) -> Snapshot:
    # Nanoseconds, which Python before 3.11 could not read, are of no use here.
    made_at = datetime.fromisoformat(re.sub(r"\.\d+", "", str(told["time"])).replace("Z", "+00:00"))
    return Snapshot(str(told["id"]), made_at, str(told.get("hostname", "")), tuple(told.get("tags") or ()))


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
