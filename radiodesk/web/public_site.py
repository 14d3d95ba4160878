"""The public site: the application that listeners use. It reads only what was published."""

from dataclasses import dataclass

from flask import Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from radiodesk.core import i18n
from radiodesk.core.errors import NotFound
from radiodesk.core.i18n import N_
from radiodesk.core.rounds import Round
from radiodesk.http.request import Station, own_address, secure_cookie, station
from radiodesk.language.places.station_area import area_pack
from radiodesk.rooms.broadcasts.public_views import blueprint as schedule
from radiodesk.rooms.messages.public_views import blueprint as intake
from radiodesk.rooms.messages.webhooks import blueprint as webhooks
from radiodesk.rooms.messages.webhooks import told
from radiodesk.rooms.record.dictionary_views import blueprint as dictionary
from radiodesk.rooms.record.harvest_views import blueprint as harvest
from radiodesk.rooms.record.listener_requests.public_views import blueprint as listener_forms
from radiodesk.rooms.record.log_views import blueprint as log
from radiodesk.rooms.record.open311 import blueprint as open311
from radiodesk.rooms.record.open311 import refusal_as_asked
from radiodesk.rooms.record.public_views import blueprint as site
from radiodesk.rooms.record.public_views import home
from radiodesk.rooms.record.report_views import blueprint as reports
from radiodesk.rooms.record.tracking_views import blueprint as tracking
from radiodesk.web.factory import PACKAGE, ROUNDS, create_app, refuse_odd_address, refuse_too_large, template_folder
from radiodesk.web.metrics import meters_of
from radiodesk.web.short_path import EVERY, ShortPath

LANGUAGE_COOKIE = "language"
LANGUAGE_KEPT = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """A page of the public site's menu, with its name as a message id."""

    endpoint: str
    name: str


# No form of this site carries a token against forgery, since none acts for a session: there is no signing in, and the
# only cookies choose a language and show a sender's own number and PIN again for a while. What a form needs comes with
# it (a PIN, the code of Pos Jago, a signed slip), and what a stranger's page could send in a visitor's name it could as
# well send itself. Machines sign, or show their token.
PUBLIC_BLUEPRINTS = [
    intake,
    webhooks,
    open311,
    schedule,
    log,
    reports,
    dictionary,
    harvest,
    site,
    listener_forms,
    tracking,
]

PUBLIC_MENU = [
    PublicEntry("home", N_("Broadcasts")),
    PublicEntry("intake.form", N_("Write to the show")),
    PublicEntry("tracking.form", N_("Follow a complaint")),
    PublicEntry("site.data", N_("Open data")),
]


@dataclass(frozen=True, slots=True)
class Frozen:
    """The site as a copy without a server: without forms, and without what is so at this hour alone."""

    searchable: bool
    """Whether an index for search in the browser lies beside the pages."""


FROZEN_ENDPOINTS = frozenset({"home", "site.data"})
"""The pages of the menu that a frozen copy has."""


def create_public(given: Station, frozen: Frozen | None = None) -> Flask:
    """The public site's application; a ``frozen`` one keeps no prints and is asked by an export alone."""
    app = create_app("public", given, for_staff=False)
    app.config["ERROR_PAGE"] = "public/error.html"
    # Below these addresses machines ask: what goes wrong is told in their own forms, whoever notices it.
    app.config["ERROR_ANSWERS"] = {f"{webhooks.url_prefix}/": told, f"{open311.url_prefix}/": refusal_as_asked}
    app.before_request(_choose_language)
    app.before_request(refuse_odd_address)
    app.before_request(refuse_too_large)
    entries = [entry for entry in PUBLIC_MENU if given.settings.web_form or entry.endpoint != "intake.form"]
    if frozen:
        entries = [entry for entry in entries if entry.endpoint in FROZEN_ENDPOINTS]
    shown = {
        "settings": given.settings,
        "frozen": frozen,
        "public_menu": entries,
        "emergency": area_pack(given.settings.area).emergency,
    }
    app.context_processor(lambda: shown | {"language": i18n.language.get()})
    for blueprint in PUBLIC_BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.add_url_rule("/bahasa/<code>", "language", switch_language)
    app.add_url_rule("/", "home", home)
    if frozen:
        return app
    short = ShortPath(app.wsgi_app, given, LANGUAGE_COOKIE, lambda: [PACKAGE, template_folder()], meters_of(app).count)
    app.wsgi_app = short  # type: ignore[method-assign]
    app.extensions[ROUNDS] = [Round("prints", EVERY, short.turn)]
    return app


def switch_language(code: str) -> Response:
    """Keep the chosen language in a cookie and go back to the page that was open."""
    if code not in i18n.LANGUAGES:
        raise NotFound("This language is not there.")
    response = redirect(own_address(request.args.get("ke", "")) or url_for("home"), code=303)
    response.set_cookie(
        LANGUAGE_COOKIE,
        code,
        max_age=LANGUAGE_KEPT,
        httponly=True,
        samesite="Lax",
        secure=secure_cookie(),
    )
    return response


def _choose_language() -> None:
    asked = request.cookies.get(LANGUAGE_COOKIE)
    i18n.language.set(asked if asked in i18n.LANGUAGES else station().settings.language)
