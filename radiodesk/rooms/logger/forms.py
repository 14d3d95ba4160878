"""What the page of a day asks for and sends: a stretch of the station's day, and what it is to be attached to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import request

from radiodesk.core import inputs
from radiodesk.core.errors import Unreadable
from radiodesk.http.request import asked, field, of_field
from radiodesk.rooms.logger.models import CutTarget
from radiodesk.rooms.logger.services import Place

USUAL = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Times:
    """A stretch as a person writes it: a day and two times of day, the second of the next day where it is earlier."""

    day: date
    begins: datetime
    ends: datetime

    @property
    def first(self) -> str:
        return f"{self.begins:%H:%M:%S}"

    @property
    def last(self) -> str:
        return f"{self.ends:%H:%M:%S}"


def asked_times(now: datetime, zone: ZoneInfo) -> Times:
    """The stretch of the address; where nothing, or nothing that can be meant, is said, the last five minutes of today
    or the first of another day.
    """
    return _likely(asked("hari", 10), asked("dari", 8), asked("sampai", 8), now, zone)


def sent_times(now: datetime, zone: ZoneInfo) -> Times:
    """The same of a form that was refused."""
    day, first, last = (request.form.get(name, "") for name in ("hari", "dari", "sampai"))
    return _likely(day, first, last, now, zone)


def _likely(text: str, first: str, last: str, now: datetime, zone: ZoneInfo) -> Times:
    today = now.astimezone(zone).date()
    try:
        day = inputs.day(text)
    except Unreadable:
        day = today
    try:
        return times(day, first, last, zone)
    except Unreadable:
        begins = inputs.station_time(day.isoformat(), "00:00", zone).astimezone(zone)
        if day == today:
            begins = max(begins, now.astimezone(zone).replace(microsecond=0) - USUAL)
        return Times(day, begins, begins + USUAL)


def form_times(zone: ZoneInfo) -> Times:
    """The stretch of the form; raises ``Unreadable`` at its field."""
    with of_field("hari"):
        day = inputs.day(field("hari", 10))
    with of_field("dari"):
        inputs.station_time(day.isoformat(), field("dari", 8), zone)
    with of_field("sampai"):
        return times(day, field("dari", 8), field("sampai", 8), zone)


def times(day: date, first: str, last: str, zone: ZoneInfo) -> Times:
    """A stretch of a day; raises ``Unreadable``."""
    begins = inputs.station_time(day.isoformat(), first, zone).astimezone(zone)
    ends = inputs.station_time(day.isoformat(), last, zone).astimezone(zone)
    if ends < begins:
        ends = inputs.station_time((day + timedelta(days=1)).isoformat(), last, zone).astimezone(zone)
    return Times(day, begins, ends)


def form_place() -> Place:
    """What to attach to: a complaint whose number was typed, else what was chosen; raises ``Unreadable``."""
    number = field("number", 60)
    if number:
        return Place(CutTarget.COMPLAINT, number)
    target, _, subject = field("place", 60).partition(":")
    if target not in (CutTarget.BROADCAST, CutTarget.CALL) or not subject:
        raise Unreadable("Choose a broadcast or a call, or type the number of a complaint.").of("place")
    return Place(CutTarget(target), subject)
