"""The editions as an iCalendar file (RFC 5545), for the calendars of telephones and mail programs.

Times are in UTC, so that no time zone has to be described; a cancelled edition stays in the file as cancelled, since
one that merely vanished would go on standing in many calendars.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from radiodesk.core.i18n import gettext
from radiodesk.core.text import tidy
from radiodesk.rooms.broadcasts.models import BroadcastState
from radiodesk.rooms.broadcasts.public_schedule import Showing

if TYPE_CHECKING:
    from icalendar import Event

REFRESH = timedelta(hours=1)
"""How often a calendar may ask again."""
CONFIRMED, CANCELLED = "CONFIRMED", "CANCELLED"


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose schedule it is."""

    station: str
    address: str
    """Of the public site's schedule."""
    phone: str


def as_calendar(shown: Iterable[Showing], sender: Sender) -> bytes:
    """The file; the same editions give the same bytes."""
    # Its zones and parsers take long to load, which only who asks for the file should wait for.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//radiodesk//schedule//ID")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    name = tidy(sender.station)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for one in shown:
        calendar.add_component(_event(one, sender))
    return bytes(calendar.to_ical())


def _event(one: Showing, sender: Sender) -> "Event":
    from icalendar import Event

    cancelled = one.state is BroadcastState.CANCELLED
    title = tidy(one.programme)
    event = Event()
    # The edition's own id opens pages of the desk, and is public when it is published.
    name = hashlib.sha256(one.public_id.encode()).hexdigest()[:32]
    event.add("uid", f"{name}@{urlsplit(sender.address).hostname or 'radiodesk'}")
    event.add("dtstamp", _made_at(one.public_id))
    event.add("sequence", max(0, one.version - 1))
    event.add("dtstart", one.starts.astimezone(UTC))
    event.add("dtend", one.ends.astimezone(UTC))
    event.add("summary", gettext("Cancelled: %(title)s") % {"title": title} if cancelled else title)
    event.add("status", CANCELLED if cancelled else CONFIRMED)
    event.add("url", sender.address)
    if one.place:
        event.add("location", tidy(one.place))
    if told := _told(one, sender, cancelled=cancelled):
        event.add("description", told)
    return event


def _told(one: Showing, sender: Sender, *, cancelled: bool) -> str:
    if cancelled:
        return tidy(one.why)
    lines = []
    if one.walk_in:
        lines.append(gettext("Listeners may come there and speak"))
    if sender.phone:
        lines.append(f"{gettext('Call the studio')}: {sender.phone}")
    return "\n".join(lines)


def _made_at(public_id: str) -> datetime:
    """When a public id was drawn: UUID version 7 begins with the milliseconds."""
    return datetime.fromtimestamp((UUID(public_id).int >> 80) // 1000, UTC)
