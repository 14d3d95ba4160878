"""The answer to a person who asked about their data: what was found, removed and kept, on page and paper."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response
from sqlalchemy.orm import Session

from radiodesk.core.i18n import N_, gettext
from radiodesk.core.settings import Settings
from radiodesk.http.paper import send_sheet, told
from radiodesk.language import phones
from radiodesk.rooms.retention import data_removal
from radiodesk.rooms.retention.data_removal import KEPT_NAMES, Thing
from radiodesk.rooms.retention.data_requests import TABLE_NAMES, FoundData, Ground
from radiodesk.rooms.retention.models import DataRequest, Deletion, DeletionState
from radiodesk.rooms.retention.retention_classes import Matter

LAW = N_(
    "By Law 27/2022 on Personal Data Protection you may know what the station has about you (article 7) and ask that "
    "it is erased (articles 8 and 43); article 45 says that you are told. What another law or a duty keeps stays, and "
    "is named here with its ground."
)
NEVER_REMOVED = (Ground.BY_HAND, Ground.SEALED, Ground.AUDIT, Ground.PROTECTS)


@dataclass(frozen=True, slots=True)
class Letter:
    """The answer in lines for people; none of them has words of anybody."""

    found: list[str]
    removed: list[str]
    coming: list[str]
    """What was proposed and waits for a second person, or is being removed."""
    kept: list[str]
    by_itself: list[str]
    at: datetime


def letter_of(
    session: Session, settings: Settings, request: DataRequest, data: FoundData, *, sees_all: bool, at: datetime
) -> Letter:
    """The answer as it is now: counts before anything was removed, and what became of each thing since."""
    rows = data.rows if sees_all else [row for row in data.rows if not row.guarded]
    before: dict[str, int] = dict((request.outcome or {}).get("found", []))
    found = Counter(row.table for row in rows)
    counts = {table: max(found[table], before.get(table, 0)) for table in {*found, *before}}
    acts = data_removal.of_request(session, request)
    asked = {one.subject for one in acts if one.state is not DeletionState.REFUSED}
    things = [one for one in data_removal.things_of(session, request, data) if sees_all or not one.guarded]
    done = [one for one in acts if one.state is DeletionState.DONE]
    coming = [one for one in acts if one.state in (DeletionState.PROPOSED, DeletionState.APPROVED)]
    kept = [f"{_called(one)}: {gettext(KEPT_NAMES[one.ground])}" for one in things if one.subject not in asked]
    rest = Counter((row.table, row.ground) for row in rows if row.ground in NEVER_REMOVED)
    kept += [
        f"{_table(table)} ({count}): {gettext(KEPT_NAMES[ground])}" for (table, ground), count in sorted(rest.items())
    ]
    return Letter(
        found=[f"{_table(table)}: {count}" for table, count in sorted(counts.items()) if count],
        removed=[f"{_called(one)}: {told('day', one.done_at)}" for one in done],
        coming=[_called(one) for one in coming],
        kept=kept,
        by_itself=_by_itself(settings),
        at=at,
    )


def _table(table: str) -> str:
    return gettext(TABLE_NAMES[table]) if table in TABLE_NAMES else table


def _called(one: Thing | Deletion) -> str:
    at = told("moment", one.at if isinstance(one, Thing) else one.began)
    if one.matter is Matter.COMPLAINT:
        return gettext("Complaint %(number)s of %(at)s", number=one.title, at=at)
    if one.matter is Matter.REQUEST:
        return gettext("Request %(number)s of %(at)s", number=one.title, at=at)
    return gettext("Call or message of %(at)s", at=at)


def _by_itself(settings: Settings) -> list[str]:
    """What was not looked through, and until when it is there."""
    raw, backups = timedelta(days=settings.raw_days).days, timedelta(days=settings.backup_days).days
    return [
        gettext("Messages as they came in are deleted by themselves after %(days)s days.", days=raw),
        gettext("Backups of each day are deleted by themselves after %(days)s days.", days=backups),
    ]


def send_letter(request: DataRequest, letter: Letter, address: str) -> Response:
    """The same on paper."""
    parts: Iterable[tuple[str, list[str]]] = (
        (gettext("What was found"), letter.found or [gettext("Nothing.")]),
        (gettext("What was removed"), letter.removed or [gettext("Nothing.")]),
        (gettext("What is being removed"), letter.coming),
        (gettext("What is kept, and why"), letter.kept or [gettext("Nothing.")]),
        (gettext("What goes by itself"), letter.by_itself),
    )
    return send_sheet(
        "answer_letter",
        f"jawaban-data-pribadi-{request.public_id}",
        title=gettext("Answer to a personal data request"),
        address=address,
        number=request.public_id,
        head=told("day", letter.at),
        foot=gettext("Answer to a personal data request"),
        facts=[
            gettext("Telephone number: %(number)s", number=phones.readable(request.phone)),
            gettext("Asked on %(day)s", day=told("day", request.at)),
        ],
        law=gettext(LAW),
        parts=[{"name": name, "lines": lines} for name, lines in parts if lines],
        sign=gettext("For the station"),
    )
