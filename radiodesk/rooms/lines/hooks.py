"""Puts the lines on the screener's screen."""

from flask import Flask

from radiodesk.core.settings import Settings
from radiodesk.rooms.calls.screen_ports import connections
from radiodesk.rooms.lines.views import panel, prompt_slip


def connect(app: Flask, _settings: Settings) -> None:
    """Connect this room to an application's screener screen."""
    connections(app).panels.insert(0, panel)
    connections(app).slips.append(prompt_slip)
