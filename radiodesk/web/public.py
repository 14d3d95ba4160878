"""The public site: the application that listeners use. It reads only what was published."""

from flask import Flask, request

from radiodesk.core import i18n
from radiodesk.core.http import Station, station
from radiodesk.web.factory import create_app

LANGUAGE_COOKIE = "language"


def create_public(given: Station) -> Flask:
    """The public site's application."""
    app = create_app("public", given)
    app.before_request(_choose_language)
    app.context_processor(lambda: {"settings": given.settings, "language": i18n.language.get()})
    return app


def _choose_language() -> None:
    asked = request.cookies.get(LANGUAGE_COOKIE)
    i18n.language.set(asked if asked in i18n.LANGUAGES else station().settings.language)
