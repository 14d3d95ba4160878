"""What a screener finds out about a call: who, where, what, how urgent, and what the station may do with it."""

import json
import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from radiodesk.core import audit, events
from radiodesk.core.database import keys_of
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.private_columns import NotReadable
from radiodesk.core.text import tidy
from radiodesk.language import phones
from radiodesk.rooms.calls.acts import acting, acts_since, require, require_free
from radiodesk.rooms.calls.models import Call, CallerWarning, CallState, Channel, Protected, Urgency
from radiodesk.rooms.calls.protected_words import unlearn
from radiodesk.rooms.calls.queries import names_in, without_name
from radiodesk.rooms.calls.reception import know, receive

_LONG_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){6,}")
_LONGEST_EMERGENCY_NUMBER = 4


class ChangedMeanwhile(Conflict):
    """A field that was typed in was changed since the form was opened."""


class NotForTheHost(Unreadable):
    """The host's line holds what must not be read on air."""


@dataclass(frozen=True, slots=True)
class Screening:
    """The caller's card as the screener filled it in; every field is what the call will have."""

    phone: str | None = None
    withheld: bool = False
    name: str = ""
    place: str = ""
    place_id: str | None = None
    topic: str = ""
    point: str = ""
    category: str | None = None
    urgency: Urgency = Urgency.BIASA
    protected: Protected | None = None
    may_name: bool = False
    may_call_back: bool = False
    disguise_voice: bool = False
    line_quality: int | None = None
    notes: str = ""


_CARD = tuple(field.name for field in fields(Screening) if field.name not in ("phone", "name"))


def card_of(call: Call) -> Screening:
    """The card as it stands."""
    return Screening(phone=call.phone, name=call.name or "", **{name: getattr(call, name) for name in _CARD})


