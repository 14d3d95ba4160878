"""Commands of the record room: taking out of text what must stay private."""

import json

import click

from radiodesk.core import command
from radiodesk.language.places.station_area import area_pack
from radiodesk.language.redaction import find_private
from radiodesk.language.redaction import redact as take_out


@click.command("redact")
def redact() -> None:
    """Take out phone numbers, identity numbers, plates and names: a text a line in, a JSON object a line out."""
    places = [place.name for place in area_pack(command.settings().area).places]
    for text in command.input_lines():
        public, spans = take_out(text, find_private(text, places=places))
        found = [{"start": span.start, "end": span.end, "kind": span.kind} for span in spans]
        click.echo(json.dumps({"text": public, "spans": found}, ensure_ascii=False))
