"""Gathers what the screening screen shows: the queue, one call's card, its words, its caller's past."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup
from sqlalchemy.orm import Session

from radiodesk.core.i18n import N_
from radiodesk.core.settings import Settings
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.calls import acts, forms, queries, queue_lines
from radiodesk.rooms.calls.access import belongings
from radiodesk.rooms.calls.call_words import words_of
from radiodesk.rooms.calls.models import (
    CHANNEL_NAMES,
    CONSENT_NAMES,
    PROTECTED_NAMES,
    STATE_NAMES,
    URGENCY_NAMES,
    BlockedNumber,
    Call,
    CallerWarning,
    CallState,
    Channel,
)
from radiodesk.rooms.calls.protection_proposal import MATTER_NAMES, proposal
from radiodesk.rooms.calls.reception import block_on
from radiodesk.rooms.calls.same_event_calls import WITHIN, alike
from radiodesk.rooms.calls.screen_ports import Fact, connections
from radiodesk.rooms.calls.screening import Screening, card_of
from radiodesk.rooms.calls.visible import readable
from radiodesk.rooms.recordings.access import Belonging

ACT_NAMES = {
    "answered": N_("Answered"),
    "screened": N_("Card saved"),
    "queued": N_("Put in the queue"),
    "ready": N_("Made ready"),
    "rescreened": N_("Taken out of the queue"),
    "moved": N_("Moved in the queue"),
    "ended": N_("Ended"),
    "dropped": N_("Dropped"),
    "lost": N_("Marked as hung up"),
    "consented": N_("Consent noted"),
    "consent withdrawn": N_("Consent withdrawn"),
    "consent refused": N_("Refusal noted"),
    "locked": N_("Kept to oneself"),
    "unlocked": N_("Given free"),
    "taken over": N_("Taken over"),
    "vip": N_("VIP mark changed"),
    "protected": N_("Protection changed"),
    "voice disguised": N_("Voice disguised"),
    "handed over": N_("Handed over"),
    "merged": N_("Merged"),
    "merged away": N_("Merged"),
    "same event": N_("Event changed"),
    "recording": N_("Recording added"),
    "called back": N_("Called back"),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of the caller of one call."""

    earlier: list[Call]
    warnings: list[CallerWarning]
    facts: list[Fact]
    block: BlockedNumber | None


def names() -> dict[str, Any]:
    """Names of channels, states and the like for the templates."""
    return {
        "channels": CHANNEL_NAMES,
        "states": STATE_NAMES,
        "urgencies": URGENCY_NAMES,
        "protections": PROTECTED_NAMES,
        "consents": CONSENT_NAMES,
        "matters": MATTER_NAMES,
        "act_names": ACT_NAMES,
        "by_hand": forms.BY_HAND,
        "spoken": (Channel.PHONE, Channel.SIP),
    }


def queue_lines_of(session: Session, selected: str | None, *, page: int, at: datetime) -> Markup:
    """The lines of a page of the queue, as everybody sees them."""
    return queue_lines.of(current_app).html(session, selected, page, lambda: _lines(session, at, page))


def undo_data(session: Session, *, by: str, at: datetime) -> dict[str, Any]:
    """What this person may take back."""
    return {"act_names": ACT_NAMES, "undoable": acts.undoable(session, by=by, at=at)}


def _not_of_the_office(session: Session, calls: list[Call]) -> list[Call]:
    """Without the calls that are the office's alone, whoever looks: the list is shared by all screens."""
    found = belongings(session, calls)
    return [one for one in calls if found[one.id] is not Belonging.CONFIDENTIAL]


