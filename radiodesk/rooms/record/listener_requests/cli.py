"""``radiodesk listeners``: what listeners ask about the public record, and the answers."""

import json

import click

from radiodesk.core import command
from radiodesk.core.clock import SystemClock
from radiodesk.core.errors import NotFound
from radiodesk.core.schema import station_database
from radiodesk.rooms.record.listener_requests import line_corrections, queries, services
from radiodesk.rooms.record.listener_requests.models import ListenerRequest, RequestKind, RequestState
from radiodesk.rooms.tickets import ticket_numbers

BY = "command line"


@click.group()
def listeners() -> None:
    """What listeners ask about the public record."""


@listeners.command("list")
@click.option(
    "--state",
    type=click.Choice([queries.WAITING, *RequestState, "all"]),
    default=queries.WAITING,
    show_default=True,
    help="Of which state; “waiting” are all that nobody answered yet.",
)
def list_requests(state: str) -> None:
    """Print them, a JSON object a request: without name and contact."""
    database, page = station_database(command.settings()), 1
    while page:
        with database.reading() as session:
            listed = queries.requests(session, page, state=state)
            for one in listed.rows:
                click.echo(json.dumps(_told(one), ensure_ascii=False))
        page = page + 1 if listed.more else 0


def _told(one: ListenerRequest) -> dict[str, object]:
    return {
        "number": one.number,
        "kind": one.kind.value,
        "matter": one.matter or None,
        "state": one.state.value,
        "broadcast": one.broadcast.public_id,
        "part": one.position,
        "second": one.second,
        "line": one.line_text or None,
        "words": one.words,
        "received": one.created_at.isoformat(),
        "answer": one.answer or None,
    }


@listeners.command("answer")
@click.argument("number")
@click.argument("act", type=click.Choice(["accept", "decline"]))
@click.option("--text", default="", help="What the listener reads; needed for all but an accepted correction.")
@click.option("--words", default="", help="How a corrected line is to read, where it is not as was proposed.")
@click.option("--note", help="What stands beside the broadcast; without it the usual sentence, and nothing if empty.")
@click.option("--no-publish", is_flag=True, help="Leave the corrected copy for a person to publish.")
def answer(number: str, act: str, text: str, words: str, note: str | None, no_publish: bool) -> None:
    """Answer the request with this number."""
    settings = command.settings()
    database, at = station_database(settings), SystemClock().now()
    with database.writing() as session:
        found = queries.request_by_number(session, ticket_numbers.parse(number) or "")
        if found is None:
            raise NotFound("No request of a listener has the number %(number)s.", number=number)
        if act == "decline":
            services.decline(session, settings, found, text, by=BY, at=at)
        elif found.kind is RequestKind.CORRECTION:
            line_corrections.accept_correction(
                session,
                settings,
                found,
                words or found.words,
                answer=text,
                note=line_corrections.usual_note(settings, found) if note is None else note,
                publishes=not no_publish,
                by=BY,
                at=at,
            )
        else:
            services.accept(session, settings, found, text, by=BY, at=at)
        click.echo(json.dumps({"number": found.number, "state": found.state.value}, ensure_ascii=False))
