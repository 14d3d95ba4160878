"""Where the sound of what single callers are told lies, and for how long."""

from hashlib import sha256
from pathlib import Path

from radiodesk.core.settings import Settings

LONGEST = 300
"""Characters of a prompt: about twenty seconds."""
KEPT = 24 * 3600.0
"""Seconds for which a prompt lies ready to be played again."""


def prompt_file(settings: Settings, text: str) -> Path:
    """The sound of a prompt, once the voice of these settings has said it."""
    voice = f"{settings.voice}|{settings.voice_model or ''}|{settings.words_per_minute}"
    return settings.lines / "prompts" / f"{sha256(f'{voice}|{text}'.encode()).hexdigest()}.wav"
