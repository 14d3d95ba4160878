"""Search of the public record: which broadcasts were found, and some words around the place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.rooms.record import public_queries as queries
from radiodesk.rooms.record.full_text import MOST, Asked, full_text_of, plain_of, words_of
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.public_queries import PAGE

AT_ONCE = 200
"""Pieces that are indexed in one transaction."""
AROUND = 24
"""Words of a piece that are shown around the place."""
CLOSE = 80
"""Characters within which words stand together; the stretch that is shown has hardly ever fewer."""

SOME = 200
"""Places of a word that are looked at."""

# Said with and without its first letter; both are looked for.
_SAME = ({"imbauan", "himbauan"}, {"imbau", "himbau"}, {"mengimbau", "menghimbau"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A broadcast that was found, the piece in which, some words around the place (plain text), and how long its main
    sound is, if there is one."""

    broadcast: PublishedBroadcast
    piece: PublishedPiece
    words: str
    seconds: float | None


def keep(session: Session, piece: PublishedPiece) -> None:
    """Make a published piece findable."""
    full_text_of(session).keep(session, piece.id, piece.title, piece.text)


def forget(session: Session, pieces: Iterable[int]) -> None:
    """Make pieces unfindable."""
    full_text_of(session).forget(session, pieces)


def copy_index(held: Connection, target: Database) -> None:
    """Make the pieces that can be found in one database findable in another, which their rows were copied to."""
    with Session(held) as session:
        pieces = full_text_of(session).kept(session)
    for start in range(0, len(pieces), AT_ONCE):
        with target.writing() as session:
            wanted = select(PublishedPiece).where(PublishedPiece.id.in_(pieces[start : start + AT_ONCE]))
            for piece in session.scalars(wanted):
                keep(session, piece)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found. With ``more_than`` there are more than ``total``, which were not looked at."""

    hits: list[Hit]
    total: int
    more_than: bool = False


def find(session: Session, words: str, page: int = 1) -> Found:
    """A page of the published broadcasts in which all words occur (or begin a word), and how many there are.

    Those come first in whose titles all words stand, then the best, each once, with the piece that fits best. However
    many fit, the newest alone are looked at (``full_text.MOST`` pieces).
    """
    asked = [_forms(word) for word in words_of(words)[:12]]
    if not asked:
        return Found([], 0)
    index = full_text_of(session)
    windows = [index.newest(session, asked, in_title=in_title, most=MOST) for in_title in (True, False)]
    best: dict[int, int] = {}
    for piece, broadcast in chain.from_iterable(windows):
        best.setdefault(broadcast, piece)
    shown = list(best.values())[(page - 1) * PAGE : page * PAGE]
    return Found(_hits(session, shown, asked), len(best), any(len(window) >= MOST for window in windows))


def _forms(word: str) -> list[str]:
    return sorted(next((same for same in _SAME if word in same), {word}))


def _hits(session: Session, pieces: list[int], asked: Asked) -> list[Hit]:
    """The hits of a page in its order."""
    found = {piece.id: piece for piece in queries.pieces_by_key(session, pieces)}
    seconds = queries.main_seconds(session, [piece.broadcast_id for piece in found.values()])
    shown = [found[key] for key in pieces]
    return [Hit(one.broadcast, one, around(one.text, asked), seconds.get(one.broadcast_id)) for one in shown]


def around(said: str, asked: Asked) -> str:
    """The stretch of ``AROUND`` words in which most of what was asked for begins; its beginning where none does."""
    plain = plain_of(said)
    begin = max(0, len(plain[: _fullest(plain, asked)].split()) - 4)
    words = said.split()
    begin = max(0, min(begin, len(words) - AROUND))
    cut = " ".join(words[begin : begin + AROUND])
    return f"{'… ' if begin else ''}{cut}{' …' if begin + AROUND < len(words) else ''}"


def _fullest(plain: str, asked: Asked) -> int:
    """From where on in a plain text most that was asked for stands close together; its beginning where nothing does.

    It is looked for around the rarest of the words, so that those that stand in every line cost nothing.
    """
    places = [list(islice(_beginnings(plain, forms), SOME)) for forms in asked]
    best, most = 0, 0
    for place in min(filter(None, places), key=len, default=[]):
        for begin in (place, max(0, place - CLOSE // 2)):
            close = plain[begin : begin + CLOSE]
            count = sum(next(_beginnings(close, forms), None) is not None for forms in asked)
            if count > most:
                best, most = begin, count
    return best


def _beginnings(plain: str, forms: Iterable[str]) -> Iterator[int]:
    """Where words begin as one of the forms does."""
    for form in forms:
        place = plain.find(form)
        while place >= 0:
            if not (place and plain[place - 1].isalnum()):
                yield place
            place = plain.find(form, place + 1)
