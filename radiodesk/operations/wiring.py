"""Puts a station together: database, clock, notifier, job handlers. The only place that knows every room."""

from huey import SqliteHuey

from radiodesk.core import key_checks
from radiodesk.core.clock import Clock, SystemClock
from radiodesk.core.config import Settings
from radiodesk.core.db import Database, open_database
from radiodesk.core.folders import close_to_others
from radiodesk.core.http import Station
from radiodesk.core.jobs import Handler, Runner
from radiodesk.core.live import Notifier
from radiodesk.migrations import current, head, upgrade


def prepare(settings: Settings) -> Database:
    """Make the data folder, the keys and the tables where they are missing; returns the database.

    Raises ``KeyMissing`` over a database whose keys are not at hand.
    """
    close_to_others(settings)
    database = open_database(settings.database, key_checks.station_keys(settings.database, settings.keys))
    if current(database) != head():
        upgrade(database)
    key_checks.settle(database)
    return database


def open_station(settings: Settings, clock: Clock | None = None) -> Station:
    """Everything that a web process needs."""
    database = prepare(settings)
    return Station(settings, database, clock or SystemClock(), Notifier(database))


def handlers() -> dict[str, Handler]:
    """Every room's jobs by name; imported here alone, so that the supervisor and the web start without them."""
    from radiodesk.archive import jobs as archive_jobs
    from radiodesk.audio import jobs as audio_jobs
    from radiodesk.calls import jobs as call_jobs
    from radiodesk.programme import jobs as programme_jobs
    from radiodesk.record import jobs as tracking_jobs
    from radiodesk.record import publishing_jobs
    from radiodesk.speech import jobs as speech_jobs
    from radiodesk.tickets import jobs as ticket_jobs
    from radiodesk.traffic import jobs as traffic_jobs

    return {
        **audio_jobs.HANDLERS,
        **speech_jobs.HANDLERS,
        **call_jobs.HANDLERS,
        **traffic_jobs.HANDLERS,
        **ticket_jobs.HANDLERS,
        **programme_jobs.HANDLERS,
        **archive_jobs.HANDLERS,
        **tracking_jobs.HANDLERS,
        **publishing_jobs.HANDLERS,
    }


def runner(settings: Settings, database: Database, clock: Clock | None = None) -> Runner:
    """Runs the jobs of all rooms."""
    return Runner(database, settings, clock or SystemClock(), handlers())


def doorbell_queue(settings: Settings) -> SqliteHuey:
    """The embedded job queue; it carries ids, never the work itself."""
    settings.data.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("radiodesk", filename=str(settings.jobs_database), results=False)
