"""Copies of sealed packages in other stores: which there are to be, how each was found, and what is to be done next.

Rows alone; the bytes are moved in ``copy_jobs``. A store that cannot be reached is asked again after an hour, and
counts as trouble after a day: a disk may be away for a night.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from radiodesk.core import audit, i18n, jobs
from radiodesk.core.alarms import Alarms
from radiodesk.core.audit import AuditEntry
from radiodesk.core.errors import Conflict, NotFound, Refusal
from radiodesk.core.events import announce
from radiodesk.core.jobs import Job, JobState
from radiodesk.core.settings import Settings
from radiodesk.rooms.archive.models import CopyState, Package, PackageCopy, PackageState
from radiodesk.rooms.archive.services import TOPIC
from radiodesk.rooms.archive.verification import Report

JOB = "archive.copy"
MEND_COPY_JOB = "archive.mend-copy"
MEND_JOB = "archive.mend"
ALARM = "copies"
REPAIR_ASKED = "repair asked"
COPIED = "package copied"
AGAIN = timedelta(hours=1)
AWAY_ALARM = timedelta(days=1)
_AT_ONCE = 100


def plan(session: Session, settings: Settings) -> None:
    """A row for each sealed package and each store of the settings that has none yet; some at a time."""
    for store in settings.copies:
        there = select(PackageCopy.package_id).where(PackageCopy.store == store)
        wanted = select(Package).where(
            Package.state == PackageState.SEALED, Package.deleted_at.is_(None), Package.id.not_in(there)
        )
        for package in session.scalars(wanted.order_by(Package.id).limit(_AT_ONCE)):
            session.add(PackageCopy(package=package, store=store, state=CopyState.WAITING, differences=[]))
    session.flush()


def ask_for_next(session: Session, settings: Settings, *, at: datetime, going_on: bool = False) -> PackageCopy | None:
    """Ask for the copy that is to be made, or to be read again, next: one at a time, as with packages themselves.

    ``going_on`` says that a copy that is under way asks, at its end. Returns it; ``None`` where nothing is due.
    """
    if not settings.copies:
        return None
    if not going_on:
        plan(session, settings)
    waits = [JobState.WAITING] if going_on else [JobState.WAITING, JobState.RUNNING]
    if session.scalar(select(Job.id).where(Job.kind == JOB, Job.state.in_(waits)).limit(1)) is not None:
        return None
    found = session.scalar(_due(settings, at).limit(1))
    if found is not None:
        jobs.enqueue(session, at, JOB, found.id)
    return found


def _due(settings: Settings, at: datetime) -> Select[PackageCopy]:
    tried_long_ago = or_(PackageCopy.tried_at.is_(None), PackageCopy.tried_at < at - AGAIN)
    to_copy = PackageCopy.state == CopyState.WAITING
    back = PackageCopy.away_since.is_not(None)
    due = or_(to_copy, back)
    if settings.fixity_days:
        old = PackageCopy.verified_at < at - timedelta(days=settings.fixity_days)
        due = or_(due, and_(PackageCopy.state != CopyState.WAITING, old))
    wanted = select(PackageCopy).where(PackageCopy.store.in_(list(settings.copies)), tried_long_ago, due)
    # New ones first: until then a package lies in one place.
    return wanted.order_by(~to_copy, PackageCopy.verified_at, PackageCopy.id)


def ask_again(session: Session, settings: Settings, package: Package, *, at: datetime) -> None:
    """Ask for each copy of a package to be read again."""
    for copy in package.copies:
        if copy.store in settings.copies:
            jobs.enqueue(session, at, JOB, copy.id)


def copy_of(session: Session, package: Package, store: str) -> PackageCopy:
    """The copy of a package in a store; raises ``NotFound``."""
    wanted = select(PackageCopy).where(PackageCopy.package_id == package.id, PackageCopy.store == store)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("Package %(package)s has no copy called %(store)s.", package=package.public_id, store=store)
    return found


def mended(session: Session, package: Package, most: int = 10) -> list[AuditEntry]:
    """What was copied and repaired of a package, newest first, as the audit trail has it."""
    told = AuditEntry.action.in_((REPAIR_ASKED, COPIED))
    wanted = select(AuditEntry).where(AuditEntry.subject == f"package {package.public_id}", told)
    return list(session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(most)))


def has_copies(session: Session, store: str) -> bool:
    """Whether anything is known to lie in a store."""
    wanted = select(func.count()).where(PackageCopy.store == store, PackageCopy.state != CopyState.WAITING)
    return bool(session.scalar(wanted))


def begin_anew(session: Session, settings: Settings, store: str, *, by: str, at: datetime) -> int:
    """All copies of a store are to be made again, since it was replaced by an empty one. Gives their number."""
    if store not in settings.copies:
        raise NotFound("No store of copies is called %(name)s.", name=store)
    found = list(session.scalars(select(PackageCopy).where(PackageCopy.store == store)))
    for copy in found:
        copy.state, copy.problem, copy.differences = CopyState.WAITING, None, []
        copy.tried_at = copy.away_since = copy.verified_at = None
    audit.record(session, at, by, "copies begun anew", f"store {store}", copies=len(found))
    session.flush()
    return len(found)


def ask_to_mend_copy(session: Session, copy: PackageCopy, *, by: str, at: datetime) -> None:
    """Ask for a bad copy to be replaced from a good one; a job does it."""
    if not copy.is_bad:
        raise Conflict("This copy is not damaged, so there is nothing to repair.")
    jobs.enqueue(session, at, MEND_COPY_JOB, copy.id)
    audit.record(session, at, by, REPAIR_ASKED, f"package {copy.package.public_id}", store=copy.store)
    announce(session, at, TOPIC, "checking", copy.package.broadcast.public_id)


def ask_to_mend(session: Session, settings: Settings, package: Package, *, by: str, at: datetime) -> None:
    """Ask for the station's own package to be replaced from a good copy; a job does it."""
    if package.last_check is None or package.last_check.ok:
        raise Conflict("The package was as sealed when it was verified last, so there is nothing to repair.")
    if not any(copy.store in settings.copies for copy in package.copies):
        raise Conflict("There is no copy of this package in another store. Bring it back from a backup.")
    jobs.enqueue(session, at, MEND_JOB, package.id)
    audit.record(session, at, by, REPAIR_ASKED, f"package {package.public_id}", store="")
    announce(session, at, TOPIC, "checking", package.broadcast.public_id)


