"""``python -m radiodesk.voices.prompt_speech FILE``: the station's voice says what stands on standard input.

For parts that hold live sound: a voice that crashes takes only this process with it. Ends with 1 and a line on standard
error where no sound came out.
"""

import sys
from pathlib import Path

from radiodesk.core.errors import Refusal
from radiodesk.core.settings import load_settings
from radiodesk.language.places.station_area import area_pack
from radiodesk.language.spoken import to_spoken
from radiodesk.voices.voice_loader import load_voice


def main(target: Path) -> int:
    """Write a WAV file; returns the exit code."""
    try:
        settings = load_settings()
        said = to_spoken(sys.stdin.read(), lexicon=area_pack(settings.area).spoken, bare_minutes=settings.bare_minutes)
        load_voice(settings).speak(said, target, words_per_minute=settings.words_per_minute)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
