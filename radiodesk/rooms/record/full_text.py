"""Full text of published pieces behind one port: SQLite's FTS5, PostgreSQL's ``tsvector`` with a GIN index.

Both hold the same words: split at everything that is neither letter nor digit, in small letters, without the marks over
and under them; nothing is stemmed, since names of places are not words that can be. A word that is asked for also finds
those that begin with it. What stands in a title counts four times what stands in the words said.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import bindparam, inspect, text
from sqlalchemy.orm import Session

INDEX = "record_fts"
MOST = 5000
"""Pieces that are looked at, the best ones; what is found beyond them no person pages to."""

Asked = Sequence[Sequence[str]]
"""The words that must all occur, each as the forms that it may have."""

_WORD = re.compile(r"[^\W_]+")


class FullText(Protocol):
    """The index of one kind of database."""

    def keep(self, session: Session, piece: int, title: str, body: str) -> None:
        """Make a piece findable, by its key; what was kept of it before goes."""
        ...

    def forget(self, session: Session, pieces: Iterable[int]) -> None:
        """Make pieces unfindable."""
        ...

    def kept(self, session: Session) -> list[int]:
        """Keys of all pieces that can be found."""
        ...

    def best(self, session: Session, asked: Asked) -> list[tuple[int, int]]:
        """Keys of the pieces that fit, and of their broadcasts, the best first; of none that is withdrawn."""
        ...


def full_text_of(session: Session) -> FullText:
    """The index of the database that a session belongs to."""
    return SqliteFullText() if session.get_bind().dialect.name == "sqlite" else PostgresFullText()


def words_of(said: str) -> list[str]:
    """The words of a text as both indexes hold them."""
    plain = unicodedata.normalize("NFKD", said)
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)).casefold())


class SqliteFullText:
    """The table is made when the first broadcast is published."""

    def keep(self, session: Session, piece: int, title: str, body: str) -> None:
        """See ``FullText``."""
        session.execute(
            text(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} "
                "USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 2')"
            )
        )
        session.execute(
            text(f"INSERT OR REPLACE INTO {INDEX} (rowid, title, body) VALUES (:id, :title, :body)"),  # noqa: S608
            {"id": piece, "title": title, "body": body},
        )

    def forget(self, session: Session, pieces: Iterable[int]) -> None:
        """See ``FullText``."""
        if self._is_there(session):
            _delete(session, "rowid", pieces)

    def kept(self, session: Session) -> list[int]:
        """See ``FullText``."""
        if not self._is_there(session):
            return []
        return list(session.scalars(text(f"SELECT rowid FROM {INDEX} ORDER BY rowid")))  # noqa: S608

    def best(self, session: Session, asked: Asked) -> list[tuple[int, int]]:
        """See ``FullText``."""
        if not self._is_there(session):
            return []
        query = " AND ".join("(" + " OR ".join(f'"{one}"*' for one in forms) + ")" for forms in asked)
        found = text(
            f"SELECT piece.id, piece.broadcast_id FROM {INDEX} "  # noqa: S608
            f"JOIN published_piece AS piece ON piece.id = {INDEX}.rowid "
            "JOIN published_broadcast AS broadcast ON broadcast.id = piece.broadcast_id "
            f"WHERE {INDEX} MATCH :query AND broadcast.withdrawn_at IS NULL "
            f"ORDER BY bm25({INDEX}, 4.0, 1.0), piece.id LIMIT :most"
        )
        return [(row[0], row[1]) for row in session.execute(found, {"query": query, "most": MOST})]

    def _is_there(self, session: Session) -> bool:
        return inspect(session.connection()).has_table(INDEX)


class PostgresFullText:
    """The table is made by migration 0022."""

    def keep(self, session: Session, piece: int, title: str, body: str) -> None:
        """See ``FullText``."""
        # The words are split here, so that PostgreSQL's parser, which knows addresses and hyphens, finds none of them.
        session.execute(
            text(
                f"INSERT INTO {INDEX} (id, words) VALUES (:id, setweight(to_tsvector('simple', :title), 'A') || "  # noqa: S608
                "setweight(to_tsvector('simple', :body), 'D')) ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words"
            ),
            {"id": piece, "title": " ".join(words_of(title)), "body": " ".join(words_of(body))},
        )

    def forget(self, session: Session, pieces: Iterable[int]) -> None:
        """See ``FullText``."""
        _delete(session, "id", pieces)

    def kept(self, session: Session) -> list[int]:
        """See ``FullText``."""
        return list(session.scalars(text(f"SELECT id FROM {INDEX} ORDER BY id")))  # noqa: S608

    def best(self, session: Session, asked: Asked) -> list[tuple[int, int]]:
        """See ``FullText``."""
        query = " & ".join("(" + " | ".join(f"'{one}':*" for one in forms) + ")" for forms in asked)
        found = text(
            f"SELECT piece.id, piece.broadcast_id FROM {INDEX} "  # noqa: S608
            f"JOIN published_piece AS piece ON piece.id = {INDEX}.id "
            "JOIN published_broadcast AS broadcast ON broadcast.id = piece.broadcast_id "
            f"WHERE {INDEX}.words @@ to_tsquery('simple', :query) AND broadcast.withdrawn_at IS NULL "
            f"ORDER BY ts_rank('{{0.25, 0.25, 0.25, 1.0}}', {INDEX}.words, to_tsquery('simple', :query), 1) DESC, "
            "piece.id LIMIT :most"
        )
        return [(row[0], row[1]) for row in session.execute(found, {"query": query, "most": MOST})]


def _delete(session: Session, key: str, pieces: Iterable[int]) -> None:
    if gone := list(pieces):
        statement = text(f"DELETE FROM {INDEX} WHERE {key} IN :pieces")  # noqa: S608
        session.execute(statement.bindparams(bindparam("pieces", expanding=True)), {"pieces": gone})
