"""Calls that may be about the same event: a suggestion with a score, for a person to accept."""

from collections.abc import Iterable
from datetime import timedelta

from radiodesk.language import likeness
from radiodesk.language.likeness import Likely
from radiodesk.rooms.calls.models import Call

WITHIN = timedelta(hours=3)
_SHORTEST = 8
_SAME_PLACE = 12.0


def alike(call: Call, others: Iterable[Call], words: dict[int, str]) -> list[tuple[Call, int]]:
    """Other calls of the last hours that sound like this one, with 0 to 100, the likeliest first.

    ``words`` is what was heard or written in each call, by the call's key.
    """
    near = sorted((other for other in others if _may_be(call, other)), key=lambda other: other.received_at)
    compared = [Likely(other, _about(other, words), _SAME_PLACE if _same_place(call, other) else 0.0) for other in near]
    return likeness.alike(_about(call, words), compared, shortest=_SHORTEST)


def _may_be(call: Call, other: Call) -> bool:
    joined = (call.same_event_id or call.id) == (other.same_event_id or other.id)
    return other.id != call.id and not joined and abs(other.received_at - call.received_at) <= WITHIN


def _same_place(call: Call, other: Call) -> bool:
    return bool(call.place) and call.place.casefold() == other.place.casefold()


def _about(call: Call, words: dict[int, str]) -> str:
    said = [call.topic, call.point, call.message, words.get(call.id, "")]
    return " ".join(filter(None, said))
