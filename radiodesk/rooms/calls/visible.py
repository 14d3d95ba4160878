"""Which calls the person of a request may open: the rule of ``recordings.access``, asked of calls."""

from collections.abc import Iterable

from flask import request

from radiodesk.core.errors import NotFound
from radiodesk.http.request import SAFE, session
from radiodesk.rooms.accounts.access import me, note_look
from radiodesk.rooms.calls.access import belonging_of, belongings
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.recordings.access import GUARDED, Act, is_permitted


def opened(public_id: str, act: Act = Act.READ, *, note: bool = False) -> Call:
    """A call that the person of the request may see; for others it is not there (``NotFound``).

    A look at a guarded one is noted; with ``note`` that at any other too.
    """
    found = call_by_public_id(session(), public_id)
    belonging = belonging_of(session(), found)
    if not is_permitted(me(), act, belonging):
        raise NotFound("This call is not known.")
    if note or (belonging in GUARDED and request.method in SAFE):
        note_look("call opened", f"call {public_id}")
    return found


def readable(calls: Iterable[Call]) -> list[Call]:
    """Those of the calls that the person of the request may read, in their order."""
    asked = list(calls)
    found = belongings(session(), asked)
    return [call for call in asked if is_permitted(me(), Act.READ, found[call.id])]
