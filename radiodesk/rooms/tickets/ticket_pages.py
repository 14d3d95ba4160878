"""Builds the ticket pages: who may see what, and which ticket a form is about."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec

from flask import render_template, request, url_for
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from radiodesk.core.errors import NotFound, Unreadable
from radiodesk.core.i18n import gettext, language
from radiodesk.core.ids import public_id as new_public_id
from radiodesk.core.text import shorten, tidy
from radiodesk.http.request import asked_page, now, number, session, station
from radiodesk.language.phones import masked, readable
from radiodesk.language.redaction import find_private, redact
from radiodesk.language.triage import Suggestion
from radiodesk.rooms.accounts.access import may_open, me, note_look
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.access import belonging_of
from radiodesk.rooms.calls.call_words import words_of
from radiodesk.rooms.calls.models import CHANNEL_NAMES, URGENCY_NAMES, Call
from radiodesk.rooms.calls.visible import opened
from radiodesk.rooms.recordings.access import GUARDED, Act, Belonging, is_permitted, open_to
from radiodesk.rooms.tickets import answers, queries
from radiodesk.rooms.tickets.categories import DELICATE, category_choices, category_name
from radiodesk.rooms.tickets.forms import units_by_kind
from radiodesk.rooms.tickets.history import ChangedMeanwhile, expect
from radiodesk.rooms.tickets.models import ENDED_STATES, ENTRY_NAMES, OPEN_STATES, STATE_NAMES, Ticket
from radiodesk.rooms.tickets.queries import Filter
from radiodesk.rooms.tickets.receipts import receipt
from radiodesk.rooms.tickets.same_matter import WITHIN, Matter, alike
from radiodesk.rooms.tickets.station_rules import Rules, load_rules
from radiodesk.rooms.tickets.triage_memory import suggest
from radiodesk.rooms.transcripts import queries as speech_queries

P = ParamSpec("P")

COMING = timedelta(days=7)


def rules() -> Rules:
    """What this station judges tickets by."""
    return load_rules(station().settings)


def may_see_secret() -> bool:
    """Whether the person sees confidential tickets."""
    return me().may(Role.TICKET_OFFICER)


def may_see_guarded() -> bool:
    """Whether the person sees tickets of protected callers."""
    return is_permitted(me(), Act.READ, Belonging.PROTECTED)


def may_open_ticket(ticket: Ticket) -> bool:
    """Whether a ticket is there for the person."""
    if ticket.confidential and not may_see_secret():
        return False
    return may_see_guarded() or not queries.is_guarded(session(), ticket)


def seen(public_id: str) -> Ticket:
    """A ticket that the person may see; a confidential one is not there for others."""
    found = queries.ticket_by_public_id(session(), public_id)
    if not may_open_ticket(found):
        raise NotFound("This complaint is not here. Look for its number in the list.")
    return found


def wanted(public_id: str) -> Ticket:
    """A ticket that the person is about to change, as it was when the form was made; else ``ChangedMeanwhile``."""
    found = seen(public_id)
    try:
        version = number("version")
    except Unreadable:
        version = -1
    expect(found, version)
    return found


def tells_of_change(view: Callable[P, Response | str]) -> Callable[P, Response | str]:
    """Refuse with ``ChangedMeanwhile`` what meets a change of the same moment."""

    @wraps(view)
    def told(*args: P.args, **kwargs: P.kwargs) -> Response | str:
        try:
            return view(*args, **kwargs)
        except StaleDataError:
            raise ChangedMeanwhile(
                "Someone changed this complaint at the same moment. Please read what is new and send it again."
            ) from None

    return told


def names() -> dict[str, Any]:
    """What every ticket template needs to name things."""
    return {
        "rules": rules(),
        "states": STATE_NAMES,
        "urgencies": URGENCY_NAMES,
        "category_name": category_name,
        "now": now(),
        "keeper": may_see_secret(),
        "language": language.get(),
        "told": told,
    }


def told(text: str, most: int | None = None) -> str:
    """Words of a complaint without the telephone numbers in them, cut after ``most`` characters.

    The contact is masked on these pages and each look at it is noted; a number that was dictated is the same number.
    """
    read = text if most is None else text[: 3 * most]
    numbers = [span for span in find_private(read) if span.kind == "phone"]
    clean = redact(read, numbers, labels={"phone": gettext("phone number")})[0]
    return clean if most is None else shorten(clean, most)


def list_page(chosen: Filter) -> str:
    """The list with its figures and filters."""
    return render_template(
        "tickets/list.html",
        listed=queries.tickets(
            session(), chosen, now(), secret=may_see_secret(), guarded=may_see_guarded(), page=asked_page()
        ),
        counts=queries.counts(session(), now(), secret=may_see_secret(), guarded=may_see_guarded()),
        chosen=chosen,
        units=units_by_kind(rules()),
        narrowed={name: values for name, values in request.args.lists() if name != "hal"},
        **names(),
    )


def clocks_page() -> str:
    """What is overdue and what soon will be."""
    listed = queries.running_clocks(
        session(), now() + COMING, secret=may_see_secret(), guarded=may_see_guarded(), page=asked_page()
    )
    return render_template(
        "tickets/overdue.html",
        listed=listed,
        over=[clock for clock in listed.rows if clock.overdue(now())],
        coming=[clock for clock in listed.rows if not clock.overdue(now())],
        **names(),
    )


def ticket_page(public_id: str) -> str:
    """One ticket; looking at a confidential one is noted."""
    found = seen(public_id)
    if found.confidential:
        _note("ticket looked at", found)
    elif found.call and belonging_of(session(), found.call) in GUARDED:
        _note("ticket of a guarded caller looked at", found)
    recordings = found.call.recordings if found.call else []
    readable_ones = open_to(session(), me(), Act.READ, recordings)
    number = found.phone or (found.call.phone if found.call else None)
    return render_template(
        "tickets/ticket.html",
        call_page=url_for("calls.call", public_id=found.call.public_id)
        if found.call and may_open("calls.call")
        else None,
        preview=url_for("ticket_preview.preview", public_id=public_id),
        ticket=found,
        recordings=readable_ones,
        heard=open_to(session(), me(), Act.HEAR, recordings),
        transcripts=speech_queries.current(session(), readable_ones),
        channels=CHANNEL_NAMES,
        phone=masked(number) if number else None,
        entry_names=ENTRY_NAMES,
        similar=_similar(Matter(found.text, found.category, found.place, found.place_id), found),
        categories=category_choices(),
        units=units_by_kind(rules()),
        texts=answers.filled(session(), rules(), found),
        open_states=OPEN_STATES,
        ended_states=ENDED_STATES,
        **names(),
    )


def new_page(call: Call | None, typed: Mapping[str, str] | None = None) -> str:
    """The form of a new ticket, filled from the call and from what triage makes of its words."""
    text = typed["text"] if typed else words_of_form(session(), call)
    suggestion = suggestion_for(session(), text)
    delicate = bool(call and call.protected) or bool(suggestion and suggestion.category in DELICATE)
    given = (
        dict(typed)
        if typed
        else {
            "text": text,
            "summary": shorten(call.point, 400) if call else "",
            "place": call.place if call else "",
            "confidential": "yes" if delicate else "",
        }
    )
    return render_template(
        "tickets/new.html",
        call=call,
        given=given,
        suggestion=suggestion,
        identity=given.get("identity") or new_public_id(now()),
        channels=CHANNEL_NAMES,
        categories=category_choices(),
        units=units_by_kind(rules()),
        similar=_like_new(call, text, suggestion, given.get("place", "")),
        made_before=queries.of_call(session(), call.id) if call else [],
        **names(),
    )


def suggestion_part(call: Call | None, text: str, place: str) -> str:
    """What the machine makes of the words so far, as a part of the page."""
    suggestion = suggestion_for(session(), text)
    return render_template(
        "tickets/_suggested.html", suggestion=suggestion, similar=_like_new(call, text, suggestion, place), **names()
    )


def receipt_page(ticket: Ticket, pin: str, *, call: Call | None = None) -> str:
    """Number and PIN, to be read out and printed; the PIN is never shown again. ``call`` is the card to go back to."""
    return render_template(
        "tickets/receipt.html",
        ticket=ticket,
        pin=pin,
        call=call,
        receipt=receipt(ticket, pin, station().settings, rules()),
        **names(),
    )


def reveal_page(public_id: str) -> str:
    """The complainant's telephone number and name; who looked is noted."""
    found = seen(public_id)
    _note("ticket contact looked at", found)
    number = found.phone or (found.call.phone if found.call else None)
    return render_template(
        "tickets/contact.html",
        ticket=found,
        phone=readable(number) if number else None,
        name=found.call.name if found.call else None,
        may_call_back=found.call.may_call_back if found.call else True,
    )


def call_of_form(public_id: str) -> Call | None:
    """The call that a new ticket is made of, if any."""
    return opened(public_id) if public_id else None


def suggestion_for(tx: Session, text: str) -> Suggestion | None:
    """What the machine makes of a text, and of what people decided about alike ones before."""
    return suggest(tx, rules(), text, now()) if tidy(text) else None


def words_of_form(tx: Session, call: Call | None) -> str:
    """What a new ticket says at first: the words of its call, or the screener's line where there are none."""
    return "" if call is None else "\n\n".join(words_of(tx, [call])[call.id].parts) or call.point


def _like_new(call: Call | None, text: str, suggestion: Suggestion | None, place: str) -> list[tuple[Ticket, int]]:
    category, place_id = suggestion.category if suggestion else None, call.place_id if call else None
    return _similar(Matter(text, category, place, place_id))


def _similar(matter: Matter, but: Ticket | None = None) -> list[tuple[Ticket, int]]:
    others = queries.joinable(session(), now() - WITHIN, but=but, secret=may_see_secret(), guarded=may_see_guarded())
    return alike(matter, others)


def _note(action: str, ticket: Ticket) -> None:
    note_look(action, f"ticket {ticket.public_id}")
