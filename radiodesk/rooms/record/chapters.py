"""The chapters of the programme's sound: what went out, at the seconds of the copy that the public hears.

They are made with the copy, from what may be told then, and go with it. Of a caller whose seconds are cut there is no
chapter, and what lay in the gap has no length in which anything could stand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from radiodesk.core import i18n
from radiodesk.rooms.broadcasts.air_time import dumped_entries
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind
from radiodesk.rooms.record.models import PIECE_KIND_NAMES, PieceKind
from radiodesk.rooms.record.private_finder import Finder, hidden
from radiodesk.rooms.record.rendering import moved
from radiodesk.sound.stretches import Span as Seconds
from radiodesk.sound.stretches import merged, remaining

_HEADING = frozenset({AsRunKind.ITEM, AsRunKind.SCRIPT, AsRunKind.CALL_ON})

MOST = 250
"""Chapters of one file: the table of contents of ID3 counts them in one byte."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that went out: its second of the broadcast, what it may be called, and whether a caller is heard."""

    second: float
    title: str
    is_caller: bool = False


def entries_of(log: Sequence[AsRun], untold: Collection[str], find: Finder, language: str) -> list[Entry]:
    """What may head a part of the sound: items, scripts, and the callers who are not ``untold``.

    Titles are looked through for private matter; a caller is called so in the station's ``language``.
    """
    dumped = dumped_entries(log)
    with i18n.speaking(language):
        caller = i18n.gettext(PIECE_KIND_NAMES[PieceKind.CALL])
    found = []
    for entry in log:
        if entry.kind not in _HEADING or entry.subject in untold or entry.id in dumped:
            continue
        title, is_caller = hidden(entry.title, find), entry.kind == AsRunKind.CALL_ON
        if is_caller:
            title = f"{caller}: {title}" if title else caller
        if title:
            found.append(Entry(entry.offset, title, is_caller))
    return found


def chapters_of(
    entries: Iterable[Entry], *, begins: float, duration: float, cut: Sequence[Seconds], opening: str
) -> list[dict[str, Any]]:
    """``{start, title}`` in order, from second 0 of the public sound of a recording on; empty where there is only one.

    The recording ``begins`` at a second of the broadcast and has ``duration`` seconds, of which ``cut`` are taken out.
    What was going on when it began, else the ``opening``, is the first chapter.
    """
    gone = merged(cut)
    kept = remaining(duration, gone)
    left = sum(span.end - span.start for span in kept)
    found: dict[float, str] = {0.0: opening}
    for entry in entries:
        second = entry.second - begins
        if second >= duration:
            break
        if entry.is_caller and (second < 0 or any(span.start <= second < span.end for span in gone)):
            continue
        start = moved(max(second, 0.0), kept)
        if start < left:
            # Of those that begin in the same moment only the last has any length.
            found[start] = entry.title
    ordered = sorted(found.items())[:MOST]
    return [{"start": start, "title": title} for start, title in ordered] if len(ordered) > 1 else []


def with_ends(chapters: Sequence[Mapping[str, Any]], duration: float) -> list[tuple[float, float, str]]:
    """Start, end and title of each: one lasts until the next begins, the last one until the sound is over."""
    ends = [*(float(one["start"]) for one in chapters[1:]), duration]
    return [(float(one["start"]), end, str(one["title"])) for one, end in zip(chapters, ends, strict=False)]
