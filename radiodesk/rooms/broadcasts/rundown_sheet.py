"""A rundown on paper."""

from datetime import timedelta

from flask import Response, url_for

from radiodesk.core.i18n import gettext
from radiodesk.http.paper import send_sheet, told
from radiodesk.rooms.broadcasts.models import ITEM_KIND_NAMES, Broadcast
from radiodesk.rooms.broadcasts.rundowns import Timed


def send_rundown(broadcast: Broadcast, slots: list[Timed]) -> Response:
    """The rundown of a broadcast as PDF: what begins when, who reads it, and how much is left until the end."""
    end = broadcast.planned_end
    planned = timedelta(seconds=sum(slot.item.seconds for slot in slots))
    rows = [
        {
            "begins": told("clock", slot.begins),
            "title": slot.item.title,
            "note": _note(slot),
            "reader": ", ".join(filter(None, (slot.item.reader, slot.item.guests))),
            "length": told("length", slot.item.seconds),
            # From the end backwards: how much must still fit when this item begins.
            "left": told("length", max(timedelta(), end - slot.begins)),
        }
        for slot in slots
    ]
    names = (gettext("Begins"), gettext("Item"), gettext("Who reads it"), gettext("Length"), gettext("Until the end"))
    start, hosts = told("moment", broadcast.planned_start), ", ".join(broadcast.hosts)
    return send_sheet(
        "rundown",
        f"susunan-{broadcast.public_id}",
        title=broadcast.title,
        address=url_for("broadcasts.broadcast", public_id=broadcast.public_id, _external=True),
        number=broadcast.public_id,
        head=gettext("Rundown"),
        foot=f"{broadcast.title} · {start}",
        facts=[
            f"{start} · {told('length', broadcast.planned_seconds)}" + (f" · {hosts}" if hosts else ""),
            gettext("planned: %(length)s", length=told("length", planned)),
        ],
        columns=list(names),
        rows=rows,
    )


def _note(slot: Timed) -> str:
    script = slot.item.script
    kind = gettext(ITEM_KIND_NAMES[slot.item.kind])
    if script is None:
        return kind
    return f"{kind} · " + (gettext("Approved") if script.approved else gettext("Waits for approval"))
