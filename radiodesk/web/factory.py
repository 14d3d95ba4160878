"""What the desk and the public site have in common: templates, languages, headers, errors, one transaction each."""

import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.sessions import SecureCookieSessionInterface
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from radiodesk.core import i18n
from radiodesk.core.alarms import DATABASE
from radiodesk.core.errors import NotFound, Refusal, TooLarge
from radiodesk.core.i18n import N_
from radiodesk.core.inputs import MOST
from radiodesk.core.settings import CHECKOUT
from radiodesk.core.text import is_text
from radiodesk.core.unavailable import RETRY_AFTER, DatabaseBusy, DatabaseUnavailable, busy, unavailable
from radiodesk.http.regions import form_token
from radiodesk.http.request import SAFE, TOO_LARGE, Station, let_go, own_transaction, secure_cookie, station
from radiodesk.web import assets, filters, health, metrics
from radiodesk.web.form_markup import SECRETS
from radiodesk.web.late_rules import LateRule
from radiodesk.web.proxies import BehindProxies
from radiodesk.web.refusal_page import page_of_form

PACKAGE = Path(__file__).resolve().parents[1]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

HTTP_SENTENCES = {
    400: N_("The desk could not understand this request. Please reload the page and try again."),
    404: N_("There is nothing at this address."),
    405: N_("This address does not take such a request."),
    500: N_("Something went wrong here. It was noted; please try again, and tell an administrator if it stays."),
}

ROUNDS = "radiodesk_rounds"
"""Of an application's extensions: what its process does by itself while it serves."""

FIELD_HEADER = "X-Refused-Field"

TOO_LARGE_SENTENCE = N_(
    "What was sent is larger than %(most)s MB, which is the most that is taken here. Send a part of it."
)


def template_folder() -> Path:
    """In a checkout the templates lie beside the package, in a wheel inside it."""
    beside = CHECKOUT / "templates"
    return beside if beside.is_dir() else PACKAGE / "templates"


class Whole(IntegerConverter):
    """A whole number in an address, no larger than an integer column holds."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:  # noqa: A002 - werkzeug's own name
        kwargs.setdefault("max", MOST)
        super().__init__(map, *args, **kwargs)


def create_app(name: str, station: Station, *, for_staff: bool) -> Flask:
    """A Flask application with everything but its blueprints; only the staff is told which program is at work."""
    app = Flask(name, template_folder=str(template_folder()), static_folder=None)
    app.url_rule_class = LateRule
    assets.connect(app, PACKAGE / "web" / "static")
    app.config.update(
        SECRET_KEY=station.database.keys.signing_key,
        MAX_CONTENT_LENGTH=station.settings.upload_megabytes * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_NAME=f"{name}_form",
        SESSION_COOKIE_SAMESITE="Lax",
        FOR_STAFF=for_staff,
    )
    app.url_map.converters["int"] = Whole
    app.extensions["radiodesk"] = station
    app.session_interface = FormSession()
    app.wsgi_app = BehindProxies(app.wsgi_app, station.settings.trusted_proxies)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["csrf"] = _csrf_field
    filters.register(app)
    own_transaction(app)
    metrics.connect(app, station)
    health.connect(app)
    app.after_request(_headers)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _database_failed)
    app.register_error_handler(500, _broken)
    return app


class FormSession(SecureCookieSessionInterface):
    """The cookie that forms are checked by; one that came over HTTPS goes nowhere else."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return secure_cookie()


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(form_token())


def _gettext(message: str) -> str:
    return i18n.translations(i18n.language.get()).gettext(message)


def _ngettext(singular: str, plural: str, number: int) -> str:
    return i18n.translations(i18n.language.get()).ngettext(singular, plural, number)


def _headers(response: Response) -> Response:
    nonce = g.get("style_nonce")
    policy = CSP.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'") if nonce else CSP
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _page(sentence: str, status: int, field: str | None = None) -> Response:
    # Whatever the view had begun is over: this page holds nothing, and asks the database nothing.
    let_go()
    answers = current_app.config.get("ERROR_ANSWERS", {})
    told = next((answer for prefix, answer in answers.items() if request.path.startswith(prefix)), None)
    if told is not None:
        response: Response = told(sentence, status)
    elif request.accept_mimetypes.best == "application/json":
        response = jsonify(error=sentence)
        response.status_code = status
    elif request.headers.get("HX-Request"):
        response = Response(sentence, status, content_type="text/plain; charset=utf-8")
        if field is not None:
            # The page is there still: its script puts the sentence beside the field.
            response.headers[FIELD_HEADER] = field
    elif (whole := page_of_form(sentence, status, field)) is not None:
        response = whole
    else:
        typed = {k: v for k, v in request.form.items(multi=True) if _worth_keeping(k, v)} if status != 413 else {}
        template = current_app.config.get("ERROR_PAGE", "web/error.html")
        # It takes a script and a form's token, of which the public site has neither.
        sends_again = current_app.config["FOR_STAFF"] and status == 503 and request.method not in SAFE
        resend = _resend() if sends_again else None
        again = RETRY_AFTER if status == 503 and (request.method in SAFE or resend is not None) else None
        shown = render_template(template, sentence=sentence, status=status, typed=typed, again=again, resend=resend)
        response = Response(shown, status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _resend() -> list[tuple[str, str]] | None:
    """The fields of a form that can be sent again as it was; ``None`` when it held files or secrets."""
    if request.files or SECRETS & request.form.keys():
        return None
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _worth_keeping(name: str, value: str) -> bool:
    # What a person typed at length must not be lost with a refused form.
    return len(value) >= 20 and name not in SECRETS | {"csrf_token"}


def refused(refusal: Refusal) -> Response:
    """A refusal as a page with its status, in the language of the request."""
    if isinstance(refusal, DatabaseUnavailable):
        station().alarms.sound(DATABASE, refusal)
        if isinstance(refusal, DatabaseBusy) and not current_app.config["FOR_STAFF"]:
            # Visitors are not told which program of the station holds the database.
            refusal = busy(None)
    return _page(i18n.say(refusal), refusal.status, refusal.field)


def _http_error(error: HTTPException) -> Response:
    code = error.code or 500
    if code < 400 and error.response is not None:
        return error.response  # type: ignore[return-value]
    if code == 413:
        return refused(too_large())
    return _page(i18n.gettext(HTTP_SENTENCES.get(code, HTTP_SENTENCES[400])), code)


def refuse_odd_address() -> None:
    """Before each request, once its language is known; raises ``NotFound`` for an address that is no text, which not
    every database can be asked for.
    """
    if not is_text(request.path):
        raise NotFound("There is nothing at this address.")


def refuse_too_large() -> None:
    """Before each request, once its language is known; raises ``TooLarge`` for a body that the server did not read."""
    if request.environ.get(TOO_LARGE):
        raise too_large()


def too_large() -> TooLarge:
    """The refusal of more than the settings allow."""
    return TooLarge(TOO_LARGE_SENTENCE, most=current_app.extensions["radiodesk"].settings.upload_megabytes)


def _database_failed(error: DBAPIError) -> Response:
    # Flask itself notes only what nobody handles.
    if unavailable(error) is None:
        current_app.log_exception(sys.exc_info())
    return _broken(error)


def _broken(error: BaseException) -> Response:
    """The page for what nobody foresaw; trouble of the database itself is named, and sounds its alarm."""
    cause = getattr(error, "original_exception", None) or error
    refusal = unavailable(cause)
    if refusal is not None:
        return refused(refusal)
    if isinstance(cause, Refusal):
        return refused(cause)
    return _page(i18n.gettext(HTTP_SENTENCES[500]), 500)
