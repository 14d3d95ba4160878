"""Puts the show above the screener's queue and the talkback of the studio under it."""

from flask import Flask

from radiodesk.core.settings import Settings
from radiodesk.rooms.broadcasts.filed_calls import other_shows
from radiodesk.rooms.broadcasts.studio_views import show_head, talkback_panel
from radiodesk.rooms.calls.screen_ports import connections


def connect(app: Flask, _settings: Settings) -> None:
    """Connect this room to an application's screener screen."""
    held = connections(app)
    held.heads.append(show_head)
    held.panels.append(talkback_panel)
    held.origins = other_shows
