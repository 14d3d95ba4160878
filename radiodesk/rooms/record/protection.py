"""Who may not be shown, judged anew each time: a caller may become protected long after the broadcast was laid out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from sqlalchemy.orm import Session

from radiodesk.core.i18n import N_
from radiodesk.core.ids import public_id
from radiodesk.language.redaction.identities import Identity, Known, known_about
from radiodesk.rooms.broadcasts import queries as broadcasts
from radiodesk.rooms.broadcasts.air_time import on_air, with_margin
from radiodesk.rooms.broadcasts.filed_calls import callers_of
from radiodesk.rooms.broadcasts.known_callers import identities, identities_of
from radiodesk.rooms.broadcasts.models import AsRun, Broadcast
from radiodesk.rooms.calls.merged_calls import in_disguise
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.record.models import Piece, PieceKind, Publication, Span, SpanState
from radiodesk.rooms.record.private_finder import A_CALLERS
from radiodesk.rooms.record.rendering import CONSENT, CUT, PROTECTED
from radiodesk.rooms.recordings.access import Belonging
from radiodesk.rooms.transcripts.timed_words import places, said_between, tokens_in
from radiodesk.sound.stretches import Span as Seconds

MAY_NOT_BE_HEARD = N_("The caller is protected (a child, a victim or a whistle-blower).")
CONFIDENTIAL = N_("The complaint of this caller is confidential.")
UNTIMED = N_(
    "A protected caller was on air, and when this recording began is not known. Listen to it before you show it."
)
NO_CONSENT = N_("This caller was on air without a consent that was noted. Open it only if the caller agrees.")
UNTIMED_CONSENT = N_(
    "A caller without a noted consent was on air, and when this recording began is not known. "
    "Listen to it before you show it."
)
UNTIMED_VOICE = N_(
    "A caller whose voice is disguised was on air, and when this recording began is not known. "
    "If you show it, all voices in it are disguised."
)
NOT_AIRED = N_("This was not on air, and no consent to publish it was noted.")

_SAME = 0.001


@dataclass(frozen=True, slots=True)
class Silence:
    """Seconds of the broadcast that nobody may hear, and why."""

    seconds: Seconds
    why: str


class Standing(IntEnum):
    """How far a call is closed; a greater one is stricter. Of a call that is not closed there is none."""

    AGREED_LATE = 1
    """A consent was noted, but something had been on air without one."""
    UNAGREED = 2
    SILENT = 3


@dataclass(frozen=True, slots=True)
class Closed:
    """The calls of a broadcast that are closed, by their public ids."""

    silent: dict[str, str]
    """Of these nothing may be told, with the reason; no one can decide otherwise."""
    unagreed: frozenset[str]
    """These did not agree to be published, or too late; a person may open them."""
    agreed_late: frozenset[str] = frozenset()
    """Those of ``unagreed`` of whom a consent was noted after they had been on air without one."""
    disguised: frozenset[str] = frozenset()
    """Those, closed or not, who are heard in another voice where they are heard at all."""

    @property
    def heard_disguised(self) -> frozenset[str]:
        """Those of ``disguised`` of whom something may be told at all."""
        return self.disguised - self.silent.keys()

    @property
    def standings(self) -> dict[str, int]:
        """How far each of them is closed."""
        found = dict.fromkeys(self.unagreed, Standing.UNAGREED)
        found |= dict.fromkeys(self.agreed_late, Standing.AGREED_LATE)
        found |= dict.fromkeys(self.silent, Standing.SILENT)
        return {call: int(standing) for call, standing in found.items()}


def closed_in(session: Session, broadcast: Broadcast) -> Closed:
    """Who of a broadcast's callers is closed by the rule of now."""
    calls = callers_of(session, broadcast)
    why = silent(session, calls)
    unagreed = [call for call in calls if not has_agreed(call) and call.public_id not in why]
    late = [call for call in unagreed if call.consent_at is not None]
    keys, late_keys = (frozenset(call.public_id for call in some) for some in (unagreed, late))
    return Closed(why, keys, late_keys, in_disguise(session, calls))


def has_agreed(call: Call) -> bool:
    """Whether the caller was told what is done with the call, and agreed before anything of it was on air."""
    return call.consent_at is not None and not call.went_out_without_consent


