"""What desk and player agree on: where files lie that may be played, what they are, and how playing ends.

Without the libraries that read sound, which a desk at rest does not load.
"""

from pathlib import Path

from radiodesk.core.i18n import N_
from radiodesk.core.settings import Settings

PART = "player"
RATE = 48_000
"""Hz of everything that is played; it is mono."""
LONGEST = 20 * 60.0
"""Seconds of one sound: all of it is held in memory, so that nothing on the disk can interrupt it."""

NOWHERE, INTO_FILES = "null", "file"
"""Names of outputs that need no sound card."""

END, STOPPED, PUSHED = "end", "stopped", "pushed out"
KILLED, DEVICE_LOST, CLOSED = "killed", "device lost", "closed"
END_NAMES = {
    END: N_("to its end"),
    STOPPED: N_("stopped by hand"),
    PUSHED: N_("another sound was begun"),
    KILLED: N_("broken off: the player was gone"),
    DEVICE_LOST: N_("broken off: the sound output was gone"),
    CLOSED: N_("broken off: the player was shut down"),
}


def ready_folder(settings: Settings) -> Path:
    """Where files lie that may be played, each named by its digest."""
    return settings.lines / PART / "ready"
