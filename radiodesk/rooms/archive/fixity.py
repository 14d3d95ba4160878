"""Every package is read again, byte by byte, when its last verification is some weeks old; damage sounds an alarm."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core import jobs
from radiodesk.core.alarms import Alarms
from radiodesk.core.errors import Refusal
from radiodesk.core.jobs import Job, JobState
from radiodesk.core.settings import Settings
from radiodesk.rooms.archive.models import FixityCheck, Package, PackageState
from radiodesk.rooms.archive.services import CHECK_JOB

ALARM = "archive"


def ask_for_next(session: Session, *, days: int, at: datetime) -> Package | None:
    """Ask for the package to be verified that was not for the longest time, if that is more than ``days`` ago.

    One at a time: reading sound takes a disk that a show on air may need. Returns it, ``None`` where nothing is due.
    """
    under_way = select(Job.id).where(Job.kind == CHECK_JOB, Job.state.in_((JobState.WAITING, JobState.RUNNING)))
    if not days or session.scalar(under_way.limit(1)) is not None:
        return None
    last = select(func.max(FixityCheck.at)).where(FixityCheck.package_id == Package.id).scalar_subquery()
    # What was never verified counts from its sealing.
    since = func.coalesce(last, Package.sealed_at)
    there = Package.state == PackageState.SEALED, Package.deleted_at.is_(None)
    wanted = select(Package).where(*there, since < at - timedelta(days=days))
    found = session.scalar(wanted.order_by(since, Package.id).limit(1))
    if found is not None:
        jobs.enqueue(session, at, CHECK_JOB, found.id)
    return found


def damaged(session: Session) -> list[Package]:
    """The packages that were not as sealed when they were read last."""
    newest = select(func.max(FixityCheck.id)).group_by(FixityCheck.package_id)
    wanted = (
        select(Package)
        .join(FixityCheck)
        .where(FixityCheck.id.in_(newest), ~FixityCheck.ok, Package.deleted_at.is_(None))
    )
    return list(session.scalars(wanted.order_by(Package.id)))


def sound_alarm(session: Session, settings: Settings) -> None:
    """Sound the alarm while any package is not as it was sealed, and clear it once all are."""
    alarms, found = Alarms(settings.alarms), damaged(session)
    if not found:
        alarms.clear(ALARM)
        return
    alarms.sound(
        ALARM,
        Refusal(
            "%(count)s packages of the archive are not as they were sealed, such as %(title)s. Look at them under "
            "Archive, and bring them back from a backup.",
            count=len(found),
            title=found[0].broadcast.title,
        ),
    )