def _lines(session: Session, at: datetime, page: int) -> dict[str, Any]:
    board = queries.board(session, at=at, page=page)
    board = replace(board, ended=_not_of_the_office(session, board.ended))
    calls, before = board.shown, (board.page - 1) * queries.LINES
    parts = {
        "ringing": board.ringing,
        "screening": board.screening,
        "live": board.live,
        "ready": board.ready,
        "waiting": board.waiting,
        "ended": board.ended,
    }
    return {
        **names(),
        "board": board,
        "missed": queries.call_back_count(session, at=at),
        "groups": {name: together(part) for name, part in parts.items()},
        "filled": [name for name, part in parts.items() if part],
        "events": queries.in_events(session, calls),
        "known": queries.known_callers(session, calls),
        "turns": {
            **{call.id: turn for turn, call in enumerate(board.ready, start=before + 1)},
            **{
                call.id: turn
                for turn, call in enumerate(board.waiting, start=board.totals.get(CallState.READY, 0) + before + 1)
            },
        },
        "totals": {
            "ringing": board.totals.get(CallState.RINGING, 0),
            "screening": board.totals.get(CallState.SCREENING, 0),
            "live": len(board.live),
            "ready": board.totals.get(CallState.READY, 0),
            "waiting": board.totals.get(CallState.WAITING, 0),
        },
        "heard": {key: words.transcripts for key, words in words_of(session, calls).items()},
        "origins": origins(session, calls) if (origins := connections().origins) else {},
        **connections().messages.queue(session, calls, at=at),
    }


def together(calls: list[Call]) -> list[tuple[Call, bool]]:
    """The calls in their order, but those about the same event right behind its first one (marked ``True``)."""
    first: dict[int, int] = {}
    for place, call in enumerate(calls):
        first.setdefault(call.same_event_id or call.id, place)
    order = sorted(range(len(calls)), key=lambda place: (first[calls[place].same_event_id or calls[place].id], place))
    return [(calls[place], first[calls[place].same_event_id or calls[place].id] != place) for place in order]


def caller_of(session: Session, call: Call, *, at: datetime) -> Caller:
    """The caller's past."""
    earlier = queries.earlier_calls(session, call)
    keys = [call.id, *(one.id for one in earlier)]
    earlier = readable(earlier)
    facts = [fact for source in connections().facts for fact in source(session, keys)]
    facts.sort(key=lambda fact: (not fact.open, -fact.at.timestamp()))
    return Caller(earlier, queries.warnings(session, call), facts, block_on(session, call.phone_hash, at=at))


def call_data(
    session: Session, settings: Settings, call: Call, *, asking: bool = False, at: datetime
) -> dict[str, Any]:
    """One call with its words, its caller and what may be done with it; ``asking`` where its consent is asked for."""
    near = _not_of_the_office(session, queries.near(session, call, within=WITHIN))
    texts = words_of(session, [*near, call])
    lent = connections()
    return {
        **names(),
        "call": call,
        "asking": asking and call.state is CallState.WAITING and not call.may_air,
        "cue": proposal(call, texts[call.id]),
        "heard": {call.id: texts[call.id].transcripts},
        "caller": caller_of(session, call, at=at),
        "slips": [slip(session, call, at) for slip in lent.slips],
        "alike": alike(call, near, {key: words.heard for key, words in texts.items()}),
        "event": readable(queries.same_event(session, call)),
        "place": queries.in_events(session, [call]).get(call.id),
        "known": queries.known_callers(session, [call]).get(call.id),
        "actions": [action for source in lent.actions for action in source(session, call.id, call.public_id)],
        "emergency": area_pack(settings.area).emergency,
        "categories": lent.suggester.categories() if lent.suggester else {},
        **lent.messages.card(session, settings, call),
    }


def screen_page(
    session: Session,
    settings: Settings,
    call: Call | None,
    *,
    by: str,
    at: datetime,
    page: int | None = None,
    card: Screening | None = None,
    problem: str | None = None,
    asking: bool = False,
) -> str:
    """The whole screen; ``card`` holds typed words that could not be saved because of ``problem``.

    Without a ``page`` of the queue it shows the one on which the call stands.
    """
    lent = connections()
    page = page or (queries.page_with(session, call) if call else 1)
    selected = call.public_id if call else None
    data = {
        **names(),
        **undo_data(session, by=by, at=at),
        "selected": selected,
        "page": page,
        "lines": queue_lines_of(session, selected, page=page, at=at),
        "card": card or (card_of(call) if call else Screening()),
        "problem": problem,
        "heads": [head(session, at) for head in lent.heads],
        "call": None,
        "categories": lent.suggester.categories() if lent.suggester else {},
        "emergency": area_pack(settings.area).emergency,
        "panels": [panel(session, at) for panel in lent.panels],
    }
    if call is not None:
        data.update(call_data(session, settings, call, asking=asking, at=at))
    return render_template("calls/screen.html", **data)
