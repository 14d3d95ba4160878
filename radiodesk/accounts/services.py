"""Signing in and out, inviting and changing people. Every act is in the audit trail."""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from radiodesk.accounts.models import FailedSignIn, Invitation, Person, Role, SignIn
from radiodesk.core import audit
from radiodesk.core.db import keys_of
from radiodesk.core.errors import Conflict, Forbidden, NotFound, Refusal, Unreadable
from radiodesk.core.ids import public_id

THROTTLE = timedelta(minutes=15)
INVITED_FOR = timedelta(days=3)
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()
_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
# Verified when a name is unknown, so that the time taken does not tell which names exist.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$CQfLeGFeKTVQYWqsk+9wkCcJvWNXVZwEwFOfQRNjOzE"


class SignInRefused(Refusal):
    """The name, the password or the code is wrong."""

    status = 401


class SignInPaused(Refusal):
    """Too many wrong passwords came from one address or for one name."""

    status = 429


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add_person(
    session: Session,
    username: str,
    name: str,
    roles: Collection[Role],
    password: str | None,
    *,
    by: str,
    at: datetime,
) -> Person:
    """Add someone who may sign in; raises ``Unreadable`` or ``Conflict`` with what to change."""
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Unreadable("The user name must have 2 to 40 small letters or digits and begin with a letter.")
    if not name.strip():
        raise Unreadable("Please give the person's name.")
    if not roles:
        raise Unreadable("Please give the person at least one role.")
    if session.scalar(select(Person.id).where(Person.username == username)):
        raise Conflict("The user name %(username)s is taken. Please choose another.", username=username)
    person = Person(
        public_id=public_id(at),
        username=username,
        name=name.strip(),
        password_hash=_password_hash(password) if password else None,
        role_names=sorted(roles),
        created_at=at,
    )
    session.add(person)
    audit.record(session, at, by, "person added", f"person {person.public_id}", username=username, roles=sorted(roles))
    return person


def _password_hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise Unreadable("The password is too short: at least %(least)s characters.", least=SHORTEST_PASSWORD)
    return _hasher.hash(password)


def set_password(session: Session, person: Person, password: str, *, by: str, at: datetime) -> None:
    """Change a password; every open session of the person ends."""
    person.password_hash = _password_hash(password)
    revoke_all(session, person, at=at)
    audit.record(session, at, by, "password changed", f"person {person.public_id}")


def change_person(
    session: Session, person: Person, *, roles: Collection[Role], active: bool, by: str, at: datetime
) -> None:
    """Change roles and whether the person may sign in; refuses to leave the station without an administrator."""
    if not roles:
        raise Unreadable("Please give the person at least one role.")
    keeps = active and Role.ADMINISTRATOR in roles
    others = [p for p in session.scalars(select(Person).where(Person.active)) if p.id != person.id]
    if not keeps and not any(Role.ADMINISTRATOR in other.roles for other in others):
        raise Conflict("This is the last administrator. Make someone else administrator first.")
    person.role_names, person.active = sorted(roles), active
    if not active:
        revoke_all(session, person, at=at)
    audit.record(session, at, by, "person changed", f"person {person.public_id}", roles=sorted(roles), active=active)


def invite(session: Session, roles: Collection[Role], *, by: str, at: datetime) -> str:
    """Make a one-time invitation; returns the token for its link."""
    token = secrets.token_urlsafe(24)
    session.add(
        Invitation(token_hash=_hash(token), role_names=sorted(roles), created_at=at, expires_at=at + INVITED_FOR)
    )
    audit.record(session, at, by, "person invited", "invitation", roles=sorted(roles))
    return token


def open_invitation(session: Session, token: str, *, at: datetime) -> Invitation:
    """The invitation behind a link; raises ``NotFound`` when it was used or is too old."""
    found = session.scalar(select(Invitation).where(Invitation.token_hash == _hash(token)))
    if found is None or found.used_at is not None or found.expires_at < at:
        raise NotFound("This invitation was used already or is too old. Ask for a new one.")
    return found


def accept(session: Session, token: str, username: str, name: str, password: str, *, at: datetime) -> Person:
    """Set up the invited person's account."""
    invitation = open_invitation(session, token, at=at)
    roles = [Role(role) for role in invitation.role_names]
    person = add_person(session, username, name, roles, password, by=f"invitation {invitation.id}", at=at)
    invitation.used_at = at
    return person


def sign_in(
    session: Session,
    username: str,
    password: str,
    code: str | None,
    *,
    address: str,
    browser: str,
    hours: int,
    at: datetime,
) -> str:
    """Check name, password and second factor; returns the token for the cookie."""
    person = session.scalar(select(Person).where(Person.username == username.strip().lower()))
    if not _matches(person, password) or person is None or not person.active:
        raise SignInRefused("The user name or the password is wrong.")
    if person.totp_secret and not pyotp.TOTP(person.totp_secret).verify(code or "", for_time=at, valid_window=1):
        raise SignInRefused("The six-digit code is wrong or too old.")
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=_hash(token),
            person=person,
            created_at=at,
            expires_at=at + timedelta(hours=hours),
            address=address,
            browser=browser[:200],
        )
    )
    audit.record(session, at, person.username, "signed in", f"person {person.public_id}", address=address)
    return token


def _matches(person: Person | None, password: str) -> bool:
    try:
        return _hasher.verify(person.password_hash if person and person.password_hash else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False


def check_throttle(session: Session, username: str, address: str, *, most: int, at: datetime) -> None:
    """Raise ``SignInPaused`` when there were too many wrong passwords for this name or from this address."""
    who = keys_of(session).lookup(username.strip().lower())
    failures = select(func.count()).where(FailedSignIn.at > at - THROTTLE)
    for matching in (FailedSignIn.username_hash == who, FailedSignIn.address == address):
        if (session.scalar(failures.where(matching)) or 0) >= most:
            raise SignInPaused("Too many wrong passwords. Please wait fifteen minutes, or ask an administrator.")


def note_failure(session: Session, username: str, address: str, *, at: datetime) -> None:
    """Count a wrong password, and forget the old ones."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < at - THROTTLE))
    who = keys_of(session).lookup(username.strip().lower())
    session.add(FailedSignIn(at=at, username_hash=who, address=address))
    audit.record(session, at, "desk", "sign-in refused", "sign-in", address=address)


# Asked by every request: made once, since putting a statement together takes longer than running it.
_BY_TOKEN = select(SignIn).where(SignIn.token_hash == bindparam("token"))


def current(session: Session, token: str, *, at: datetime) -> SignIn | None:
    """The sign-in behind a cookie, while it holds."""
    found = session.scalar(_BY_TOKEN, {"token": _hash(token)})
    if found is None or found.revoked_at is not None or found.expires_at < at or not found.person.active:
        return None
    return found


def sign_out(session: Session, token: str, *, at: datetime) -> None:
    """End one session."""
    found = session.scalar(select(SignIn).where(SignIn.token_hash == _hash(token)))
    if found is not None and found.revoked_at is None:
        found.revoked_at = at
        audit.record(session, at, found.person.username, "signed out", f"person {found.person.public_id}")


def revoke_all(session: Session, person: Person, *, at: datetime) -> None:
    """End every open session of a person."""
    for found in session.scalars(select(SignIn).where(SignIn.person_id == person.id, SignIn.revoked_at.is_(None))):
        found.revoked_at = at


def require(person: Person, *roles: Role) -> None:
    """Raise ``Forbidden`` unless the person has one of the roles."""
    if not person.may(*roles):
        raise Forbidden("Your role does not allow this. Ask an administrator.")