def silent(session: Session, calls: Iterable[Call]) -> dict[str, str]:
    """Why nothing that a caller said may be heard or read, by the public id of the call; the others are left out."""
    asked = list(calls)
    found = broadcasts.guarded(session, asked)
    return {call.public_id: _why(call, found[call.id]) for call in asked if call.id in found}


def _why(call: Call, belonging: Belonging) -> str:
    return MAY_NOT_BE_HEARD if call.protected is not None or belonging is Belonging.PROTECTED else CONFIDENTIAL


def silences(log: Sequence[AsRun], why: dict[str, str]) -> list[Silence]:
    """When the callers of whom nothing may be told were on air, with a margin."""
    return [Silence(seconds, reason) for call, reason in why.items() for seconds in with_margin(on_air(log, call))]


def protect(session: Session, publication: Publication, *, at: datetime) -> Closed:
    """Bring what was laid out up to the rule of now: withhold, and cut, what has been closed since.

    Nothing that was closed is opened; that takes laying out afresh. What a person opened of a caller who did not agree
    stays open. Returns what ``closed_in`` finds.
    """
    broadcast = publication.broadcast
    closed = closed_in(session, broadcast)
    log = broadcasts.as_run(session, broadcast)
    for piece in publication.pieces:
        if piece.kind is PieceKind.CALL and piece.subject in closed.silent and piece.withheld is None:
            piece.withheld, piece.shown = closed.silent[piece.subject], False
        elif piece.kind is PieceKind.CALL and piece.subject in closed.unagreed:
            wait_for_consent(piece)
        elif piece.kind is PieceKind.PROGRAMME:
            close_in_programme(piece, log, closed, at=at)
    for piece, known in told_of_closed(session, publication):
        add_span(piece, known.kind, known.start, known.end, A_CALLERS[known.kind], at=at)
    session.flush()
    return closed


def told_of_closed(session: Session, publication: Publication) -> Iterator[tuple[Piece, Known]]:
    """Where in the pieces something is told of callers of whom nothing may be told, whoever tells it."""
    guarded = [one for one in identities(session, publication.broadcast) if one.guarded]
    for piece in publication.pieces:
        for who in guarded:
            for known in known_about(piece.text, of_piece(piece.kind, who)):
                yield piece, known


def of_piece(kind: PieceKind, who: Identity) -> Identity:
    """What is looked for in a piece: a place alone tells of a caller only where people talk about the call."""
    return replace(who, place_alone=kind is PieceKind.PROGRAMME)


def wait_for_consent(piece: Piece, *, again: bool = False) -> None:
    """Leave a caller's piece out until a person opens it, unless that was asked already and is not asked ``again``."""
    if piece.withheld is None and (again or piece.doubt not in (NO_CONSENT, NOT_AIRED)):
        piece.doubt, piece.shown = NOT_AIRED if piece.offset is None else NO_CONSENT, False


def ask_again(session: Session, publication: Publication, calls: frozenset[str]) -> None:
    """What a person opened of callers who took their consent back waits for a decision again."""
    log = broadcasts.as_run(session, publication.broadcast)
    spoken = [seconds for call in sorted(calls) for seconds in with_margin(on_air(log, call))]
    for piece in publication.pieces:
        if piece.kind is PieceKind.CALL and piece.subject in calls:
            wait_for_consent(piece, again=True)
        elif piece.kind is PieceKind.PROGRAMME and spoken:
            if piece.recording is not None and not piece.recording.start_known and piece.withheld is None:
                piece.doubt, piece.shown = UNTIMED_CONSENT, False
            for inside in filter(None, (within(piece, one) for one in spoken)):
                _suggest_again(piece, inside)
    session.flush()


def _suggest_again(piece: Piece, inside: Seconds) -> None:
    for span in piece.spans:
        begins, ends = span.begins, span.ends
        if span.kind != CONSENT or begins is None or ends is None:
            continue
        if begins < inside.end and inside.start < ends:
            span.state, span.by, span.at = SpanState.SUGGESTED, "", None


