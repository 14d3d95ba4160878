"""Loads the recogniser that the settings name; called in a worker process, never in the web process."""

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import cast

from radiodesk.core.errors import NotFound
from radiodesk.speech.ports import Transcriber
from radiodesk.speech.registry import folder_of

GROUP = "radiodesk.transcribers"


def transcriber_names() -> list[str]:
    """Every registered recognition engine, built in or plugged in."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def load_transcriber(name: str, models_root: Path, model: str, language: str = "id") -> Transcriber:
    """Load engine ``name`` with ``model`` (a name of the registry, or a path to a folder).

    Raises ``NotFound`` for an engine or model that nobody registered and ``ModelUnusable`` for one that is not there.
    An engine is a class called as ``engine(folder, language=…)``.
    """
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if not found:
        raise NotFound(
            "There is no recognition engine called %(name)s. Known engines: %(known)s.",
            name=name,
            known=", ".join(transcriber_names()),
        )
    engine = cast(Callable[..., Transcriber], found[0].load())
    return engine(folder_of(model, models_root), language=language)
