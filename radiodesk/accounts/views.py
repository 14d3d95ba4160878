"""Signing in and out, one's own settings, and the people pages."""

import pyotp
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from radiodesk.accounts import queries, services
from radiodesk.accounts.access import COOKIE, allowed, load_person, me
from radiodesk.accounts.models import ROLE_NAMES, Person, Role
from radiodesk.core.errors import Unreadable
from radiodesk.core.http import asked_page, back, field, now, own_page, public_page, session, station
from radiodesk.core.i18n import LANGUAGES

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/masuk")
@public_page
def sign_in_form() -> str | Response:
    if load_person():
        return redirect(url_for("home"))
    return render_template("accounts/sign_in.html", next=request.args.get("next", ""))


@blueprint.post("/masuk")
@public_page
def sign_in() -> Response:
    username, address = field("username", 60), request.remote_addr or ""
    settings, database = station().settings, station().database
    with database.writing() as tx:
        services.check_throttle(tx, username, address, most=settings.login_attempts, at=now())
    try:
        token = services.sign_in(
            session(),
            username,
            request.form.get("password", ""),
            field("code", 10),
            address=address,
            browser=request.user_agent.string,
            hours=settings.session_hours,
            at=now(),
        )
    except services.SignInRefused:
        session().rollback()
        with database.writing() as tx:
            services.note_failure(tx, username, address, at=now())
        raise
    return _with_cookie(redirect(own_page(request.form.get("next", "")), code=303), token)


def _with_cookie(response: Response, token: str) -> Response:
    settings = station().settings
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings.session_hours * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.secure_cookies,
    )
    return response


@blueprint.post("/keluar")
def sign_out() -> Response:
    services.sign_out(session(), request.cookies.get(COOKIE, ""), at=now())
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
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise Unreadable("The two passwords differ. Please type them again.")
    services.accept(session(), token, field("username", 60), field("name", 120), password, at=now())
    signed_in = services.sign_in(
        session(),
        field("username", 60),
        password,
        None,
        address=request.remote_addr or "",
        browser=request.user_agent.string,
        hours=station().settings.session_hours,
        at=now(),
    )
    return _with_cookie(redirect(url_for("home"), code=303), signed_in)


@blueprint.get("/saya")
def own() -> str:
    return render_template("accounts/own.html", person=me(), secret=pyotp.random_base32(), languages=LANGUAGES)


def _my_row() -> Person:
    return queries.person_by_public_id(session(), me().public_id)


@blueprint.post("/saya/bahasa")
def change_language() -> Response:
    chosen = field("language", 2)
    if chosen not in LANGUAGES:
        raise Unreadable("This language is not there.")
    _my_row().language = chosen
    return back("accounts.own")


@blueprint.post("/saya/sandi")
def change_password() -> Response:
    if request.form.get("password", "") != request.form.get("again", ""):
        raise Unreadable("The two passwords differ. Please type them again.")
    services.set_password(session(), _my_row(), request.form.get("password", ""), by=me().username, at=now())
    return back("accounts.sign_in_form")


@blueprint.post("/saya/kode")
def second_factor() -> Response:
    secret, code = field("secret", 64), field("code", 10)
    try:
        right = not code or pyotp.TOTP(secret).verify(code, for_time=now(), valid_window=1)
    except ValueError:
        # Such a key is in no authenticator.
        right = False
    if not right:
        raise services.SignInRefused("The six-digit code is wrong or too old.")
    _my_row().totp_secret = secret if code else None
    return back("accounts.own")


@blueprint.get("/petugas")
@allowed()
def people() -> str:
    return render_template("accounts/people.html", listed=queries.people(session(), asked_page()), roles=ROLE_NAMES)


@blueprint.post("/petugas")
@allowed()
def add() -> Response:
    services.add_person(
        session(),
        field("username", 60),
        field("name", 120),
        _roles(),
        request.form.get("password", ""),
        by=me().username,
        at=now(),
    )
    return back("accounts.people")


@blueprint.post("/petugas/<public_id>")
@allowed()
def change(public_id: str) -> Response:
    person = queries.person_by_public_id(session(), public_id)
    active = field("active", 3) == "yes"
    services.change_person(session(), person, roles=_roles(), active=active, by=me().username, at=now())
    return back("accounts.people")


def _roles() -> list[Role]:
    try:
        return [Role(name) for name in request.form.getlist("roles")]
    except ValueError:
        raise Unreadable("One of the roles is not known.") from None
