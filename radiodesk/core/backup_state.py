"""When the station was backed up last: told by rows of jobs, so that every host knows, whichever made the backup."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.jobs import Job, JobState
from radiodesk.core.settings import Settings

KIND = "station.backup"


@dataclass(frozen=True, slots=True)
class BackupState:
    """The last good backup, ``None`` before the first; the last failure where it is later, with its reason.

    ``late`` says that the last good one is older than ``backup_alarm_hours``.
    """

    good: datetime | None
    failed: datetime | None
    why: str
    under_way: bool
    late: bool


def backup_state(session: Session, settings: Settings, at: datetime) -> BackupState | None:
    """How the backups are doing; ``None`` where none are asked for."""
    good = session.scalar(select(func.max(Job.created_at)).where(Job.kind == KIND, Job.state == JobState.DONE))
    if good is None and settings.backup_target is None:
        return None
    failed = session.scalars(
        select(Job).where(Job.kind == KIND, Job.state == JobState.FAILED).order_by(Job.id.desc()).limit(1)
    ).first()
    later = failed if failed is not None and (good is None or failed.created_at > good) else None
    open_states = (JobState.WAITING, JobState.RUNNING)
    trying = session.scalars(select(Job).where(Job.kind == KIND, Job.state.in_(open_states)).limit(1)).first()
    first = session.scalar(select(func.min(Job.created_at)).where(Job.kind == KIND))
    since = good or first
    late = since is not None and at - since > timedelta(hours=settings.backup_alarm_hours)
    why = (later.error if later is not None else None) or (trying.error if trying is not None else None) or ""
    return BackupState(good, later.finished_at if later is not None else None, why, trying is not None, late)


def is_due(session: Session, settings: Settings, at: datetime) -> bool:
    """Whether the day's backup was not asked for yet: none since the last time that the clock showed ``backup_at``."""
    hour, minute = map(int, settings.backup_at.split(":"))
    local = at.astimezone(settings.zone)
    turn = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if turn > local:
        turn -= timedelta(days=1)
    last = session.scalar(select(func.max(Job.created_at)).where(Job.kind == KIND))
    unfinished = session.scalar(
        select(Job.id).where(Job.kind == KIND, Job.state.in_((JobState.WAITING, JobState.RUNNING))).limit(1)
    )
    return unfinished is None and (last is None or last < turn)


def late_backup(settings: Settings, state: BackupState) -> Refusal:
    """The sentence of the alarm."""
    if state.good is None:
        return Refusal("The station has no good backup yet. See the page of its state.")
    return Refusal(
        "The last good backup is of %(moment)s. See the page of the station's state.",
        moment=f"{state.good.astimezone(settings.zone):%d.%m.%Y %H.%M} {settings.timezone_label}",
    )
