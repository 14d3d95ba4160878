"""How far each closed call was closed stands with its publication, not only that it was.

Closes what the step to 0013 left open: public complaints of callers of whom nothing is told, copies that could not be
written anew since, and copies in which a person had opened a caller who became protected, or took a consent back,
later.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AGREED_LATE, UNAGREED, SILENT = 1, 2, 3
SILENCED = (
    "The caller is protected (a child, a victim or a whistle-blower).",
    "The complaint of this caller is confidential.",
)
"""Why a part was withheld when the copy was written, so that nothing of its caller is in it."""
INDEX = "record_fts"

publication = sa.table(
    "publication",
    sa.column("id"),
    sa.column("broadcast_id"),
    sa.column("state"),
    sa.column("revision"),
    sa.column("problem"),
    sa.column("published_at", Moment()),
    sa.column("closed_at", Moment()),
    sa.column("closed_calls", sa.JSON()),
)
broadcast = sa.table("broadcast", sa.column("id"), sa.column("public_id"))
piece = sa.table(
    "publication_piece",
    sa.column("id"),
    sa.column("publication_id"),
    sa.column("kind"),
    sa.column("subject"),
    sa.column("shown", sa.Boolean()),
    sa.column("withheld"),
)
span = sa.table("publication_span", sa.column("piece_id"), sa.column("kind"), sa.column("state"))
public = sa.table(
    "published_broadcast",
    sa.column("id"),
    sa.column("public_id"),
    sa.column("programme"),
    sa.column("title"),
    sa.column("description"),
    sa.column("revision"),
    sa.column("tickets", sa.JSON()),
    sa.column("as_run", sa.JSON()),
    sa.column("corrections", sa.JSON()),
    sa.column("removed", sa.JSON()),
    sa.column("withdrawn_at", Moment()),
    sa.column("changed_at", Moment()),
)
public_piece = sa.table("published_piece", sa.column("id"), sa.column("broadcast_id"))
call = sa.table(
    "call",
    sa.column("id"),
    sa.column("public_id"),
    sa.column("merged_into_id"),
    sa.column("protected"),
    sa.column("consent_at", Moment()),
)
act = sa.table("call_act", sa.column("call_id"), sa.column("kind"), sa.column("at", Moment()))
filed = sa.table("filed_call", sa.column("call_id"), sa.column("broadcast_id"))
as_run = sa.table("as_run", sa.column("broadcast_id"), sa.column("subject"))
ticket = sa.table(
    "ticket",
    sa.column("id"),
    sa.column("public_id"),
    sa.column("call_id"),
    sa.column("confidential", sa.Boolean()),
    sa.column("merged_into_id"),
)
entry = sa.table("ticket_entry", sa.column("ticket_id"), sa.column("kind"), sa.column("at", Moment()))
face = sa.table(
    "published_ticket",
    sa.column("ticket_public_id"),
    sa.column("confidential", sa.Boolean()),
    sa.column("listed", sa.Boolean()),
    sa.column("summary"),
    *(sa.column(name) for name in ("category", "unit", "place", "latitude", "longitude")),
    sa.column("entries", sa.JSON()),
)
job = sa.table(
    "job",
    sa.column("kind"),
    sa.column("subject"),
    sa.column("state"),
    sa.column("attempts"),
    sa.column("created_at", Moment()),
    sa.column("progress"),
)


def upgrade() -> None:
    bind, at = op.get_bind(), datetime.now(UTC)
    secret = _secret(bind)
    for row in bind.execute(sa.select(publication)).all():
        _publication(bind, row, secret, at)
    _faces(bind, secret, at)


def _secret(bind: sa.Connection) -> set[int]:
    """Keys of the calls of whom nothing is told: protected or with a confidential complaint, with all that hold their
    words and all whose words they hold.
    """
    confidential = sa.select(ticket.c.call_id).where(ticket.c.confidential, ticket.c.call_id.is_not(None))
    marked = set(bind.scalars(sa.select(call.c.id).where(call.c.protected.is_not(None))))
    marked |= set(bind.scalars(confidential))
    merges = bind.execute(sa.select(call.c.id, call.c.merged_into_id).where(call.c.merged_into_id.is_not(None))).all()
    up = _spread(marked, [(one, into) for one, into in merges])
    down = _spread(marked, [(into, one) for one, into in merges])
    return up | down


def _spread(first: set[int], steps: Iterable[tuple[int, int]]) -> set[int]:
    following: dict[int, list[int]] = {}
    for one, other in steps:
        following.setdefault(one, []).append(other)
    found, waiting = set(first), list(first)
    while waiting:
        new = [other for other in following.get(waiting.pop(), []) if other not in found]
        found.update(new)
        waiting += new
    return found


def _publication(bind: sa.Connection, row: Any, secret: set[int], at: datetime) -> None:
    listed = list(row.closed_calls or [])
    calls = bind.execute(sa.select(call).where(call.c.public_id.in_(listed))).all()
    standings = {one.public_id: _standing(one, secret) for one in calls}
    bind.execute(publication.update().where(publication.c.id == row.id).values(closed_calls=standings))
    pieces = bind.execute(sa.select(piece).where(piece.c.publication_id == row.id)).all()
    shown = {one.subject for one in pieces if one.kind == "call" and one.shown and one.withheld is None}
    keys = [one.id for one in pieces]
    opened = (span.c.piece_id.in_(keys), span.c.kind == "consent", span.c.state == "rejected")
    heard = bind.scalar(sa.select(sa.func.count()).select_from(span).where(*opened))
    later = _took_back(bind, [one.id for one in calls], row.published_at)
    silenced = {one.subject for one in pieces if one.kind == "call" and one.withheld in SILENCED}
    stricter = [one for one in calls if (one.id in secret and one.public_id not in silenced) or one.id in later]
    open_still = bool(heard and stricter) or any(one.public_id in shown for one in stricter)
    if back := [one.public_id for one in calls if one.id in later]:
        asked = (piece.c.publication_id == row.id, piece.c.kind == "call", piece.c.subject.in_(back))
        bind.execute(piece.update().where(*asked).values(shown=False))
        bind.execute(span.update().where(*opened).values(state="suggested"))
    address = sa.select(broadcast.c.public_id).where(broadcast.c.id == row.broadcast_id).scalar_subquery()
    copy = bind.execute(sa.select(public).where(public.c.public_id == address, public.c.withdrawn_at.is_(None))).first()
    if copy is None:
        return
    failed = row.state == "failed"
    closes = open_still or (failed and _holds(bind, row.broadcast_id, secret))
    if closes:
        _empty(bind, copy)
        bind.execute(publication.update().where(publication.c.id == row.id).values(closed_at=at))
        _ask(bind, "record.clear", row.id, at)
    if closes or failed:
        asked_for = {"state": "waiting", "problem": None, "revision": row.revision + 1}
        bind.execute(publication.update().where(publication.c.id == row.id).values(**asked_for))
        _ask(bind, "record.publish", row.id, at)
    if closes:
        bind.execute(public.update().where(public.c.id == copy.id).values(revision=row.revision + 1))
    if closes or failed or row.state == "waiting":
        # What the step to 0013 emptied is another edition, too: who holds the one before must not go on with it.
        bind.execute(public.update().where(public.c.id == copy.id).values(changed_at=at))


def _standing(one: Any, secret: set[int]) -> int:
    if one.id in secret:
        return SILENT
    return UNAGREED if one.consent_at is None else AGREED_LATE


def _took_back(bind: sa.Connection, calls: list[int], published_at: datetime | None) -> set[int]:
    """Whose consent was taken back after the copy was written."""
    if published_at is None:
        return set()
    wanted = sa.select(act.c.call_id).where(act.c.call_id.in_(calls), act.c.kind == "consent withdrawn")
    return set(bind.scalars(wanted.where(act.c.at > published_at)))


def _holds(bind: sa.Connection, held_by: int, secret: set[int]) -> bool:
    """Whether one of whom nothing is told was filed under a broadcast, or on air in it."""
    found = set(bind.scalars(sa.select(filed.c.call_id).where(filed.c.broadcast_id == held_by)))
    heard = sa.select(as_run.c.subject).where(as_run.c.broadcast_id == held_by)
    found |= set(bind.scalars(sa.select(call.c.id).where(call.c.public_id.in_(heard))))
    return bool(found & secret)


def _empty(bind: sa.Connection, copy: Any) -> None:
    pieces = list(bind.scalars(sa.select(public_piece.c.id).where(public_piece.c.broadcast_id == copy.id)))
    if bind.dialect.name == "sqlite" and sa.inspect(bind).has_table(INDEX):
        for key in pieces:
            bind.execute(sa.text(f"DELETE FROM {INDEX} WHERE rowid = :key"), {"key": key})  # noqa: S608
    bind.execute(public_piece.delete().where(public_piece.c.broadcast_id == copy.id))
    nothing: dict[str, Any] = {"tickets": [], "as_run": [], "corrections": [], "removed": {"closed": 1}}
    emptied = {"title": copy.programme, "description": "", **nothing}
    bind.execute(public.update().where(public.c.id == copy.id).values(**emptied))


def _faces(bind: sa.Connection, secret: set[int], at: datetime) -> None:
    """Close the public faces of complaints of whom nothing is told, and take their answers out of those joined."""
    tickets = bind.execute(sa.select(ticket)).all()
    shut = {one.id for one in tickets if one.confidential or one.call_id in secret}
    for one in tickets:
        row = bind.execute(sa.select(face).where(face.c.ticket_public_id == one.public_id)).first()
        joined = one.merged_into_id in shut
        if row is None or (one.id not in shut and not joined):
            continue
        entries = list(row.entries or [])
        if joined:
            told = bind.execute(sa.select(entry.c.at, entry.c.kind).where(entry.c.ticket_id == one.merged_into_id))
            theirs = {(told_at.isoformat(), kind) for told_at, kind in told}
            entries = [line for line in entries if (line["at"], line["kind"]) not in theirs]
        values: dict[str, Any] = {"entries": entries}
        if one.id in shut:
            values = {
                "confidential": True,
                "listed": False,
                "summary": "",
                **dict.fromkeys(("category", "unit", "place", "latitude", "longitude")),
                "entries": [{**line, "text": "", "unit": None} for line in entries],
            }
        if all(getattr(row, name) == value for name, value in values.items()):
            continue
        bind.execute(face.update().where(face.c.ticket_public_id == one.public_id).values(**values))
        _ask(bind, "record.ticket", one.id, at)


def _ask(bind: sa.Connection, kind: str, subject: int, at: datetime) -> None:
    waiting = {"state": "waiting", "attempts": 0, "progress": 0.0}
    bind.execute(job.insert().values(kind=kind, subject=subject, created_at=at, **waiting))


def downgrade() -> None:
    bind = op.get_bind()
    for row in bind.execute(sa.select(publication.c.id, publication.c.closed_calls)).all():
        listed = sorted(row.closed_calls or {})
        bind.execute(publication.update().where(publication.c.id == row.id).values(closed_calls=listed))
