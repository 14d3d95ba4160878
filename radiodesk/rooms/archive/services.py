"""Seals ended broadcasts, looks after the packages, and says corrections beside them."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit, jobs
from radiodesk.core.errors import Conflict, Refusal, Unreadable
from radiodesk.core.events import announce
from radiodesk.core.i18n import N_
from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.core.text import tidy
from radiodesk.rooms.archive import gathered_show, ledger, queries, record_log
from radiodesk.rooms.archive.bag_writer import Written
from radiodesk.rooms.archive.models import Correction, FixityCheck, LogKind, Package, PackageState
from radiodesk.rooms.archive.tag_files import Difference, differs
from radiodesk.rooms.archive.verification import OTHER, Report
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState

TOPIC = "archive"
JOB = "archive.seal"
CHECK_JOB = "archive.check"


class NotEnded(Conflict):
    """Only what is over can be sealed."""


class TranscriptsOpen(Conflict):
    """Words are still to come."""


class NoRoom(Refusal):
    """The disk has no room for a copy of the sound."""

    status = 507


def seal(
    session: Session, settings: Settings, broadcast: Broadcast, *, by: str, at: datetime, note: str = ""
) -> Package:
    """Ask for an ended broadcast to be sealed; a job writes the package.

    Sealing again gives the package that there is, and tries again what failed. While transcripts are still to come it
    raises ``TranscriptsOpen``; with a ``note`` that says why, it is sealed without them.
    """
    package = session.scalar(select(Package).where(Package.broadcast_id == broadcast.id))
    if package is not None and package.state != PackageState.FAILED:
        return package
    if broadcast.state is not BroadcastState.ENDED:
        raise NotEnded("%(title)s has not ended yet.", title=broadcast.title)
    # What was recorded live but is not taken in yet will be a recording with a transcript.
    waiting = gathered_show.open_transcripts(session, broadcast) + gathered_show.open_takes(
        session, settings.spool, broadcast
    )
    if waiting and not note.strip():
        raise TranscriptsOpen(
            "%(count)s transcripts are still to come. Wait for them, or seal without them and say why.", count=waiting
        )
    _check_room(settings, gathered_show.sound_bytes(session, broadcast))
    if package is None:
        package = Package(public_id=public_id(at), broadcast=broadcast, requested_at=at, requested_by=by)
        session.add(package)
    package.state, package.problem, package.note = PackageState.WAITING, None, tidy(note)
    session.flush()
    jobs.enqueue(session, at, JOB, package.id)
    audit.record(session, at, by, "sealing asked", f"broadcast {broadcast.public_id}", package=package.public_id)
    announce(session, at, TOPIC, "waiting", broadcast.public_id)
    return package


def _check_room(settings: Settings, needed: int) -> None:
    free = queries.packages_shelf(settings).free()
    if needed * 1.1 > free:
        raise NoRoom(
            "The disk has %(free)s MB left; sealing needs about %(needed)s MB. Make room and try again.",
            free=free // 1_000_000,
            needed=round(needed * 1.1 / 1_000_000),
        )


def finish(
    session: Session, package: Package, line: ledger.Line, written: Written, notices: list[Difference], *, at: datetime
) -> None:
    """Note that the package lies in the archive and in the ledger; the broadcast is sealed from now on."""
    package.state, package.problem = PackageState.SEALED, None
    package.sequence, package.digest = line.sequence, line.digest
    package.manifest, package.previous = line.manifest, line.previous
    package.sealed_at = datetime.fromisoformat(line.sealed_at)
    package.files, package.bytes = written.files, written.bytes
    package.notices = [asdict(one) for one in notices]
    broadcast = package.broadcast
    session.flush()
    record_log.append(session, LogKind.SEALED, package.public_id, at=at, **record_log.package_facts(package))
    audit.record(
        session,
        at,
        package.requested_by,
        "sealed",
        f"package {package.public_id}",
        broadcast=broadcast.public_id,
        sequence=line.sequence,
        digest=line.digest,
    )
    announce(session, at, TOPIC, "sealed", broadcast.public_id)
    # What was written is read once more from the disk: the first of the package's verifications.
    jobs.enqueue(session, at, CHECK_JOB, package.id)


def fail(session: Session, package: Package, sentence: str, *, at: datetime) -> None:
    """Keep why a package could not be written; the broadcast stays as it was, and sealing may be asked for again."""
    package.state = PackageState.FAILED
    note_problem(session, package, sentence, at=at)


def note_problem(session: Session, package: Package, sentence: str, *, at: datetime) -> None:
    """Keep what hinders the writing of a package that is tried again by itself."""
    package.problem = sentence
    session.flush()
    announce(session, at, TOPIC, "failed", package.broadcast.public_id)


def check_failed(session: Session, package: Package, sentence: str, *, at: datetime) -> None:
    """Say on the package's page that it could not be read for verification."""
    found = differs(N_("The package could not be verified: %(why)s"), why=sentence)
    session.add(FixityCheck(package=package, at=at, by="desk", ok=False, differences=[asdict(found)]))
    announce(session, at, TOPIC, "checked", package.broadcast.public_id)


