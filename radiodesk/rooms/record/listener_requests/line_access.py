"""Whether a person at the desk may have the line that a request is about: its caller may be protected by now."""

from sqlalchemy.orm import Session

from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Person
from radiodesk.rooms.record.listener_requests.line_corrections import place_of
from radiodesk.rooms.record.listener_requests.models import ListenerRequest
from radiodesk.rooms.record.queries import publication_of
from radiodesk.rooms.recordings.access import Act, belongings, is_permitted


def may_read(session: Session, settings: Settings, person: Person, found: ListenerRequest) -> bool:
    """By the rule for the recording that the line is of; where it is not found any more, for all of the broadcast."""
    if not found.line_text:
        return True
    place, publication = place_of(session, settings, found), publication_of(session, found.broadcast)
    pieces = [place.piece] if place else publication.pieces if publication else []
    held = belongings(session, [piece.recording for piece in pieces if piece.recording is not None])
    return all(is_permitted(person, Act.READ, one) for one in held.values())
