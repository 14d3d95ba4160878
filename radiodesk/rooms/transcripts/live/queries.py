"""Reads of live words."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.rooms.transcripts.live.models import LiveWords


def live_words(session: Session, about: Iterable[str]) -> dict[str, list[LiveWords]]:
    """The live words of each of these (calls, by public id), the oldest take first; those without any are left out."""
    query = select(LiveWords).where(LiveWords.about.in_(list(about))).order_by(LiveWords.id)
    found: dict[str, list[LiveWords]] = defaultdict(list)
    for words in session.scalars(query):
        found[words.about or ""].append(words)
    return dict(found)
