"""A day of a line as a page shows it: hours with their figures, and the level chart as points of a picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from radiodesk.core.i18n import N_
from radiodesk.sound.line_setup import FLOOR, QUIET
from radiodesk.sound.logger.log_reader import Gap, Minute, Stretch

WHY_NAMES = {
    "device lost": N_("the device was gone"),
    "disk full": N_("the disk was full"),
    "the recorder was not running": N_("the recorder was not running"),
    "the recorder was stopped": N_("the recorder was stopped"),
    "the line was changed": N_("the line was changed"),
    "switched off": N_("the 24-hour recording was switched off"),
    "overflow": N_("the machine was too slow"),
    "late": N_("the machine was too slow"),
    "clock set": N_("the clock was set"),
    "removed": N_("removed by its rule"),
    "not recorded": N_("not recorded"),
    "begun": N_("not recorded"),
    "hour": N_("not recorded"),
}
LOWEST = -60.0
"""Level in dBFS at the foot of the chart."""

TALL = 100.0


@dataclass(frozen=True, slots=True)
class Bars:
    """One path of the picture: a line for each minute, one unit wide, from the foot up."""

    path: str


@dataclass(frozen=True, slots=True)
class HourFigures:
    """One hour: seconds that are there, loudest sample and mean in dBFS (``None`` without sound), silent minutes."""

    begins: datetime
    seconds: float
    missing: float
    peak: float | None
    rms: float | None
    quiet_minutes: int


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """A day of the station."""
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def hours_of(found: Stretch, begins: datetime, ends: datetime) -> list[HourFigures]:
    """The hours of a day that have begun."""
    hours, hour = [], begins
    while hour < min(ends, found.ends):
        until = min(hour + timedelta(hours=1), found.ends)
        within = [one for one in found.minutes if hour <= one.begins < until]
        missing = sum(_shared(gap, hour, until) for gap in found.gaps)
        power = sum(10 ** (one.rms / 10) * one.seconds for one in within if one.rms > FLOOR)
        heard = sum(one.seconds for one in within)
        hours.append(
            HourFigures(
                hour,
                max(0.0, (until - hour).total_seconds() - missing),
                missing,
                max((one.peak for one in within), default=None),
                round(10 * math.log10(power / heard), 1) if power and heard else (FLOOR if heard else None),
                sum(one.rms < QUIET for one in within),
            )
        )
        hour += timedelta(hours=1)
    return hours


def bars(minutes: Sequence[Minute], begins: datetime, *, of_peak: bool) -> Bars:
    """Peaks or means of the minutes, x in minutes since the day began."""
    steps = []
    for one in minutes:
        x = round((one.begins - begins).total_seconds() / 60)
        level = one.peak if of_peak else one.rms
        y = TALL * max(0.0, min(1.0, (level - LOWEST) / -LOWEST))
        if y:
            steps.append(f"M{x + 0.5} {TALL:g}v{-y:.0f}")
    return Bars("".join(steps))


def gap_boxes(gaps: Sequence[Gap], begins: datetime) -> list[tuple[float, float]]:
    """Where the gaps stand in the picture: x and width in minutes, none too narrow to be seen."""
    return [
        (round((gap.begins - begins).total_seconds() / 60, 2), round(max(1.0, gap.seconds / 60), 2)) for gap in gaps
    ]


def _shared(gap: Gap, begins: datetime, ends: datetime) -> float:
    return max(0.0, (min(gap.ends, ends) - max(gap.begins, begins)).total_seconds())
