"""Full-text search of the public record: SQLite's FTS5 over what was published, plain matching elsewhere.

The index is made when the first broadcast is published and holds public words alone; a row's id is the piece's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, TextClause, bindparam, inspect, or_, select, text
from sqlalchemy.orm import Session

from radiodesk.rooms.record.models import PublishedBroadcast, PublishedPiece
from radiodesk.rooms.record.public_queries import NEWEST, OPEN, PAGE, in_lists

INDEX = "record_fts"
MOST = 5000
"""Pieces that are looked at, the best ones; what is found beyond them no person pages to."""

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
    if _has_index(session):
        for piece in pieces:
            session.execute(text(f"DELETE FROM {INDEX} WHERE rowid = :id"), {"id": piece})  # noqa: S608


def find(session: Session, words: str, page: int = 1) -> tuple[list[Hit], int]:
    """A page of the published broadcasts in which all words occur (or begin a word), and how many there are.

    The best come first, each once, with the piece that fits best.
    """
    asked = _WORD.findall(words.casefold())[:12]
    if not asked:
        return [], 0
    indexed = _has_index(session)
    rows = session.execute(*(_match(asked) if indexed else _plain_match(asked))).all()
    best: dict[int, int] = {}
    for piece, broadcast in rows:
        best.setdefault(broadcast, piece)
    shown = list(best.values())[(page - 1) * PAGE : page * PAGE]
    return _hits(session, shown, _snippets(session, shown, asked) if indexed else {}), len(best)


def _sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _has_index(session: Session) -> bool:
    return _sqlite(session) and inspect(session.connection()).has_table(INDEX)


def _variants(word: str) -> list[str]:
    return sorted(next((same for same in _SAME if word in same), {word}))


def _query(asked: list[str]) -> str:
    return " AND ".join("(" + " OR ".join(f'"{one}"*' for one in _variants(word)) + ")" for word in asked)


def _match(asked: list[str]) -> tuple[TextClause, dict[str, object]]:
    """Piece and broadcast by their keys, the best first."""
    found = text(
        f"SELECT piece.id, piece.broadcast_id FROM {INDEX} "  # noqa: S608
        f"JOIN published_piece AS piece ON piece.id = {INDEX}.rowid "
        "JOIN published_broadcast AS broadcast ON broadcast.id = piece.broadcast_id "
        f"WHERE {INDEX} MATCH :query AND broadcast.withdrawn_at IS NULL "
        f"ORDER BY bm25({INDEX}, 4.0, 1.0), piece.id LIMIT :most"
    )
    return found, {"query": _query(asked), "most": MOST}


def _snippets(session: Session, pieces: list[int], asked: list[str]) -> dict[int, str]:
    """Some words around the place, by the piece's key."""
    found = text(
        f"SELECT rowid, snippet({INDEX}, -1, '', '', ' … ', 24) FROM {INDEX} "  # noqa: S608
        f"WHERE {INDEX} MATCH :query AND rowid IN :pieces"
    ).bindparams(bindparam("pieces", expanding=True))
    return dict(session.execute(found, {"query": _query(asked), "pieces": pieces}).all())


def _plain_match(asked: list[str]) -> tuple[Select[int, int], dict[str, object]]:
    query = select(PublishedPiece.id, PublishedPiece.broadcast_id).join(PublishedPiece.broadcast).where(OPEN)
    for word in asked:
        columns = (PublishedPiece.title, PublishedPiece.text)
        query = query.where(or_(*(column.icontains(one) for one in _variants(word) for column in columns)))
    return query.order_by(*NEWEST, PublishedPiece.position).limit(MOST), {}


def _hits(session: Session, pieces: list[int], snippets: dict[int, str]) -> list[Hit]:
    """The hits of a page in its order."""
    wanted = select(PublishedBroadcast).join(PublishedBroadcast.pieces).where(PublishedPiece.id.in_(pieces))
    found = {
        piece.id: Hit(broadcast, piece, snippets.get(piece.id) or piece.text[:160])
        for broadcast in session.scalars(wanted.options(*in_lists())).unique()
        for piece in broadcast.pieces
    }
    return [found[piece] for piece in pieces]
