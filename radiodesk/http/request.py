"""What every view needs of its request: the station, a database session, the clock, and the language.

One request owns one transaction: it begins with the first use of ``session()`` and is committed when the view
returned, rolled back when it raised. Safe methods get a session that only reads.
"""

import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as field_
from datetime import datetime
from functools import wraps
from secrets import token_hex
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from urllib.parse import unquote

from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from radiodesk.core import inputs
from radiodesk.core.alarms import DATABASE, Alarms
from radiodesk.core.clock import Clock
from radiodesk.core.database import Database
from radiodesk.core.database_kinds import PROMPT
from radiodesk.core.errors import Refusal, Unreadable
from radiodesk.core.locks import doing
from radiodesk.core.logs import trace
from radiodesk.core.look_journal import Recent
from radiodesk.core.notifier import Notifier
from radiodesk.core.settings import Settings
from radiodesk.core.text import is_text, mended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

TOO_LARGE = "radiodesk.too_large"
"""In the WSGI environment when the server would not read the body, because it is larger than the settings allow."""

UNSENT = "radiodesk.unsent"
"""In the WSGI environment a function that gives how many bytes of answers the browser has not taken yet."""

MOST_PAGES = 100_000
LONGEST_TARGET = 2000

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Station:
    """All that a web process runs with."""

    settings: Settings
    database: Database
    clock: Clock
    notifier: Notifier
    alarms: Alarms = field_(init=False)
    recent_looks: Recent = field_(init=False, default_factory=Recent)

    def __post_init__(self) -> None:
        object.__setattr__(self, "alarms", Alarms(self.settings.alarms))


def station() -> Station:
    """The station that this application serves."""
    return cast(Station, current_app.extensions["radiodesk"])


def session() -> Session:
    """The request's database session."""
    if "session" not in g:
        database = station().database
        if request.method in SAFE:
            g.reading = True
            g.session = database.reading_session()
        else:
            g.session = database.session(PROMPT)
    return cast(Session, g.session)


def now() -> datetime:
    """The time of this request, in UTC."""
    if "now" not in g:
        g.now = station().clock.now()
    return cast(datetime, g.now)


def own_transaction(app: Flask) -> None:
    """Make each request commit once, after its view; a response that tells of an error commits nothing."""

    @app.before_request
    def say() -> None:
        doing.set(f"{app.name}: {request.method} {request.url_rule or ''}")
        trace.set(f"request-{token_hex(6)}")

    @app.after_request
    def commit(response: Response) -> Response:
        held = g.get("session")
        if held is not None and "reading" not in g:
            if response.status_code < 400:
                held.commit()
                station().alarms.clear(DATABASE)
            else:
                held.rollback()
        return response

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        let_go()
        doing.set("")
        trace.set("")


def let_go() -> None:
    """End the request's session, whatever happened: what was not committed is rolled back, no lock stays behind."""
    held: Session | None = g.pop("session", None)
    g.pop("reading", None)
    if held is None:
        return
    try:
        held.close()
    except Exception:  # the edge: a connection that cannot even roll back is thrown away, and its lock with it
        log.exception("A session could not be closed; its connection is thrown away.")
        held.invalidate()


def field(name: str, most: int = 2000) -> str:
    """A text field of the form, trimmed; raises ``Unreadable`` on signs that are no text or when it is too long."""
    return _readable(request.form.get(name, ""), name, most)


def fields(name: str, most: int = 2000) -> list[str]:
    """All texts of the form that have this name, each as ``field`` gives it; raises the same."""
    return [_readable(text, name, most) for text in request.form.getlist(name)]


def _readable(text: str, name: str, most: int) -> str:
    text = text.strip()
    if not is_text(text):
        raise Unreadable("A field holds characters that are not text. Please type it again.").of(name)
    if len(text) > most:
        raise Unreadable(
            "A field is too long: %(length)s characters, at most %(most)s.", length=len(text), most=most
        ).of(name)
    return text


