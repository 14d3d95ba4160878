"""Full text of published pieces behind one port: SQLite's FTS5, PostgreSQL's ``tsvector`` with a GIN index.

Both hold the same words: split at everything that is neither letter nor digit, in small letters, without the marks over
and under them; nothing is stemmed, since names of places are not words that can be. A word that is asked for also finds
those that begin with it; one letter finds itself alone. What stands in a title counts four times what stands in the
words said.

However many pieces fit, a question takes the same time: the newest ``MOST`` whose title holds all that was asked for
are looked at, and the newest ``MOST`` at all; only these are put in order.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import String, bindparam, inspect, text
from sqlalchemy.orm import Session

INDEX = "record_fts"
MOST = 200
"""Pieces that are looked at and put in order: the newest."""

Asked = Sequence[Sequence[str]]
"""The words that must all occur, each as the forms that it may have."""

_WORD = re.compile(r"[^\W_]+")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


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

    def newest(self, session: Session, asked: Asked, *, in_title: bool, most: int) -> list[tuple[int, int]]:
        """Keys of the newest pieces that fit, and of their broadcasts; of none that is withdrawn.

        Of those whose title holds everything the newest come first, else the best.
        """
        ...


def full_text_of(session: Session) -> FullText:
    """The index of the database that a session belongs to."""
    return SqliteFullText() if session.get_bind().dialect.name == "sqlite" else PostgresFullText()


def words_of(said: str) -> list[str]:
    """The words of a text as both indexes hold them."""
    return _WORD.findall(plain_of(said))


def plain_of(said: str) -> str:
    """A text in small letters without the marks over and under them."""
    if said.isascii():
        return said.lower()
    return _FOREIGN.sub(_unmarked, unicodedata.normalize("NFKD", said)).casefold()


def _unmarked(signs: re.Match[str]) -> str:
    return "".join(sign for sign in signs[0] if not unicodedata.combining(sign))


class SqliteFullText:
    """The table is made when the first broadcast is published. It holds beginnings of words as words of their own."""

    def keep(self, session: Session, piece: int, title: str, body: str) -> None:
        """See ``FullText``."""
        session.execute(
            text(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} "
                "USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4')"
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

    def newest(self, session: Session, asked: Asked, *, in_title: bool, most: int) -> list[tuple[int, int]]:
        """See ``FullText``."""
        if not self._is_there(session):
            return []
        every = " AND ".join("(" + " OR ".join(_begins(one, f'"{one}"', "*") for one in forms) + ")" for forms in asked)
        query, score = (f"title : ({every})", "0") if in_title else (every, f"bm25({INDEX}, 4.0, 1.0)")
        found = text(
            f"WITH newest AS (SELECT rowid AS id, {score} AS score FROM {INDEX} "  # noqa: S608
            f"WHERE {INDEX} MATCH :query ORDER BY rowid DESC LIMIT :most) "
            "SELECT piece.id, piece.broadcast_id FROM newest "
            "JOIN published_piece AS piece ON piece.id = newest.id "
            "JOIN published_broadcast AS broadcast ON broadcast.id = piece.broadcast_id "
            "WHERE broadcast.withdrawn_at IS NULL ORDER BY newest.score, piece.id DESC"
        )
        return [(row[0], row[1]) for row in session.execute(found, {"query": query, "most": most})]

    def _is_there(self, session: Session) -> bool:
        return inspect(session.connection()).has_table(INDEX)


class PostgresFullText:
    """The table is made by migrations 0022 and 0024; ``title`` holds those of the words that stand in a title."""

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

    def newest(self, session: Session, asked: Asked, *, in_title: bool, most: int) -> list[tuple[int, int]]:
        """See ``FullText``."""
        every = " & ".join("(" + " | ".join(_begins(one, f"'{one}'", ":*") for one in forms) + ")" for forms in asked)
        rank = "ts_rank('{0.25, 0.25, 0.25, 1.0}', newest.words, to_tsquery('simple', :query), 1)"
        where, score = ("title", "piece.id") if in_title else ("words", rank)
        found = text(
            f"WITH newest AS (SELECT id, words FROM {INDEX} WHERE {where} @@ to_tsquery('simple', :query) "  # noqa: S608
            "ORDER BY id DESC LIMIT :most) "
            "SELECT piece.id, piece.broadcast_id FROM newest "
            "JOIN published_piece AS piece ON piece.id = newest.id "
            "JOIN published_broadcast AS broadcast ON broadcast.id = piece.broadcast_id "
            "WHERE broadcast.withdrawn_at IS NULL "
            f"ORDER BY {score} DESC, piece.id DESC"
        )
        # In the statement itself: how best to look depends on how often the words occur, and a plan that was made once
        # for all words takes the longest way for most of them.
        asked_for = bindparam("query", every, String, literal_execute=True)
        return [(row[0], row[1]) for row in session.execute(found.bindparams(asked_for), {"most": most})]


def _begins(word: str, quoted: str, beginning: str) -> str:
    """A word as one that others may begin with; a single letter begins far too many."""
    return quoted + (beginning if len(word) > 1 else "")


def _delete(session: Session, key: str, pieces: Iterable[int]) -> None:
    if gone := list(pieces):
        statement = text(f"DELETE FROM {INDEX} WHERE {key} IN :pieces")  # noqa: S608
        session.execute(statement.bindparams(bindparam("pieces", expanding=True)), {"pieces": gone})
