"""What baresip says over its control socket, read without trust: names and addresses in it come from outside."""

import json
import re
from dataclasses import dataclass
from urllib.parse import unquote

from radiodesk.language.phones import PhoneUnreadable, normalised

_LONGEST = 255
_USER = re.compile(r"(?:sips?|tel):([^@;?>\s]{1,64})", re.IGNORECASE)
_LINE = re.compile(r"\[line (\d{1,4})\]\s+\S+\s+([A-Z]+)")
_CALL_ID = re.compile(r"^ *af=\S+ id=(\S+)$", re.MULTILINE)
_PEER = re.compile(r"^ *peer_uri: .*<([^<>\s]+)>$", re.MULTILINE)
_SAFE_ID = re.compile(r"[!-~]{1,255}")


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened at baresip; ``call`` is SIP's Call-ID, where it is about a call."""

    type: str
    call: str | None = None
    peer: str = ""
    outgoing: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command, with its token."""

    token: str
    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One call as baresip lists it: its number in the list and ``INCOMING``, ``ESTABLISHED`` and the like."""

    number: int
    state: str


def read(payload: bytes) -> Event | Reply | None:
    """What a payload says; ``None`` when it is neither, or cannot be read."""
    try:
        raw = json.loads(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict):
        return None
    if raw.get("response") is True:
        return Reply(_text(raw, "token"), raw.get("ok") is True, _text(raw, "data", 1 << 16))
    if raw.get("event") is not True:
        return None
    kind, call = _text(raw, "type"), _text(raw, "id")
    if not kind:
        return None
    return Event(
        type=kind,
        call=call if usable_id(call) else None,
        peer=_text(raw, "peeruri"),
        outgoing=_text(raw, "direction") == "outgoing",
        text=_text(raw, "param"),
    )


def usable_id(call: str) -> bool:
    """Whether a Call-ID can be named in a command: printable, without blanks."""
    return _SAFE_ID.fullmatch(call) is not None


def _text(raw: dict[str, object], name: str, longest: int = _LONGEST) -> str:
    value = raw.get(name)
    return value[:longest] if isinstance(value, str) else ""


def caller_number(peer: str) -> str | None:
    """The number in a SIP or tel address, normalised; ``None`` when it is withheld or no telephone number."""
    found = _USER.match(peer.strip().lstrip("<"))
    if found is None:
        return None
    try:
        return normalised(unquote(found[1]))
    except PhoneUnreadable:
        return None


def listed(text: str) -> list[Listed]:
    """The calls in baresip's answer to ``listcalls``."""
    return [Listed(int(number), state) for number, state in _LINE.findall(text)]


def details(text: str) -> tuple[str, str] | None:
    """Call-ID and address of the caller in baresip's answer to ``callstat``."""
    call, peer = _CALL_ID.search(text), _PEER.search(text)
    if call is None or not usable_id(call[1]):
        return None
    return call[1], peer[1] if peer else ""


def registration(text: str, account: str) -> str | None:
    """``ok`` or ``fail``, for an account in baresip's answer to ``reginfo``; ``None`` when it has not signed in yet."""
    line = next((line for line in text.splitlines() if account in line), "")
    found = re.search(r"\x1b\[\d+m(OK |ERR)\x1b", line)
    return None if found is None else "ok" if found[1] == "OK " else "fail"
