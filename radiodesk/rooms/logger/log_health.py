"""How the lines' recordings round the clock do, for the page of the station's state."""

from dataclasses import dataclass
from datetime import datetime

from radiodesk.core.i18n import gettext
from radiodesk.core.settings import Settings
from radiodesk.rooms.lines.line_board import Listening, configured
from radiodesk.rooms.lines.services import RECORDER
from radiodesk.rooms.logger.day_chart import WHY_NAMES
from radiodesk.sound.line_setup import Line


@dataclass(frozen=True, slots=True)
class LogHealth:
    """One line: whether it is recorded now, and a sentence about it."""

    line: Line
    well: bool
    said: str


def log_health(settings: Settings) -> list[LogHealth]:
    """All lines that should have a log; asks the recorder."""
    lines = [line for line in configured(settings)[0].lines if line.log]
    if not lines:
        return []
    state = Listening(settings).state(RECORDER)
    told = {one["id"]: one for one in ((state or {}).get("logger") or {}).get("lines", [])}
    return [_one(settings, line, told.get(line.id), runs=state is not None) for line in lines]


def _one(settings: Settings, line: Line, told: dict[str, str | None] | None, *, runs: bool) -> LogHealth:
    if told is None:
        said = gettext("not recorded") if runs else gettext("the recorder was not running")
        return LogHealth(line, False, said)
    if told["broken"]:
        return LogHealth(line, False, gettext(WHY_NAMES.get(told["broken"], told["broken"])))
    reached = datetime.fromisoformat(told["reached"]).astimezone(settings.zone) if told["reached"] else None
    heard = f"{reached:%H.%M.%S}" if reached is not None else "–"
    return LogHealth(line, True, gettext("recorded up to %(time)s", time=heard))
