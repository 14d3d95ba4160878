"""How the words of a script sound, while they are written."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from radiodesk.core.i18n import N_
from radiodesk.language.spoken import reading_seconds
from radiodesk.language.spoken.ear import Trouble, heard_lines
from radiodesk.rooms.programme import services

TROUBLE_NAMES = {
    Trouble.LONG_SENTENCE: N_("long sentence: cut it in two"),
    Trouble.LONG_BREATH: N_("no pause for breath"),
    Trouble.NUMBERS: N_("more figures than one keeps"),
    Trouble.CHAIN: N_("sentence within sentence"),
    Trouble.LONG_WORD: N_("long word"),
    Trouble.CLUSTER: N_("hard to say"),
    Trouble.CAPITALS: N_("short form that is spelled"),
    Trouble.SIGN: N_("sign that nobody hears"),
}


def heard_script(session: Session, text: str, *, pace: int, lexicon: Mapping[str, str]) -> dict[str, object]:
    """What the page shows: the lines with their reading time at the station's pace, and each measured reader's time."""
    readers = services.known_readers(session)
    return {
        "lines": heard_lines(text, words_per_minute=pace, lexicon=lexicon),
        "seconds": reading_seconds(text, words_per_minute=pace, lexicon=lexicon),
        "times": [(name, reading_seconds(text, words_per_minute=own, lexicon=lexicon)) for name, own in readers],
        "troubles": TROUBLE_NAMES,
    }
