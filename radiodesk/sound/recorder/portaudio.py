"""Ends and begins PortAudio. The one file that calls these private functions of sounddevice.

PortAudio lists the devices once, when it begins; sounddevice has no public function to begin it again.
"""

from contextlib import suppress
from typing import Any


def begin_again(sound: Any) -> None:
    """Let ``sound`` (the module ``sounddevice``) list its devices anew. No stream may be open.

    Raises ``PortAudioError`` where it cannot begin now, and may be called again.
    """
    with suppress(sound.PortAudioError):
        # The last time it may have ended and not begun.
        sound._terminate()
    sound._initialize()
