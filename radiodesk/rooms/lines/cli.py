"""``radiodesk prompt-caller`` and ``join-callers``: what callers on SIP lines are told, and whom they hear."""

import click

from radiodesk.core import command
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import Unreadable
from radiodesk.rooms.calls.queries import call_by_public_id
from radiodesk.rooms.lines import joined_callers
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


@click.command("join-callers")
@click.argument("call")
@click.argument("other", required=False, default="")
@click.option("--part", is_flag=True, help="Let CALL hear the studio alone again.")
def join_callers(call: str, other: str, part: bool) -> None:
    """Let the callers of CALL and OTHER, both on air, hear each other; with --part end it."""
    if part is bool(other):
        raise Unreadable("Name one of another call and --part.")
    from radiodesk.core.schema import station_database

    settings, at = command.settings(), SystemClock().now()
    database = station_database(settings)
    with database.reading() as session:
        one = call_by_public_id(session, call)
        if part:
            wanted = joined_callers.part_request(session, one)
        else:
            wanted = joined_callers.join_request(session, one, call_by_public_id(session, other))
    Listening(settings).tell(TELEPHONE, wanted)
    with database.writing() as session:
        joined_callers.note(session, "callers parted" if part else "callers joined", call, other, by=BY, at=at)
