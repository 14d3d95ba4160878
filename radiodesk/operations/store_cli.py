"""``radiodesk store``: what lies in the station's store, what waits for it, and the way to another one."""

import click

from radiodesk.core import command
from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import gettext, ngettext, say


class StationRunning(Refusal):
    """The parts of a running station would go on putting objects into the old store."""

    exit_code = 4


@click.group()
def store() -> None:
    """The store of finished sound, attachments, packages and public files."""


@store.command()
@click.option("--read", is_flag=True, help="Read every byte, against the checksum where the store knows it.")
def check(read: bool) -> None:
    """Count what lies in the store and what waits on this machine for it; exit 1 when something cannot be read."""
    from radiodesk.core.stores import shelf, waiting_of
    from radiodesk.operations.store_rounds import still_waiting
    from radiodesk.operations.store_transfer import SHELVES

    settings = command.settings()
    bad = 0
    with command.progress_bar(gettext("Reading")) as shown:
        for name in SHELVES:
            kept = shelf(settings, name)
            listed = list(kept.list())
            total = sum(one.size for one in listed)
            click.echo(_counted(name, len(listed), total))
            done = 0
            for stat in listed if read else ():
                try:
                    with kept.object(stat.key).open() as file:
                        got = sum(len(block) for block in iter(lambda file=file: file.read(1 << 20), b""))  # type: ignore[misc]
                    if got != stat.size:
                        raise Refusal(
                            "%(key)s has %(got)s of its %(size)s bytes.", key=stat.key, got=got, size=stat.size
                        )
                except Refusal as refusal:
                    bad += 1
                    click.echo(say(refusal))
                shown(float(done := done + stat.size), float(total))
    waiting = waiting_of(settings)
    if waiting is not None:
        click.echo(say(still_waiting(settings, waiting.count, waiting.size, waiting.since)))
    raise SystemExit(1 if bad else 0)


@store.command("catch-up")
def catch_up() -> None:
    """Bring up what waits on this machine for the store now, without waiting for the station's own next try."""
    from radiodesk.core.stores import store_of
    from radiodesk.core.stores.ports import PatientStore

    kept = store_of(command.settings())
    if not isinstance(kept, PatientStore):
        raise Refusal("Nothing ever waits for the store %(store)s: it has no outbox.", store=kept.name)
    done = kept.catch_up()
    click.echo(ngettext("%(num)s object was brought up.", "%(num)s objects were brought up.", done.done))
    if done.trouble is not None:
        raise done.trouble


@store.command()
@click.argument("to")
@click.option("--ahead", is_flag=True, help="While the station runs: what comes in meanwhile is copied the next time.")
@click.option("--remove", is_flag=True, help="Remove everything from the old store once it is proven in the new one.")
def move(to: str, ahead: bool, remove: bool) -> None:
    """Copy all objects to the store TO of the settings, each proven by its SHA-256. May be stopped and run again."""
    from radiodesk.core.processes import InUse, nobody_at_work
    from radiodesk.operations.wiring import running

    settings = command.settings()
    if to == settings.store:
        raise Refusal("The objects lie in the store %(store)s already.", store=to)
    if ahead:
        _copy(to)
        return
    settings.data.mkdir(parents=True, exist_ok=True)
    try:
        with nobody_at_work(running(settings)):
            _move(to, remove=remove)
    except InUse:
        raise StationRunning(
            "The station is running and keeps putting objects into the store %(store)s. Stop it first, or copy with "
            "--ahead what is there.",
            store=settings.store,
        ) from None


def _move(to: str, *, remove: bool) -> None:
    from radiodesk.core.stores import waiting_of
    from radiodesk.operations.store_transfer import remove_shelves

    settings = command.settings()
    more = _copy(to)
    if more:
        raise Refusal(
            "The store %(store)s has objects that the old one does not have: %(count)s. Look whose they are; nothing "
            "was removed.",
            store=to,
            count=more,
        )
    if remove:
        count = remove_shelves(settings)
        left = waiting_of(settings)
        click.echo(ngettext("%(num)s object was removed.", "%(num)s objects were removed.", count))
        if left is not None:
            click.echo(gettext("The old store is away. Removals that wait for it: %(count)s.", count=left.count))
    click.echo(gettext("Now set store to “%(store)s” and start the station.", store=to))


def _copy(to: str) -> int:
    """Copy, and say of each shelf what became of it; returns how many objects only the other store has."""
    from radiodesk.operations.store_transfer import copy_shelves

    more = 0
    with command.progress_bar(gettext("Copying")) as shown:
        for one in copy_shelves(command.settings(), to, shown):
            told = gettext("Proven before: %(count)s.", count=one.before)
            click.echo(f"{_counted(one.shelf, one.objects, one.bytes)} {told}")
            more += one.more
    return more


def _counted(name: str, count: int, size: int) -> str:
    return f"{name}: " + ngettext(
        "%(num)s object, %(megabytes).1f MB.", "%(num)s objects, %(megabytes).1f MB.", count, megabytes=size / 1e6
    )
