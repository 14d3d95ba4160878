"""``radiodesk verify`` checks packages and prints what differs; ``radiodesk unlock`` reads a restricted file of one."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radiodesk.core import audit, command
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import NotFound, Refusal
from radiodesk.core.i18n import gettext, language
from radiodesk.core.settings import Settings
from radiodesk.rooms.archive.bag_checks import PackageReport
from radiodesk.rooms.archive.log_checks import check_against_log
from radiodesk.rooms.archive.queries import packages_shelf
from radiodesk.rooms.archive.restricted_files import Opener
from radiodesk.rooms.archive.tag_files import Difference
from radiodesk.rooms.archive.verification import Report, verify_package, verify_shelf
from radiodesk.rooms.archive.verification import verify as check

if TYPE_CHECKING:
    from radiodesk.core.database import Database


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--store", "in_store", is_flag=True, help="PATH is a package of the station's store; without it all.")
@click.option("--proof", type=click.Path(path_type=Path), help="The package's .tlog-proof, with --key.")
@click.option("--key", "vkey", help="The key of the station's log, with --proof.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--language", "chosen", type=click.Choice(["id", "en"]), help="Language of the sentences.")
def verify(
    path: Path | None, in_store: bool, proof: Path | None, vkey: str | None, as_json: bool, chosen: str | None
) -> None:
    """Check a sealed package, or a folder of them with its ledger: "ok", or what differs (exit 1).

    With --proof and --key it is also shown that the package stands in the log of its station; that needs nothing else.
    """
    if path is None and not in_store:
        raise click.MissingParameter(param_type="argument", param_hint="PATH")
    if (proof is None) is not (vkey is None):
        raise click.UsageError(gettext("Give --proof and --key together."))
    if chosen:
        language.set(chosen)
    else:
        command.settings()
    report = _in_store(str(path or "")) if in_store else _in_folder(path or Path())
    if proof is not None and vkey is not None:
        found = check_against_log(report, command.readable_file(proof).read_bytes(), vkey)
        report = replace(report, differences=(*report.differences, *found))
    click.echo(json.dumps(as_object(report), ensure_ascii=False) if as_json else "\n".join(lines(report)))
    raise SystemExit(0 if report.ok else 1)


def _in_folder(path: Path) -> Report:
    total = sum(one.stat().st_size for one in path.rglob("*") if one.is_file()) if path.is_dir() else 0
    with command.progress_bar(gettext("Verifying")) as shown:
        return check(path, lambda done: shown(float(done), float(total)))


def _in_store(package: str) -> Report:
    """Where the packages lie: each byte is read from the store once, and none is kept."""
    kept = packages_shelf(command.settings())
    total = sum(one.size for one in kept.list(package))
    if package and not total:
        raise NotFound("There is no package %(package)s in the store.", package=package)
    with command.progress_bar(gettext("Verifying")) as shown:
        if package:
            return verify_package(kept, package, lambda done: shown(float(done), float(total)))
        return verify_shelf(kept, lambda done: shown(float(done), float(total)))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--identity",
    type=click.Path(path_type=Path),
    help="File with an age identity, such as that of the escrow; the keys of the station are not needed then.",
)
def unlock(file: Path, identity: Path | None) -> None:
    """Write a restricted file of a package (….age, ….enc) in the clear to standard output.

    The audit trail keeps that; with --identity, where the station is at hand. Nothing is written of a file that was
    changed.
    """
    from radiodesk.core.age_files import identities_in, recipient_of
    from radiodesk.core.schema import station_database

    path, settings = command.readable_file(file), command.settings()
    facts: dict[str, object] = {"file": str(file)}
    database: Database | None
    if identity is None:
        database = station_database(settings)
        opener = Opener.of_station(database.keys)
    else:
        held = identities_in(command.readable_file(identity).read_bytes().decode("utf-8", "replace"))
        facts["recipients"] = [recipient_of(one) for one in held]
        database, opener = _station_at_hand(settings), Opener(held, None)
    # Once to its end, so that nothing is written of one that was changed further on.
    opener.check(path)
    if database is None:
        click.echo(gettext("The station is not at hand here, so its audit trail does not keep this."), err=True)
    else:
        with database.writing() as session:
            audit.record(session, SystemClock().now(), "command line", "restricted file opened", "archive", **facts)
    with path.open("rb") as sealed:
        opener.open(sealed, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _station_at_hand(settings: Settings) -> "Database | None":
    """The station's database, where it is here and opens: whoever has an identity may have lost all else."""
    from sqlalchemy.exc import SQLAlchemyError

    from radiodesk.core.schema import station_database

    try:
        return station_database(settings)
    except (Refusal, SQLAlchemyError):
        return None


def sentence(difference: Difference) -> str:
    """A difference in the current language."""
    return gettext(difference.message, **difference.facts)


def lines(report: Report) -> list[str]:
    """``ok``, or one sentence a difference; then what was deleted of it on purpose."""
    deleted = [sentence(one) for package in report.packages for one in package.deleted]
    return [*([sentence(one) for one in report.all_differences()] or ["ok"]), *deleted]


def as_object(report: Report) -> dict[str, object]:
    """The report for programs."""
    return {
        "ok": report.ok,
        "packages": [_package(one) for one in report.packages],
        "differences": [sentence(one) for one in report.differences],
    }


def _package(report: PackageReport) -> dict[str, object]:
    return {
        "name": report.name,
        "identifier": report.identifier,
        "ok": report.ok,
        "digest": report.digest,
        "files": report.files,
        "bytes": report.bytes,
        "differences": [sentence(one) for one in report.differences],
        "notes": [sentence(one) for one in report.notes],
    }
