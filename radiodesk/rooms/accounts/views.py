"""Signing in and out, one's own settings, and the people pages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import segno
from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from radiodesk.core.database_kinds import PROMPT
from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import LANGUAGES
from radiodesk.core.text import is_text
from radiodesk.http.request import (
    asked_page,
    back,
    field,
    fields,
    now,
    own_address,
    public_page,
    secure_cookie,
    session,
    station,
)
from radiodesk.rooms.accounts import drafts, passwords, queries, second_factor, services, sessions
from radiodesk.rooms.accounts.access import COOKIE, allowed, load_person, me
from radiodesk.rooms.accounts.models import ROLE_NAMES, ROLE_TASKS, Person, Role

blueprint = Blueprint("accounts", __name__)

SENT_DRAFT = "_draft"
"""The field by which a form says under which address its draft is kept."""


@blueprint.get("/masuk")
@public_page
def sign_in_form() -> str | Response:
    if load_person():
        return redirect(url_for("home"))
    return render_template("accounts/sign_in.html", next=request.args.get("next", ""))


@blueprint.post("/masuk")
@public_page
def sign_in() -> Response:
    username, code = field("username", 60), field("code", 30)
    settings, database = station().settings, station().database
    counted = services.count_attempt(database, username, _address(), most=settings.login_attempts, at=now())
    with counted as attempt, database.writing(PROMPT) as tx:
        token = services.sign_in(tx, username, _password("password"), code, **_where())
        services.uncount(tx, attempt)
    return _with_cookie(redirect(own_address(request.form.get("next", "")) or url_for("home"), code=303), token)


def _address() -> str:
    return request.remote_addr or ""


def _where() -> dict[str, Any]:
    """What a new session is known by."""
    hours, browser = station().settings.session_hours, request.user_agent.string
    return {"address": _address(), "browser": browser, "hours": hours, "at": now()}


def _password(name: str) -> str:
    # As it was typed: blanks at its ends are part of it.
    return request.form.get(name, "")


def _new_password() -> str:
    if _password("password") != _password("again"):
        raise Unreadable("The two passwords differ. Please type them again.").of("again")
    return _password("password")


def _about() -> tuple[str, ...]:
    """What anyone would try first at this station."""
    return station().settings.station, station().settings.operator


def _with_cookie(response: Response, token: str) -> Response:
    lasts = station().settings.session_hours * 3600
    response.set_cookie(COOKIE, token, max_age=lasts, httponly=True, samesite="Lax", secure=secure_cookie())
    return response


def _token() -> str:
    return request.cookies.get(COOKIE, "")


@blueprint.post("/keluar")
def sign_out() -> Response:
    sessions.sign_out(session(), _token(), at=now())
    response = redirect(url_for("accounts.sign_in_form"), code=303)
    response.delete_cookie(COOKIE)
    return response


@blueprint.get("/undangan/<token>")
@public_page
def invitation(token: str) -> str:
    services.open_invitation(session(), token, at=now())
    return render_template("accounts/invitation.html", token=token)


@blueprint.post("/undangan/<token>")
@public_page
def accept(token: str) -> Response:
    password, username, name = _new_password(), field("username", 60), field("name", 120)
    person = services.accept(session(), token, username, name, password, about=_about(), at=now())
    return _with_cookie(redirect(url_for("home"), code=303), sessions.begin(session(), person, **_where()))


@blueprint.get("/saya")
def own() -> str:
    left = second_factor.codes_left(session(), me())
    return render_template("accounts/own.html", person=me(), languages=LANGUAGES, left=left)


def _mine(tx: Session) -> Person:
    return queries.person_by_public_id(tx, me().public_id)


@blueprint.post("/saya/bahasa")
def change_language() -> Response:
    chosen = field("language", 2)
    if chosen not in LANGUAGES:
        raise Unreadable("This language is not there.")
    _mine(session()).language = chosen
    return back("accounts.own")


@blueprint.post("/saya/tombol")
def change_keys() -> Response:
    chosen = field("letters", 3)
    if chosen not in ("yes", "no"):
        raise Unreadable("The form is incomplete. Please reload the page and try again.")
    _mine(session()).letter_keys = chosen == "yes"
    return back("accounts.own")


@contextmanager
def _proven() -> Iterator[Session]:
    """A transaction for an act that needs the password once more; it begins when the password was found right."""
    database, most = station().database, station().settings.login_attempts
    with services.count_attempt(database, me().username, _address(), most=most, at=now()) as attempt:
        services.prove_password(me(), _password("present"))
        with database.writing(PROMPT) as tx:
            services.uncount(tx, attempt)
            yield tx


@blueprint.post("/saya/sandi")
def change_password() -> Response:
    hashed = passwords.hashed(_new_password(), (*_about(), me().username, me().name))
    with _proven() as tx:
        services.set_password(tx, _mine(tx), hashed, keep=_token(), by=me().username, at=now())
    return back("accounts.own")


@blueprint.get("/saya/kode")
def code() -> str:
    person = _mine(session())
    pending = second_factor.address(person, station().settings.station) if person.totp_pending else None
    picture = segno.make(pending, error="m").svg_data_uri(scale=5, border=4, light="white") if pending else None
    required = second_factor.is_due(person, station().settings.second_factor_roles)
    return render_template("accounts/code.html", person=person, picture=picture, required=required)


@blueprint.post("/saya/kode/mulai")
def begin_code() -> Response:
    another = field("another", 3) == "yes"
    second_factor.begin(session(), _mine(session()), another=another, by=me().username, at=now())
    return back("accounts.code")


@blueprint.post("/saya/kode")
def confirm_code() -> str:
    with _proven() as tx:
        given = field("code", 30)
        codes = second_factor.confirm(tx, _mine(tx), given, keep=_token(), by=me().username, at=now())
    return render_template("accounts/recovery_codes.html", codes=codes)


@blueprint.post("/saya/kode/cadangan")
def renew_codes() -> str:
    with _proven() as tx:
        codes = second_factor.renew_codes(tx, _mine(tx), field("code", 30), by=me().username, at=now())
    return render_template("accounts/recovery_codes.html", codes=codes)


@blueprint.post("/saya/kode/matikan")
def switch_off_code() -> Response:
    with _proven() as tx:
        second_factor.switch_off(tx, _mine(tx), field("code", 30), keep=_token(), by=me().username, at=now())
    return back("accounts.own")


@blueprint.get("/petugas")
@allowed()
def people() -> str:
    return render_template(
        "accounts/people.html",
        listed=queries.people(session(), asked_page()),
        roles=ROLE_NAMES,
        tasks=ROLE_TASKS,
        invited=queries.open_invitation_count(session(), now()),
    )


@blueprint.post("/petugas")
@allowed()
def add() -> Response:
    username, name, roles, by = field("username", 60), field("name", 120), _roles(), me().username
    password = _password("password")
    services.add_person(session(), username, name, roles, password, about=_about(), by=by, at=now())
    return back("accounts.people")


@blueprint.post("/petugas/<public_id>")
@allowed()
def change(public_id: str) -> Response:
    person = queries.person_by_public_id(session(), public_id)
    active = field("active", 3) == "yes"
    services.change_person(session(), person, roles=_roles(), active=active, by=me().username, at=now())
    return back("accounts.people")


@blueprint.post("/petugas/undang")
@allowed()
def invite() -> str:
    token = services.invite(session(), _roles(), by=me().username, at=now())
    return _link_page(url_for("accounts.invitation", token=token, _external=True), services.INVITED_FOR)


@blueprint.post("/petugas/undang/batal")
@allowed()
def withdraw_invitations() -> Response:
    services.withdraw_invitations(session(), by=me().username, at=now())
    return back("accounts.people")


@blueprint.post("/petugas/<public_id>/sandi/atur-ulang")
@allowed()
def reset_password(public_id: str) -> str:
    person = queries.person_by_public_id(session(), public_id)
    token = services.reset_password(session(), person, by=me().username, at=now())
    return _link_page(url_for("accounts.new_password", token=token, _external=True), services.RESET_FOR, person)


def _link_page(link: str, lasts: timedelta, person: Person | None = None) -> str:
    """A link that is shown this once: the database holds only its hash."""
    return render_template("accounts/link.html", link=link, until=now() + lasts, person=person)


@blueprint.get("/sandi-baru/<token>")
@public_page
def new_password(token: str) -> str:
    person = services.person_of_reset(session(), token, at=now())
    return render_template("accounts/new_password.html", token=token, person=person)


@blueprint.post("/sandi-baru/<token>")
@public_page
def choose_password(token: str) -> Response:
    services.choose_password(session(), token, _new_password(), about=_about(), at=now())
    response = redirect(url_for("accounts.sign_in_form"), code=303)
    response.delete_cookie(COOKIE)
    return response


@blueprint.post("/petugas/<public_id>/kode/atur-ulang")
@allowed()
def reset_code(public_id: str) -> Response:
    second_factor.reset(session(), queries.person_by_public_id(session(), public_id), by=me().username, at=now())
    return back("accounts.people")


def _roles() -> list[Role]:
    try:
        return [Role(name) for name in fields("roles", 40)]
    except ValueError:
        raise Unreadable("One of the roles is not known.") from None


@blueprint.get("/draf")
def find_drafts() -> Response:
    places = [place for place in request.args.getlist("untuk")[: drafts.MOST] if is_text(place)]
    return jsonify(drafts.find(session(), me(), places, at=now()))


@blueprint.post("/draf")
def keep_draft() -> Response:
    drafts.keep(session(), me(), field("untuk", drafts.LONGEST_PLACE), _draft_fields(), at=now())
    return Response(status=204)


def _draft_fields() -> object:
    try:
        return json.loads(field("isian", drafts.LONGEST))
    except (ValueError, RecursionError):
        raise Unreadable("These words cannot be kept as a draft.") from None


@blueprint.post("/draf/buang")
def forget_draft() -> Response:
    drafts.forget(session(), me(), field("untuk", drafts.LONGEST_PLACE))
    return Response(status=204)


def forget_sent_draft(response: Response) -> Response:
    """After a form was taken, what was kept of it as a draft goes in the same transaction; a refused one keeps it."""
    place = request.form.get(SENT_DRAFT, "") if request.method == "POST" and response.status_code < 400 else ""
    if place and is_text(place) and (person := load_person()) is not None:
        drafts.forget(session(), person, place)
    return response
