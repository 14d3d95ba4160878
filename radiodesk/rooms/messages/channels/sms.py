"""SMS: what gateways post, and what Gammu's daemon hands over. The formats of several gateways are understood."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import gettext
from radiodesk.core.text import mended
from radiodesk.language.phones import international
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages.loose_values import as_json, digest, key, moment, text
from radiodesk.rooms.messages.ports import Delivery, Incoming
from radiodesk.rooms.messages.unread_cards import unread

# Names of fields, small and without anything but letters: ``message_id``, ``messageId`` and ``Message-Id`` are one.
_ABROAD = ("msisdn",)
_SENDER = (
    *("from", "sender", "phonenumber", "phone", "number", "contact", "fromnumber", "sendernumber", "originator"),
    *("mobile", "pengirim", "nomor", "nohp"),
)
_TEXT = ("text", "message", "body", "content", "msg", "messagebody", "smstext", "isipesan", "isi", "pesan")
_ID = ("id", "messageid", "smsid", "messagesid", "smsmessagesid", "smssid", "msgid", "uuid")
_INNER_ID = ("messageid", "smsid", "id")
_WRITTEN = (
    *("sentstamp", "senttimestamp", "sentat", "sentdate", "datesent"),
    *("receivedstamp", "receivedat", "receiveddate", "timestamp", "time", "date", "created"),
)
_PICTURES = ("nummedia", "contentclass", "mmssize")
_EVENT = ("event", "eventtype", "webhookevent", "type", "direction", "messagestatus", "smsstatus")
_OF_A_LISTENER = re.compile(r"receiv|incoming|inbound|mms", re.IGNORECASE)
_EVENT_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NEWS = frozenset(
    {
        *("sent", "send", "sending", "delivered", "undelivered", "delivery", "fail", "failed", "failure"),
        *("queue", "queued", "ping", "status", "outgoing", "outbound", "expire", "expired", "heartbeat"),
    }
)
"""Words of events that tell of what the station sent. "deliver" is none: ``deliver_sm`` brings a listener's words."""
_BATCHES = ("messages", "results")

_GAMMU_TEXT = re.compile(rb"(SMS|DECODED)_(\d{1,4})_TEXT")
_GAMMU_MMS = re.compile(rb"DECODED_\d{1,4}_MMS_(SENDER|TITLE|ADDRESS|SIZE)")


def from_gateway(fields: Mapping[str, Any]) -> Delivery:
    """The messages that a gateway posts, flat, nested or several; the usual names of the fields are known.

    News of messages that the station sent is passed over. Raises ``Unreadable`` where no message is in it; of several
    messages, those that cannot be read become cards.
    """
    batch = next((fields[name] for name in _BATCHES if isinstance(fields.get(name), list)), None)
    if batch is None:
        return Delivery(tuple(_message(fields)))
    return Delivery(tuple(found for part in batch for found in _one_of_many(part)))


def _one_of_many(part: Any) -> Iterator[Incoming]:
    try:
        if not isinstance(part, dict):
            raise Unreadable("An SMS needs a sender (from) and words (text).")
        yield from _message(part)
    except Unreadable:
        yield unread(Channel.SMS, part)


def _message(fields: Mapping[str, Any]) -> Iterator[Incoming]:
    layers = _layers(fields)
    event = next((told for layer in layers[::-1] for told in [_first(layer, _EVENT)] if told), "")
    of_the_station = not _NEWS.isdisjoint(word.lower() for word in _EVENT_WORD.findall(event))
    if of_the_station and not _OF_A_LISTENER.search(event):
        return
    abroad = _of_any(layers, _ABROAD)
    sender, words = international(abroad) or abroad or _of_any(layers, _SENDER), _of_any(layers, _TEXT)
    if worded := not words.strip():
        words = _without_words(layers)
    if not sender.strip() or not words:
        raise Unreadable("An SMS needs a sender (from) and words (text).")
    stamp = _of_any(layers, _WRITTEN)
    yield Incoming(
        Channel.SMS,
        _identity(layers, sender, words, stamp),
        sender,
        text=words,
        written_at=moment(stamp),
        worded=worded,
        part=digest(as_json(dict(fields))),
    )


