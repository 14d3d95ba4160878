"""The station's own area, loaded once a process: the pack that the settings name, and a place finder over it."""

from functools import cache

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
