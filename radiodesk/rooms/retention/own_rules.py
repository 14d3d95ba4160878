"""What goes by itself when its time is over, and where its time is set: shown beside the classes, ruled elsewhere."""

from dataclasses import dataclass
from datetime import timedelta

from radiodesk.core.i18n import N_
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts import drafts
from radiodesk.rooms.programme import spoken_lines
from radiodesk.rooms.transcripts.live import services as live


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A kind of thing as a message id, how long it is kept (``None``: each line says it), and the setting, if any."""

    name: str
    kept: timedelta | None
    setting: str = ""

    @property
    def days(self) -> int | None:
        """Whole days; none where it is hours, or each line's own."""
        return self.kept.days or None if self.kept is not None else None

    @property
    def hours(self) -> int | None:
        """Whole hours of what is kept for less than a day."""
        return self.kept.seconds // 3600 if self.kept is not None and not self.kept.days else None


def own_rules(settings: Settings) -> list[OwnRule]:
    """What removes itself, from what is kept longest to what is kept shortest."""
    return [
        OwnRule(N_("24-hour recordings of lines"), None, "log_days"),
        OwnRule(N_("Messages as they came in"), timedelta(days=settings.raw_days), "raw_days"),
        OwnRule(N_("Words typed into a form and not sent"), drafts.KEPT),
        OwnRule(N_("Backups of each day"), timedelta(days=settings.backup_days), "backup_days"),
        OwnRule(N_("Sound of lines that the machine spoke"), spoken_lines.KEPT),
        OwnRule(N_("Live words whose transcript never came"), live.KEPT),
    ]
