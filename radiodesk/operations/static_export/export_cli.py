"""``radiodesk record export``: the public record as plain files."""

from pathlib import Path

import click

from radiodesk.core import command
from radiodesk.core.i18n import gettext, ngettext


@click.group()
def record() -> None:
    """The public record."""


@record.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--anew", is_flag=True, help="Make every broadcast again, also those that did not change.")
def export(folder: Path, anew: bool) -> None:
    """Write the whole public record into FOLDER, for any web host or a USB stick, in place of the former export.

    Broadcasts that did not change are taken over from it. Until everything is written, it stays as it was.
    """
    from radiodesk.operations.static_export.record_export import export as export_record
    from radiodesk.operations.wiring import open_station

    station = open_station(command.settings())
    with command.progress_bar(gettext("Exporting")) as shown:
        made = export_record(station, folder, anew=anew, tell=shown)
    told = ngettext(
        "%(num)s broadcast is in %(folder)s, of which %(rendered)s were made anew.",
        "%(num)s broadcasts are in %(folder)s, of which %(rendered)s were made anew.",
        made.broadcasts,
        folder=folder,
        rendered=made.rendered,
    )
    click.echo(told)
    if not made.searchable:
        click.echo(gettext("It has no search: for that, install radiodesk[export]."))
    for address in made.missing:
        click.echo(gettext("The store does not have the sound of %(address)s.", address=address), err=True)
