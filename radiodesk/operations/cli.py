"""Commands that run the station and look after it."""

import logging
import os
from typing import TYPE_CHECKING

import click

from radiodesk.core import command
from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import gettext, ngettext
from radiodesk.core.logs import configure
from radiodesk.core.settings import Settings

if TYPE_CHECKING:
    from radiodesk.core.database import Database


def _logged_settings() -> Settings:
    """The station's settings; from now on this process logs as they say."""
    settings = command.settings()
    configure(settings.log_format)
    return settings


@click.command()
@click.option("--only-web", is_flag=True, help="Serve the desk's pages alone, without worker and public site.")
def desk(only_web: bool) -> None:
    """Start the desk, its worker and the public site."""
    settings = _logged_settings()
    if not only_web:
        from radiodesk.operations.supervisor import supervise

        supervise(settings, click.get_current_context().find_root().command)
        return
    from radiodesk.operations.web_server import serve
    from radiodesk.operations.wiring import open_station
    from radiodesk.web.desk import create_desk

    station = open_station(settings)
    serve(create_desk(station), station, settings.desk_host, settings.desk_port, streams=True)


@click.command()
def public() -> None:
    """Serve the public site alone."""
    from radiodesk.operations.web_server import serve
    from radiodesk.operations.wiring import open_station
    from radiodesk.web.public_site import create_public

    settings = _logged_settings()
    station = open_station(settings)
    serve(create_public(station), station, settings.public_host, settings.public_port, streams=False)


@click.command()
def work() -> None:
    """Run jobs: transcription, sealing, publishing and all else that is slow."""
    from radiodesk.operations.worker import work as run_work

    run_work(_logged_settings())


@click.command()
def listen() -> None:
    """Follow the callers who are speaking, and keep their words on the open screens."""
    settings = _logged_settings()
    # The libraries that compute read this when they are loaded.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(settings.live_threads)
    from radiodesk.operations.listener_process import listen as run_listen

    run_listen(settings)


@click.command()
def attend() -> None:
    """Make calls and recordings of what the lines bring, and steer the lines as the desk wants them."""
    from radiodesk.operations.attendant.attendant_process import attend as run_attend

    run_attend(_logged_settings())


@click.command("record-lines")
def record_lines() -> None:
    """Record the sound-card lines: needs neither the database nor the network."""
    from radiodesk.sound.recorder.recorder_process import record_lines as run_recorder

    run_recorder(_logged_settings())


@click.command()
def telephone() -> None:
    """Take telephone calls (SIP): needs neither the database nor the desk."""
    from radiodesk.core.key_checks import station_keys
    from radiodesk.core.keys import KeyRing
    from radiodesk.core.processes import take_part
    from radiodesk.operations.wiring import running
    from radiodesk.sound.telephone.telephone_process import telephone as run_telephone

    settings = _logged_settings()

    def keys_of_a_part() -> KeyRing:
        take_part(running(settings))
        return station_keys(settings.database, settings.keys)

    run_telephone(settings, keys_of_a_part)


@click.command("play-out")
def play_out() -> None:
    """Play voices in reserve, jingles and spots: needs neither the database nor the desk."""
    from radiodesk.sound.player.player_process import play_out as run_player

    run_player(_logged_settings())


@click.command()
def migrate() -> None:
    """Bring the database to this release; nothing happens when it is there already."""
    from radiodesk.core.schema import current
    from radiodesk.operations.wiring import prepare

    database = prepare(command.settings())
    click.echo(gettext("The database is at revision %(revision)s.", revision=current(database)))


@click.group()
def keys() -> None:
    """The keys with which private fields are encrypted."""


@keys.command()
def rotate() -> None:
    """Add a new key, and encrypt every private value of the database anew with it.

    Stop the desk and the telephone before: it is refused while a part of the station is running. What was stopped
    half-way stays readable, and “radiodesk keys renew” goes on with it.
    """
    from radiodesk.core import key_checks
    from radiodesk.core.database import open_database
    from radiodesk.core.keys import read_keys
    from radiodesk.core.keys import rotate as add_key
    from radiodesk.core.processes import nobody_at_work
    from radiodesk.core.schema import let_go_of, station_database
    from radiodesk.operations.wiring import running

    settings = command.settings()
    database = station_database(settings)
    with nobody_at_work(running(settings)):
        number = add_key(settings.keys)
        # The file first: a database that knows a key which no file holds could not be opened any more.
        with database.engine.begin() as connection:
            key_checks.adopt(connection, read_keys(settings.keys))
        click.echo(gettext("Key %(number)s was added. Back up %(path)s now.", number=number, path=settings.keys))
        _renew(let_go_of(open_database(settings.database, read_keys(settings.keys))))
    click.echo(gettext("Start the desk again. Keep the earlier keys: sealed packages and originals still need them."))


@keys.command()
def renew() -> None:
    """Encrypt anew with the current key what still lies under earlier ones; the station may run meanwhile."""
    from radiodesk.core.schema import station_database

    _renew(station_database(command.settings()))


def _renew(database: "Database") -> None:
    from radiodesk.core.reencryption import encrypt_anew

    with command.progress_bar(gettext("Encrypting")) as shown:
        renewed = encrypt_anew(database, lambda share: shown(share, 1.0))
    click.echo(ngettext("%(num)s value was encrypted anew.", "%(num)s values were encrypted anew.", renewed.values))
    if renewed.unreadable:
        raise Refusal("Values that no key here opens, left as they are: %(count)s.", count=renewed.unreadable)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a check.")
def doctor(as_json: bool) -> None:
    """Check settings, model, sound, disk, clock and database, and say what to do."""
    from radiodesk.operations.doctor import examine, show

    raise SystemExit(show(examine(command.settings()), as_json=as_json))


@click.command()
@click.argument("database_url")
def move(database_url: str) -> None:
    """Copy the station's database to DATABASE_URL, empty until now, and prove each table. May be stopped and run again.

    From SQLite to PostgreSQL or back. Stop all parts of the station before, on every host.
    """
    from radiodesk.core.database import open_database
    from radiodesk.core.keys import read_keys
    from radiodesk.core.processes import InUse, nobody_at_work
    from radiodesk.core.schema import let_go_of, station_database
    from radiodesk.core.settings import load_settings
    from radiodesk.core.station_copy import copy_station
    from radiodesk.operations.wiring import running
    from radiodesk.rooms.record.search import copy_index

    # That the source is held all the while is meant, and nobody waits for it.
    logging.getLogger("radiodesk.core").setLevel(logging.ERROR)
    settings = command.settings()
    url = load_settings(database_url=database_url).database
    source = station_database(settings)
    target = let_go_of(open_database(url, read_keys(settings.keys)))
    try:
        with nobody_at_work(running(settings)), command.progress_bar(gettext("Copying")) as shown:
            proofs = copy_station(source, target, copy_index, lambda share: shown(share, 1.0))
    except InUse:
        raise InUse("The station is running. Stop all of its parts, on every host, then move its database.") from None
    for proof in proofs:
        if proof.rows[0]:
            click.echo(f"{proof.table:24} {proof.rows[1]:9,} {proof.digests[1][:16]}")
    counts = {"tables": len(proofs), "rows": sum(proof.rows[1] for proof in proofs)}
    click.echo(gettext("%(tables)s tables with %(rows)s rows are there, each with the same digest.", **counts))
    click.echo(gettext("Now set database_url to the new database on every host, and start the station."))
