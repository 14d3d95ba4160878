"""Places while one types: completing from the area pack, and the pack's id for what was typed."""

from dataclasses import dataclass

from radiodesk.core.settings import Settings
from radiodesk.language.places.nouns import AreaPack, Place
from radiodesk.language.places.station_area import area_pack, place_finder

_MOST = 12
_RANK = {"kecamatan": 0, "desa": 1, "junction": 2, "market": 2, "landmark": 2, "road": 3}


@dataclass(frozen=True, slots=True)
class Completion:
    """A place as it is offered: ``where`` says in which larger place it lies."""

    id: str
    name: str
    where: str


def complete(settings: Settings, typed: str) -> list[Completion]:
    """Places whose name (or other name) begins with, or holds, what was typed; the best ones first."""
    wanted = typed.strip().casefold()
    if len(wanted) < 2:
        return []
    pack = area_pack(settings.area)
    found = [(rank, place) for place in pack.places if (rank := _rank(place, wanted)) is not None]
    found.sort(key=lambda pair: (pair[0], _RANK.get(pair[1].kind, 4), pair[1].name))
    return [Completion(place.id, place.name, _where(pack, place)) for _, place in found[:_MOST]]


def place_id(settings: Settings, typed: str) -> str | None:
    """The id of the place that the words name, ``None`` when the pack has none."""
    name = typed.strip().casefold()
    if not name:
        return None
    pack = area_pack(settings.area)
    same = [place for place in pack.places if place.name.casefold() == name]
    if same:
        return min(same, key=lambda place: _RANK.get(place.kind, 4)).id
    found = place_finder(settings.area).find(typed)
    return found[0].place.id if found else None


def hint_phrases(settings: Settings, *said: str) -> list[str]:
    """Words to listen for in a call: what the screener wrote, then the area's kecamatan."""
    kecamatan = [place.name for place in area_pack(settings.area).places if place.kind == "kecamatan"]
    return list(dict.fromkeys([*filter(None, said), *kecamatan]))


def _rank(place: Place, wanted: str) -> int | None:
    names = [name.casefold() for name in (place.name, *place.aliases)]
    if any(name == wanted for name in names):
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    return 2 if any(f" {wanted}" in name for name in names) else None


def _where(pack: AreaPack, place: Place) -> str:
    parent = pack.place_by_id.get(place.parent or "")
    return parent.name if parent is not None and parent.kind != "kabupaten" else ""
