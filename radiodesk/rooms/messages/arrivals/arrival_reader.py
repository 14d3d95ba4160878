"""What each door's arrivals hold, as the channels read them. Nothing here touches the database."""

import base64
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from radiodesk.core.errors import Unreadable
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages import partner, sms, whatsapp
from radiodesk.rooms.messages.arrivals.arrival_store import Arrival
from radiodesk.rooms.messages.loose_values import within
from radiodesk.rooms.messages.ports import Delivery, Incoming
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
    first = next((place for place, one in enumerate(everything) if one.raw is None), None)
    if first is not None:
        everything[first] = replace(everything[first], part=card(arrival).part)
    return Delivery(tuple(everything))


def card(arrival: Arrival) -> Incoming:
    """The card of an arrival that nobody could read: the same one however often the same body comes."""
    channel = CHANNELS.get(arrival.source, Channel.PARTNER)
    return unread(channel, arrival.body.decode("utf-8", "backslashreplace"), urgent=_is_panic(arrival))


def _is_panic(arrival: Arrival) -> bool:
    """Whether somebody pressed a button for help, whatever else of the report is wrong."""
    if arrival.source not in (PARTNER, POS_JAGO, POS_JAGO_FORM):
        return False
    try:
        return within(as_json(arrival.body), "panic") is True
    except Unreadable:
        return b'"panic": true' in arrival.body or b'"panic":true' in arrival.body


def as_json(body: bytes) -> Any:
    """The body as JSON; raises ``Unreadable``."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("The body is not JSON.") from None


def fields_of(body: bytes, content_type: str) -> dict[str, Any]:
    """The fields of a gateway's body, be it JSON or a form; raises ``Unreadable``."""
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=1000)
        return {name: values[0] for name, values in fields.items()}
    fields = as_json(body)
    if not isinstance(fields, dict):
        raise Unreadable("An SMS needs a sender (from) and words (text).")
    return fields