def check_again(session: Session, package: Package, *, by: str, at: datetime) -> None:
    """Ask for a package to be verified; a job reads every byte of it."""
    if package.state != PackageState.SEALED:
        raise Conflict("This package is not sealed yet.")
    if package.deleted_at is not None:
        raise Conflict("This package was deleted when its time was over. Its tombstone is kept.")
    jobs.enqueue(session, at, CHECK_JOB, package.id)
    audit.record(session, at, by, "verification asked", f"package {package.public_id}")
    announce(session, at, TOPIC, "checking", package.broadcast.public_id)


def keep_check(session: Session, package: Package, report: Report, *, by: str, at: datetime) -> FixityCheck:
    """Keep what a verification found, also where the ledger and the database do not say the same."""
    found = [*report.all_differences(), *_against_row(package, report), *_made_up(session, package, report)]
    check = FixityCheck(package=package, at=at, by=by, ok=not found, differences=[asdict(one) for one in found])
    session.add(check)
    session.flush()
    audit.record(session, at, by, "verified", f"package {package.public_id}", ok=check.ok)
    announce(session, at, TOPIC, "checked", package.broadcast.public_id)
    return check


def _against_row(package: Package, report: Report) -> list[Difference]:
    found = next((one for one in report.packages if one.name == package.public_id), None)
    if found is None:
        return [differs(N_("Package %(package)s is missing in the archive folder."), package=package.public_id)]
    if found.digest != package.manifest:
        return [differs(OTHER, package=package.public_id)]
    return []


def _made_up(session: Session, package: Package, report: Report) -> list[Difference]:
    """Tombstones of which the log knows nothing."""
    told = {digest for one in report.packages if one.name == package.public_id for digest in one.tombstones}
    if not told - record_log.deletions_of(session, package.public_id):
        return []
    message = N_("Beside package %(package)s lies a tombstone that is not in the log.")
    return [differs(message, package=package.public_id)]


def correct(session: Session, package: Package, text: str, *, by: str, at: datetime) -> Correction:
    """Say beside a sealed broadcast what was wrong in it; the package itself is never changed."""
    if package.state != PackageState.SEALED:
        raise Conflict("This package is not sealed yet.")
    if not text.strip():
        raise Unreadable("Please write what is to be corrected.").of("text")
    salt = record_log.fresh_salt()
    correction = Correction(public_id=public_id(at), package=package, at=at, by=by, text=text.strip(), salt=salt)
    session.add(correction)
    session.flush()
    told = record_log.correction_facts(correction)
    record_log.append(session, LogKind.CORRECTED, package.public_id, at=at, **told)
    audit.record(session, at, by, "corrected", f"package {package.public_id}", correction=correction.public_id)
    announce(session, at, TOPIC, "corrected", package.broadcast.public_id)
    return correction
