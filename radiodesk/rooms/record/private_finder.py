"""Looks for private matter in text, with the station's own place names."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack
from radiodesk.language.redaction import Span, find_private

Finder = Callable[[str], Sequence[Span]]


def finder(settings: Settings) -> Finder:
    """The redactor for this station: names of places in its area are not taken for people's."""
    return partial(find_private, places=_places(settings.area))


@lru_cache(maxsize=4)
def _places(area: str) -> frozenset[str]:
    return frozenset(name.casefold() for place in area_pack(area).places for name in (place.name, *place.aliases))


def hidden(text: str, find: Finder) -> str:
    """A short text (a title) from which whatever may be private is left out."""
    for found in sorted(find(text), key=lambda one: -one.start):
        text = f"{text[: found.start]}…{text[found.end :]}"
    return text
