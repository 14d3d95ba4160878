"""At the desk: a ticket as its complainant sees it, from the same table and template as the public page."""

from flask import Blueprint, render_template
from sqlalchemy import select

from radiodesk.core.errors import NotFound
from radiodesk.core.i18n import language
from radiodesk.http.request import session
from radiodesk.rooms.accounts.access import allowed, me
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.record.models import PublishedTicket
from radiodesk.rooms.record.tracking_views import face_of

blueprint = Blueprint("ticket_preview", __name__)


@blueprint.get("/pengaduan/<public_id>/publik")
@allowed(Role.TICKET_OFFICER, Role.OFFICER, Role.PRODUCER)
def preview(public_id: str) -> str:
    found = session().scalar(select(PublishedTicket).where(PublishedTicket.ticket_public_id == public_id))
    # The public face of a protected caller's complaint is closed like that of a confidential one.
    if found and found.confidential and not me().may(Role.TICKET_OFFICER):
        raise NotFound("This complaint is not here. Look for its number in the list.")
    shown = face_of(found) if found else {"ticket": None}
    return render_template("record/ticket_preview.html", public_id=public_id, language=language.get(), **shown)
