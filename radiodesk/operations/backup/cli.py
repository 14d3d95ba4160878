"""``radiodesk backup`` and ``radiodesk restore``."""

from pathlib import Path

import click

from radiodesk.core import command
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import gettext, ngettext, say

PASSWORD = click.option(
    "--password-file", type=click.Path(path_type=Path), help="File with the password; else that of the settings."
)


@click.command()
@click.argument("target", required=False)
@PASSWORD
@click.option("--new", is_flag=True, help="Begin backups at a target that has none.")
@click.option("--check", is_flag=True, help="Make none; check what is there, and read the newest back.")
@click.option("--without-database", is_flag=True, help="Only the files of this host, beside the backup of another one.")
def backup(target: str | None, password_file: Path | None, new: bool, check: bool, without_database: bool) -> None:
    """Back up the station to TARGET while it is on air: database, keys, settings, sound, packages, what came in.

    TARGET is a folder, sftp:NAME@HOST:/FOLDER or s3:https://HOST/BUCKET/FOLDER; without it, that of the settings. Only
    what changed is added, encrypted; old backups are forgotten as the settings say.
    """
    from radiodesk.core.schema import station_database
    from radiodesk.operations.backup.repository import repository
    from radiodesk.operations.backup.snapshots import back_up, note_by_hand

    settings, clock = command.settings(), SystemClock()
    kept = repository(settings, target, password_file)
    if check:
        _check(target, password_file)
        return
    database = None if without_database else station_database(settings)
    if new:
        kept.begin()
    begun = clock.now()
    with command.progress_bar(gettext("Backing up")) as shown:
        made = back_up(settings, database, clock, kept, lambda share: shown(share, 1.0))
    if database is not None:
        note_by_hand(database, made, kept, by="command line", begun=begun, at=clock.now())
    facts = {"snapshot": made.snapshot[:8], "files": made.files, "size": made.size / 1e6, "added": made.added / 1e6}
    click.echo(gettext("Backup %(snapshot)s: %(files)s files, %(size).1f MB, of them %(added).1f MB new.", **facts))
    if database is not None:
        click.echo(_told_of_keys(made.manifest.keys))
    if made.manifest.objects == "elsewhere":
        told = gettext(
            "Sound and packages lie in the store %(store)s and are not in the backup; keep a copy of it too.",
            store=settings.store,
        )
        click.echo(told)
    for key in made.missing:
        click.echo(gettext("The station itself does not have %(key)s any more.", key=key), err=True)
    if made.trouble is not None:
        click.echo(gettext("Old backups could not be forgotten: %(why)s", why=say(made.trouble)), err=True)


def _told_of_keys(inside: bool) -> str:
    if inside:
        return gettext("The keys are in the backup.")
    return gettext("The keys are not in the backup. Keep the key file apart: without it nothing private can be read.")


def _check(target: str | None, password_file: Path | None) -> None:
    from radiodesk.operations.backup.read_back import read_back
    from radiodesk.operations.backup.repository import repository
    from radiodesk.operations.backup.restoration import choose, told_at

    settings = command.settings()
    kept = repository(settings, target, password_file)
    snapshot = choose(kept, None)
    kept.check()
    read = read_back(kept, snapshot)
    facts = {"snapshot": snapshot.short, "moment": told_at(settings, snapshot.made_at), "files": read.files}
    told = gettext(
        "Backup %(snapshot)s of %(moment)s was read back: %(files)s files, %(size).1f MB.",
        **facts,
        size=read.size / 1e6,
    )
    click.echo(told)
    for key in read.missing:
        click.echo(gettext("There is no %(key)s in it.", key=key))
    for key in read.changed:
        click.echo(gettext("%(key)s has other bytes than its row says.", key=key))
    if read.missing or read.changed:
        raise SystemExit(1)
    click.echo(gettext("All %(count)s objects that rows name are as they say.", count=read.named))


@click.command()
@click.argument("target")
@PASSWORD
@click.option("--snapshot", "wanted", help="Id of the backup; without it the newest.")
@click.option("--list", "listed", is_flag=True, help="Restore nothing; list the backups.")
def restore(target: str, password_file: Path | None, wanted: str | None, listed: bool) -> None:
    """Make the station anew from the backups in TARGET: into an empty data folder and an empty database.

    The database is the one that database_url names, else a file in the data folder. May be stopped and run again.
    """
    from radiodesk.operations.backup.repository import repository
    from radiodesk.operations.backup.restoration import choose, leaving_nothing, restored, told_at
    from radiodesk.operations.backup.restore_checks import check_restored
    from radiodesk.operations.doctor import show

    settings = command.settings()
    kept = repository(settings, target, password_file)
    if listed:
        with leaving_nothing(settings, kept):
            for one in kept.snapshots(tag="station"):
                click.echo(f"{one.short} {told_at(settings, one.made_at)} {one.host}")
        return
    with leaving_nothing(settings, kept):
        snapshot = choose(kept, wanted)
    with leaving_nothing(settings, kept), restored(settings, kept, snapshot) as made:
        facts = {"snapshot": snapshot.short, "station": made.manifest.station, "host": made.manifest.host}
        click.echo(
            gettext(
                "Backup %(snapshot)s of %(station)s, made at %(moment)s on %(host)s.",
                **facts,
                moment=told_at(made.settings, snapshot.made_at),
            )
        )
        click.echo(
            ngettext(
                "%(num)s file, %(size).1f MB, is in %(folder)s.",
                "%(num)s files, %(size).1f MB, are in %(folder)s.",
                made.files,
                size=made.size / 1e6,
                folder=made.settings.data.resolve(),
            )
        )
        for remark in made.remarks:
            click.echo(say(remark))
        with command.progress_bar(gettext("Checking")) as shown:
            findings = list(check_restored(made.settings, made.database, lambda share: shown(share, 1.0)))
        bad = show(findings, as_json=False)
    if bad:
        raise Refusal("The station was restored, and something in it is not as it should be; see above.")
    click.echo(gettext("The station is restored. Start it with “radiodesk desk”."))
