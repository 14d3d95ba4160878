"""When callers were on air, and how time goes on in a copy of which those seconds are missing.

Who knew how long the gap in a copy is would know how long somebody spoke who must not even be counted. So a copy counts
time as its own sound does: what is closed takes none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.recordings.models import Recording
from radiodesk.sound.stretches import Span, merged

_TOLD_THEN = frozenset({AsRunKind.MARK, AsRunKind.CALL_ON, AsRunKind.CALL_OFF})
"""Kinds of entries whose title is typed while somebody speaks, or tells what is spoken of."""

MARGIN = 1.0
"""Seconds closed before and after a caller was on air: a hand on a key is not exact."""


def on_air(log: Iterable[AsRun], call: str) -> list[Span]:
    """The seconds of the broadcast in which a caller was on air, as far as anything says so.

    Where a person put a boundary right, the longer of both counts: the caller may be one of whom nothing is told later.
    """
    on: float | None = None
    spoken: list[Span] = []
    for entry in log:
        if entry.subject == call and entry.kind == AsRunKind.CALL_ON:
            on = min(entry.offset, _was(entry))
        elif on is not None and (
            entry.kind == AsRunKind.END or (entry.subject == call and entry.kind == AsRunKind.CALL_OFF)
        ):
            spoken.append(Span(on, max(entry.offset, _was(entry))))
            on = None
    return spoken


def _was(entry: AsRun) -> float:
    return entry.offset if entry.was is None else entry.was


def dumps(log: Iterable[AsRun]) -> list[Span]:
    """The seconds of a broadcast that are cut from every public copy."""
    return [
        Span(float(entry.details["begins"]), float(entry.details["ends"]))
        for entry in log
        if entry.kind == AsRunKind.DUMP
    ]


def dumped_in(broadcast: Broadcast, log: Iterable[AsRun], recording: Recording) -> list[Span]:
    """The dumped seconds as those of a recording that is known to have begun at some time, such as a caller's own."""
    if broadcast.on_air_at is None or recording.started_at is None or not recording.start_known:
        return []
    begins = (recording.started_at - broadcast.on_air_at).total_seconds()
    inside = (Span(max(0.0, one.start - begins), min(recording.duration, one.end - begins)) for one in dumps(log))
    return [one for one in inside if one.start < one.end]


def dumped_entries(log: Sequence[AsRun]) -> set[int]:
    """Keys of the entries whose words fall into dumped seconds, and of the dumps, whose reason may repeat them."""
    spans = dumps(log)
    return {
        entry.id
        for entry in log
        if entry.kind == AsRunKind.DUMP
        or (entry.kind in _TOLD_THEN and any(span.start <= entry.offset <= span.end for span in spans))
    }


def with_margin(spans: Iterable[Span]) -> list[Span]:
    """The same seconds with the margin on both sides."""
    return [Span(max(0.0, one.start - MARGIN), one.end + MARGIN) for one in spans]


def offsets(broadcast: Broadcast) -> list[tuple[Recording, float]]:
    """The recordings of the programme in order, each with the second of the broadcast at which it begins.

    A file that was handed in after the show carries no time of its own; it follows the one before it.
    """
    ordered = sorted(broadcast.recordings, key=lambda one: (one.started_at or one.created_at, one.id))
    found: list[tuple[Recording, float]] = []
    end = 0.0
    for recording in ordered:
        begins = end
        if recording.start_known and broadcast.on_air_at is not None and recording.started_at is not None:
            begins = (recording.started_at - broadcast.on_air_at).total_seconds()
        found.append((recording, begins))
        end = begins + recording.duration
    return found


@dataclass(frozen=True, slots=True)
class CopyClock:
    """Turns seconds of a broadcast into seconds of a copy that lacks ``closed`` (in order, none overlaps another)."""

    closed: Sequence[Span] = ()

    @classmethod
    def without(cls, log: Sequence[AsRun], calls: Iterable[str]) -> "CopyClock":
        """The clock of a copy in which these calls are not heard."""
        return cls(tuple(merged(span for call in calls for span in with_margin(on_air(log, call)))))

    def second(self, offset: float) -> float:
        """Where a second of the broadcast lies in the copy; one that is closed, at the place of the gap."""
        gone = sum(min(offset, one.end) - one.start for one in self.closed if one.start < offset)
        return round(offset - gone, 3) if self.closed else offset
