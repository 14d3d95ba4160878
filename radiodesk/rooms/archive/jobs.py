"""The slow work of the archive: writing a package, reading every byte of one again."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk import __version__
from radiodesk.core import i18n
from radiodesk.core.database_kinds import Leadership
from radiodesk.core.errors import Refusal
from radiodesk.core.jobs import Context, Failed, Kind, nothing
from radiodesk.core.stores.ports import StoreUnavailable
from radiodesk.rooms.archive import (
    fixity,
    gathered_show,
    ledger,
    published_log,
    queries,
    record_log,
    restricted_files,
    services,
)
from radiodesk.rooms.archive.bag_checks import check_bag
from radiodesk.rooms.archive.bag_files import bag_in
from radiodesk.rooms.archive.bag_writer import CLOSING, Written, write_bag
from radiodesk.rooms.archive.gathered_show import Gathered
from radiodesk.rooms.archive.models import Package, PackageState
from radiodesk.rooms.archive.package_contents import Contents
from radiodesk.rooms.archive.tag_files import Difference
from radiodesk.rooms.archive.verification import Report, verify_package
from radiodesk.rooms.broadcasts.jobs import prove_reading
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.recordings.services import originals, require_arrived


class LedgerDamaged(Refusal):
    """Nothing may be chained to a ledger that cannot be trusted."""


@dataclass(frozen=True)
class _Sealed:
    line: ledger.Line
    written: Written
    notices: list[Difference]


def seal(context: Context, package_id: int) -> None:
    """Write a package, chain it, and mark its broadcast as sealed. Safe to run again after any interruption."""
    # Two packages must never follow the same one.
    with context.database.alone("seal") as turn:
        with context.database.reading() as session:
            package = session.get_one(Package, package_id)
            if package.state == PackageState.SEALED:
                return
            broadcast = package.broadcast_id
        try:
            # What was read is compared with the words that are sealed, whoever was to do that and is late.
            prove_reading(context, broadcast)
            sealed = _already_chained(context, package.public_id)
            while sealed is None:
                sealed = _write(context, package_id, turn)
        except StoreUnavailable as refusal:
            _note(context, package_id, i18n.say_in(context.settings.language, refusal))
            raise
        except OSError as error:
            # A full disk may have room again at the next try.
            with i18n.speaking(context.settings.language):
                why = i18n.why(error)
            _note(context, package_id, why)
            raise Failed(why, again=True) from error
        with context.database.writing() as session:
            again = session.get_one(Package, package_id)
            services.finish(session, again, sealed.line, sealed.written, sealed.notices, at=context.clock.now())


def _note(context: Context, package_id: int, why: str) -> None:
    with context.database.writing() as session:
        services.note_problem(session, session.get_one(Package, package_id), why, at=context.clock.now())


def _lines(context: Context) -> list[ledger.Line]:
    lines = ledger.kept(queries.packages_shelf(context.settings).object(ledger.NAME))
    good = [line for line in lines if line is not None]
    if len(good) != len(lines) or (good and good[-1].digest != good[-1].computed()):
        raise LedgerDamaged("The ledger of the archive is damaged. Run radiodesk verify on the archive folder first.")
    return good


def _already_chained(context: Context, package: str) -> _Sealed | None:
    """The package whose work ended between the ledger and the database, when this one is one."""
    line = next((line for line in _lines(context) if line.package == package), None)
    if line is None:
        return None
    bag = bag_in(queries.packages_shelf(context.settings), package)
    report = check_bag(bag)
    return _Sealed(line, Written(Path(bag.name), report.files, report.bytes, line.manifest), list(report.differences))


def _write(context: Context, package_id: int, turn: Leadership) -> _Sealed | None:
    """Write a package and chain it; ``None`` where somebody was protected meanwhile, and it must be written anew."""
    settings = context.settings
    with context.database.reading() as session:
        row = session.get_one(Package, package_id)
        package, gathered = row.public_id, gathered_show.gather(session, row.broadcast, row.note)
        keys = [sound.key for sound in gathered.sounds]
        sounds = list(session.scalars(select(Recording).where(Recording.key.in_(keys))))
    require_arrived(settings, sounds, at=context.clock.now())
    shelf = queries.packages_shelf(settings)
    shelf.delete_below(package)  # written, but never chained: not sealed
    last = next(reversed(_lines(context)), None)
    sealed_at = context.clock.now()
    total = sum(sound.facts["bytes"] for sound in gathered.sounds) or 1
    with shelf.drafts() as scratch:
        contents = Contents(
            gathered, originals(settings), scratch, restricted_files.recipients(settings, context.database.keys)
        )
        written = write_bag(
            scratch / package,
            contents.items(package, settings.operator, settings.station),
            _information(context, package, gathered, last),
            lambda done: context.report(done / total),
        )
        with context.database.reading() as session:
            broadcast = session.get_one(Package, package_id).broadcast
            if gathered_show.silent_callers(session, broadcast) - gathered.silent:
                return None
            if gathered_show.disguised_callers(session, broadcast) - gathered.disguised:
                return None
        shelf.put_folder(package, written.path, last=CLOSING)
    if not turn.lead():
        raise Failed(i18n.gettext("Another machine is sealing. It is tried again by itself."), again=True)
    line = ledger.following(last, package, written.digest, sealed_at.isoformat(timespec="seconds"))
    ledger.append(shelf.object(ledger.NAME), line)
    return _Sealed(line, written, contents.notices)


def _information(context: Context, package: str, gathered: Gathered, last: ledger.Line | None) -> list[tuple[str, str]]:
    settings = context.settings
    return [
        ("Source-Organization", settings.operator),
        ("Organization-Unit", settings.station),
        ("External-Description", gathered.broadcast["title"]),
        ("External-Identifier", package),
        ("Internal-Sender-Identifier", gathered.broadcast["broadcast"]),
        ("Bagging-Date", context.clock.now().astimezone(settings.zone).date().isoformat()),
        ("Bag-Software-Agent", f"radiodesk {__version__}"),
        ("Previous-Package", last.package if last else "none"),
        ("Previous-Package-Digest", last.manifest if last else ledger.FIRST),
    ]


def check(context: Context, package_id: int) -> None:
    """Read every byte of a package again and keep what was found."""
    with context.database.reading() as session:
        package = session.get_one(Package, package_id)
    if package.deleted_at is not None:
        return
    shelf = queries.packages_shelf(context.settings)
    total = max(package.bytes, 1)
    there = next(shelf.list(package.public_id), None) is not None
    report = (
        verify_package(shelf, package.public_id, lambda done: context.report(done / total)) if there else Report(())
    )
    with context.database.writing() as session:
        again = session.get_one(Package, package_id)
        services.keep_check(session, again, report, by="desk", at=context.clock.now())
        fixity.sound_alarm(session, context.settings)


def _fail(session: Session, package_id: int, why: str, at: datetime) -> None:
    services.fail(session, session.get_one(Package, package_id), why, at=at)


def _note_unchecked(session: Session, package_id: int, why: str, at: datetime) -> None:
    services.check_failed(session, session.get_one(Package, package_id), why, at=at)


KINDS = {
    services.JOB: Kind(seal, _fail),
    services.CHECK_JOB: Kind(check, _note_unchecked),
    record_log.JOB: Kind(published_log.publish, nothing),
}
