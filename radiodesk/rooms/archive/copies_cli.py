"""``radiodesk copies``: the copies of sealed packages in other stores."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from radiodesk.core import audit, command, i18n
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import NotFound
from radiodesk.core.i18n import gettext
from radiodesk.core.jobs import Context
from radiodesk.core.settings import Settings
from radiodesk.rooms.archive.cli import sentence
from radiodesk.rooms.archive.models import COPY_STATE_NAMES, CopyState, Package, PackageCopy, PackageState
from radiodesk.rooms.archive.tag_files import Difference

if TYPE_CHECKING:
    from radiodesk.core.database import Database

BY = "command line"


@click.group()
def copies() -> None:
    """Copies of sealed packages in other stores, which the setting “copies” names."""


@copies.command("list")
@click.option("--bad", is_flag=True, help="Only what is damaged, missing or away.")
def list_copies(bad: bool) -> None:
    """Print each copy with its state; exit code 1 where one is damaged, missing or away."""
    settings, database = _station()
    with database.reading() as session:
        found = _copies(session, settings)
        for one in found:
            if not bad or one.is_bad or one.away_since:
                click.echo("\n".join(_lines(one)))
        raise SystemExit(1 if any(one.is_bad or one.away_since for one in found) else 0)


@copies.command("now")
def now() -> None:
    """Make every copy that is not there yet, and say how many there are."""
    from radiodesk.rooms.archive import copy_jobs
    from radiodesk.rooms.archive.copies import plan

    settings, database = _station()
    before: list[int] = []
    while True:
        with database.writing() as session:
            plan(session, settings)
            wanted = [one.id for one in _copies(session, settings) if one.state == CopyState.WAITING]
        left = [one for one in wanted if one not in before]
        if not left:
            break
        for copy in left:
            copy_jobs.look(_context(settings, database), copy, mend=False)
        before += left
    with database.reading() as session:
        _end(_copies(session, settings))


@copies.command("check")
@click.argument("package", required=False)
def check(package: str | None) -> None:
    """Read the copies of PACKAGE, or all, byte by byte; exit code 1 where one is not as it was sealed."""
    from radiodesk.rooms.archive import copy_jobs

    settings, database = _station()
    with database.reading() as session:
        wanted = [one.id for one in _copies(session, settings, package)]
    for copy in wanted:
        copy_jobs.look(_context(settings, database), copy, mend=False)
    with database.reading() as session:
        _end(_copies(session, settings, package))


@copies.command("repair")
@click.argument("package")
@click.option("--store", help="The copy there alone; without it the station's own package too, and every copy.")
def repair(package: str, store: str | None) -> None:
    """Replace what is damaged or missing of PACKAGE from a copy that is as it was sealed."""
    from radiodesk.rooms.archive import copy_jobs
    from radiodesk.rooms.archive.copies import REPAIR_ASKED
    from radiodesk.rooms.archive.queries import package_by_public_id

    settings, database = _station()
    with database.writing() as session:
        row = package_by_public_id(session, package)
        wanted = [one.id for one in _copies(session, settings, package) if store in (None, one.store)]
        if store is not None and not wanted:
            raise NotFound("Package %(package)s has no copy called %(store)s.", package=package, store=store)
        audit.record(session, SystemClock().now(), BY, REPAIR_ASKED, f"package {package}", store=store or "*")
    if store is None:
        copy_jobs.mend(_context(settings, database), row.id)
    for copy in wanted:
        copy_jobs.mend_copy(_context(settings, database), copy)
    with database.reading() as session:
        own = package_by_public_id(session, package).last_check
        if store is None and own is not None:
            click.echo("\n".join(_sentences(own.differences)) or gettext("The station's own package is as sealed."))
        _end([session.get_one(PackageCopy, one) for one in wanted], ok=store is not None or own is None or own.ok)


@copies.command("anew")
@click.argument("store")
def anew(store: str) -> None:
    """Begin the copies in STORE anew, after its disk was replaced by an empty one."""
    from radiodesk.rooms.archive.copies import begin_anew

    settings, database = _station()
    with database.writing() as session:
        count = begin_anew(session, settings, store, by=BY, at=SystemClock().now())
    click.echo(gettext("%(count)s copies are made again, by themselves or with “radiodesk copies now”.", count=count))


@copies.command("drill")
@click.argument("package", required=False)
@click.option("--store", help="Where to fetch it from; without it the first store of copies that has it.")
@click.option("--identity", type=click.Path(path_type=Path), help="Open it with this age identity alone.")
def drill(package: str | None, store: str | None, identity: Path | None) -> None:
    """Fetch a copy of PACKAGE (or of the newest), verify it, open its restricted part, and say how long that took.

    Nothing of it stays; the audit trail keeps that it was done.
    """
    from radiodesk.core.age_files import identities_in
    from radiodesk.rooms.archive import copy_drill
    from radiodesk.rooms.archive.copy_files import Place
    from radiodesk.rooms.archive.copy_jobs import copies_shelf
    from radiodesk.rooms.archive.restricted_files import Opener

    settings, database = _station()
    with database.reading() as session:
        held = [one for one in _copies(session, settings, package) if one.state != CopyState.WAITING]
        named = [one for one in held if store in (None, one.store)]
        if not named:
            raise NotFound("There is no copy to try it with. “radiodesk copies list” says what there is.")
        copy = max(named, key=lambda one: (one.package_id, not one.is_bad))
        name, manifest = copy.package.public_id, copy.package.manifest or ""
    opener = Opener.of_station(database.keys)
    if identity is not None:
        text = command.readable_file(identity).read_bytes().decode("utf-8", "replace")
        opener = Opener(identities_in(text), None)
    place = Place(copy.store, copies_shelf(settings, copy.store))
    done = copy_drill.drill(place, name, manifest, opener, settings.work)
    with database.writing() as session:
        facts = {"store": copy.store, "ok": done.ok, "files": done.files, "seconds": round(done.seconds, 1)}
        audit.record(session, SystemClock().now(), BY, "restore drill", f"package {name}", **facts)
    for difference in done.differences:
        click.echo(sentence(difference))
    for path, refusal in done.closed:
        click.echo(f"{path}: {i18n.say(refusal)}")
    click.echo(
        gettext(
            "%(package)s from %(store)s: %(megabytes).1f MB fetched in %(fetched).1f s, verified in %(verified).1f s, "
            "%(files)s restricted files opened in %(opened).1f s; %(seconds).1f s in all.",
            package=name,
            store=copy.store,
            megabytes=done.bytes / 1e6,
            fetched=done.fetched,
            verified=done.verified,
            files=done.files,
            opened=done.opened,
            seconds=done.seconds,
        )
    )
    raise SystemExit(0 if done.ok else 1)


def _station() -> "tuple[Settings, Database]":
    from radiodesk.core.schema import station_database

    settings = command.settings()
    return settings, station_database(settings)


def _context(settings: Settings, database: "Database") -> Context:
    return Context(database, settings, SystemClock(), lambda _share: None)


def _copies(session, settings: Settings, package: str | None = None) -> list[PackageCopy]:  # type: ignore[no-untyped-def]
    from sqlalchemy import select

    wanted = select(PackageCopy).join(Package).where(PackageCopy.store.in_(list(settings.copies)))
    wanted = wanted.where(Package.state == PackageState.SEALED)
    if package is not None:
        wanted = wanted.where(Package.public_id == package)
    return list(session.scalars(wanted.order_by(PackageCopy.package_id, PackageCopy.store)))


def _lines(one: PackageCopy) -> list[str]:
    state = gettext("Away") if one.away_since else gettext(COPY_STATE_NAMES[one.state])
    seen = f"{one.verified_at:%Y-%m-%d %H:%M}Z" if one.verified_at else "-"
    head = f"{one.package.public_id}  {one.store}  {state}  {seen}"
    return [
        head,
        *(f"  {told}" for told in _sentences(one.differences)),
        *([f"  {one.problem}"] if one.problem else []),
    ]


def _sentences(kept: list[dict[str, object]]) -> list[str]:
    found = [Difference(str(one["message"]), dict(one["facts"])) for one in kept]  # type: ignore[call-overload]
    return [sentence(one) for one in found]


def _end(found: list[PackageCopy], *, ok: bool = True) -> None:
    """Tell how each copy is, and end with 1 where one is not there or not as it was sealed."""
    for one in found:
        click.echo("\n".join(_lines(one)))
    good = [one for one in found if one.state == CopyState.THERE and not one.away_since]
    click.echo(gettext("%(good)s of %(count)s copies are there.", good=len(good), count=len(found)))
    raise SystemExit(0 if ok and len(good) == len(found) else 1)
