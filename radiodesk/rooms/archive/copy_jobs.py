"""The slow work of copies: bringing packages to other stores, reading them again there, replacing what is damaged."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from radiodesk.core.errors import Refusal
from radiodesk.core.jobs import Context, Kind, nothing
from radiodesk.core.settings import Settings
from radiodesk.core.stores import copy_shelf
from radiodesk.core.stores.ports import FileStore, NoSuchObject, StoreUnavailable
from radiodesk.core.stores.shelves import Shelf
from radiodesk.rooms.archive import copies, fixity, ledger, queries, services, tombstones
from radiodesk.rooms.archive.copy_files import Place, replace_from
from radiodesk.rooms.archive.models import CopyState, Package, PackageCopy
from radiodesk.rooms.archive.verification import Report, verify_copy, verify_package

TURN = "copies"


def copies_shelf(settings: Settings, store: str) -> Shelf:
    """Where the copies of packages lie in a store, each below its public id, beside the ledger."""
    return copy_shelf(settings, store, "archive")


def places_of(settings: Settings, package: Package, *, but: str | None = None) -> Iterator[Place]:
    """Where a package may be fetched from: the station's own store first, then copies that were good. ``but`` is left
    out.
    """
    if but != "":
        yield Place("", queries.packages_shelf(settings))
    for copy in sorted(package.copies, key=lambda one: one.state != CopyState.THERE):
        if copy.store in settings.copies and copy.store != but and copy.state != CopyState.WAITING:
            yield Place(copy.store, copies_shelf(settings, copy.store))


def require_mounted(session: Session, shelf: Shelf, store: str) -> None:
    """Raises ``StoreUnavailable`` where a folder is not the disk that it was: nothing is written on what lies below."""
    if not isinstance(shelf.store, FileStore):
        return
    root = shelf.store.path(shelf.name).parent
    if not root.is_dir():
        raise StoreUnavailable("There is no folder %(folder)s. Is its disk connected?", folder=root)
    if copies.has_copies(session, store) and not shelf.object(ledger.NAME).is_there():
        raise StoreUnavailable(
            "The folder %(folder)s is empty, though copies lay in it. Is its disk mounted? If it was replaced by a new "
            "one: radiodesk copies anew %(store)s",
            folder=root,
            store=store,
        )


def copy(context: Context, copy_id: int) -> None:
    """Make a copy that waits, else read it again, byte by byte; then ask for the next."""
    look(context, copy_id, mend=False)
    with context.database.writing() as session:
        copies.ask_for_next(session, context.settings, at=context.clock.now(), going_on=True)


def mend_copy(context: Context, copy_id: int) -> None:
    """Replace a copy that is damaged or missing from a good one."""
    look(context, copy_id, mend=True)


def look(context: Context, copy_id: int, *, mend: bool) -> None:
    """Make a copy that waits; else read it again and, with ``mend``, replace one that is not as it was sealed.

    What hinders it is kept in its row, and is no reason to try again at once.
    """
    settings = context.settings
    with context.database.alone(TURN):
        # Looked at only now: who had the turn before may have deleted the package.
        with context.database.reading() as session:
            row = session.get(PackageCopy, copy_id)
            if row is None or row.package.deleted_at is not None or row.store not in settings.copies:
                return
            package, store, waiting = row.package, row.store, row.state == CopyState.WAITING
            sources = list(places_of(settings, package, but=store))
        try:
            shelf = copies_shelf(settings, store)
            with context.database.reading() as session:
                require_mounted(session, shelf, store)
            report, source = _brought(context, package, shelf, sources, mend=mend or waiting)
            if report.packages:
                _put_ledger(settings, shelf)
        except Refusal as refusal:
            why = copies.told(settings, refusal)
            with context.database.writing() as session:
                note = copies.note_away if isinstance(refusal, StoreUnavailable) else copies.note_problem
                note(session, session.get_one(PackageCopy, copy_id), why, at=context.clock.now())
                copies.sound_alarm(session, settings, at=context.clock.now())
            return
        with context.database.writing() as session:
            again, now = session.get_one(PackageCopy, copy_id), context.clock.now()
            copies.keep_found(session, again, report, source=source, at=now)
            copies.sound_alarm(session, settings, at=now)


def _brought(
    context: Context, package: Package, shelf: Shelf, sources: list[Place], *, mend: bool
) -> tuple[Report, str | None]:
    """How a copy is found, and the name of the store that it had to be brought from, if it had to."""
    name, manifest, total = package.public_id, package.manifest or "", max(package.bytes, 1)

    def progress(done: int) -> None:
        context.report(min(1.0, done / total))

    report = verify_copy(shelf, name, manifest, progress)
    if not mend or (report.packages and report.ok):
        return report, None
    told = tombstones.kept(queries.packages_shelf(context.settings), name)
    source = replace_from(sources, shelf, name, manifest, at=context.clock.now(), progress=progress, told=told)
    return verify_copy(shelf, name, manifest, progress), source


def _put_ledger(settings: Settings, shelf: Shelf) -> None:
    """A folder of copies is verified by itself, with its own ledger."""
    try:
        held = queries.packages_shelf(settings).object(ledger.NAME).read_bytes()
        there = shelf.object(ledger.NAME)
        if not there.is_there() or there.read_bytes() != held:
            there.put_through(held)
    except NoSuchObject:
        return


def mend(context: Context, package_id: int) -> None:
    """Replace the station's own package from a good copy, and read it again."""
    settings = context.settings
    with context.database.reading() as session:
        package = session.get_one(Package, package_id)
        sources = list(places_of(settings, package, but=""))
    with context.database.alone(TURN):
        shelf = queries.packages_shelf(settings)
        try:
            _report, source = _brought(context, package, shelf, sources, mend=True)
        except Refusal as refusal:
            with context.database.writing() as session:
                again = session.get_one(Package, package_id)
                services.check_failed(session, again, copies.told(settings, refusal), at=context.clock.now())
            return
        report = verify_package(shelf, package.public_id)
        with context.database.writing() as session:
            again, now = session.get_one(Package, package_id), context.clock.now()
            if source is not None:
                copies.note_mended(session, again, "", source, at=now)
            services.keep_check(session, again, report, by="desk", at=now)
            fixity.sound_alarm(session, settings)


KINDS = {
    copies.JOB: Kind(copy, nothing),
    copies.MEND_COPY_JOB: Kind(mend_copy, nothing),
    copies.MEND_JOB: Kind(mend, nothing),
}
