"""What each door's arrivals hold, as the channels read them. Nothing here touches the database."""

import base64
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from radiodesk.core.errors import Unreadable
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages import partner, sms, whatsapp
from radiodesk.rooms.messages.arrivals.arrival_store import Arrival
from radiodesk.rooms.messages.loose_values import digest, within
from radiodesk.rooms.messages.ports import Delivery, Incoming, IncomingKind
from radiodesk.rooms.messages.unread_cards import unread

WHATSAPP, SMS, GAMMU, PARTNER, POS_JAGO, POS_JAGO_FORM = (
    "whatsapp",
    "sms",
    "gammu",
    "partner",
    "pos-jago",
    "pos-jago-form",
)
WEB = "web"
"""The listeners' form, whose fields are read by ``taking`` itself: it makes more than a message of them."""

MOST_FIELDS = 1000
TOKENS = ("token", "secret")
"""Fields in which a gateway that can send no header proves who it is."""
_WORDS = (IncomingKind.MESSAGE, IncomingKind.MISSED_CALL)
_PANIC = re.compile(rb'"panic"\s*:\s*"?(?:true|1|yes|y|on|t)\b', re.IGNORECASE)
"""A pressed button in a body that is no JSON, spelled in any way that a report may spell it."""

CHANNELS = {
    WHATSAPP: Channel.WHATSAPP,
    SMS: Channel.SMS,
    GAMMU: Channel.SMS,
    PARTNER: Channel.PARTNER,
    POS_JAGO: Channel.POS_JAGO,
    POS_JAGO_FORM: Channel.POS_JAGO,
    WEB: Channel.WEB,
}


def deliver(arrival: Arrival) -> Delivery:
    """The messages of an arrival; raises ``Unreadable`` when there are none in it that anybody could read."""
    match arrival.source:
        case "whatsapp":
            return whatsapp.parse(as_json(arrival.body))
        case "sms":
            return sms.from_gateway(fields_of(arrival.body, arrival.facts.get("type", "")))
        case "gammu":
            held = as_json(arrival.body)
            handed = {name.encode("latin-1"): base64.b64decode(value) for name, value in held["environment"].items()}
            return Delivery((sms.from_gammu(handed, tuple(held["arguments"])),))
        case "partner" | "pos-jago" | "pos-jago-form":
            report = partner.read_report(as_json(arrival.body))
            name = arrival.facts.get("partner", "Pos Jago")
            return Delivery((partner.incoming(report, CHANNELS[arrival.source], name),))
    raise Unreadable("Nothing here reads what came in by “%(door)s”.", door=arrival.source)


def after_a_card(arrival: Arrival, delivery: Delivery) -> Delivery:
    """The same, where a card said before that the whole could not be read: its first message takes the card's place."""
    everything = list(delivery.everything)
    first = next((place for place, one in enumerate(everything) if one.raw is None and one.kind in _WORDS), None)
    if first is not None:
        everything[first] = replace(everything[first], part=card(arrival).part)
    return Delivery(tuple(everything))


def card(arrival: Arrival) -> Incoming:
    """The card of an arrival that nobody could read: the same one when a partner sends the same body again soon."""
    channel = CHANNELS.get(arrival.source, Channel.PARTNER)
    body = arrival.body.decode("utf-8", "backslashreplace")
    part = digest(json.dumps(body), *filter(None, [arrival.facts.get("partner")]))
    plain = Incoming(channel, f"part:{part}", None, part=part)
    return unread(channel, body, plain, urgent=_is_panic(arrival))


def _is_panic(arrival: Arrival) -> bool:
    """Whether somebody pressed a button for help, whatever else of the report is wrong."""
    if arrival.source not in (PARTNER, POS_JAGO, POS_JAGO_FORM):
        return False
    try:
        return partner.is_panic(within(as_json(arrival.body), "panic"))
    except Unreadable:
        return _PANIC.search(arrival.body) is not None


def as_json(body: bytes) -> Any:
    """The body as JSON; raises ``Unreadable``."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("The body is not JSON.") from None


def fields_of(body: bytes, content_type: str) -> dict[str, Any]:
    """The fields of a gateway's body, be it JSON or a form; raises ``Unreadable``."""
    if _is_form(content_type):
        try:
            fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            raise Unreadable("The form has more than %(most)s fields.", most=MOST_FIELDS) from None
        return {name: values[0] for name, values in fields.items()}
    fields = as_json(body)
    if not isinstance(fields, dict):
        raise Unreadable("An SMS needs a sender (from) and words (text).")
    return fields


def without_token(body: bytes, content_type: str) -> bytes:
    """A gateway's body, which ``fields_of`` reads, without the token: what is kept may be shown."""
    if _is_form(content_type):
        told = parse_qsl(body, keep_blank_values=True)
        return urlencode([(name, value) for name, value in told if name.decode("latin-1") not in TOKENS]).encode()
    return json.dumps({name: value for name, value in as_json(body).items() if name not in TOKENS}).encode()


def _is_form(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"
