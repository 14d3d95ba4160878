"""Retention classes as data: how long each kind of thing is kept, and on which ground.

``classes.toml`` comes with the program; ``retention.toml`` in the data folder of a station says other numbers of days.
What goes by itself has its rule elsewhere (a setting, or a line's own): it is told of here, not ruled twice.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from radiodesk.core.errors import Refusal
from radiodesk.core.settings import Settings

BUILT_IN = Path(__file__).parent / "classes.toml"
OWN = "retention.toml"
MOST_DAYS = 36_500


class RetentionInvalid(Refusal):
    """The station's file of retention classes cannot be used."""

    exit_code = 2


class Matter(StrEnum):
    """What is kept by a class, from what is kept longest to what is kept shortest."""

    PACKAGE = "package"
    RESTRICTED = "restricted"
    COMPLAINT = "complaint"
    REQUEST = "request"
    CALL = "call"
    UPLOAD = "upload"
    TAKE = "take"


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """How long one kind of thing is kept; ``least_days`` no station may go below."""

    matter: Matter
    name: str
    name_en: str
    days: int
    least_days: int
    ground: str
    ground_en: str

    def name_in(self, language: str) -> str:
        return self.name_en if language == "en" else self.name

    def ground_in(self, language: str) -> str:
        return self.ground_en if language == "en" else self.ground

    def due_from(self, moment: datetime) -> datetime:
        """When a thing is due whose time runs from this moment."""
        return moment + timedelta(days=self.days)

    def due_before(self, now: datetime) -> datetime:
        """What began before this is due now."""
        return now - timedelta(days=self.days)


Classes = Mapping[Matter, RetentionClass]


def load_classes(settings: Settings) -> Classes:
    """The classes of a station; raises ``RetentionInvalid`` with the file, the class and what is wrong there."""
    with BUILT_IN.open("rb") as file:
        built_in = tomllib.load(file)
    found = {matter: RetentionClass(matter=matter, **built_in[matter.value]) for matter in Matter}
    path = settings.data / OWN
    if not path.is_file():
        return found
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RetentionInvalid(
            "The retention classes in %(path)s cannot be read: %(why)s. Mend or remove the file.", path=path, why=error
        ) from None
    for name, given in own.items():
        if name not in set(Matter):
            raise RetentionInvalid(
                "%(path)s names the class %(name)s, which is none. There are: %(known)s.",
                path=path,
                name=name,
                known=", ".join(Matter),
            )
        found[Matter(name)] = _changed(found[Matter(name)], given, path)
    if found[Matter.RESTRICTED].days > found[Matter.PACKAGE].days:
        raise RetentionInvalid(
            "%(path)s keeps the closed part of a package for longer than the package. Give restricted fewer days.",
            path=path,
        )
    return found


def _changed(kept: RetentionClass, given: Any, path: Path) -> RetentionClass:
    facts = {"path": path, "name": kept.matter.value}
    if not isinstance(given, dict):
        raise RetentionInvalid("In %(path)s, %(name)s is no table. Write [%(name)s] and below it days = 90.", **facts)
    if unknown := given.keys() - {"days", "ground", "ground_en"}:
        raise RetentionInvalid(
            "In %(path)s, the class %(name)s has %(unknown)s, which is not known. Only days, ground and ground_en can "
            "be said.",
            unknown=", ".join(sorted(unknown)),
            **facts,
        )
    days = given.get("days", kept.days)
    if isinstance(days, bool) or not isinstance(days, int) or not kept.least_days <= days <= MOST_DAYS:
        raise RetentionInvalid(
            "In %(path)s, the class %(name)s is kept for %(days)s days. Give a whole number from %(least)s to "
            "%(most)s: %(ground)s.",
            days=days,
            least=kept.least_days,
            most=MOST_DAYS,
            ground=kept.ground,
            **facts,
        )
    grounds = {key: given[key] for key in ("ground", "ground_en") if key in given}
    if any(not isinstance(ground, str) or not 0 < len(ground.strip()) <= 300 for ground in grounds.values()):
        raise RetentionInvalid("In %(path)s, the ground of the class %(name)s is no text of 1 to 300 signs.", **facts)
    if "ground" in grounds:
        grounds.setdefault("ground_en", grounds["ground"])
    return replace(kept, days=days, **grounds)
