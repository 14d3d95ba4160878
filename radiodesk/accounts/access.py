"""Who is asking: finds the signed-in person of a request and guards views by role."""

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from flask import g, request

from radiodesk.accounts import services
from radiodesk.accounts.models import Person, Role
from radiodesk.core import looks
from radiodesk.core.http import now, station

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

COOKIE = "radiodesk_sign_in"


def load_person() -> Person | None:
    """The person behind the request's cookie, read once a request."""
    if "person" not in g:
        token = request.cookies.get(COOKIE)
        g.person = None
        if token:
            with station().database.reading() as session:
                found = services.current(session, token, at=now())
                g.person = found.person if found else None
    return cast("Person | None", g.person)


def me() -> Person:
    """The signed-in person; only called where the desk let nobody else through."""
    person = load_person()
    if person is None:
        raise services.SignInRefused("Please sign in.")
    return person


def looked(action: str, subject: str, **details: Any) -> None:
    """Note that the signed-in person looked at something private: on disk at once, in the audit trail soon after.

    Never waits for whoever writes to the database; see ``core.looks``.
    """
    looks.note(station().settings.data, now(), me().username, action, subject, **details)


def allowed(*roles: Role) -> "Callable[[Callable[P, R]], Callable[P, R]]":
    """Let only people with one of the roles through (administrators always)."""

    def guard(view: "Callable[P, R]") -> "Callable[P, R]":
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            services.require(me(), *roles)
            return view(*args, **kwargs)

        return guarded

    return guard