def answer(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Take a ringing line (or a new message) oneself; of two who try, the first one wins."""
    require_free(call, by)
    require(session, call, frozenset({CallState.RINGING}))
    with acting(session, call, "answered", by=by, at=at):
        call.state, call.locked_by, call.screened_by = CallState.SCREENING, by, by


def take_down(session: Session, channel: Channel, card: Screening, *, message: str = "", by: str, at: datetime) -> Call:
    """A call that the screener types while it is on the phone, or that stands in front of the desk."""
    _check(card)
    _check_number(card)
    call = receive(
        session,
        channel,
        phone=card.phone,
        withheld=card.withheld,
        name=card.name,
        message=message,
        urgency=card.urgency,
        state=CallState.SCREENING,
        by=by,
        at=at,
    )
    if call.is_open:
        call.locked_by = call.screened_by = by
    screen(session, call, card, by=by, at=at)
    return call


def screen(session: Session, call: Call, card: Screening, *, version: int | None = None, by: str, at: datetime) -> None:
    """Save the card. ``version`` is the one that the form was opened with; none is for a call that was just made.

    A field that nobody typed in stays as it is now, whatever the form shows. Raises ``Unreadable`` for a version that
    the call has not had yet, ``ChangedMeanwhile`` when a field was changed here and in the form, ``NotForTheHost`` when
    the host's line holds a number or a protected name, ``CallTaken`` when another screener has the call.
    """
    if call.state in Call.unscreened_states:
        require_free(call, by)
    if version is not None and version > call.version:
        raise Unreadable("The form is incomplete. Please reload the page and try again.")
    if version is not None:
        card, who = bring_over(session, call, card, version)
        if who is not None:
            raise ChangedMeanwhile(
                "%(who)s changed this call while you were typing. Open the call again and add your words.",
                who=who,
            )
    _check_number(card, call.phone)
    _check(card)
    with acting(session, call, "screened", by=by, at=at):
        if (card.phone or None) != call.phone or card.name != (call.name or ""):
            know(session, call, phone=card.phone, name=card.name)
        newly_protected = card.protected is not None and call.protected is None
        for name in _CARD:
            setattr(call, name, getattr(card, name))
        call.disguise_voice |= newly_protected
        call.place, call.topic, call.point = tidy(card.place)[:120], tidy(card.topic)[:120], tidy(card.point)[:200]
        call.screened_at, call.screened_by = at, by
        unlearn(session, call)


def bring_over(session: Session, call: Call, card: Screening, version: int) -> tuple[Screening, str | None]:
    """A card that was filled in when the call had ``version``, over what the call is now.

    What was not typed in is as it is now. The second value is who changed a field that was typed in, else ``None``.
    """
    then: dict[str, Any] = {}
    who: dict[str, str] = {}
    for act in acts_since(session, call, version):
        if isinstance(act.before, NotReadable):
            return card, act.by
        for name, value in json.loads(act.before).items():
            then.setdefault(name, value)
            who[name] = act.by
    now, typed, clash = card_of(call), card, None
    if "place" in then and _alike("place", card.place, then["place"]):
        # The id is of the place that stands in the field.
        typed = replace(typed, place_id=then.get("place_id", now.place_id))
    for name in then.keys() & {field.name for field in fields(Screening)}:
        mine, there = getattr(typed, name), getattr(now, name)
        if _alike(name, mine, then[name]):
            typed = replace(typed, **{name: there})
        elif not _alike(name, there, then[name]) and not _alike(name, mine, there):
            clash = who[name]
    return typed, clash


def _alike(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a field are the same: a form spells numbers and ends of lines in its own way."""
    if name == "phone" and one and other:
        return _plain_number(one) == _plain_number(other)
    if isinstance(one, str) and isinstance(other, str):
        return tidy(one) == tidy(other)
    return (one or None) == (other or None)


def _plain_number(text: str) -> str:
    return phones.normalised(text) if phones.is_readable(text) else text


def _check_number(card: Screening, known: str | None = None) -> None:
    """Raise ``PhoneUnreadable`` for a number that was typed and is none; one that came with the call stays."""
    if card.phone and card.phone.strip() and not (known and _alike("phone", card.phone, known)):
        phones.complete(card.phone)


def _check(card: Screening) -> None:
    if _LONG_NUMBER.search(card.point):
        raise NotForTheHost(
            "The line for the host holds a long number. The host must not see telephone or NIK numbers."
        )
    if card.protected and names_in(f"{card.point} {card.topic}", card.name):
        raise NotForTheHost("This caller is protected: take the name out of the topic and of the line for the host.")
    if card.line_quality is not None and not 1 <= card.line_quality <= 5:
        raise Unreadable("The quality of the line is a number from 1 to 5.")


def consent(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Log that the caller was told what is done with the call, and agreed."""
    with acting(session, call, "consented", by=by, at=at):
        call.consent_at, call.consent_by = at, by
        call.refused_at = call.refused_by = None


def withdraw_consent(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Log that the caller does not agree, or not any more."""
    kind = "consent refused" if call.consent_at is None else "consent withdrawn"
    with acting(session, call, kind, by=by, at=at):
        call.refuse(by=by, at=at)


def lock(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Keep a call to oneself; raises ``CallTaken``."""
    require_free(call, by)
    require(session, call, Call.open_states)
    with acting(session, call, "locked", by=by, at=at):
        call.locked_by = by


def unlock(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Let others have the call."""
    with acting(session, call, "unlocked", by=by, at=at, held_by=call.locked_by):
        call.locked_by = None


def take_over(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Take a call that another screener holds; logged, for it is meant for when that one has left."""
    require(session, call, Call.open_states)
    with acting(session, call, "taken over", by=by, at=at, held_by=call.locked_by):
        call.locked_by = by
        call.screened_by = by


def set_vip(session: Session, call: Call, vip: bool, *, by: str, at: datetime) -> None:
    """Mark a caller who goes first by the producer's word."""
    with acting(session, call, "vip", by=by, at=at):
        call.vip = vip


def protect(
    session: Session, call: Call, protected: Protected | None, *, hides: bool = False, by: str, at: datetime
) -> None:
    """Mark a child, a victim or a whistle-blower: never named on the host's screen. ``None`` lifts the mark.

    Raises ``NotForTheHost`` while the name stands in the topic or in the line for the host; with ``hides``, for one key
    in a hurry, it is taken out of both instead (undoing puts it back).
    """
    if not hides:
        _check(replace(card_of(call), protected=protected))
    with acting(session, call, "protected", by=by, at=at, mark=protected):
        # Should the mark be taken off one day, the voice is still not published as it is, unless somebody says so.
        call.disguise_voice |= protected is not None
        call.protected = protected
        if hides and protected is not None:
            call.may_name = False
            call.topic, call.point = (without_name(text, call.name or "") for text in (call.topic, call.point))
        unlearn(session, call)


def disguise(session: Session, call: Call, *, by: str, at: datetime) -> None:
    """Have the caller's words in another voice in every public copy; the card takes it back."""
    with acting(session, call, "voice disguised", by=by, at=at):
        call.disguise_voice = True


def hand_over(session: Session, call: Call, to: str, *, by: str, at: datetime) -> None:
    """Log that the caller was handed to an emergency number (110 police, 112 all services) or an office."""
    receiver = tidy(to)[:40]
    if not receiver:
        raise Unreadable("Please say whom the caller was handed to.").of("to")
    # An office's name may hold a person's, and a long number is somebody's own; an emergency number is short.
    number = {"to": receiver} if receiver.isdigit() and len(receiver) <= _LONGEST_EMERGENCY_NUMBER else {}
    with acting(session, call, "handed over", by=by, at=at, **number):
        call.handed_to, call.handed_at = receiver, at
        call.urgency = Urgency.DARURAT


def warn_about(session: Session, call: Call, text: str, *, by: str, at: datetime) -> CallerWarning:
    """Leave a warning that is shown whenever this number (without one: address, or name) calls again."""
    told = tidy(text)[:300]
    key = call.phone_hash or call.address_hash or call.name_hash
    if not told or not key:
        raise Unreadable("A warning needs words, and a caller with a number or a name.").of("text")
    warning = CallerWarning(phone_hash=key, text=told, by=by, at=at)
    session.add(warning)
    audit.record(session, at, by, "caller warned about", f"call {call.public_id}")
    events.announce(session, at, "calls", "warning", call.public_id)
    return warning


def caller_keys(session: Session, phone: str | None, name: str | None) -> list[str]:
    """Hashes under which a caller's earlier calls and warnings are found."""
    keys = keys_of(session)
    return [keys.lookup(text) for text in (phone, name and tidy(name).casefold()) if text]
