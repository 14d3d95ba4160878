"""What a caller on a SIP line is told while they wait; nobody else hears it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit, events
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.i18n import gettext, speaking
from radiodesk.core.settings import Settings
from radiodesk.core.text import tidy
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.calls.queries import waiting
from radiodesk.rooms.lines.models import LineCall, Stage
from radiodesk.rooms.lines.services import LINES, TELEPHONE
from radiodesk.sound.telephone.prompt_text import LONGEST, has_words


class Prompt(StrEnum):
    """What is said: a sentence that is ready, or what somebody typed."""

    NEXT = "berikutnya"
    PLACE = "urutan"
    TYPED = "kata"


def prompt_of(word: str) -> Prompt:
    """The kind that a form or a command names; raises ``Unreadable``."""
    try:
        return Prompt(word)
    except ValueError:
        raise Unreadable("Please choose what the caller is told.").of("apa") from None


def sip_stay(session: Session, call: Call) -> LineCall | None:
    """The stay of a call on a SIP line, while it is open."""
    query = select(LineCall).where(
        LineCall.call_id == call.id, LineCall.part == TELEPHONE, LineCall.stage == Stage.OPEN
    )
    return session.scalars(query).first()


def prepare(session: Session, settings: Settings, call: Call, prompt: Prompt, typed: str = "") -> dict[str, str]:
    """What to ask of the telephone; raises ``Conflict`` for who cannot be told anything now, and ``Unreadable``."""
    if call.state is CallState.ON_AIR:
        raise Conflict("This caller is on air. Nothing is said to them alone.")
    stay = sip_stay(session, call)
    if stay is None:
        raise Conflict("This caller is not on a SIP line.")
    return {"do": "say", "call": stay.key, "text": _sentence(session, settings, call, prompt, typed)}


def note(session: Session, public_id: str, prompt: Prompt, *, by: str, at: datetime) -> None:
    """Note that a caller was told something. What was typed may be private; that something was said is not."""
    audit.record(session, at, by, "caller prompted", f"call {public_id}", what=str(prompt))
    events.announce(session, at, LINES, "prompted", public_id)


def _sentence(session: Session, settings: Settings, call: Call, prompt: Prompt, typed: str) -> str:
    """What is said, in the station's language; raises ``Conflict`` or ``Unreadable``. Nobody's name is in it."""
    with speaking(settings.language):
        if prompt is Prompt.NEXT:
            return gettext("You are next. Please stay on the line.")
        if prompt is Prompt.PLACE:
            return gettext(
                "You are number %(number)s in the queue. Please stay on the line.", number=_place(session, call)
            )
    text = tidy(typed)
    if not has_words(text):
        raise Unreadable("Please type a sentence of at most %(most)s characters.", most=LONGEST).of("kata")
    return text


def _place(session: Session, call: Call) -> int:
    queue = [one.id for one in waiting(session)]
    if call.id not in queue:
        raise Conflict("This caller is not in the queue.")
    return queue.index(call.id) + 1
