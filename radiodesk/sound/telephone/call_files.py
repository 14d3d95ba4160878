"""Telephone calls as the telephone knows them, each in a file of its own folder, so that a killed one goes on."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from radiodesk.core.atomic_files import replacing

_FILE = "call.json"


class Stage(StrEnum):
    """How far a call came."""

    RINGING = "ringing"
    ANSWERING = "answering"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Caller:
    """One call; ``key`` is ours, ``sip`` is SIP's Call-ID, ``number`` is encrypted (``None``: withheld).

    ``silent`` says that the caller hears nothing, because a sound device is missing; ``ear`` and ``mouth``
    are the connections of the sound server by which they hear and are heard, where they are known (``call_streams``);
    ``joined`` is the key of the one other caller whom they hear.
    """

    key: str
    sip: str
    line: str
    at: datetime
    number: str | None = None
    stage: Stage = Stage.RINGING
    take: str | None = None
    held: bool = False
    silent: bool = False
    ear: int | None = None
    mouth: int | None = None
    joined: str | None = None

    def now(self, stage: Stage, take: str | None = None) -> "Caller":
        """The call, come further."""
        return replace(self, stage=stage, take=take or self.take)


class Callers:
    """The calls that are there now; ``folder`` holds a folder for each, with its file and baresip's dumps."""

    def __init__(self, folder: Path, lines: int) -> None:
        self.names = [f"sip-{number}" for number in range(1, lines + 1)]
        self._folder = folder
        self._all: dict[str, Caller] = {}
        self._unwritten: set[str] = set()

    def __iter__(self) -> Iterator[Caller]:
        return iter(list(self._all.values()))

    def folder(self, key: str) -> Path:
        """The folder of one call."""
        return self._folder / key

    def by_key(self, key: str) -> Caller | None:
        """The call with our key."""
        return self._all.get(key)

    def by_sip(self, sip: str) -> Caller | None:
        """The call with this Call-ID."""
        return next((call for call in self._all.values() if call.sip == sip), None)

    def on(self, line: str) -> Caller | None:
        """The call on a line."""
        return next((call for call in self._all.values() if call.line == line), None)

    def free_line(self) -> str | None:
        """The first line with no call on it."""
        return next((name for name in self.names if self.on(name) is None), None)

    def keep(self, call: Caller) -> Caller:
        """Take in a call, or its new stage, and write its file; on a full disk that is done later."""
        self._all[call.key] = call
        self._unwritten.add(call.key)
        self.write_again()
        return call

    def write_again(self) -> None:
        """Write the files for which the disk had no room."""
        for key in sorted(self._unwritten):
            call, folder = self._all.get(key), self.folder(key)
            try:
                if call is not None:
                    folder.mkdir(parents=True, exist_ok=True)
                    with replacing(folder / _FILE) as draft:
                        draft.write_text(json.dumps(asdict(call) | {"at": call.at.astimezone(UTC).isoformat()}))
                self._unwritten.discard(key)
            except OSError:
                return

    def forget(self, call: Caller) -> None:
        """Let go of a call; its folder stays until it is removed."""
        self._all.pop(call.key, None)

    def remove(self, key: str) -> None:
        """Remove a call's folder, dumps and all."""
        shutil.rmtree(self.folder(key), ignore_errors=True)

    def left(self) -> list[Caller]:
        """The calls whose folders an earlier telephone left; a folder that holds no call is removed."""
        found = []
        for folder in sorted(self._folder.glob("*/")):
            call = _read(folder / _FILE)
            if call is None:
                shutil.rmtree(folder, ignore_errors=True)
            else:
                found.append(call)
        return found


def _read(path: Path) -> Caller | None:
    try:
        raw = json.loads(path.read_text())
        return Caller(**raw | {"at": datetime.fromisoformat(raw["at"]), "stage": Stage(raw["stage"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
