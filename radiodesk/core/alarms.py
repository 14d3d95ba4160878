"""What is wrong with the station now, for every page of every process: small files, as the database may be the fault.

The code that meets a fault raises the alarm; the code that finds the fault gone clears it.
"""

import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radiodesk.core import i18n
from radiodesk.core.atomic_files import replacing
from radiodesk.core.errors import Refusal

log = logging.getLogger(__name__)

BACKUP = "backup"
DATABASE = "database"
DISK = "disk"
STORE = "store"

HELD_FOR = 60.0
"""Seconds for which a process remembers an alarm that could not be written down. Whoever still meets the trouble sounds
it again; that another process saw it gone, nothing on a full disk would tell."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One trouble by name; ``message`` and ``facts`` as in a ``Refusal``, said in the reader's language."""

    name: str
    message: str
    facts: dict[str, Any]

    def __str__(self) -> str:
        try:
            return i18n.gettext(self.message, **self.facts)
        except (TypeError, ValueError, KeyError):
            # Written by another release: an alarm with gaps is better than no page at all.
            return i18n.gettext(self.message)


class Alarms:
    """The alarms of a station, in a folder that all its processes share."""

    def __init__(self, folder: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._monotonic = monotonic
        self._held: dict[str, tuple[float, Alarm]] = {}
        """What could not be written down, because the disk is the trouble, and since when."""

    def sound(self, name: str, refusal: Refusal) -> None:
        """Raise an alarm, or say it anew."""
        alarm = Alarm(name, refusal.message, {key: _kept(value) for key, value in refusal.facts.items()})
        standing = self.current()
        if name not in {one.name for one in standing}:
            log.error("Alarm: %s", refusal)
        if alarm in standing and name not in self._held:
            return
        try:
            with replacing(self._folder / f"{name}.json") as draft:
                draft.write_text(json.dumps({"message": alarm.message, "facts": alarm.facts}), encoding="utf-8")
        except OSError:
            self._held[name] = self._monotonic(), alarm
        else:
            self._held.pop(name, None)

    def clear(self, name: str) -> None:
        """The trouble is gone."""
        self._held.pop(name, None)
        with suppress(OSError):
            (self._folder / f"{name}.json").unlink(missing_ok=True)

    def current(self) -> list[Alarm]:
        """All alarms that stand, by name."""
        since = self._monotonic() - HELD_FOR
        found = {name: alarm for name, (at, alarm) in self._held.copy().items() if at > since}
        with suppress(OSError):
            for path in sorted(self._folder.glob("[!.]*.json")):
                try:
                    held = json.loads(path.read_text(encoding="utf-8"))
                    found[path.stem] = Alarm(path.stem, str(held["message"]), dict(held["facts"]))
                except (OSError, ValueError, KeyError, TypeError):
                    continue  # cleared, or half written, at this moment
        return [found[name] for name in sorted(found)]


def _kept(fact: Any) -> Any:
    """A fact as JSON keeps it: numbers stay numbers, since the message may say how many places are told."""
    return fact if isinstance(fact, int | float) else str(fact)
