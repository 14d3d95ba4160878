"""What is wrong with the station now, for every page of every process: small files, as the database may be the fault.

An alarm is raised by whoever meets the trouble and cleared by whoever sees it gone.
"""

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radiodesk.core import i18n
from radiodesk.core.errors import Refusal

log = logging.getLogger(__name__)

DATABASE = "database"
DISK = "disk"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One trouble by name; ``message`` and ``facts`` as in a ``Refusal``, said in the reader's language."""

    name: str
    message: str
    facts: dict[str, Any]

    def __str__(self) -> str:
        return i18n.gettext(self.message, **self.facts)


class Alarms:
    """The alarms of a station, in a folder that all its processes share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, Alarm] = {}
        """What could not be written down, because the disk is the trouble."""

    def sound(self, name: str, refusal: Refusal) -> None:
        """Raise an alarm, or say it anew."""
        alarm = Alarm(name, refusal.message, {key: str(value) for key, value in refusal.facts.items()})
        if name not in {one.name for one in self.current()}:
            log.error("Alarm: %s", refusal)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = self._folder / f".{name}"
            draft.write_text(json.dumps({"message": alarm.message, "facts": alarm.facts}), encoding="utf-8")
            draft.replace(self._folder / f"{name}.json")
        except OSError:
            self._held[name] = alarm

    def clear(self, name: str) -> None:
        """The trouble is gone."""
        self._held.pop(name, None)
        with suppress(OSError):
            (self._folder / f"{name}.json").unlink(missing_ok=True)

    def current(self) -> list[Alarm]:
        """All alarms that stand, by name."""
        found = dict(self._held)
        with suppress(OSError):
            for path in sorted(self._folder.glob("*.json")):
                try:
                    held = json.loads(path.read_text(encoding="utf-8"))
                    found[path.stem] = Alarm(path.stem, str(held["message"]), dict(held["facts"]))
                except (OSError, ValueError, KeyError, TypeError):
                    continue  # cleared, or half written, at this moment
        return [found[name] for name in sorted(found)]
