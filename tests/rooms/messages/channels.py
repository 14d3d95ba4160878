"""Bodies as the channels send them, written for the tests in the real formats; everybody in them is made up."""

import hashlib
import hmac
import json
from typing import Any

SENDER = "6281200000001"
WRITTEN = "1795519800"
"""The moment at which the clock of the tests stands."""


def whatsapp(*messages: dict[str, Any], name: str = "Penelepon Satu", **value: Any) -> dict[str, Any]:
    """A webhook body with these messages."""
    held = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "62353000000", "phone_number_id": "100"},
        "contacts": [{"profile": {"name": name}, "wa_id": SENDER}],
        **({"messages": list(messages)} if messages else {}),
        **value,
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"value": held, "field": "messages"}]}],
    }


def text(body: str, identity: str = "wamid.1", sender: str = SENDER) -> dict[str, Any]:
    return {"from": sender, "id": identity, "timestamp": WRITTEN, "type": "text", "text": {"body": body}}


def voice(media: str, identity: str = "wamid.voice") -> dict[str, Any]:
    audio = {"id": media, "mime_type": "audio/ogg; codecs=opus", "sha256": "x", "voice": True}
    return {"from": SENDER, "id": identity, "timestamp": WRITTEN, "type": "audio", "audio": audio}


def image(media: str, caption: str, identity: str = "wamid.image") -> dict[str, Any]:
    held = {"id": media, "mime_type": "image/jpeg", "sha256": "x", "caption": caption}
    return {"from": SENDER, "id": identity, "timestamp": WRITTEN, "type": "image", "image": held}


def signed(secret: str, body: Any) -> tuple[bytes, dict[str, str]]:
    """A body as bytes with its headers."""
    raw = json.dumps(body).encode()
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return raw, {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}
