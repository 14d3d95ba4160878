"""Live regions that many screens show: views whose answer depends on nothing but their address, the roles and the
language of whoever looks. So each is rendered once for a kind of viewer, and goes to every screen of that kind.

``region`` marks such a view, ``print_of`` makes its HTML. There is no person while it is made: a view that asks for
more than ``Viewer`` has raises ``NotForMany``, and the screens then ask for the region themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, ParamSpec, TypeVar, cast
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, current_app, g
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException

from radiodesk.core import i18n

P = ParamSpec("P")
R = TypeVar("R")

LONGEST_ADDRESS = 300


class NotForMany(RuntimeError):
    """A view that should be the same for many asks for something that one person alone has."""


@dataclass(frozen=True)
class Viewer:
    """A kind of viewer: what a region's HTML may depend on. It stands where a person stands in ordinary requests."""

    roles: frozenset[str]
    language: str

    def may(self, *roles: str) -> bool:
        """Whether one of the roles is among the viewer's; administrators may do everything."""
        return "administrator" in self.roles or not self.roles.isdisjoint(roles)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotForMany(f"A region that goes to many screens asks for {name} of whoever looks.")


@dataclass(frozen=True, slots=True)
class Region:
    """A region at one address: the view that makes it and what it is asked for; ``topics`` of events renew it."""

    address: str
    endpoint: str
    values: tuple[tuple[str, Any], ...]
    topics: frozenset[str]
    subject: str | None
    """Where it is about one thing: events about others do not renew it."""


def region(*topics: str, subject: str = "") -> "Callable[[Callable[P, R]], Callable[P, R]]":
    """Mark a view as a region that is the same for all viewers of a kind, and is renewed by events of these topics.

    ``subject`` names the part of its address that holds what it is about. Of the query only ``hal``, the page of a
    list, may change the answer.
    """

    def mark(view: "Callable[P, R]") -> "Callable[P, R]":
        view.region = (topics, subject)  # type: ignore[attr-defined]
        return view

    return mark


def topics_of(endpoint: str) -> str:
    """The topics of a region, as ``data-live`` names them."""
    topics, _ = cast(Any, current_app.view_functions[endpoint]).region
    return " ".join(topics)


def region_at(app: Flask, address: str) -> Region | None:
    """The region at an address of the desk; ``None`` where there is none that is the same for many."""
    if not address.startswith("/") or len(address) > LONGEST_ADDRESS:
        return None
    parts = urlsplit(address)
    if parts.netloc or {name for name, _ in parse_qsl(parts.query)} - {"hal"}:
        return None
    try:
        endpoint, values = app.url_map.bind("").match(parts.path, method="GET")
    except HTTPException:
        return None
    marked = getattr(app.view_functions[endpoint], "region", None)
    if marked is None:
        return None
    topics, subject = marked
    about = str(values[subject]) if subject else None
    return Region(address, endpoint, tuple(sorted(values.items())), frozenset(topics), about)


def print_of(app: Flask, found: Region, viewer: Viewer) -> str:
    """The HTML of a region as this kind of viewer sees it, with empty form tokens; raises what its view raises."""
    with app.test_request_context(found.address, headers={"HX-Request": "true"}):
        g.person = viewer
        g.for_many = True
        i18n.language.set(viewer.language)
        made = app.view_functions[found.endpoint](**dict(found.values))
        if not isinstance(made, str):
            raise NotForMany(f"{found.endpoint} gives more than HTML.")
        return str(made)


def form_token() -> str:
    """What proves that a form came from a page of this browser; empty in what goes to many, where each page puts in
    its own.
    """
    return "" if g.get("for_many") else str(generate_csrf())
