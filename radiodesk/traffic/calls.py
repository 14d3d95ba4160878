"""What a caller said of the road: the words of a call, read like a post."""

from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.area.finding import PlaceFinder
from radiodesk.calls.models import Call
from radiodesk.speech import queries as transcripts
from radiodesk.traffic.reading import Reading, read_report

LONGEST = 2000


def heard_words(session: Session, call: Call, *, at: datetime, finder: PlaceFinder) -> tuple[str, Reading | None]:
    """The words of a call that tell of a road, with what was read in them; without such, the best that there is.

    The screener's line for the host comes first: it was written after hearing the caller out.
    """
    current = transcripts.current(session, call.recordings)
    spoken = " ".join(one.text for one in current.values() if one.text)
    line = " ".join(part for part in (call.point, call.place and f"di {call.place}") if part)
    texts = [text[:LONGEST] for text in (line, call.message, spoken, call.topic) if text and text.strip()]
    for text in texts:
        reading = read_report(text, now=at, finder=finder)
        if reading.is_traffic:
            return text, reading
    return (texts[0] if texts else ""), None