def keep_found(session: Session, copy: PackageCopy, report: Report, *, source: str | None, at: datetime) -> None:
    """Keep how a copy was found; ``source`` is the store that it was brought from just now."""
    found = report.all_differences()
    if not report.packages:
        copy.state = CopyState.MISSING
    else:
        copy.state = CopyState.DAMAGED if found else CopyState.THERE
    copy.verified_at = copy.tried_at = at
    copy.problem, copy.differences = None, [asdict(one) for one in found]
    if source is not None:
        copy.copied_at = at
        note_mended(session, copy.package, copy.store, source, at=at)
    back = update(PackageCopy).where(PackageCopy.store == copy.store).values(away_since=None)
    session.execute(back.execution_options(synchronize_session="fetch"))
    session.flush()
    audit.record(
        session, at, "desk", "copy verified", f"package {copy.package.public_id}", store=copy.store, ok=not found
    )
    announce(session, at, TOPIC, "checked", copy.package.broadcast.public_id)


def note_mended(session: Session, package: Package, store: str, source: str, *, at: datetime) -> None:
    """Note in the audit trail what was put where; an empty name is the station's own store."""
    audit.record(session, at, "desk", COPIED, f"package {package.public_id}", store=store, source=source)


def note_away(session: Session, copy: PackageCopy, why: str, *, at: datetime) -> None:
    """The store cannot be reached: so much holds for all that lies in it."""
    since = func.coalesce(PackageCopy.away_since, at)
    gone = update(PackageCopy).where(PackageCopy.store == copy.store).values(away_since=since, tried_at=at)
    session.execute(gone.execution_options(synchronize_session="fetch"))
    note_problem(session, copy, why, at=at)


def note_problem(session: Session, copy: PackageCopy, why: str, *, at: datetime) -> None:
    """Why a copy could not be made, read or repaired; the next try is in an hour."""
    copy.problem, copy.tried_at = why, at
    session.flush()
    announce(session, at, TOPIC, "checked", copy.package.broadcast.public_id)


def sound_alarm(session: Session, settings: Settings, *, at: datetime) -> None:
    """Sound the alarm while a copy is bad or its store is away for long, and clear it once none is."""
    alarms, bad = Alarms(settings.alarms), (CopyState.DAMAGED, CopyState.MISSING)
    named = select(PackageCopy).where(PackageCopy.store.in_(list(settings.copies))).order_by(PackageCopy.id)
    found = list(session.scalars(named.where(PackageCopy.state.in_(bad))))
    away = session.scalar(named.where(PackageCopy.away_since < at - AWAY_ALARM).limit(1))
    if found:
        alarms.sound(
            ALARM,
            Refusal(
                "%(count)s copies of packages are damaged or missing, such as %(title)s in %(store)s. Repair them "
                "under Archive.",
                count=len(found),
                title=found[0].package.broadcast.title,
                store=found[0].store,
            ),
        )
    elif away is not None:
        away_for = Refusal(
            "The store of copies %(store)s has not been reached for more than a day: %(why)s",
            store=away.store,
            why=away.problem or "-",
        )
        alarms.sound(ALARM, away_for)
    else:
        alarms.clear(ALARM)


def told(settings: Settings, refusal: Refusal) -> str:
    """A refusal in the station's language, to be kept in a row."""
    return i18n.say_in(settings.language, refusal)
