"""Who is asking: finds the signed-in person of a request and guards views by role."""

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from flask import current_app, g, request

from radiodesk.core import look_journal
from radiodesk.http.request import now, station
from radiodesk.rooms.accounts import second_factor, services, sessions
from radiodesk.rooms.accounts.models import Person, Role

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

COOKIE = "radiodesk_sign_in"
UNTIL_SET_UP = frozenset(
    {"static", "accounts.code", "accounts.begin_code", "accounts.confirm_code", "accounts.sign_out"}
)
"""What is open to somebody whose role asks for a second factor until it is there."""


def load_person() -> Person | None:
    """The person behind the request's cookie, read once a request."""
    if "person" not in g:
        token = request.cookies.get(COOKIE)
        g.person = None
        if token:
            with station().database.reading() as session:
                found = sessions.current(session, token, at=now())
                g.person = found.person if found else None
    return cast("Person | None", g.person)


def me() -> Person:
    """The signed-in person; only called where the desk let nobody else through."""
    person = load_person()
    if person is None:
        raise sessions.SignInRefused("Please sign in.")
    return person


def note_look(action: str, subject: str, **details: Any) -> None:
    """Note that the signed-in person looked at something private: on disk at once, in the audit trail soon after.

    Never waits for whoever writes to the database; see ``core.look_journal``.
    """
    look_journal.note(station().settings.data, now(), me().username, action, subject, **details)
    station().recent_looks.add(now(), me().username, action, subject)


def note_further_look(action: str, subject: str) -> None:
    """The same for a further part of something, unless its look was noted a few minutes ago."""
    if not station().recent_looks.has(now(), me().username, action, subject):
        note_look(action, subject)


def must_set_up(person: Person) -> bool:
    """Whether this request may only set up the second factor, which one of the person's roles asks for."""
    return second_factor.is_due(person, station().settings.second_factor_roles) and request.endpoint not in UNTIL_SET_UP


def allowed(*roles: Role) -> "Callable[[Callable[P, R]], Callable[P, R]]":
    """Let only people with one of the roles through (administrators always)."""

    def guard(view: "Callable[P, R]") -> "Callable[P, R]":
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            services.require(me(), *roles)
            return view(*args, **kwargs)

        # What pages ask before they offer a way here; see ``may_open``.
        guarded.guards = (*getattr(view, "guards", ()), roles)  # type: ignore[attr-defined]
        return guarded

    return guard


def may_open(endpoint: str) -> bool:
    """Whether the guards of a view let the signed-in person through.

    Every page asks this before it offers a link, a button or a form, so that none of them is answered with 403. A
    name that no view has is a fault of the page and raises ``KeyError``.
    """
    view = current_app.view_functions[endpoint]
    if getattr(view, "open_to_all", False):
        return True
    person = load_person()
    return person is not None and all(person.may(*roles) for roles in getattr(view, "guards", ()))
