"""Lends to the screener's screen what was written: attachments, replies, and what nobody could read."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.screen_ports import connections
from radiodesk.rooms.messages import attachments, outbox
from radiodesk.rooms.messages.message_changes import withdrawn_calls
from radiodesk.rooms.messages.models import TRANSFER_NAMES
from radiodesk.rooms.messages.unread_cards import originals, unread_calls


class Messages:
    """This room behind the port of the screener's screen."""

    def queue(self, session: Session, calls: Collection[Call], /, *, at: datetime) -> Mapping[str, Any]:
        return {
            "stuck": outbox.stuck_count(session, at=at),
            "unread": unread_calls(session, calls),
            "withdrawn": withdrawn_calls(session, calls),
        }

    def card(self, session: Session, settings: Settings, call: Call, /) -> Mapping[str, Any]:
        return {
            "fetching": attachments.missing(session, call),
            "attachments": attachments.of_call(session, call),
            "pictures": attachments.PICTURES,
            "unread": unread_calls(session, [call]),
            "withdrawn": withdrawn_calls(session, [call]),
            "originals": originals(session, call),
            "replies": outbox.replies(session, call),
            "transfers": TRANSFER_NAMES,
            "can_reply": outbox.can_reply(settings, call),
        }


def connect(app: Flask, _settings: Settings) -> None:
    """Connect to one application."""
    connections(app).messages = Messages()
