"""``radiodesk verify`` checks packages and prints what differs; ``radiodesk unlock`` reads a restricted file of one."""

import json
import sys
from pathlib import Path

import click

from radiodesk.core import audit, command
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import NotFound
from radiodesk.core.i18n import gettext, language
from radiodesk.rooms.archive.bag_checks import PackageReport
from radiodesk.rooms.archive.queries import packages_shelf
from radiodesk.rooms.archive.tag_files import Difference
from radiodesk.rooms.archive.verification import Report, verify_package, verify_shelf
from radiodesk.rooms.archive.verification import verify as check


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--store", "in_store", is_flag=True, help="PATH is a package of the station's store; without it all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--language", "chosen", type=click.Choice(["id", "en"]), help="Language of the sentences.")
def verify(path: Path | None, in_store: bool, as_json: bool, chosen: str | None) -> None:
    """Check a sealed package, or a folder of them with its ledger: "ok", or what differs (exit 1)."""
    if path is None and not in_store:
        raise click.MissingParameter(param_type="argument", param_hint="PATH")
    if chosen:
        language.set(chosen)
    else:
        command.settings()
    report = _in_store(str(path or "")) if in_store else _in_folder(path or Path())
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
def unlock(file: Path) -> None:
    """Write a restricted file of a package (….enc) in the clear to standard output; the audit trail keeps that."""
    from radiodesk.core.schema import station_database

    database = station_database(command.settings())
    clear = database.keys.decrypt_bytes(command.readable_file(file).read_bytes())
    with database.writing() as session:
        audit.record(session, SystemClock().now(), "command line", "restricted file opened", "archive", file=str(file))
    sys.stdout.buffer.write(clear)


def sentence(difference: Difference) -> str:
    """A difference in the current language."""
    return gettext(difference.message, **difference.facts)


def lines(report: Report) -> list[str]:
    """``ok``, or one sentence a difference."""
    return [sentence(one) for one in report.all_differences()] or ["ok"]


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
