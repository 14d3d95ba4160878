"""Commands of the channels."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radiodesk.core import command
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import NotFound, Refusal
from radiodesk.core.i18n import gettext, ngettext, say, why
from radiodesk.core.settings import Settings
from radiodesk.core.unavailable import unavailable

if TYPE_CHECKING:
    from radiodesk.rooms.messages.arrivals.arrival_intake import Taker


@click.command("sms-received")
@click.argument("arguments", nargs=-1)
def sms_received(arguments: tuple[str, ...]) -> None:
    """Take in the SMS that gammu-smsd has just received; set this command as its RunOnReceive."""
    from radiodesk.core.database_kinds import PROMPT
    from radiodesk.core.key_checks import station_keys
    from radiodesk.core.schema import station_database
    from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
    from radiodesk.rooms.messages.arrivals.arrival_store import Store
    from radiodesk.rooms.messages.channels import sms
    from radiodesk.rooms.messages.channels.sms_channel import GammuChannel

    settings = command.settings()
    # Somebody who runs this by hand, without a message, is told so; whatever gammu hands over is kept first.
    if not any(name.startswith((b"SMS_", b"DECODED_")) for name in os.environb):
        sms.from_gammu(os.environb, arguments)
    handed_over = {
        name: value for name, value in os.environb.items() if name.startswith((b"SMS_", b"DECODED_", b"PHONE_"))
    }
    store = Store(settings, station_keys(settings.database, settings.keys))
    arrival = store.put(GammuChannel.name, GammuChannel.kept(handed_over, arguments), at=SystemClock().now())
    taken = Taker(settings, station_database(settings)).at_once(arrival, patience=PROMPT)
    if taken is None:
        click.echo(gettext("It is safe, and waits to be taken into the queue."))
    elif taken.problem is not None:
        click.echo(gettext("It is safe, but could not be read: %(why)s", why=taken.problem))
    else:
        click.echo(" ".join(taken.new) or "-")


@click.group()
def intake() -> None:
    """What came in by webhooks, forms and modems, as it came."""


@intake.command("list")
def list_arrivals() -> None:
    """List what waits to be taken in and what could not be read."""
    store = _taker(command.settings()).store
    for state, paths in ((gettext("waiting"), store.all_waiting()), (gettext("not understood"), store.all_odd())):
        for path in paths:
            try:
                arrival = store.read(path)
            except (Refusal, OSError) as error:
                _tell(path, error)
                continue
            at = arrival.received_at.isoformat(timespec="seconds")
            click.echo(f"{arrival.id}  {at}  {arrival.source:<14}  {state}")
    kept = len(store.all_kept())
    click.echo(ngettext("%(num)s original is kept.", "%(num)s originals are kept.", kept), err=True)


@intake.command()
@click.option(
    "--all", "everything", is_flag=True, help="Read all originals that are kept again, not only the odd ones."
)
@click.argument("ids", nargs=-1)
def again(ids: tuple[str, ...], everything: bool) -> None:
    """Read again what could not be read or is waiting, after a mend; nothing comes in twice."""
    taker = _taker(command.settings())
    store = taker.store
    paths = [path for one in ids for path in _found(store.find(one), one)] if ids else []
    if not ids:
        paths = [*store.all_waiting(), *store.all_odd(), *(store.all_kept() if everything else [])]
    new = odd = 0
    for path in paths:
        try:
            taken = taker.again(path)
        except (Refusal, OSError) as error:
            if unavailable(error) is not None:
                raise
            _tell(path, error)
            odd += 1
            continue
        if taken is None:
            continue
        new += len(taken.new)
        if taken.problem is not None:
            odd += 1
            click.echo(f"{path.name}: {taken.problem}", err=True)
    click.echo(
        gettext("%(read)s read, %(new)s new calls, %(odd)s still not understood.", read=len(paths), new=new, odd=odd)
    )


def _tell(path: Path, error: Refusal | OSError) -> None:
    click.echo(f"{path.name}: {say(error) if isinstance(error, Refusal) else why(error)}", err=True)


def _found(paths: list[Path], identity: str) -> list[Path]:
    if not paths:
        raise NotFound("No arrival has the id %(id)s.", id=identity)
    return paths


def _taker(settings: Settings) -> "Taker":
    from radiodesk.core.schema import station_database
    from radiodesk.rooms.messages.arrivals.arrival_intake import Taker

    return Taker(settings, station_database(settings))
