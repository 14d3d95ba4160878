"""Words that the station was taught by correcting: names of places, words for flow and cause, what ends a name.

Kept as rows that people look through, switch off and remove. Nothing is learned from what a caller said, so that no
word of a protected one can come back.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz.fuzz import ratio
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.ids import public_id
from radiodesk.core.text import shorten
from radiodesk.language.places.dictionaries import load_words
from radiodesk.language.places.finder import PlaceFinder
from radiodesk.language.places.nouns import AreaPack
from radiodesk.language.places.station_area import area_pack, taught_finder
from radiodesk.road.reading.road_words import Dictionaries, Lesson, dictionaries, taught
from radiodesk.rooms.traffic.models import LearnedSense, LearnedWord

TOPIC = "learned"
LONGEST = 120
LEAST = 3
"""Letters of the shortest wording that is learned."""

OFFICIAL = frozenset({
    "jalan", "jl", "gang", "desa", "kelurahan", "dusun", "kecamatan", "kabupaten", "kota", "simpang", "pertigaan",
    "perempatan", "pasar", "jembatan", "terminal", "stasiun",
})  # fmt: skip
"""Kinds of places whose names stand on signs and maps."""

ALIKE = 80
"""How near, of 100, two spellings of one such name are at least."""


@dataclass(frozen=True, slots=True)
class Ears:
    """What posts are read with: the place finder and the dictionaries, with all that the station was taught."""

    finder: PlaceFinder
    known: Dictionaries


def learned(session: Session) -> list[LearnedWord]:
    """All that was taught, the newest first."""
    return list(session.scalars(select(LearnedWord).order_by(LearnedWord.id.desc())))


def ears(session: Session, area: str) -> Ears:
    """The finder and the dictionaries of this station, as they are taught now."""
    wanted = select(LearnedWord.words, LearnedWord.sense, LearnedWord.meaning).where(LearnedWord.active)
    rows = session.execute(wanted.order_by(LearnedWord.id)).all()
    pairs = {sense: tuple((words, meaning) for words, held, meaning in rows if held is sense) for sense in LearnedSense}
    known_places = area_pack(area).place_by_id
    names = tuple(pair for pair in pairs[LearnedSense.PLACE] if pair[1] in known_places)
    ends = tuple(words for words, _ in pairs[LearnedSense.END])
    lesson = Lesson(pairs[LearnedSense.FLOW], pairs[LearnedSense.CAUSE], ends)
    return Ears(taught_finder(area, names), taught(lesson))


def learnable(words: str, sense: LearnedSense) -> bool:
    """Whether a wording says enough by itself: a single word of everyday talk names no place."""
    parts = words.split()
    letters = sum(sign.isalpha() for sign in words)
    if not parts or letters < LEAST or len(words) > LONGEST:
        return False
    if sense is LearnedSense.END:
        return len(parts) == 1
    return sense is not LearnedSense.PLACE or len(parts) > 1 or parts[0] not in load_words().common


def of_a_name(word: str, pack: AreaPack) -> bool:
    """Whether a word may be part of the name of a place: it is one of the area's names, or says which part of a place.

    What ends one name is cut off from all, so such a word is never learned as an end without being asked for.
    """
    known = dictionaries()
    within = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    if any(within.search(name) for place in pack.places for name in (place.name, *place.aliases)):
        return True
    return word in known.kinds | known.roads | known.compass | known.near


def own_name(words: str, meant: str) -> bool:
    """Whether a wording can be what people call the place ``meant``, and not another place that was written by mistake.

    "Tikungan mbah misalan" can; "jl mastrip" is a road of that name wherever it lies, unless it is near in spelling.
    """
    known = dictionaries()
    parts = [known.spelling.get(part, part) for part in re.findall(r"[^\W_]+", words)]
    telling = [part for part in parts if part not in known.kinds | known.near and part not in load_words().common]
    if not telling:
        return False
    return OFFICIAL.isdisjoint(" ".join(parts).split()) or ratio(words, meant) >= ALIKE


def learn(
    session: Session, words: str, sense: LearnedSense, meaning: str, *, example: str, by: str, at: datetime
) -> LearnedWord:
    """Remember what a wording means; a wording that is known in this sense takes the new meaning."""
    words = plain(words)
    if not learnable(words, sense):
        raise Unreadable("“%(words)s” says too little by itself to be learned.", words=words)
    row = session.scalar(select(LearnedWord).where(LearnedWord.words == words, LearnedWord.sense == sense))
    if row is None:
        row = LearnedWord(public_id=public_id(at), words=words, sense=sense)
        session.add(row)
    row.meaning, row.example, row.by, row.at, row.active = meaning, shorten(example, 300), by, at, True
    session.flush()
    audit.record(session, at, by, "word learned", f"word {row.public_id}", sense=sense.value)
    announce(session, at, TOPIC, "learned", row.public_id)
    return row


def plain(words: str) -> str:
    """A wording as it is kept: small letters, single spaces, no marks around it."""
    return " ".join(words.casefold().split()).strip(" .,;:!?-")


def learned_by_public_id(session: Session, wanted: str) -> LearnedWord:
    """One of them; raises ``NotFound``."""
    found = session.scalar(select(LearnedWord).where(LearnedWord.public_id == wanted))
    if found is None:
        raise NotFound("This word is not there.")
    return found


def switch(session: Session, row: LearnedWord, active: bool, *, by: str, at: datetime) -> None:
    """Let a word count, or not."""
    row.active = active
    audit.record(session, at, by, "learned word switched", f"word {row.public_id}", active=active)
    announce(session, at, TOPIC, "switched", row.public_id)


def remove(session: Session, row: LearnedWord, *, by: str, at: datetime) -> None:
    """Forget a word."""
    audit.record(session, at, by, "learned word removed", f"word {row.public_id}", sense=row.sense.value)
    announce(session, at, TOPIC, "removed", row.public_id)
    session.delete(row)
    session.flush()


def in_words(rows: Collection[LearnedWord], area: str) -> dict[int, str]:
    """What each means, as a person reads it, by key."""
    places = area_pack(area).place_by_id
    return {
        row.id: places[row.meaning].name if row.sense is LearnedSense.PLACE and row.meaning in places else row.meaning
        for row in rows
    }