def _layers(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The body and what is wrapped in it, the innermost first; names are made plain."""
    found: list[dict[str, Any]] = []
    layer: Any = fields
    while isinstance(layer, Mapping) and len(found) < 4:
        plain = {re.sub(r"[^a-z]", "", name.lower()): value for name, value in layer.items() if isinstance(name, str)}
        found.insert(0, plain)
        layer = next(
            (plain[name] for name in ("payload", "data", "message") if isinstance(plain.get(name), dict)), None
        )
    return found


def _of_any(layers: list[dict[str, Any]], names: tuple[str, ...]) -> str:
    return next((told for layer in layers for told in [_first(layer, names)] if told), "")


def _first(layer: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = layer.get(name)
        told = text(value.get("phone_number") if isinstance(value, dict) else value)
        if told.strip():
            return told
    return ""


def _without_words(layers: list[dict[str, Any]]) -> str:
    """What stands for words in a picture message and in an empty SMS; nothing where the field itself is missing."""
    for layer in layers:
        if any(_first(layer, (name,)) not in ("", "0") for name in _PICTURES):
            return _picture(_first(layer, ("subject",)))
    if any(isinstance(layer.get(name), str) for layer in layers for name in _TEXT):
        return gettext("(SMS without words)")
    return ""


def _picture(title: str) -> str:
    if title.strip():
        return gettext("(picture message (MMS) “%(title)s”: it waits at the operator)", title=title.strip())
    return gettext("(picture message (MMS): it waits at the operator)")


def _identity(layers: list[dict[str, Any]], sender: str, words: str, stamp: str) -> str:
    """The id of a message; where there is none, one made of its words and its time; with neither, nothing.

    Ids inside a payload are made of the words by one widespread gateway, so the time belongs to them.
    """
    if len(layers) > 1 and (inner := _first(layers[0], _INNER_ID)):
        return key(f"{inner}@{stamp}" if stamp else inner)
    if identity := _of_any(layers, _ID):
        return key(identity)
    return digest(sender, words, stamp) if stamp else ""


def from_gammu(environment: Mapping[bytes, bytes], arguments: tuple[str, ...]) -> Incoming:
    """What gammu-smsd's RunOnReceive sets (``os.environb``): parts are joined. Raises ``Unreadable`` without a message.

    Gammu writes signs beyond the first 65,536 as two halves, which may lie in two parts; other bytes are Latin-1.
    """
    parts: dict[bytes, dict[int, str]] = {b"SMS": {}, b"DECODED": {}}
    for name, value in environment.items():
        if found := _GAMMU_TEXT.fullmatch(name):
            parts[found[1]][int(found[2])] = _decoded(value)
    mms = {found[1]: _decoded(value) for name, value in environment.items() if (found := _GAMMU_MMS.fullmatch(name))}
    numbers = (environment.get(f"SMS_{part}_NUMBER".encode(), b"") for part in sorted({1, *parts[b"SMS"]}))
    sender = mms.get(b"SENDER", "").partition("/")[0] or _decoded(next(filter(None, numbers), b""))
    words = mended(_joined(parts[b"DECODED"]) or _joined(parts[b"SMS"])).strip()
    worded = not words
    if mms:
        words = "\n".join(filter(None, (words, _picture(mended(mms.get(b"TITLE", ""))))))
    if not sender or not words:
        raise Unreadable("Gammu handed over no message. Run this as RunOnReceive of gammu-smsd.")
    # Without a file's name or a row's number, the same words of another day would be taken for the same message.
    return Incoming(
        Channel.SMS, digest(*arguments, sender, words) if arguments else "", sender, text=words, worded=worded
    )


def _joined(parts: dict[int, str]) -> str:
    """Parts in their order; a gap shows where one is missing."""
    if not any(parts.values()):
        return ""
    first, last = min(parts), max(parts)
    return "".join(parts.get(part, " […] ") for part in range(first, last + 1))


def _decoded(raw: bytes) -> str:
    """UTF-8 in which surrogates may stand; single bytes that are none are Latin-1. Halves are joined later."""
    told = ""
    while raw:
        try:
            return told + raw.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            told += raw[: error.start].decode("utf-8", "surrogatepass") + chr(raw[error.start])
            raw = raw[error.start + 1 :]
    return told
