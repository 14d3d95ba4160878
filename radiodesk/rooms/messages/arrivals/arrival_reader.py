"""What each door's arrivals hold, as the channels read them. Nothing here touches the database."""

import json
from dataclasses import replace

from radiodesk.core.errors import Unreadable
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages.arrivals.arrival_store import Arrival
from radiodesk.rooms.messages.channels import channel_named, kept_id
from radiodesk.rooms.messages.loose_values import digest
from radiodesk.rooms.messages.ports import PART, Delivery, InboundChannel, Incoming, IncomingKind, PanicChannel
from radiodesk.rooms.messages.unread_cards import unread

WEB = "web"
"""The listeners' form, whose fields are read by ``taking`` itself: it makes more than a message of them."""

_WITHOUT_CHANNEL = {WEB: Channel.WEB}
_WORDS = (IncomingKind.MESSAGE, IncomingKind.MISSED_CALL)


def deliver(arrival: Arrival) -> Delivery:
    """The messages of an arrival; raises ``Unreadable`` when there are none in it that anybody could read."""
    door = channel_named(arrival.source)
    if door is None:
        raise Unreadable("Nothing here reads what came in by “%(door)s”.", door=arrival.source)
    delivery = door.read(arrival.body, arrival.facts)
    if door.channel is not Channel.OTHER:
        return delivery
    return Delivery(tuple(_of_line(one, door) for one in delivery.everything))


def _of_line(one: Incoming, door: InboundChannel) -> Incoming:
    """The same as a message of a plug-in: with its name, and ids that are no other plug-in's."""
    return replace(
        one,
        channel=door.channel,
        line=door.name,
        external_id=kept_id(door, one.external_id),
        about=kept_id(door, one.about or "") or None,
    )


def after_a_card(arrival: Arrival, delivery: Delivery) -> Delivery:
    """The same, where a card said before that the whole could not be read: its first message takes the card's place."""
    everything = list(delivery.everything)
    first = next((place for place, one in enumerate(everything) if one.raw is None and one.kind in _WORDS), None)
    if first is not None:
        everything[first] = replace(everything[first], part=card(arrival).part)
    return Delivery(tuple(everything))


def card(arrival: Arrival) -> Incoming:
    """The card of an arrival that nobody could read: the same one when a partner sends the same body again soon."""
    door = channel_named(arrival.source)
    channel = _WITHOUT_CHANNEL.get(arrival.source, Channel.OTHER) if door is None else door.channel
    body = arrival.body.decode("utf-8", "backslashreplace")
    line = arrival.source if channel is Channel.OTHER else None
    part = digest(json.dumps(body), *filter(None, [arrival.facts.get("partner"), line]))
    plain = Incoming(channel, PART + part, None, part=part, line=line)
    return unread(channel, body, plain, urgent=isinstance(door, PanicChannel) and door.is_panic(arrival.body))
