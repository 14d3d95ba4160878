"""Checks on what a voice wrote: engines fail without an error: no file, an empty one, or one that breaks off."""

import wave
from array import array
from pathlib import Path

from radiodesk.language.spoken import reading_seconds

_SHORTEST_SHARE = 0.35
_LONGEST_SHARE = 4.0
_SLACK_SECONDS = 1.5
_SILENCE_PEAK = 200


class Unusable(Exception):
    """A file that a voice wrote is missing, cut short or silent."""


def checked_seconds(path: Path, text: str, words_per_minute: int) -> float:
    """Length in seconds of the mono 16-bit WAV at ``path``; raises ``Unusable`` where it can't hold ``text``."""
    try:
        with wave.open(str(path), "rb") as sound:
            seconds = sound.getnframes() / sound.getframerate()
            channels, width = sound.getnchannels(), sound.getsampwidth()
            samples = array("h", sound.readframes(sound.getnframes())) if width == 2 else array("h")
    except FileNotFoundError as error:
        raise Unusable("no file was written") from error
    except (wave.Error, EOFError, OSError, ValueError) as error:
        raise Unusable(f"the file is no WAV: {error}") from error
    if channels != 1 or width != 2:
        raise Unusable(f"expected mono 16 bit, got {channels} channels of {8 * width} bit")
    expected = reading_seconds(text, words_per_minute=words_per_minute)
    if not expected * _SHORTEST_SHARE <= seconds <= expected * _LONGEST_SHARE + _SLACK_SECONDS:
        raise Unusable(f"{seconds:.1f} s of sound for a text of about {expected:.1f} s")
    if max(map(abs, samples), default=0) < _SILENCE_PEAK:
        raise Unusable("the sound is silent")
    return seconds
