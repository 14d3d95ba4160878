"""The day's backup as a job: asked for by the worker that leads, tried again, and shown when it was given up."""

import logging
from functools import partial

from radiodesk.core import i18n
from radiodesk.core.alarms import BACKUP, Alarms
from radiodesk.core.backup_state import KIND, backup_state, is_due, late_backup
from radiodesk.core.clock import Clock
from radiodesk.core.database import Database
from radiodesk.core.errors import Refusal
from radiodesk.core.jobs import Context, Failed, Kind, enqueue, nothing
from radiodesk.core.settings import Settings
from radiodesk.core.unavailable import unavailable
from radiodesk.operations.backup.repository import repository
from radiodesk.operations.backup.snapshots import back_up, note

WAITS = (300.0, 1800.0, 7200.0)
"""Seconds before each further try: a disk may be plugged in, a line come back."""
BY = "worker"

log = logging.getLogger(__name__)


def make(context: Context, _subject: int) -> None:
    """Make the backup that the settings ask for."""
    try:
        kept = repository(context.settings)
        made = back_up(context.settings, context.database, context.clock, kept, partial(_report, context))
    except Refusal as refusal:
        raise Failed(i18n.say_in(context.settings.language, refusal), again=True) from refusal
    if made.trouble:
        log.error("The backup was made, but old ones could not be removed: %s", made.trouble)
    with context.database.writing() as session:
        note(session, made, kept, by=BY, at=context.clock.now())


def _report(context: Context, share: float) -> None:
    """A database that is busy for a moment is no reason to end a backup."""
    try:
        context.report(share)
    except Exception as error:
        if unavailable(error) is None:
            raise


KINDS = {KIND: Kind(make, nothing, waits=WAITS, alone=True)}


def schedule(settings: Settings, database: Database, clock: Clock) -> None:
    """Ask for the day's backup when its time has come."""
    if settings.backup_target is None:
        return
    with database.reading() as session:
        if not is_due(session, settings, clock.now()):
            return
    with database.writing() as session:
        if is_due(session, settings, clock.now()):
            enqueue(session, clock.now(), KIND, 0)


def watch(settings: Settings, database: Database, clock: Clock) -> None:
    """Sound the alarm on this host when the last good backup is too old, whoever made it; clear it when it is not."""
    with database.reading() as session:
        state = backup_state(session, settings, clock.now())
    alarms = Alarms(settings.alarms)
    if state is not None and state.late and settings.backup_target is not None:
        alarms.sound(BACKUP, late_backup(settings, state))
    else:
        alarms.clear(BACKUP)
