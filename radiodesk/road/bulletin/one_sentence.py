"""One sentence of a bulletin by itself: told anew when what it rests on was put right, or added by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from radiodesk.language.places.nouns import AreaPack
from radiodesk.road.bulletin.items import clear_item, condition_item, warning_item
from radiodesk.road.bulletin.official_warnings import Warned, cut_to_area
from radiodesk.road.bulletin.parts import Identity, Item
from radiodesk.road.bulletin.selection import Candidate, candidates_of
from radiodesk.road.bulletin.sentences import Speaker
from radiodesk.road.bulletin.wording import phrasebook
from radiodesk.road.ports import Alert, Condition


def speaker_at(
    at: datetime, pack: AreaPack | None, station: Identity | None, wording: Mapping[str, str] | None, variation: int
) -> Speaker:
    return Speaker(
        phrases=phrasebook("bulletin", wording),
        at=at,
        identity=station or Identity.of(pack),
        pack=pack,
        words_per_minute=140,
        variation=variation,
    )


def retold(
    conditions: Sequence[Condition],
    before: str,
    *,
    at: datetime,
    pack: AreaPack | None = None,
    station: Identity | None = None,
    wording: Mapping[str, str] | None = None,
    variation: int = 0,
) -> Item | None:
    """The sentence for these conditions, whatever speaks against saying them; ``None`` where there is none.

    ``before`` is the sentence that it takes the place of: a road that was named there is named again.
    """
    speaker = speaker_at(at, pack, station, wording, variation)
    found = candidates_of(conditions, at, pack)
    if not found:
        return None
    return _item(speaker, found[0], named=_names_road(before, found[0]))


def _names_road(before: str, candidate: Candidate) -> bool:
    return candidate.corridor is not None and candidate.corridor.name in before


def _item(speaker: Speaker, candidate: Candidate, *, named: bool) -> Item:
    if candidate.clear:
        return clear_item(speaker, [candidate], 0)
    return condition_item(speaker, candidate, 0, short=False, announce=named)


def warned(
    alert: Alert,
    *,
    at: datetime,
    pack: AreaPack | None = None,
    station: Identity | None = None,
    wording: Mapping[str, str] | None = None,
    variation: int = 0,
) -> Item:
    """The sentence for a warning that was left out."""
    cut = cut_to_area(alert, pack) if pack else None
    speaker = speaker_at(at, pack, station, wording, variation)
    return warning_item(speaker, cut or Warned(alert, alert.places, alert.spreading), short=False)
