"""A broadcast that is over, along its time: sound, items, callers, marks, what is cut out, and the words.

All seconds are those of the broadcast. Of a caller of whom nothing is told there is neither topic nor words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy.orm import Session

from radiodesk.core.private_columns import readable_rows
from radiodesk.rooms.broadcasts import boundaries, readings
from radiodesk.rooms.broadcasts.air_time import offsets
from radiodesk.rooms.broadcasts.known_callers import covered_titles
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.broadcasts.queries import as_run
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts import queries as speech

AROUND = 6.0
"""Seconds of words that are shown before and after a boundary."""
_ITEMS = (AsRunKind.ITEM, AsRunKind.SCRIPT)
_CALLS = (AsRunKind.CALL_ON, AsRunKind.CALL_OFF)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something that took its time: its kind (``item``, ``script``, ``call``, ``cut``), its seconds, what is told."""

    kind: str
    begins: float
    ends: float
    title: str


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of the programme, and the second at which it begins."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Boundary:
    """An entry of the as-run with where it may be moved to and the words around it, those before it first."""

    entry: AsRun
    title: str
    least: float
    most: float
    before: tuple[SpokenWord, ...]
    after: tuple[SpokenWord, ...]


@dataclass(frozen=True)
class Timeline:
    """All of it; ``sounds`` are the recordings with the second at which each begins."""

    seconds: float
    sounds: list[tuple[Recording, float]]
    stretches: list[Stretch]
    marks: list[tuple[AsRun, str]]
    boundaries: list[Boundary]
    has_words: bool


def timeline(session: Session, broadcast: Broadcast) -> Timeline:
    """The timeline of a broadcast that went on air."""
    log = as_run(session, broadcast)
    titles = covered_titles(session, broadcast, log)
    sounds = offsets(broadcast)
    ends = max([1.0, *(one.offset for one in log), *(begins + one.duration for one, begins in sounds)])
    words = _words(session, sounds, log)
    return Timeline(
        seconds=ends,
        sounds=sounds,
        stretches=[*_items(log, titles), *_calls(log, titles), *_cuts(log, titles)],
        marks=[(one, titles[one.id]) for one in log if one.kind is AsRunKind.MARK],
        boundaries=[_boundary(log, one, titles[one.id], words) for one in log if one.kind in boundaries.MOVABLE],
        has_words=bool(words),
    )


def _items(log: Sequence[AsRun], titles: dict[int, str]) -> list[Stretch]:
    begins = [one for one in log if one.kind in (*_ITEMS, AsRunKind.END)]
    return [
        Stretch(str(one.kind), one.offset, after.offset, titles[one.id])
        for one, after in pairwise(begins)
        if one.kind in _ITEMS
    ]


def _calls(log: Sequence[AsRun], titles: dict[int, str]) -> list[Stretch]:
    callers = {one.subject: titles[one.id] for one in log if one.kind is AsRunKind.CALL_ON and one.subject}
    found = []
    for call, title in callers.items():
        moments = [one.offset for one in log if one.subject == call and one.kind in _CALLS]
        # Who is on air at the end has no moment of going off by a key.
        ends = [*moments[1::2], *([log[-1].offset] if len(moments) % 2 else [])]
        found += [Stretch("call", on, off, title) for on, off in zip(moments[::2], ends, strict=True)]
    return found


def _cuts(log: Sequence[AsRun], titles: dict[int, str]) -> list[Stretch]:
    cuts = [one for one in log if one.kind is AsRunKind.DUMP]
    return [
        Stretch("cut", float(one.details["begins"]), float(one.details["ends"]), titles[one.id])
        for one in cuts
        if "begins" in one.details
    ]


def _words(session: Session, sounds: Sequence[tuple[Recording, float]], log: Sequence[AsRun]) -> list[SpokenWord]:
    """The words of the programme but for those said while a caller was on air, who may be one that is not quoted."""
    current = speech.current(session, [one for one, _ in sounds])
    closed = readings.closed_seconds(log)
    found = []
    for recording, begins in sounds:
        transcript = current.get(recording.id)
        for word in readable_rows(transcript.words) if transcript is not None else ():
            at = begins + float(word["start"])
            if not any(span.start < at < span.end for span in closed):
                found.append(SpokenWord(round(at, 1), str(word["word"])))
    return sorted(found, key=lambda one: one.at)


def _boundary(log: Sequence[AsRun], entry: AsRun, title: str, words: Sequence[SpokenWord]) -> Boundary:
    near = [word for word in words if abs(word.at - entry.offset) <= AROUND]
    return Boundary(
        entry,
        title,
        *boundaries.bounds(log, entry),
        before=tuple(word for word in near if word.at < entry.offset),
        after=tuple(word for word in near if word.at >= entry.offset),
    )
