"""Looks for private matter in text, with the station's own place names and with what it knows of callers."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from radiodesk.core.i18n import N_
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack
from radiodesk.language.redaction import Span, find_private, redact
from radiodesk.language.redaction.identities import Identity, known_about
from radiodesk.language.redaction.spans import merged
from radiodesk.language.redaction.unclear_parts import find_unclear

Finder = Callable[[str], Sequence[Span]]

A_CALLERS = {
    "name": N_("The name of a caller."),
    "phone": N_("The number of a caller."),
    "location": N_("The place of a caller of whom nothing is told."),
    "other": N_("The matter of a caller of whom nothing is told."),
}
"""Why something known of a caller was found, by its kind."""


def finder(settings: Settings) -> Finder:
    """The redactor for this station: names of places in its area are not taken for people's."""

    def find(text: str) -> Sequence[Span]:
        # The area is read with the first text: a process that starts has none.
        return find_private(text, places=_places(settings.area))

    return find


def knowing(find: Finder, callers: Iterable[Identity]) -> Finder:
    """The same redactor, which also finds what is known of these callers, whoever says or writes it."""
    known = [one for one in callers if not one.empty]

    def look(text: str) -> Sequence[Span]:
        own = (
            Span(found.start, found.end, found.kind, A_CALLERS[found.kind], 1.0)
            for one in known
            for found in known_about(text, one)
        )
        return merged([*find(text), *own])

    return look


@lru_cache(maxsize=4)
def _places(area: str) -> frozenset[str]:
    return frozenset(name.casefold() for place in area_pack(area).places for name in (place.name, *place.aliases))


def hidden(text: str, find: Finder) -> str:
    """A short text (a title) from which whatever may be private is left out."""
    for found in sorted(find(text), key=lambda one: -one.start):
        text = f"{text[: found.start]}…{text[found.end :]}"
    return text


def redactor(find: Finder) -> Callable[[str], str]:
    """Takes out what is private from a text that nobody looks through before it is shown: what was begun and not
    understood goes too.
    """

    def clean(text: str) -> str:
        private = find(text)
        return redact(text, [*private, *find_unclear(text, private)])[0]

    return clean
