"""Commands of the traffic room: words that were learned."""

import json

import click

from radiodesk.core import command
from radiodesk.core.clock import SystemClock
from radiodesk.core.i18n import gettext
from radiodesk.core.schema import station_database
from radiodesk.rooms.traffic import learned_words

BY = "command"


@click.group("learned")
def word_commands() -> None:
    """Words that the desk learned when road reports were put right."""


@word_commands.command("list")
def list_words() -> None:
    """Print every learned word as a JSON object a line, the newest first."""
    settings = command.settings()
    with station_database(settings).reading() as session:
        rows = learned_words.learned(session)
        meanings = learned_words.in_words(rows, settings.area)
        for row in rows:
            told = {"id": row.public_id, "words": row.words, "sense": row.sense.value, "meaning": meanings[row.id]}
            click.echo(
                json.dumps({**told, "active": row.active, "by": row.by, "at": row.at.isoformat()}, ensure_ascii=False)
            )


@word_commands.command("switch")
@click.argument("word")
@click.option("--off/--on", default=True, help="Let the word count no more (the default), or again.")
def switch(word: str, off: bool) -> None:
    """Switch the learned WORD (its id) off or on."""
    with station_database(command.settings()).writing() as session:
        row = learned_words.learned_by_public_id(session, word)
        learned_words.switch(session, row, not off, by=BY, at=SystemClock().now())
    click.echo(gettext("It counts no more.") if off else gettext("It counts again."))


@word_commands.command("remove")
@click.argument("word")
def remove(word: str) -> None:
    """Forget the learned WORD (its id)."""
    with station_database(command.settings()).writing() as session:
        row = learned_words.learned_by_public_id(session, word)
        learned_words.remove(session, row, by=BY, at=SystemClock().now())
    click.echo(gettext("It was forgotten."))
