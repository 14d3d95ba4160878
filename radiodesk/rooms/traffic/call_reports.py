"""What a caller said of the road: the words of a call, read like a post."""

from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.road.reading import Reading, read_report
from radiodesk.rooms.calls.call_words import words_of
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.traffic.learned_words import Ears

LONGEST = 2000
_SPOKEN = frozenset({Channel.PHONE, Channel.SIP, Channel.WALK_IN})


def said_at(call: Call, *, at: datetime) -> datetime:
    """When the words of a call held: while somebody speaks, now (``at``); of a message, when it was written."""
    if call.channel in _SPOKEN:
        return min(call.ended_at or at, at)
    return min(call.told_at, at)


def heard_words(session: Session, call: Call, *, at: datetime, ears: Ears) -> tuple[str, Reading | None]:
    """The words of a call that tell of a road, with what was read in them; without such, the best that there is.

    The screener's line for the host comes first: it was written after hearing the caller out.
    """
    words = words_of(session, [call])[call.id]
    line = " ".join(part for part in (call.point, call.place and f"di {call.place}") if part)
    texts = [text[:LONGEST] for text in (line, words.message, words.heard, call.topic) if text and text.strip()]
    for text in texts:
        reading = read_report(text, now=at, finder=ears.finder, known=ears.known)
        if reading.is_traffic:
            return text, reading
    return (texts[0] if texts else ""), None
