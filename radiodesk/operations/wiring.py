"""Puts a station together: database, clock, notifier, job handlers. The only place that knows every room."""

from pathlib import Path
from tempfile import TemporaryFile

from radiodesk.core import key_checks
from radiodesk.core.clock import Clock, SystemClock
from radiodesk.core.database import Database, open_database
from radiodesk.core.errors import Refusal
from radiodesk.core.folders import close_to_others
from radiodesk.core.i18n import why
from radiodesk.core.jobs import Kind, Runner
from radiodesk.core.notifier import Notifier
from radiodesk.core.processes import take_part
from radiodesk.core.schema import current, head, let_go_of, require_known, require_whole, upgrade
from radiodesk.core.settings import Settings
from radiodesk.core.stores import store_of
from radiodesk.http.request import Station
from radiodesk.rooms.retention.retention_classes import load_classes


class FolderUnusable(Refusal):
    """A folder that the station keeps its things in cannot be made or written into."""


def running(settings: Settings) -> Path:
    """The lock that all parts of a running station share."""
    return settings.data / "running.lock"


def prepare(settings: Settings) -> Database:
    """Make the data folder, the keys and the tables where they are missing; returns the database.

    From then on this process is a part of the running station. Raises ``FolderUnusable`` where nothing can be written,
    ``KeyMissing`` over a database whose keys are not at hand, ``LaterRelease``, ``StoreUnknown``, ``NotWhole``, and
    ``RetentionInvalid``.
    """
    require_whole(settings)
    for folder in (settings.data, settings.audio, settings.archive):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise FolderUnusable(
                "Nothing can be written into %(folder)s: %(reason)s. Give it to the user that radiodesk runs as.",
                folder=folder,
                reason=why(error),
            ) from None
    close_to_others(settings)
    take_part(running(settings))
    # Again: this part may have waited for a restore, which was broken off then.
    require_whole(settings)
    store_of(settings)
    load_classes(settings)
    keys = key_checks.station_keys(settings.database, settings.keys)
    database = let_go_of(open_database(settings.database, keys))
    require_known(database)
    if current(database) != head():
        upgrade(database)
    key_checks.settle(database)
    return database


def open_station(settings: Settings, clock: Clock | None = None) -> Station:
    """Everything that a web process needs."""
    database = prepare(settings)
    return Station(settings, database, clock or SystemClock(), Notifier(database))


def kinds() -> dict[str, Kind]:
    """Every room's jobs by name; imported here alone, so that the supervisor and the web start without them."""
    from radiodesk.operations.backup import jobs as backup_jobs
    from radiodesk.rooms.archive import copy_jobs
    from radiodesk.rooms.archive import jobs as archive_jobs
    from radiodesk.rooms.broadcasts import jobs as broadcast_jobs
    from radiodesk.rooms.messages import jobs as call_jobs
    from radiodesk.rooms.programme import jobs as programme_jobs
    from radiodesk.rooms.record import jobs as tracking_jobs
    from radiodesk.rooms.record import publication_jobs
    from radiodesk.rooms.record.listener_requests import jobs as listener_jobs
    from radiodesk.rooms.recordings import jobs as audio_jobs
    from radiodesk.rooms.retention import jobs as retention_jobs
    from radiodesk.rooms.tickets import jobs as ticket_jobs
    from radiodesk.rooms.traffic import jobs as traffic_jobs
    from radiodesk.rooms.transcripts import jobs as speech_jobs

    return {
        **audio_jobs.KINDS,
        **speech_jobs.KINDS,
        **call_jobs.KINDS,
        **traffic_jobs.KINDS,
        **ticket_jobs.KINDS,
        **programme_jobs.KINDS,
        **broadcast_jobs.KINDS,
        **archive_jobs.KINDS,
        **copy_jobs.KINDS,
        **tracking_jobs.KINDS,
        **publication_jobs.KINDS,
        **listener_jobs.KINDS,
        **retention_jobs.KINDS,
        **backup_jobs.KINDS,
    }


def runner(settings: Settings, database: Database, clock: Clock | None = None) -> Runner:
    """Runs the jobs of all rooms."""
    return Runner(database, settings, clock or SystemClock(), kinds())
