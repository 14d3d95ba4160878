"""Words that the station's recogniser listens for: what people corrected, what they added, and tonight's names.

A recording is heard with the phrases that were asked for it (the caller's place first) and with these. They count as
known words, and as many of them as fit stand in the recogniser's prompt.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from rapidfuzz.distance import Levenshtein
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from radiodesk.core import audit, events
from radiodesk.core.database import keys_of
from radiodesk.core.errors import Unreadable
from radiodesk.core.ids import public_id
from radiodesk.core.text import tidy
from radiodesk.language.digit_words import NUMBER_WORDS
from radiodesk.language.places.dictionaries import load_words
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.models import Kind, ListenedPhrase
from radiodesk.rooms.transcripts.queries import versions

TOPIC = "speech"
CORRECTED, ADDED, EXPECTED = "corrected", "added", "expected"
MOST = 40
LONGEST = 80
KEPT = timedelta(days=90)
"""How long a corrected word is listened for after it was corrected last: among them are callers' names."""
_SHORTEST = 4
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME = re.compile(r"\b[A-Z][^\W\d_]+(?:['’-][^\W\d_]+)*(?: [A-Z][^\W\d_]+(?:['’-][^\W\d_]+)*)*")


def phrases_at(session: Session, at: datetime, most: int = MOST) -> list[str]:
    """What is listened for now: names that are expected, then what was added, then the commonest corrections."""
    found = session.scalars(select(ListenedPhrase).where(_stands(at)))
    rank = {EXPECTED: 0, ADDED: 1, CORRECTED: 2}
    ordered = sorted(found, key=lambda one: (rank[one.source], -one.times, one.phrase))
    return list(dict.fromkeys(one.phrase for one in ordered))[:most]


def listed(session: Session, at: datetime) -> list[ListenedPhrase]:
    """Every phrase that is listened for now, in the order of the alphabet."""
    found = session.scalars(select(ListenedPhrase).where(_stands(at)))
    return sorted(found, key=lambda one: one.phrase.casefold())


def learn(session: Session, words: Iterable[str], *, by: str, at: datetime) -> None:
    """Count words that a person put in place of misheard ones (``corrected_words``), and keep them for ``KEPT``."""
    for word in words:
        _count(session, word, CORRECTED, by=by, at=at).until = at + KEPT
    _drop_old(session, at)


def unlearn(session: Session, recordings: Iterable[Recording], words: Iterable[str]) -> None:
    """Listen no longer for these words, nor for what was learned from the transcripts of these recordings."""
    gone = {word.casefold() for word in words}
    for recording in recordings:
        own = [one for one in reversed(versions(session, recording)) if one.kind is not Kind.PUBLISHED]
        for before, after in pairwise(own):
            gone.update(word.casefold() for word in corrected_words(before.words, after.words))
    learned = session.scalars(select(ListenedPhrase).where(ListenedPhrase.source == CORRECTED))
    for phrase in [one for one in learned if one.phrase.casefold() in gone]:
        session.delete(phrase)
    session.flush()


def add(session: Session, phrase: str, *, by: str, at: datetime) -> ListenedPhrase:
    """Listen for a phrase from now on; raises ``Unreadable`` for one without letters."""
    wanted = tidy(phrase)
    if not _WORD.search(wanted) or len(wanted) > LONGEST:
        raise Unreadable("Please write a word or a name of at most %(most)s signs.", most=LONGEST).of("phrase")
    added = _count(session, wanted, ADDED, by=by, at=at)
    audit.record(session, at, by, "listens for", f"phrase {added.public_id}")
    return added


def forget(session: Session, phrase: ListenedPhrase, *, by: str, at: datetime) -> None:
    """Listen for it no longer."""
    audit.record(session, at, by, "listens no longer for", f"phrase {phrase.public_id}")
    events.announce(session, at, TOPIC, "listening", phrase.public_id)
    session.delete(phrase)
    session.flush()


def expect(session: Session, names: Iterable[str], *, until: datetime, by: str, at: datetime) -> None:
    """Listen for some names (of a rundown) ``until`` then; what is over goes."""
    for name in dict.fromkeys(tidy(name)[:LONGEST] for name in names):
        if name:
            _count(session, name, EXPECTED, by=by, at=at).until = until
    _drop_old(session, at)


def names_in(text: str) -> list[str]:
    """What is written like a name: words with capitals in a row, and single ones that do not begin the text.

    One word of it at least is no everyday word.
    """
    everyday = load_words().everyday | load_words().common
    found = []
    for match in _NAME.finditer(tidy(text)):
        words = match[0].lower().split()
        if not everyday.issuperset(words) and (len(words) > 1 or match.start() > 0):
            found.append(match[0][:LONGEST])
    return found


def corrected_words(before: Iterable[dict[str, Any]], after: Iterable[dict[str, Any]]) -> list[str]:
    """The words of ``after`` that replaced others, and names that were missed, as they were written.

    Both are words of transcripts (``{start, end, word, confidence}``). Everyday words, numbers and short words are left
    out.
    """
    known = load_words()
    misheard, put_right = [_bare(one["word"]) for one in before], [_bare(one["word"]) for one in after]
    old, new = [word.casefold() for word in misheard], [word.casefold() for word in put_right]
    found = []
    for step in Levenshtein.opcodes(old, new):
        if step.tag not in ("replace", "insert"):
            continue
        for word in put_right[step.dest_start : step.dest_end]:
            plain = word.casefold()
            missed = step.tag == "replace" or word[:1].isupper()
            if missed and len(word) >= _SHORTEST and plain not in known.everyday | known.common | NUMBER_WORDS:
                found.append(word)
    return list(dict.fromkeys(found))


def _bare(word: str) -> str:
    found = _WORD.search(word)
    return found[0] if found else ""


def _stands(at: datetime) -> Any:
    return or_(ListenedPhrase.until.is_(None), ListenedPhrase.until > at)


def _drop_old(session: Session, at: datetime) -> None:
    session.flush()
    session.execute(delete(ListenedPhrase).where(ListenedPhrase.until <= at))


def _count(session: Session, phrase: str, source: str, *, by: str, at: datetime) -> ListenedPhrase:
    known = keys_of(session).lookup(phrase)
    found = session.scalar(
        select(ListenedPhrase).where(ListenedPhrase.phrase_hash == known, ListenedPhrase.source == source)
    )
    if found is None:
        found = ListenedPhrase(
            public_id=public_id(at), phrase=phrase, phrase_hash=known, source=source, times=0, by=by, created_at=at
        )
        session.add(found)
    found.times += 1
    session.flush()
    events.announce(session, at, TOPIC, "listening", found.public_id)
    return found
