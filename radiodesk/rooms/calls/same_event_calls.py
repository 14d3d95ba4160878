"""Calls that may be about the same event: a suggestion with a score, for a person to accept."""

from collections.abc import Iterable
from datetime import timedelta

from rapidfuzz import fuzz

from radiodesk.rooms.calls.models import Call

WITHIN = timedelta(hours=3)
LEAST = 62.0
_SAME_PLACE = 12.0


def alike(call: Call, others: Iterable[Call], words: dict[int, str]) -> list[tuple[Call, int]]:
    """Other calls of the last hours that sound like this one, with 0 to 100, the likeliest first.

    ``words`` is what was heard or written in each call, by the call's key.
    """
    mine = _about(call, words)
    if len(mine) < 8:
        return []
    found = []
    for other in others:
        if other.id == call.id or abs(other.received_at - call.received_at) > WITHIN or _joined(call, other):
            continue
        score = fuzz.token_set_ratio(mine, _about(other, words))
        if call.place and call.place.casefold() == other.place.casefold():
            score += _SAME_PLACE
        if score >= LEAST:
            found.append((other, min(100, round(score))))
    return sorted(found, key=lambda pair: (-pair[1], pair[0].received_at))[:3]


def _joined(call: Call, other: Call) -> bool:
    return (call.same_event_id or call.id) == (other.same_event_id or other.id)


def _about(call: Call, words: dict[int, str]) -> str:
    said = [call.topic, call.point, call.message, words.get(call.id, "")]
    return " ".join(filter(None, said)).casefold()[:600]
