"""Commands about the area: checking a pack, finding places in text."""

import json

import click

from radiodesk.core import command
from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import gettext
from radiodesk.language.places.pack import check_pack
from radiodesk.language.places.station_area import place_finder


@click.group()
def area() -> None:
    """Area packs."""


@area.command("check")
@click.argument("pack")
def check(pack: str) -> None:
    """Check the area pack PACK (a folder, or a name that ships with radiodesk); exit 1 when something is wrong."""
    command.settings()
    problems = check_pack(pack)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise Refusal("The area pack %(pack)s has %(count)s problems.", pack=pack, count=len(problems))
    click.echo(gettext("The area pack %(pack)s is good.", pack=pack))


@click.command("places")
@click.option("--area", "pack", help="Area pack to use instead of the station's.")
def places(pack: str | None) -> None:
    """Find places in text: a text a line in, a JSON object a line out."""
    finder = place_finder(pack or command.settings().area)
    for text in command.input_lines():
        found = [place.as_json() for place in finder.find(text)]
        click.echo(json.dumps({"text": text, "places": found}, ensure_ascii=False))
