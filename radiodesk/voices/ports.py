"""What crosses the port of voices: text in its spoken form in, a WAV file out.

A voice is loaded late, in a worker process, by the name that the settings give; anyone may register another one under
the entry-point group ``radiodesk.voices``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice as a person would choose it."""

    id: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class VoiceSetup:
    """What the station's settings say of its voice.

    ``model`` is the file or folder of a voice that needs one, ``program`` the path of one that is a program of its own,
    ``names`` the area's names in dictionary spelling (ê as in "enam", é as in "desa").
    """

    model: Path | None = None
    program: str | None = None
    names: tuple[str, ...] = ()


class Voice(Protocol):
    """Reads text that is already in its spoken form into a WAV file; made by ``Class.set_up(VoiceSetup)``."""

    name: str

    def voices(self) -> Iterable[VoiceInfo]: ...

    def speak(self, text: str, target: Path, *, voice: str = ..., words_per_minute: int = ...) -> float:
        """Write ``target`` (mono PCM WAV) and return its length in seconds; raises ``VoiceFailed``."""
        ...
