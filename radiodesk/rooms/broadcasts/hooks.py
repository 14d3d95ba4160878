"""Puts the talkback of the studio under the screener's queue."""

from flask import Flask

from radiodesk.core.settings import Settings
from radiodesk.rooms.broadcasts.studio_views import talkback_panel
from radiodesk.rooms.calls.screen_ports import connections


def connect(app: Flask, _settings: Settings) -> None:
    """Connect this room to an application's screener screen."""
    connections(app).panels.append(talkback_panel)
