"""Search of the public record: which broadcasts were found, and some words around the place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from radiodesk.core.database import Database
from radiodesk.rooms.record.full_text import Asked, full_text_of, words_of
from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.public_queries import PAGE, in_lists

AT_ONCE = 200
"""Pieces that are indexed in one transaction."""
AROUND = 24
"""Words of a piece that are shown around the place."""

# Said with and without its first letter; both are looked for.
_SAME = ({"imbauan", "himbauan"}, {"imbau", "himbau"}, {"mengimbau", "menghimbau"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A broadcast that was found, the piece in which, and some words around the place (plain text)."""

    broadcast: PublishedBroadcast
    piece: PublishedPiece
    words: str


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


def find(session: Session, words: str, page: int = 1) -> tuple[list[Hit], int]:
    """A page of the published broadcasts in which all words occur (or begin a word), and how many there are.

    The best come first, each once, with the piece that fits best.
    """
    asked = [_forms(word) for word in words_of(words)[:12]]
    if not asked:
        return [], 0
    best: dict[int, int] = {}
    for piece, broadcast in full_text_of(session).best(session, asked):
        best.setdefault(broadcast, piece)
    shown = list(best.values())[(page - 1) * PAGE : page * PAGE]
    return _hits(session, shown, asked), len(best)


def _forms(word: str) -> list[str]:
    return sorted(next((same for same in _SAME if word in same), {word}))


def _hits(session: Session, pieces: list[int], asked: Asked) -> list[Hit]:
    """The hits of a page in its order."""
    wanted = select(PublishedBroadcast).join(PublishedBroadcast.pieces).where(PublishedPiece.id.in_(pieces))
    found = {
        piece.id: Hit(broadcast, piece, around(piece.text, asked))
        for broadcast in session.scalars(wanted.options(*in_lists())).unique()
        for piece in broadcast.pieces
    }
    return [found[piece] for piece in pieces]


def around(said: str, asked: Asked) -> str:
    """The stretch of ``AROUND`` words in which most of what was asked for begins; its beginning where none does."""
    words = said.split()
    places = [(number, form) for number, form in _found(words, asked)]
    first = max((number for number, _ in places), key=lambda number: (_count(places, number), -number), default=0)
    begin = max(0, min(first - 4, len(words) - AROUND))
    cut = " ".join(words[begin : begin + AROUND])
    return f"{'… ' if begin else ''}{cut}{' …' if begin + AROUND < len(words) else ''}"


def _found(words: list[str], asked: Asked) -> Iterator[tuple[int, int]]:
    """At which words something that was asked for begins, and which of it; the first thousand places."""
    beginnings = [tuple(forms) for forms in asked]
    every = (
        (number, which)
        for number, word in enumerate(words)
        for plain in words_of(word)
        for which, forms in enumerate(beginnings)
        if plain.startswith(forms)
    )
    return islice(every, 1000)


def _count(places: list[tuple[int, int]], first: int) -> int:
    return len({which for number, which in places if first <= number < first + AROUND - 4})