def cover_known(session: Session, publication: Publication, calls: Iterable[Call], *, at: datetime) -> bool:
    """Suggest what is known of these calls by now and is not taken out; gives whether anything was.

    What a person opened stays open if it was asked about as this caller's.
    """
    found = False
    for who in identities_of(session, list(calls)):
        for piece in publication.pieces:
            for known in known_about(piece.text, of_piece(piece.kind, who)):
                why = A_CALLERS[known.kind]
                added = add_span(piece, known.kind, known.start, known.end, why, at=at)
                found |= added is not None or _take_back(piece, known, why)
    session.flush()
    return found


def _take_back(piece: Piece, known: Known, why: str) -> bool:
    """Take back what was opened before anybody knew that it is the caller's; gives whether anything was."""
    over = [one for one in piece.spans if one.start <= known.start and known.end <= one.end and one.kind not in CUT]
    if any(one.taken_out or one.why in A_CALLERS.values() for one in over):
        return False
    for span in over:
        span.state, span.why, span.by, span.at = SpanState.SUGGESTED, why, "", None
    return bool(over)


def close_in_programme(piece: Piece, log: Sequence[AsRun], closed: Closed, *, at: datetime) -> None:
    """Cut the seconds of closed callers out of a recording of the programme, so far as they are not cut yet."""
    _silence(piece, silences(log, closed.silent), PROTECTED, UNTIMED, at=at)
    _silence(piece, silences(log, dict.fromkeys(sorted(closed.unagreed), NO_CONSENT)), CONSENT, UNTIMED_CONSENT, at=at)
    _doubt_voices(piece, log, closed)


def _doubt_voices(piece: Piece, log: Sequence[AsRun], closed: Closed) -> None:
    """Ask a person before a recording is shown in which all voices would have to be disguised."""
    if piece.recording is None or piece.recording.start_known or piece.withheld is not None or piece.doubt is not None:
        return
    if any(on_air(log, call) for call in closed.heard_disguised):
        piece.doubt, piece.shown = UNTIMED_VOICE, False


def _silence(piece: Piece, cuts: list[Silence], kind: str, untimed: str, *, at: datetime) -> None:
    inside = [(within(piece, one.seconds), one.why) for one in cuts]
    missing = [(seconds, why) for seconds, why in inside if seconds and not _is_cut(piece, kind, seconds)]
    unknown = piece.recording is not None and not piece.recording.start_known
    doubts = (UNTIMED, untimed)
    if unknown and piece.withheld is None and (missing or (cuts and piece.doubt not in doubts)):
        piece.doubt, piece.shown = untimed, False
    for seconds, why in missing:
        state = SpanState.ACCEPTED if kind == PROTECTED else SpanState.SUGGESTED
        cut_out(piece, kind, why, seconds, state=state, at=at)


def within(piece: Piece, seconds: Seconds) -> Seconds | None:
    """Seconds of the broadcast as those of a recording of it, if they are in it."""
    begins, length = piece.offset or 0.0, piece.recording.duration if piece.recording is not None else 0.0
    start, end = max(0.0, seconds.start - begins), min(seconds.end - begins, length)
    return Seconds(start, end) if start < end else None


def _is_cut(piece: Piece, kind: str, seconds: Seconds) -> bool:
    return any(
        span.kind == kind
        and span.begins is not None
        and span.ends is not None
        and span.begins <= seconds.start + _SAME
        and seconds.end - _SAME <= span.ends
        for span in piece.spans
    )


def add_span(
    piece: Piece,
    kind: str,
    start: int,
    end: int,
    why: str,
    *,
    at: datetime,
    state: SpanState = SpanState.SUGGESTED,
    by: str = "",
) -> Span | None:
    """Add a span unless one that is there covers it; gives the new one."""
    covers = (one for one in piece.spans if one.kind not in CUT and one.start <= start and end <= one.end)
    if next(covers, None) is not None:
        return None
    span = Span(public_id=public_id(at), kind=kind, why=why[:200], start=start, end=end, state=state, by=by)
    piece.spans.append(span)
    return span


def cut_out(
    piece: Piece,
    kind: str,
    why: str,
    seconds: Seconds,
    *,
    state: SpanState = SpanState.ACCEPTED,
    at: datetime,
) -> None:
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
            state=state,
        )
    )
