"""Loads the recogniser that the settings name; called in a worker process, never in the web process."""

from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

from radiodesk.core.errors import NotFound
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack
from radiodesk.recognition.model_registry import folder_of
from radiodesk.recognition.ports import Transcriber

GROUP = "radiodesk.transcribers"


def transcriber_names() -> list[str]:
    """Every registered recognition engine, built in or plugged in."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def load_for_station(settings: Settings) -> Transcriber:
    """The station's recogniser, which knows the name of its area; raises as ``load_transcriber``.

    It is loaded once a process, and not for two threads at once.
    """
    return _kept(
        settings.transcriber,
        settings.models,
        settings.speech_model,
        settings.speech_language,
        area_pack(settings.area).name,
        settings.speech_threads,
    )


@lru_cache(maxsize=1)
def _kept(name: str, models_root: Path, model: str, language: str, place: str, threads: int) -> Transcriber:
    return load_transcriber(name, models_root, model, language, place=place, threads=threads)


def load_transcriber(
    name: str, models_root: Path, model: str, language: str = "id", *, place: str = "Kota", threads: int = 2
) -> Transcriber:
    """Load engine ``name`` with ``model`` (a name of the registry, or a path to a folder).

    Raises ``NotFound`` for an engine or model that nobody registered and ``ModelUnusable`` for one that is not there.
    An engine is a class called as ``engine(folder, language=…, place=…, threads=…)``; ``place`` is the town or district
    of the station.
    """
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if not found:
        raise NotFound(
            "There is no recognition engine called %(name)s. Known engines: %(known)s.",
            name=name,
            known=", ".join(transcriber_names()),
        )
    engine = cast(Callable[..., Transcriber], found[0].load())
    return engine(folder_of(model, models_root), language=language, place=place, threads=threads)
