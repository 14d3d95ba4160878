"""The desk: the application that the people of the station use."""

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.core import i18n
from radiodesk.core.errors import Refusal
from radiodesk.core.events import last_event_id
from radiodesk.http.regions import topics_of
from radiodesk.http.request import SAFE, Station, now, session, station
from radiodesk.rooms.accounts import second_factor
from radiodesk.rooms.accounts.access import load_person, may_open, must_set_up
from radiodesk.rooms.accounts.models import Person, Role
from radiodesk.rooms.accounts.views import blueprint as accounts
from radiodesk.rooms.accounts.views import forget_sent_draft
from radiodesk.rooms.archive.timeline_views import blueprint as timeline
from radiodesk.rooms.archive.views import blueprint as archive
from radiodesk.rooms.broadcasts import hooks as broadcast_hooks
from radiodesk.rooms.broadcasts.calendar_views import blueprint as calendar
from radiodesk.rooms.broadcasts.edition_views import blueprint as editions
from radiodesk.rooms.broadcasts.reading_views import blueprint as readings
from radiodesk.rooms.broadcasts.rundown_prompter_views import blueprint as rundown_prompter
from radiodesk.rooms.broadcasts.slot_views import blueprint as slots
from radiodesk.rooms.broadcasts.soundboard_views import blueprint as soundboard
from radiodesk.rooms.broadcasts.statistics_views import blueprint as call_statistics
from radiodesk.rooms.broadcasts.studio_views import blueprint as studio
from radiodesk.rooms.broadcasts.views import blueprint as broadcasts
from radiodesk.rooms.calls.live_words_views import blueprint as live_words
from radiodesk.rooms.calls.views import blueprint as calls
from radiodesk.rooms.lines import hooks as line_hooks
from radiodesk.rooms.lines.views import blueprint as lines
from radiodesk.rooms.logger.views import blueprint as logger
from radiodesk.rooms.messages import hooks as message_hooks
from radiodesk.rooms.messages.views import blueprint as messages
from radiodesk.rooms.programme.made_script_views import blueprint as made_scripts
from radiodesk.rooms.programme.prompter_views import blueprint as prompter
from radiodesk.rooms.programme.reserve_views import blueprint as reserve
from radiodesk.rooms.programme.views import blueprint as programme
from radiodesk.rooms.record import hooks as record_hooks
from radiodesk.rooms.record.listener_requests.views import blueprint as listener_requests
from radiodesk.rooms.record.ticket_preview import blueprint as ticket_preview
from radiodesk.rooms.record.views import blueprint as record
from radiodesk.rooms.recordings.views import blueprint as recordings
from radiodesk.rooms.retention import hooks as retention_hooks
from radiodesk.rooms.retention.request_views import blueprint as data_requests
from radiodesk.rooms.retention.views import blueprint as retention
from radiodesk.rooms.tickets import hooks as ticket_hooks
from radiodesk.rooms.tickets.ticket_pages import may_see_guarded, may_see_secret
from radiodesk.rooms.tickets.views import blueprint as tickets
from radiodesk.rooms.traffic import hooks as traffic_hooks
from radiodesk.rooms.traffic.correction_views import blueprint as fixes
from radiodesk.rooms.traffic.views import blueprint as traffic
from radiodesk.rooms.traffic.wording_views import blueprint as wording
from radiodesk.rooms.transcripts.views import blueprint as transcripts
from radiodesk.web import event_stream, menu, station_state
from radiodesk.web.factory import create_app, refuse_odd_address, refuse_too_large, refused
from radiodesk.web.overview import overview
from radiodesk.web.region_turns import Turns

BLUEPRINTS = [
    accounts,
    archive,
    broadcasts,
    calendar,
    editions,
    slots,
    recordings,
    calls,
    lines,
    logger,
    event_stream.blueprint,
    made_scripts,
    messages,
    programme,
    prompter,
    reserve,
    rundown_prompter,
    soundboard,
    call_statistics,
    record,
    listener_requests,
    live_words,
    transcripts,
    station_state.blueprint,
    readings,
    retention,
    data_requests,
    timeline,
    studio,
    ticket_preview,
    tickets,
    traffic,
    fixes,
    wording,
]

HOOKS = (line_hooks, ticket_hooks, message_hooks, traffic_hooks, record_hooks, broadcast_hooks, retention_hooks)
"""Rooms that lend something to the screens of earlier ones."""


class FormExpired(Refusal):
    """The form's token does not fit the browser's session."""

    status = 400


def create_desk(given: Station) -> Flask:
    """The desk's application."""
    app = create_app("desk", given, for_staff=True)
    app.config.update(WTF_CSRF_TIME_LIMIT=None)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.before_request(_choose_language)
    app.before_request(refuse_odd_address)
    # Before the form's token is looked for: of a body that was not read there is none.
    app.before_request(refuse_too_large)
    CSRFProtect(app)
    app.before_request(_only_people)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for room in HOOKS:
        room.connect(app, given.settings)
    app.add_url_rule("/", "home", home)
    app.context_processor(_for_templates)
    # A global, so that macros which are imported without context have it too.
    app.jinja_env.globals.update(may_open=may_open, topics_of=topics_of)
    app.after_request(_keep_nothing)
    # Registered after the request's own commit, so it runs before it.
    app.after_request(forget_sent_draft)
    app.wsgi_app = Turns(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _keep_nothing(response: Response) -> Response:
    """No browser or proxy keeps a page, a sound or a file of the desk; map data that say they may be kept may."""
    if request.endpoint != "static" and not response.cache_control.private:
        response.headers["Cache-Control"] = "no-store"
    return response


def _for_templates() -> dict[str, object]:
    return {
        "me": g.get("person"),
        "menu": _menu,
        "Role": Role,
        "settings": station().settings,
        "seen": _seen,
        "alarms": station().alarms.current,
    }


def _menu(person: Person) -> list[menu.Entry]:
    """Nothing leads anywhere until the second factor that a role asks for is there."""
    return [] if second_factor.is_due(person, station().settings.second_factor_roles) else menu.entries()


def _seen() -> int | str:
    """The last event that the page's own view of the database holds; its stream goes on from there."""
    looked = "session" in g and request.method in SAFE
    return last_event_id(session()) if looked else ""


def _choose_language() -> None:
    person = load_person() if request.endpoint != "static" else None
    i18n.language.set((person and person.language) or station().settings.language)


def _only_people() -> BaseResponse | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint in (None, "static") or getattr(view, "open_to_all", False):
        return None
    if person := load_person():
        return _to_second_factor() if must_set_up(person) else None
    if request.endpoint == "live.stream" or request.headers.get("HX-Request"):
        return Response(i18n.gettext("Please sign in."), 401, content_type="text/plain; charset=utf-8")
    return redirect(url_for("accounts.sign_in_form", next=request.full_path if request.method == "GET" else None))


def _to_second_factor() -> BaseResponse:
    if request.endpoint == "live.stream" or request.headers.get("HX-Request"):
        told = i18n.gettext("Your role needs a six-digit code. Set it up first, on the page My account.")
        return Response(told, 403, content_type="text/plain; charset=utf-8")
    return redirect(url_for("accounts.code"), code=303)


def _csrf_failed(_error: CSRFError) -> Response:
    return refused(FormExpired("This form is too old. Please reload the page and send it again."))


def home() -> str:
    """The first page after signing in: what is on, and where one's work is."""
    view = overview(session(), now(), secret=may_see_secret(), guarded=may_see_guarded())
    return render_template("web/home.html", view=view)
