"""Commands of the tickets room."""

import json
from dataclasses import asdict

import click

from radiodesk.core import command
from radiodesk.language.triage import triage as suggest
from radiodesk.rooms.tickets.station_rules import load_rules


@click.command()
def triage() -> None:
    """Suggest category, unit and urgency: a text a line on standard input, a JSON object a line on standard output."""
    units = load_rules(command.settings()).unit_by_id.keys()
    for line in command.input_lines():
        click.echo(json.dumps({"text": line, **asdict(suggest(line, units=units))}, ensure_ascii=False))
