"""Loads the voice that the settings name; called in a worker process, never in the web process."""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import cast

from radiodesk.core.errors import NotFound
from radiodesk.speech.ports import Voice

GROUP = "radiodesk.voices"


def load_voice(name: str) -> Voice:
    """The voice registered under a name; raises ``NotFound`` with the names there are."""
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if not found:
        known = ", ".join(sorted({entry.name for entry in entry_points(group=GROUP)}))
        raise NotFound("There is no voice called %(name)s. Known voices: %(known)s.", name=name, known=known)
    return cast(Callable[[], Voice], found[0].load())()
