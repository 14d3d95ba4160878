"""Loads the voice that the settings name; called in a worker process, never in the web process."""

from importlib.metadata import entry_points
from typing import Any

from radiodesk.core.errors import NotFound
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack
from radiodesk.voices.ports import Voice, VoiceSetup
from radiodesk.voices.pronunciation import words_in

GROUP = "radiodesk.voices"
_NAMES = "pronunciation.txt"


def load_voice(settings: Settings) -> Voice:
    """The station's voice, with the names of its area; raises ``NotFound`` with the names of the voices there are."""
    name = settings.voice
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if not found:
        known = ", ".join(sorted({entry.name for entry in entry_points(group=GROUP)}))
        raise NotFound("There is no voice called %(name)s. Known voices: %(known)s.", name=name, known=known)
    engine: Any = found[0].load()
    voice: Voice = engine.set_up(
        VoiceSetup(settings.voice_model, settings.voice_program, _names_of(settings.area)),
    )
    return voice


def _names_of(area: str) -> tuple[str, ...]:
    """How the names of the area are said, where its pack tells."""
    listed = area_pack(area).folder / _NAMES
    return tuple(words_in(listed.read_text("utf-8").splitlines())) if listed.is_file() else ()
