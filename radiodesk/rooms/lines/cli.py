"""``radiodesk prompt-caller``: something is said to one caller who waits on a SIP line."""

import click

from radiodesk.core import command
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import Unreadable
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.lines.caller_prompts import Prompt, note, prepare
from radiodesk.rooms.lines.line_board import Listening
from radiodesk.rooms.lines.services import TELEPHONE

BY = "operator"


@click.command("prompt-caller")
@click.argument("call")
@click.argument("sentence", required=False, default="")
@click.option("--next", "is_next", is_flag=True, help="Say that it is their turn soon.")
@click.option("--place", is_flag=True, help="Say their number in the queue.")
def prompt_caller(call: str, sentence: str, is_next: bool, place: bool) -> None:
    """Say SENTENCE to the caller of CALL alone, by the station's voice; prints what is said."""
    if is_next + place + bool(sentence) != 1:
        raise Unreadable("Say one of a sentence, --next and --place.")
    from radiodesk.core.schema import station_database

    settings, at = command.settings(), SystemClock().now()
    prompt = Prompt.NEXT if is_next else Prompt.PLACE if place else Prompt.TYPED
    database = station_database(settings)
    with database.reading() as session:
        wanted = prepare(session, settings, call_by_public_id(session, call), prompt, sentence)
    Listening(settings).tell(TELEPHONE, wanted)
    with database.writing() as session:
        note(session, call, prompt, by=BY, at=at)
    click.echo(wanted["text"])
