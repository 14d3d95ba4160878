"""Composing one bulletin: what may be said is chosen, cut to the slot and put in order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from radiodesk.language.places.nouns import AreaPack
from radiodesk.road.bulletin.endings import Told, told_of
from radiodesk.road.bulletin.official_warnings import for_station
from radiodesk.road.bulletin.parts import Composition, Identity, SpokenAppeal
from radiodesk.road.bulletin.selection import choose
from radiodesk.road.bulletin.sentences import Speaker
from radiodesk.road.bulletin.slot import Slot
from radiodesk.road.bulletin.wording import phrasebook
from radiodesk.road.ports import Alert, Condition


def compose(
    conditions: Sequence[Condition],
    *,
    at: datetime,
    seconds: float,
    pack: AreaPack | None = None,
    alerts: Sequence[Alert] = (),
    appeal: SpokenAppeal | None = None,
    words_per_minute: int = 140,
    variation: int = 0,
    station: Identity | None = None,
    previous: Composition | None = None,
    told_before: Collection[Told] = (),
    said_before: Collection[str] = (),
    wording: Mapping[str, str] | None = None,
) -> Composition:
    """A bulletin for ``at`` (aware) that takes at most ``seconds`` to read at ``words_per_minute``.

    ``variation`` is the bulletin's running number: it turns the wording. With ``previous``, or with what was kept of it
    (``told_before``, ``said_before``), what was said then and has ended since is told as over, and what is said again
    is said in other words. ``wording`` holds the station's own phrases by their names ("bulletin/flow").
    """
    if at.tzinfo is None:
        raise ValueError("at must be an aware time")
    speaker = Speaker(
        phrases=phrasebook("bulletin", wording),
        at=at,
        identity=station or Identity.of(pack),
        pack=pack,
        words_per_minute=words_per_minute,
        variation=variation,
        heard=" ".join([*said_before, *(item.sentence for item in (previous.items if previous else ()))]).casefold(),
    )
    candidates, left_out = choose(conditions, at, pack)
    warned, warnings_left = for_station(alerts, at, pack)
    slot = Slot(speaker, seconds, [*left_out, *warnings_left])
    items = slot.fill(candidates, warned, appeal, conditions, [*told_before, *(told_of(previous) if previous else [])])
    return Composition(
        at=at,
        slot=seconds,
        seconds=round(sum(item.seconds for item in items), 1),
        items=tuple(items),
        left_out=tuple(slot.left_out),
        words_per_minute=words_per_minute,
        variation=variation,
    )
