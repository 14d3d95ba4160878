"""Where the public copy has another voice instead of a caller's, as the caller wished.

The words stay: what in them tells who speaks is taken out like everybody's. A caller of whom nothing is told is heard
in no voice at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from radiodesk.rooms.broadcasts.air_time import on_air, with_margin
from radiodesk.rooms.broadcasts.models import AsRun
from radiodesk.rooms.record.models import Piece, PieceKind
from radiodesk.rooms.record.protection import Closed, within
from radiodesk.rooms.record.rendering import moved
from radiodesk.sound.stretches import Span as Seconds
from radiodesk.sound.stretches import merged, remaining

if TYPE_CHECKING:
    from radiodesk.sound.voice_disguise import Voice

VOICE = "voice"
"""In the register of what was taken out: a stretch in which a caller is heard in another voice."""


DISGUISED = "disguised"
"""Under which name the details of a published piece hold the seconds of it."""
TONED = "toned"
"""Under which name they hold the seconds in which the voice could not be changed, so that a tone is heard."""


@dataclass(frozen=True, slots=True)
class Disguised:
    """Seconds of a recording in which a caller (public id of the call) is to have another voice."""

    seconds: Seconds
    call: str


def disguised_in(piece: Piece, log: Sequence[AsRun], closed: Closed) -> list[Disguised]:
    """The seconds of a piece's recording in which callers are to be disguised.

    Of a recording of which nobody knows when it began, all of it once such a caller was on air.
    """
    if piece.recording is None:
        return []
    whole = Seconds(0.0, piece.recording.duration)
    callers = sorted(closed.heard_disguised)
    if piece.kind is PieceKind.CALL:
        return [Disguised(whole, piece.subject)] if piece.subject in callers else []
    if piece.kind is not PieceKind.PROGRAMME:
        return []
    spoken = [(one, call) for call in callers for one in with_margin(on_air(log, call))]
    if spoken and not piece.recording.start_known:
        return [Disguised(whole, spoken[0][1])]
    return [Disguised(inside, call) for one, call in spoken if (inside := within(piece, one)) is not None]


def in_copy(stretches: Iterable[Seconds], cut: Sequence[Seconds], duration: float) -> list[list[float]]:
    """The same seconds as ``[begin, end]`` of the copy that lacks what was cut; what is gone altogether is left out."""
    kept = remaining(duration, cut)
    found = merged(Seconds(moved(one.start, kept), moved(one.end, kept)) for one in stretches)
    return [[one.start, one.end] for one in found]


def change(source: Path, target: Path, stretches: Sequence[Disguised], voices: dict[str, "Voice"]) -> list[Seconds]:
    """Write a recording with another voice in these seconds; returns those in which there is a tone instead.

    ``voices`` are those that were drawn so far, by call: a caller has one voice in all of a copy. None is ever kept.
    """
    from radiodesk.sound.voice_change import Role, change_voices
    from radiodesk.sound.voice_disguise import draw

    for one in stretches:
        if one.call not in voices:
            voices[one.call] = draw()
    return change_voices(source, target, [Role(one.seconds, voices[one.call]) for one in stretches])
