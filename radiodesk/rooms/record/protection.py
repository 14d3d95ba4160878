"""Who may not be shown, judged anew each time: a caller may become protected long after the broadcast was laid out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.core.i18n import N_
from radiodesk.core.ids import public_id
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.filed_calls import calls_of
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind
from radiodesk.rooms.broadcasts.programme_sound import is_timed
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.record.models import Piece, PieceKind, Publication, Span, SpanState
from radiodesk.rooms.record.rendering import PROTECTED
from radiodesk.rooms.record.timed_words import places, said_between, tokens_in
from radiodesk.rooms.recordings.access import Belonging
from radiodesk.sound.cuts import Span as Seconds

MAY_NOT_BE_HEARD = N_("The caller is protected (a child, a victim or a whistle-blower).")
CONFIDENTIAL = N_("The complaint of this caller is confidential.")
UNTIMED = N_(
    "A protected caller was on air, and when this recording began is not known. Listen to it before you show it."
)

MARGIN = 1.0
"""Seconds cut before and after a protected caller was on air: a hand on a key is not exact."""

_SAME = 0.001


@dataclass(frozen=True, slots=True)
class Silence:
    """Seconds of the broadcast that nobody may hear, and why."""

    seconds: Seconds
    why: str


def silent(session: Session, calls: Iterable[Call]) -> dict[str, str]:
    """Why nothing that a caller said may be heard or read, by the public id of the call; the others are left out."""
    asked = list(calls)
    found = broadcasts.guarded(session, asked)
    return {call.public_id: _why(call, found[call.id]) for call in asked if call.id in found}


def _why(call: Call, belonging: Belonging) -> str:
    return MAY_NOT_BE_HEARD if call.protected is not None or belonging is Belonging.PROTECTED else CONFIDENTIAL


def silences(log: list[AsRun], why: dict[str, str]) -> list[Silence]:
    """When the callers of whom nothing may be told were on air, with a margin."""
    return [
        Silence(Seconds(max(0.0, one.start - MARGIN), one.end + MARGIN), reason)
        for call, reason in why.items()
        for one in on_air(log, call)
    ]


def on_air(log: list[AsRun], call: str) -> list[Seconds]:
    """The seconds of the broadcast in which a caller was on air."""
    on: float | None = None
    spoken: list[Seconds] = []
    for entry in log:
        if entry.subject == call and entry.kind == AsRunKind.CALL_ON:
            on = entry.offset
        elif on is not None and (
            entry.kind == AsRunKind.END or (entry.subject == call and entry.kind == AsRunKind.CALL_OFF)
        ):
            spoken.append(Seconds(on, entry.offset))
            on = None
    return spoken


def protect(session: Session, publication: Publication, *, at: datetime) -> dict[str, str]:
    """Bring what was laid out up to the rule of now: withhold, and cut, what has become silent since.

    Nothing that was closed is opened; that takes laying out afresh. Returns what ``silent`` finds.
    """
    broadcast = publication.broadcast
    why = silent(session, calls_of(session, broadcast))
    for piece in publication.pieces:
        if piece.kind is PieceKind.CALL and piece.subject in why and piece.withheld is None:
            piece.withheld, piece.shown = why[piece.subject], False
    cuts = silences(broadcasts.as_run(session, broadcast), why)
    for piece in publication.pieces:
        if piece.kind is PieceKind.PROGRAMME:
            silence(piece, cuts, at=at)
    session.flush()
    return why


def silence(piece: Piece, cuts: list[Silence], *, at: datetime) -> None:
    """Cut these seconds of the broadcast out of a recording of it, so far as they are in it and not cut yet."""
    inside = [(within(piece, one.seconds), one.why) for one in cuts]
    missing = [(seconds, why) for seconds, why in inside if seconds and not _is_cut(piece, seconds)]
    untimed = piece.recording is not None and not is_timed(piece.recording)
    if untimed and piece.withheld is None and (missing or (cuts and piece.doubt != UNTIMED)):
        piece.doubt, piece.shown = UNTIMED, False
    for seconds, why in missing:
        cut_out(piece, PROTECTED, why, seconds, at=at)


def within(piece: Piece, seconds: Seconds) -> Seconds | None:
    """Seconds of the broadcast as those of a recording of it, if they are in it."""
    begins, length = piece.offset or 0.0, piece.recording.duration if piece.recording is not None else 0.0
    start, end = max(0.0, seconds.start - begins), min(seconds.end - begins, length)
    return Seconds(start, end) if start < end else None


def _is_cut(piece: Piece, seconds: Seconds) -> bool:
    return any(
        span.kind == PROTECTED
        and span.begins is not None
        and span.ends is not None
        and span.begins <= seconds.start + _SAME
        and seconds.end - _SAME <= span.ends
        for span in piece.spans
    )


def cut_out(piece: Piece, kind: str, why: str, seconds: Seconds, *, at: datetime) -> None:
    """Take some seconds out of a piece, with the words that are said in them."""
    tokens = tokens_in(piece.tokens)
    numbers = said_between(tokens, seconds.start, seconds.end)
    where = places(tokens)
    start, end = (where[numbers[0]][0], where[numbers[-1]][1]) if numbers else (0, 0)
    piece.spans.append(
        Span(
            public_id=public_id(at),
            kind=kind,
            why=why,
            start=start,
            end=end,
            begins=seconds.start,
            ends=seconds.end,
            state=SpanState.ACCEPTED,
        )
    )
