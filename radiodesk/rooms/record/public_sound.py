"""The sound files of a public copy: as MP3, which everything plays, and as Opus, for slow lines.

Both are made of the same treated sound, with the same tones and cuts, and lie beside each other: what removes the
folder of a revision removes both.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf
from radiodesk.core.stores.shelves import Shelf
from radiodesk.rooms.record.disguised_voices import Disguised, change, in_copy
from radiodesk.rooms.record.rendering import Rendered
from radiodesk.rooms.recordings.services import originals
from radiodesk.sound.stretches import Span as Seconds


@dataclass(frozen=True)
class SoundFile:
    """A sound file of the public copy."""

    key: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, key: str, path: Path) -> Self:
        """As it lies there before it is put into the store."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(key, path.stat().st_size, digest)


@dataclass(frozen=True)
class Sound:
    """The public sound of a piece, in both formats.

    ``toned``: seconds of it, as ``[begin, end]``, in which a voice could not be changed and a tone is heard.
    """

    mp3: SoundFile
    opus: SoundFile
    duration: float
    toned: list[list[float]] = field(default_factory=list)


def public_copies(settings: Settings) -> Shelf:
    """Where the public copies lie; the public site opens nothing else."""
    return shelf(settings, "public")


@dataclass(frozen=True)
class Treatment:
    """What is done to a recording before others hear it: voices are changed, then tones laid, then seconds cut.

    ``duration`` is the recording's, in seconds; ``voices`` are those that were drawn for this copy so far, by call; new
    ones are added.
    """

    rendered: Rendered
    duration: float
    disguised: Sequence[Disguised] = ()
    voices: dict[str, Any] = field(default_factory=dict)


def write_sound(
    settings: Settings,
    key: str,
    source: str,
    treatment: Treatment,
    *,
    chapters: Sequence[tuple[float, float, str]],
    title: str,
    programme: str,
) -> Sound:
    """Write the public sound of a recording, below ``key`` without its endings; ``source`` is the recording's own key.

    Title and programme stand in the Opus file, as pages and feeds tell them. Raises ``AudioUnreadable``.
    """
    from radiodesk.sound.encoder import derive_mp3, derive_opus
    from radiodesk.sound.loudness import gain_to

    sounds, copies = originals(settings), public_copies(settings)
    with (
        sounds.object(source).local() as original,
        # What is half treated never lies among the public copies.
        sounds.drafts() as scratch,
        copies.object(f"{key}.mp3").draft() as mp3,
        copies.object(f"{key}.opus").draft() as opus,
    ):
        treated, lost = _treated(original, scratch, treatment)
        gain = gain_to(settings.public_loudness, treated) if settings.public_loudness else 0.0
        info = derive_mp3(treated, mp3, gain=gain, chapters=chapters)
        derive_opus(treated, opus, gain=gain, chapters=chapters, tags={"title": title, "album": programme})
        files = SoundFile.of(f"{key}.mp3", mp3), SoundFile.of(f"{key}.opus", opus)
        return Sound(*files, info.duration, in_copy(lost, treatment.rendered.cut, treatment.duration))


def _treated(source: Path, scratch: Path, treatment: Treatment) -> tuple[Path, list[Seconds]]:
    """The treated sound, and the seconds of the source in which a voice could not be changed."""
    from radiodesk.sound.cuts import bleep, cut

    lost: list[Seconds] = []
    if treatment.disguised:
        changed = scratch / "voices.flac"
        lost = change(source, changed, treatment.disguised, treatment.voices)
        source = changed
    steps: list[tuple[Callable[[Path, Path, list[Seconds]], Any], list[Seconds]]] = [
        (bleep, treatment.rendered.bleeped),
        (cut, treatment.rendered.cut),
    ]
    for number, (step, spans) in enumerate(steps):
        if spans:
            target = scratch / f"{number}.flac"
            step(source, target, spans)
            source = target
    return source, lost
