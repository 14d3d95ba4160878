"""Full-text search of the public record: SQLite's FTS5 over what was published, plain matching elsewhere.

The index is made when the first broadcast is published and holds public words alone; a row's id is the piece's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, inspect, or_, select, text
from sqlalchemy.orm import Session

from radiodesk.record.models import PublishedBroadcast, PublishedPiece

INDEX = "record_fts"
MOST = 50

# Said with and without its first letter; both are looked for.
_SAME = ({"imbauan", "himbauan"}, {"imbau", "himbau"}, {"mengimbau", "menghimbau"})
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A broadcast that was found, the piece in which, and some words around the place (plain text)."""

    broadcast: PublishedBroadcast
    piece: PublishedPiece
    words: str


def keep(session: Session, piece: PublishedPiece) -> None:
    """Make a published piece findable."""
    if not _sqlite(session):
        return
    session.execute(
        text(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} "
            "USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 2')"
        )
    )
    session.execute(
        text(f"INSERT OR REPLACE INTO {INDEX} (rowid, title, body) VALUES (:id, :title, :body)"),  # noqa: S608
        {"id": piece.id, "title": piece.title, "body": piece.text},
    )


def forget(session: Session, pieces: Iterable[int]) -> None:
    """Make pieces unfindable."""
    if _indexed(session):
        for piece in pieces:
            session.execute(text(f"DELETE FROM {INDEX} WHERE rowid = :id"), {"id": piece})  # noqa: S608


def find(session: Session, words: str) -> list[Hit]:
    """The published broadcasts in which all words occur (or begin a word), the best first, each once."""
    asked = _WORD.findall(words.casefold())[:12]
    if not asked:
        return []
    found = _find_indexed(session, asked) if _indexed(session) else _find_plainly(session, asked)
    best: dict[int, Hit] = {}
    for hit in found:
        best.setdefault(hit.broadcast.id, hit)
    return list(best.values())


def _sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _indexed(session: Session) -> bool:
    return _sqlite(session) and inspect(session.connection()).has_table(INDEX)


def _variants(word: str) -> list[str]:
    return sorted(next((same for same in _SAME if word in same), {word}))


def _find_indexed(session: Session, asked: list[str]) -> list[Hit]:
    query = " AND ".join("(" + " OR ".join(f'"{one}"*' for one in _variants(word)) + ")" for word in asked)
    rows = session.execute(
        text(
            f"SELECT rowid, snippet({INDEX}, -1, '', '', ' … ', 24) FROM {INDEX} "  # noqa: S608
            f"WHERE {INDEX} MATCH :query ORDER BY bm25({INDEX}, 4.0, 1.0) LIMIT :most"
        ),
        {"query": query, "most": MOST * 4},
    ).all()
    pieces = {piece.id: piece for piece in session.scalars(_open().where(PublishedPiece.id.in_([r[0] for r in rows])))}
    return [Hit(pieces[key].broadcast, pieces[key], words) for key, words in rows if key in pieces][:MOST]


def _find_plainly(session: Session, asked: list[str]) -> list[Hit]:
    query = _open()
    for word in asked:
        columns = (PublishedPiece.title, PublishedPiece.text)
        query = query.where(or_(*(column.icontains(one) for one in _variants(word) for column in columns)))
    newest = query.order_by(PublishedBroadcast.started_at.desc()).limit(MOST)
    return [Hit(piece.broadcast, piece, piece.text[:160]) for piece in session.scalars(newest)]


def _open() -> Select[PublishedPiece]:
    return select(PublishedPiece).join(PublishedBroadcast).where(PublishedBroadcast.withdrawn_at.is_(None))
