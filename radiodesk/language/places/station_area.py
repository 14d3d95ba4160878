"""The station's own area, loaded once a process: the pack that the settings name, and a place finder over it."""

from dataclasses import replace
from functools import cache, lru_cache

from radiodesk.language.places.finder import PlaceFinder
from radiodesk.language.places.pack import AreaPack, load_pack


@cache
def area_pack(name: str) -> AreaPack:
    """The pack of this name or folder; loading takes a moment, so it is kept."""
    return load_pack(name)


@cache
def place_finder(name: str) -> PlaceFinder:
    """A finder over the pack of this name."""
    return PlaceFinder(area_pack(name))


@lru_cache(maxsize=4)
def taught_finder(name: str, learned: tuple[tuple[str, str], ...]) -> PlaceFinder:
    """A finder that knows further names: pairs of a wording and the id of the place that it means."""
    if not learned:
        return place_finder(name)
    pack = area_pack(name)
    further: dict[str, list[str]] = {}
    for wording, place_id in learned:
        further.setdefault(place_id, []).append(wording)
    places = tuple(
        replace(place, aliases=(*place.aliases, *further[place.id])) if place.id in further else place
        for place in pack.places
    )
    taught = frozenset(wording.casefold() for wording, _ in learned)
    return PlaceFinder(replace(pack, places=places), taught=taught)
