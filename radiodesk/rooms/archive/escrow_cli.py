"""``radiodesk escrow``: who opens the restricted parts of packages besides the station, and with what."""

import os
from pathlib import Path

import click

from radiodesk.core import age_files, audit, command
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import Conflict, Refusal
from radiodesk.core.i18n import gettext, why
from radiodesk.core.keys import read_keys
from radiodesk.rooms.archive import restricted_files


@click.group()
def escrow() -> None:
    """Identities of age that open the restricted parts of packages, without the station where it must be."""


@escrow.command("new")
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Make an identity in FILE, print its recipient, and say what is to be done with both."""
    command.settings()
    identity = age_files.fresh_identity()
    recipient = age_files.recipient_of(identity)
    _keep(file, identity, recipient)
    click.echo(recipient)
    click.echo(
        gettext(
            '1. Put this recipient into the settings: archive_recipients = ["%(recipient)s"]. What is sealed from '
            "then on opens with %(file)s too; what was sealed before does not.\n"
            "2. Take %(file)s away from this machine: on two sticks and on paper, each in a sealed envelope, with "
            "those who open it if the station and its keys are lost. Remove it here.\n"
            "3. Try it: “radiodesk unlock --identity FILE” on a restricted file of a new package, or any age "
            "program: age --decrypt -i FILE. Who has this file needs nothing else to read what listeners confided.",
            recipient=recipient,
            file=file,
        ),
        err=True,
    )


@escrow.command("list")
def list_recipients() -> None:
    """Print to whom packages are encrypted from now on: the station first, then those of the settings."""
    settings = command.settings()
    for recipient in restricted_files.recipients(settings, read_keys(settings.keys)):
        click.echo(recipient)


@escrow.command("station")
@click.argument("file", type=click.Path(path_type=Path))
def station(file: Path) -> None:
    """Write the station's own identity into FILE, for other age programs; the audit trail keeps that."""
    from radiodesk.core.schema import station_database

    database = station_database(command.settings())
    identity = age_files.station_identity(database.keys)
    recipient = age_files.recipient_of(identity)
    _keep(file, identity, recipient)
    with database.writing() as session:
        audit.record(
            session, SystemClock().now(), "command line", "archive identity written", "archive", file=str(file)
        )
    click.echo(recipient)


def _keep(file: Path, identity: str, recipient: str) -> None:
    """As ``age-keygen`` writes it, for its owner alone, and never over anything."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict("There is a file %(path)s already, and it is not overwritten.", path=file) from None
    except OSError as error:
        raise Refusal("The file %(path)s cannot be written: %(why)s.", path=file, why=why(error)) from None
    with os.fdopen(handle, "w") as written:
        written.write(f"# public key: {recipient}\n{identity}\n")
        written.flush()
        os.fsync(written.fileno())