def number(name: str) -> int:
    """A whole number of the form; raises ``Unreadable`` when it is none, or larger than a column holds."""
    with of_field(name):
        return inputs.number(request.form.get(name, ""))


@contextmanager
def of_field(name: str) -> "Iterator[None]":
    """What is refused inside is to be mended in this field of the form, unless the refusal names another."""
    try:
        yield
    except Refusal as refusal:
        refusal.field = refusal.field or name
        raise


def asked(name: str, most: int = 200) -> str:
    """A text of the address (``?name=``), trimmed and cut to its greatest length; what is no text in it is replaced."""
    return mended(request.args.get(name, "")[:most]).strip()


def arguments(most: int = 2000) -> list[tuple[str, str]]:
    """All names and texts of the address and of the form, as they came, a repeated one as often as it stands there;
    raises ``Unreadable`` on signs that are no text, or where one is too long.
    """
    found = [*request.args.items(multi=True), *request.form.items(multi=True)]
    if not all(is_text(name) and is_text(text) for name, text in found):
        raise Unreadable("An argument holds characters that are not text.")
    if any(len(name) > most or len(text) > most for name, text in found):
        raise Unreadable("An argument is longer than %(most)s characters.", most=most)
    return found


def asked_page() -> int:
    """The page of a list that is wanted (``?hal=``), from 1."""
    return max(1, min(asked_number("hal", 1), MOST_PAGES))


def asked_number(name: str, otherwise: int) -> int:
    """A whole number of the address, not below zero; ``otherwise`` where there is none or it is too large."""
    try:
        return max(0, inputs.number(request.args.get(name, "")))
    except Unreadable:
        return otherwise


def stands_on(page: "Callable[[], str]") -> None:
    """Say how the page is made on which the form of this request stands, where no address gives that page."""
    g.form_page = page


def secure_cookie() -> bool:
    """Whether a cookie may go over HTTPS alone: as the settings say, or when this request came so."""
    return station().settings.secure_cookies or request.is_secure


def own_address(target: str) -> str | None:
    """The target of a redirect that came with the request, if it is a page of ours; ``None`` for anything else.

    Browsers drop tabs and line ends, take a backslash for a slash, and read two slashes as another host; so all of them
    are refused, written plainly or encoded, any number of times.
    """
    if not target.startswith("/") or len(target) > LONGEST_TARGET:
        return None
    try:
        # As bytes, or a half character in the name of another page would stop what comes after.
        read = target.encode().decode("latin-1")
    except UnicodeEncodeError:
        return None
    while True:
        path = re.split(r"[?#]", read, maxsplit=1)[0]
        if re.search(r"[\x00-\x1f\x7f]", read) or "//" in path or "\\" in path or {".", ".."} & set(path.split("/")):
            return None
        if (further := unquote(read, "latin-1")) == read:
            return target
        read = further


def back(endpoint: str, **values: Any) -> BaseResponse:
    """See-other to a page of ours after a form was taken; an htmx form stays where it is and waits for live updates."""
    if request.headers.get("HX-Request"):
        return Response(status=204)
    return redirect(url_for(endpoint, **values), code=303)


def onward(endpoint: str, **values: Any) -> BaseResponse:
    """See-other to a page that must be looked at now, for an htmx form too."""
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": url_for(endpoint, **values)})
    return redirect(url_for(endpoint, **values), code=303)


def part(template: str, **values: Any) -> Markup:
    """A template rendered as a part of another page, which takes it as it is."""
    return Markup(render_template(template, **values))  # noqa: S704 - our own templates escape what they are given


def public_page(view: "Callable[P, R]") -> "Callable[P, R]":
    """Mark a view that needs no signing in."""

    @wraps(view)
    def marked(*args: P.args, **kwargs: P.kwargs) -> R:
        return view(*args, **kwargs)

    marked.open_to_all = True  # type: ignore[attr-defined]
    return marked
