"""What is looked at after a restore, before the station may start: what ``doctor`` looks at, and every object."""

import hashlib
from collections.abc import Iterable, Iterator

from radiodesk.core.audit import broken_link
from radiodesk.core.database import Database
from radiodesk.core.errors import NotFound, Refusal
from radiodesk.core.i18n import gettext, say
from radiodesk.core.schema import current, head
from radiodesk.core.settings import Settings
from radiodesk.core.stores import shelf, store_of
from radiodesk.core.stores.ports import FileStore, NoSuchObject
from radiodesk.operations.backup.named_objects import Named, named_objects
from radiodesk.operations.backup.repository import Progress
from radiodesk.operations.doctor import Finding, Verdict
from radiodesk.rooms.archive.cli import sentence
from radiodesk.rooms.archive.queries import packages_shelf
from radiodesk.rooms.archive.verification import UNLISTED, Report, verify_shelf

_BLOCK = 1 << 20
SHOWN = 20
"""Objects that are named one by one."""


def check_restored(settings: Settings, database: Database, progress: Progress) -> Iterator[Finding]:
    """Keys, tables, audit trail, objects and packages. The keys opened the database before this is called."""
    yield Finding("keys", Verdict.GOOD, gettext("The key file is the one that belongs to the database."))
    at = current(database)
    good = at == head()
    yield Finding("database", Verdict.GOOD if good else Verdict.BAD, gettext("Revision %(revision)s.", revision=at))
    with database.reading() as session:
        broken = broken_link(session)
    if broken is None:
        yield Finding("audit", Verdict.GOOD, gettext("The audit trail's chain is whole."))
    else:
        told = gettext(
            "The audit trail was changed at entry %(entry)s. Keep the file and find out who did.", entry=broken
        )
        yield Finding("audit", Verdict.BAD, told)
    with database.looking() as connection:
        named = list(named_objects(connection))
    try:
        yield from _objects(settings, named, progress)
        yield from _packages(settings)
    except Refusal as refusal:
        yield Finding("store", Verdict.BAD, say(refusal))


def _objects(settings: Settings, named: list[Named], progress: Progress) -> Iterable[Finding]:
    """Each object that a row names: there, of its size and, where the store is a folder of this machine, its digest."""
    read = isinstance(store_of(settings), FileStore)
    whole = sum(one.size or 0 for one in named) or 1
    done, bad = 0, []
    for one in named:
        if (told := _trouble(settings, one, read=read)) is not None:
            bad.append(told)
        done += one.size or 0
        progress(done / whole)
    for told in bad[:SHOWN]:
        yield Finding("objects", Verdict.BAD, told)
    if len(bad) > SHOWN:
        yield Finding("objects", Verdict.BAD, gettext("And %(count)s more.", count=len(bad) - SHOWN))
    if not bad:
        yield Finding("objects", Verdict.GOOD, _all_there(len(named), whole=read))


def _all_there(count: int, *, whole: bool) -> str:
    if whole:
        return gettext("All %(count)s objects that rows name are there, each with its SHA-256.", count=count)
    return gettext("All %(count)s objects that rows name are there.", count=count)


def _trouble(settings: Settings, one: Named, *, read: bool) -> str | None:
    kept = shelf(settings, one.shelf).object(one.key)
    try:
        size = kept.stat().size
        if one.size is not None and size != one.size:
            return gettext("%(key)s has %(got)s of its %(size)s bytes.", key=one.path, got=size, size=one.size)
        if not read or not one.sha256:
            return None
        digest = hashlib.sha256()
        with kept.open() as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except NoSuchObject:
        return gettext("There is no %(key)s in the store.", key=one.path)
    if digest.hexdigest() != one.sha256:
        return gettext("%(key)s has other bytes than its row says.", key=one.path)
    return None


def _packages(settings: Settings) -> Iterable[Finding]:
    """Every sealed package against its own digests and the chain; a bucket is not read through for it."""
    if not isinstance(store_of(settings), FileStore):
        told = gettext("The packages lie in the store %(store)s. Run: radiodesk verify --store", store=settings.store)
        yield Finding("packages", Verdict.WARNING, told)
        return
    try:
        report = verify_shelf(packages_shelf(settings))
    except NotFound:
        report = Report(())
    # One that was being sealed when the snapshot was taken: its job writes it anew.
    unlisted = {one.facts["package"] for one in report.differences if one.message == UNLISTED}
    for one in report.differences:
        yield Finding("packages", Verdict.WARNING if one.message == UNLISTED else Verdict.BAD, sentence(one))
    for package in report.packages:
        for one in package.differences:
            yield Finding("packages", Verdict.WARNING if package.name in unlisted else Verdict.BAD, sentence(one))
    if report.ok:
        told = gettext("%(count)s packages are as they were sealed.", count=len(report.packages))
        yield Finding("packages", Verdict.GOOD, told)
