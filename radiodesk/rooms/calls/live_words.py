"""What a caller says, while it is said: as the screener reads it, and as the host may.

The host's screen shows no number and no name that must not be said on air. A recogniser may write a name in a way that
nobody can find again, so the words of protected callers are not shown there at all.
"""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.language.digit_words import DIGIT_WORDS
from radiodesk.rooms.calls.access import belonging_of
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.screen_ports import Masker
from radiodesk.rooms.recordings.access import Belonging
from radiodesk.rooms.transcripts.live.models import Hearing, LiveWords
from radiodesk.rooms.transcripts.live.queries import live_words

MOST_SHOWN = 600
MOST_ON_AIR = 80
"""Words, the newest ones: the host has a glance for them, not a minute."""
_BEFORE = 40
"""Words before those that are masked along, so that nothing is cut in its middle and passes for harmless."""

CUT = "…"
_DIGIT = rf"(?:\d[\d.\-]*|{'|'.join(sorted(DIGIT_WORDS))})"
_NUMBER_BEING_SAID = re.compile(rf"(?i)(?:\b{_DIGIT}\s*){{3,}}$")


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one call so far: ``settled`` will not change any more, ``tentative`` may; ``lag`` in seconds."""

    state: Hearing
    settled: str
    tentative: str
    lag: float


def said(session: Session, public_id: str) -> Said | None:
    """The words of a call as they were heard so far; None when nobody listens to it."""
    rows = live_words(session, [public_id]).get(public_id)
    if not rows:
        return None
    settled = " ".join(filter(None, [*(row.text for row in rows[:-1]), rows[-1].settled]))
    return Said(_state(rows), _newest(settled, MOST_SHOWN), rows[-1].tentative, rows[-1].lag)


def said_on_air(session: Session, call: Call, masker: Masker | None) -> Said | None:
    """The same for the host: masked, and nothing where the caller is guarded in any way or nothing masks.

    What is tentative is not told apart, since a number may begin in the one and end in the other.
    """
    if masker is None or belonging_of(session, call) is not Belonging.CALL:
        return None
    heard = said(session, call.public_id)
    if heard is None:
        return None
    whole = _newest(f"{heard.settled} {heard.tentative}".strip(), MOST_ON_AIR + _BEFORE)
    masked = for_the_host(session, call, whole, masker)
    return Said(heard.state, _newest(masked, MOST_ON_AIR), "", heard.lag)


def for_the_host(session: Session, call: Call, text: str, masker: Masker) -> str:
    """A text of a caller without private numbers, without the names of protected callers, and without the caller's own.

    The own name stays where the caller allowed it. A number that is still being said shows none of its digits.
    """
    names = [name for name in _protected_names(session) if name != call.name]
    if call.name and not (call.may_name and call.protected is None):
        names.append(call.name)
    begun = _NUMBER_BEING_SAID.sub(CUT, text)
    return masker(begun, names)


def _protected_names(session: Session) -> list[str]:
    query = select(Call.name).where(
        Call.protected.is_not(None), Call.name.is_not(None), Call.state.in_(Call.open_states)
    )
    return [name for name in session.scalars(query) if name]


def _state(rows: list[LiveWords]) -> Hearing:
    """How the call is listened to: a call that was put through has an ended take and one that goes on."""
    states = {row.state for row in rows}
    return next(state for state in Hearing if state in states)


def _newest(text: str, most: int) -> str:
    words = text.split()
    return text if len(words) <= most else " ".join([CUT, *words[-most:]])
