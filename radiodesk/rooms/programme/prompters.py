"""The prompter: what a reader's screen shows, and how a second screen drives it.

What drives is a state and no list of orders: rolling or not, the pace, where to jump, what to tell. A screen that
missed some of it is right again with the next look, and one that lost the desk goes on with the text that it has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Forbidden, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.text import shorten
from radiodesk.language.spoken import reading_seconds
from radiodesk.rooms.programme import services
from radiodesk.rooms.programme.models import Prompter, Script, ScriptState

TOPIC = "prompter"
SLOWEST, FASTEST = 40, 250
"""Percent of the reader's own pace."""
LONGEST_CUE = 120
LONGEST_LINE = 60
LONGEST_WORDS = 2000
"""Characters of one line of a script that is changed on the second screen."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a script: ``number`` counts its lines from 0, ``seconds`` is its estimated reading time."""

    number: int
    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that is read, or that happens between two readings: then it has no script and no lines."""

    key: str
    title: str
    reader: str
    seconds: float
    begins: datetime | None = None
    script: Script | None = None
    version: int = 0
    lines: tuple[Line, ...] = ()

    @property
    def approved(self) -> bool:
        """Whether its words may go on air."""
        return self.script is not None and self.script.approved is not None


def section_of(script: Script, *, speed: float, lexicon: Mapping[str, str]) -> Section:
    """A script as it is read: the approved version, else the latest; ``speed`` in words a minute."""
    version = script.approved or script.latest
    pace = round(speed)
    lines = tuple(
        Line(number, text.strip(), round(reading_seconds(text, words_per_minute=pace, lexicon=lexicon), 2))
        for number, text in enumerate(version.text.splitlines())
        if text.strip()
    )
    total = reading_seconds(version.text, words_per_minute=pace, lexicon=lexicon)
    return Section(script.public_id, script.title, "", total, None, script, version.number, lines)


def prompter_of(session: Session, subject: str) -> Prompter:
    """How the prompter of a script or a broadcast (its public id) is driven now; unsaved where nobody did so far."""
    found = session.scalar(select(Prompter).where(Prompter.subject == subject))
    return found or Prompter(subject=subject, rolling=False, pace=100, jumps=0, line="", cues=0, cue="", place="")


def state_of(prompter: Prompter) -> dict[str, object]:
    """What screens are told, as JSON."""
    return {
        "rolling": prompter.rolling,
        "pace": prompter.pace,
        "jumps": prompter.jumps,
        "line": prompter.line,
        "cues": prompter.cues,
        "cue": prompter.cue,
        "place": prompter.place,
    }


def drive(session: Session, subject: str, order: str, *, line: str, words: str, at: datetime) -> None:
    """Do what the second screen orders: ``roll``, ``stop``, ``slower``, ``faster``, ``jump`` to a line, or ``cue``, a
    few words over the text, which may be none (a flash). Raises ``Unreadable``.
    """
    prompter = prompter_of(session, subject)
    if order in ("roll", "stop"):
        prompter.rolling = order == "roll"
    elif order in ("slower", "faster"):
        prompter.pace = min(FASTEST, max(SLOWEST, prompter.pace + (5 if order == "faster" else -5)))
    elif order == "jump":
        prompter.jumps, prompter.line = prompter.jumps + 1, shorten(line, LONGEST_LINE)
    elif order == "cue":
        prompter.cues, prompter.cue = prompter.cues + 1, shorten(words.strip(), LONGEST_CUE)
    else:
        raise Unreadable("The prompter has no such order.")
    session.add(prompter)
    announce(session, at, TOPIC, order, subject)


def tell_place(session: Session, subject: str, line: str, *, rolling: bool, pace: int, at: datetime) -> None:
    """Keep where the reader is and how fast the text rolls there, for the screens that drive."""
    prompter = prompter_of(session, subject)
    prompter.place, prompter.rolling = shorten(line, LONGEST_LINE), rolling
    prompter.pace = min(FASTEST, max(SLOWEST, pace))
    session.add(prompter)
    announce(session, at, TOPIC, "place", subject)


def replace_line(
    session: Session,
    script: Script,
    number: int,
    text: str,
    *,
    expected: int,
    may_approve: bool,
    by: str,
    at: datetime,
    speed: float,
    lexicon: Mapping[str, str],
) -> None:
    """Put one line into other words while it may be on a prompter; no words take it out.

    An approved script stays one: who may not approve may not change it here. Raises ``Forbidden``, ``Unreadable`` for
    a line that is not there, and what ``edit_script`` raises.
    """
    was_approved = script.state is ScriptState.APPROVED
    if was_approved and not may_approve:
        raise Forbidden("This script is approved. Only who may approve it changes its words while it is read.")
    lines = script.latest.text.splitlines()
    if not 0 <= number < len(lines):
        raise Unreadable("This line is not in the script any more.")
    lines[number] = " ".join(text.split())
    draft = services.Draft("\n".join(lines))
    version = services.edit_script(
        session, script, draft, expected=expected, by=by, at=at, speed=speed, lexicon=lexicon
    )
    if was_approved:
        services.approve(session, script, number=version.number, by=by, at=at)
