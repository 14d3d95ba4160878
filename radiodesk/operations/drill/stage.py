"""What the stages of a drill pass on to each other."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.language.places.pack import AreaPack
from radiodesk.language.places.station_area import area_pack
from radiodesk.operations.drill.show import Post, Show
from radiodesk.rooms.tickets.models import Ticket

SCREENER, HOST, OFFICER, ARCHIVIST = "umpamawati", "misalno", "aiptu.seumpama", "contohari"
"""User names of people who do not exist; a drill signs nobody in."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text as the station's voice read it."""

    sound: Path
    seconds: float


@dataclass
class Played:
    """What the stages pass on to each other and to the summary. Rows are named by key: each stage has its session."""

    show: Show
    settings: Settings
    database: Database
    clock: ManualClock
    broadcast_id: int = 0
    calls: dict[str, int] = field(default_factory=dict)
    tickets: dict[str, tuple[int, str]] = field(default_factory=dict)
    texts: dict[str, int] = field(default_factory=dict)
    refused_posts: list[dict[str, str]] = field(default_factory=list)
    feed_items_left: dict[str, int] = field(default_factory=dict)
    """What of the feeds was not for this station, by its reason: elsewhere, old, no report."""
    spoken: dict[str, Spoken] = field(default_factory=dict)
    """What is read and answered, by its text."""
    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def pack(self) -> AreaPack:
        return area_pack(self.settings.area)

    def at(self, minute: float) -> datetime:
        """A moment of the show, in minutes after its planned start."""
        return self.show.start + timedelta(minutes=minute)


def moment_of(played: Played, post: Post) -> datetime:
    """When a post was written: its time of day on the day of the show, else now."""
    if post.at is None:
        return played.clock.now()
    local = played.show.start.astimezone(played.settings.zone)
    return local.replace(hour=post.at[0], minute=post.at[1], second=0, microsecond=0)


def ticket_rows(played: Played, session: Session) -> list[tuple[str, Ticket, str]]:
    """The tickets with the file of their call and their PIN."""
    return [(name, session.get_one(Ticket, key), pin) for name, (key, pin) in played.tickets.items()]
