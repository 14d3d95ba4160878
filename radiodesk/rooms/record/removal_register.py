"""The public register of what was taken out of a broadcast: of which kind, where, and on which legal ground.

It is read out of what is public: the masks in the published words tell kind and second. So it can hold nothing that the
copy itself does not, and a part that stays closed is one line without a place.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from radiodesk.core.csv_tables import Column, csv_text
from radiodesk.core.i18n import N_, gettext, speaking
from radiodesk.rooms.record.disguised_voices import DISGUISED, VOICE
from radiodesk.rooms.record.masks import KIND_NAMES, mask
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece

PERSONAL = N_("Personal data: UU 27/2022; private secrets: UU 14/2008, article 17 h")
GROUNDS = {
    "closed": N_(
        "Identity of reporters, witnesses and victims: UU 14/2008, article 17 a; of children: UU 11/2012, article 19"
    ),
    "consent": N_("No consent of the person is noted: UU 27/2022, article 20"),
    "dump": N_("Dumped on air by the host, by the broadcasting code of the KPI"),
    "voice": N_(
        "At the caller's wish, since a voice tells who speaks: UU 27/2022, article 4; UU 14/2008, article 17 h"
    ),
    "piece": N_("Left out by the archive; ask the station for the reason"),
}
"""Legal grounds by kind, as message ids; all other kinds are personal data."""

REGISTER_COLUMNS = (
    Column("part", N_("Number of the part in which it is missing; empty where it has no place"), "integer", False),
    Column("second", N_("Second of the part's sound; empty where it has none"), "number", False),
    Column("kind", N_("Kind of what was taken out")),
    Column("ground", N_("Legal ground, in the station's language")),
)

_MASK = re.compile(r"\[[^\[\]]+\]")


def ground_of(kind: str) -> str:
    """The message id of the ground on which a kind is taken out."""
    return GROUNDS.get(kind, PERSONAL)


@dataclass(frozen=True, slots=True)
class Removed:
    """One thing that was taken out: its kind, the published part it is missing in, and the second there.

    ``piece`` and ``second`` are ``None`` where the copy does not tell: of what was cut, and of words without sound.
    """

    kind: str
    piece: PublishedPiece | None
    second: float | None


def register_of(broadcast: PublishedBroadcast, language: str) -> list[Removed]:
    """All that was taken out, in the order of the parts; then what has no place."""
    kinds = {mask(kind, language): kind for kind in KIND_NAMES}
    placed = [one for piece in broadcast.pieces for one in (*_voices(piece), *_in_piece(piece, kinds))]
    # Where several words went, one mask stands for them; what was counted beyond the masks was cut out.
    seen: dict[str, int] = {}
    for one in placed:
        seen[one.kind] = seen.get(one.kind, 0) + 1
    rest = {kind: int(count) - seen.get(kind, 0) for kind, count in broadcast.removed.items()}
    return [*placed, *(Removed(kind, None, None) for kind, count in rest.items() for _ in range(max(0, count)))]


def _voices(piece: PublishedPiece) -> list[Removed]:
    return [Removed(VOICE, piece, float(begins)) for begins, _ in (piece.details or {}).get(DISGUISED) or ()]


def _in_piece(piece: PublishedPiece, kinds: dict[str, str]) -> Iterable[Removed]:
    if not piece.segments:
        return [Removed(kinds[found], piece, None) for found in _MASK.findall(piece.text) if found in kinds]
    words = [word for segment in piece.segments for word in segment.get("words") or ()]
    return [
        Removed(kinds[found], piece, float(word["start"]))
        for word in words
        for found in _MASK.findall(str(word["word"]))
        if found in kinds
    ]


def register_as_csv(broadcast: PublishedBroadcast, language: str) -> str:
    """The register as CSV, in the station's language: part, second in it, kind, ground."""
    with speaking(language):
        rows = [
            [
                one.piece.position if one.piece else "",
                "" if one.second is None else f"{one.second:.1f}",
                one.kind,
                gettext(ground_of(one.kind)),
            ]
            for one in register_of(broadcast, language)
        ]
    return csv_text([column.name for column in REGISTER_COLUMNS], rows)
