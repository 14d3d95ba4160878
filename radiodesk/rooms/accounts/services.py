"""Signing in, inviting and changing people. Every act is in the audit trail."""

import logging
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.addresses import network
from radiodesk.core.database import Database, database_of, keys_of
from radiodesk.core.database_kinds import PROMPT
from radiodesk.core.errors import Conflict, Forbidden, NotFound, Refusal, Unreadable
from radiodesk.core.ids import public_id
from radiodesk.core.unavailable import DatabaseUnavailable
from radiodesk.rooms.accounts import passwords, second_factor, sessions
from radiodesk.rooms.accounts.models import FailedSignIn, Invitation, Person, Role
from radiodesk.rooms.accounts.sessions import SignInRefused, hashed_token

log = logging.getLogger(__name__)

THROTTLE = timedelta(minutes=15)
INVITED_FOR = timedelta(days=3)
RESET_FOR = timedelta(days=1)

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


class SignInPaused(Refusal):
    """Too many wrong passwords came from one address or for one name."""

    status = 429


def add_person(
    session: Session,
    username: str,
    name: str,
    roles: Collection[Role],
    password: str,
    *,
    about: Collection[str] = (),
    by: str,
    at: datetime,
) -> Person:
    """Add someone who may sign in; raises ``Unreadable`` or ``Conflict`` with what to change.

    The password is hashed before the session is used, which must be fresh. ``about`` are words that make a password
    easy to guess here.
    """
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Unreadable("The user name must have 2 to 40 small letters or digits and begin with a letter.").of(
            "username"
        )
    if not name.strip():
        raise Unreadable("Please give the person's name.").of("name")
    if not roles:
        raise Unreadable("Please give the person at least one role.")
    password_hash = passwords.hashed(password, (*about, username, name))
    if session.scalar(select(Person.id).where(Person.username == username)):
        raise Conflict("The user name %(username)s is taken. Please choose another.", username=username).of("username")
    person = Person(
        public_id=public_id(at),
        username=username,
        name=name.strip(),
        password_hash=password_hash,
        role_names=sorted(roles),
        created_at=at,
    )
    session.add(person)
    audit.record(session, at, by, "person added", f"person {person.public_id}", username=username, roles=sorted(roles))
    return person


def set_password(
    session: Session, person: Person, password_hash: str, *, keep: str = "", by: str, at: datetime
) -> None:
    """Change a password to the one that ``passwords.hashed`` took; the person's other sessions end."""
    person.password_hash = password_hash
    sessions.revoke_all(session, person, keep=keep, at=at)
    _end_resets(session, person, at)
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
        sessions.revoke_all(session, person, at=at)
        _end_resets(session, person, at)
    audit.record(session, at, by, "person changed", f"person {person.public_id}", roles=sorted(roles), active=active)


def invite(session: Session, roles: Collection[Role], *, by: str, at: datetime) -> str:
    """Make a one-time invitation; returns the token for its link."""
    if not roles:
        raise Unreadable("Please give the person at least one role.")
    token = secrets.token_urlsafe(24)
    session.add(
        Invitation(token_hash=hashed_token(token), role_names=sorted(roles), created_at=at, expires_at=at + INVITED_FOR)
    )
    audit.record(session, at, by, "person invited", "invitation", roles=sorted(roles))
    return token


def withdraw_invitations(session: Session, *, by: str, at: datetime) -> int:
    """End every invitation that was not used yet; returns how many there were."""
    ended = list(session.scalars(select(Invitation).where(*open_invitations(at))))
    for one in ended:
        one.used_at = at
    audit.record(session, at, by, "invitations withdrawn", "invitation", count=len(ended))
    return len(ended)


def open_invitations(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is true of an invitation whose link still works."""
    return Invitation.person_id.is_(None), Invitation.used_at.is_(None), Invitation.expires_at >= at


def open_invitation(session: Session, token: str, *, at: datetime) -> Invitation:
    """The invitation behind a link; raises ``NotFound`` when it was used or is too old."""
    wanted = Invitation.token_hash == hashed_token(token), Invitation.person_id.is_(None)
    found = session.scalar(select(Invitation).where(*wanted))
    if found is None or found.used_at is not None or found.expires_at < at:
        raise NotFound("This invitation was used already or is too old. Ask for a new one.")
    return found


def accept(
    session: Session, token: str, username: str, name: str, password: str, *, about: Collection[str] = (), at: datetime
) -> Person:
    """Set up the invited person's account. The password is hashed before the session is used, which must be fresh."""
    with database_of(session).reading() as looking:
        invited = open_invitation(looking, token, at=at)
    roles = [Role(role) for role in invited.role_names]
    person = add_person(session, username, name, roles, password, about=about, by=f"invitation {invited.id}", at=at)
    # Looked at again where it is used up: two who open the same link at once become one person.
    open_invitation(session, token, at=at).used_at = at
    return person


def reset_password(session: Session, person: Person, *, by: str, at: datetime) -> str:
    """Make a one-time link with which a person chooses a new password; returns its token.

    A link that was made before dies. The present password and the open sessions hold until the new one is chosen, so
    that nobody is thrown out of a show by a key that was pressed by mistake.
    """
    if not person.active:
        raise Conflict("%(name)s may not sign in. Allow it first.", name=person.name)
    _end_resets(session, person, at)
    token = secrets.token_urlsafe(24)
    made = Invitation(person_id=person.id, role_names=[], created_at=at, expires_at=at + RESET_FOR)
    made.token_hash = hashed_token(token)
    session.add(made)
    audit.record(session, at, by, "password reset asked", f"person {person.public_id}")
    return token


def person_of_reset(session: Session, token: str, *, at: datetime) -> Person:
    """Whose password a link sets; raises ``NotFound`` when it was used, replaced or is too old."""
    return session.get_one(Person, _open_reset(session, token, at).person_id)


def choose_password(
    session: Session, token: str, password: str, *, about: Collection[str] = (), at: datetime
) -> Person:
    """Set the password that somebody chose by a link; all their sessions end, and the link is used up.

    The password is hashed before the session is used, which must be fresh. A second factor stays: whoever has the
    link alone does not come in.
    """
    with database_of(session).reading() as looking:
        known = person_of_reset(looking, token, at=at)
    hashed = passwords.hashed(password, (*about, known.username, known.name))
    person = person_of_reset(session, token, at=at)
    set_password(session, person, hashed, by=person.username, at=at)
    who = keys_of(session).lookup(person.username)
    session.execute(delete(FailedSignIn).where(FailedSignIn.username_hash == who))
    return person


def _open_reset(session: Session, token: str, at: datetime) -> Invitation:
    wanted = Invitation.token_hash == hashed_token(token), Invitation.person_id.is_not(None)
    found = session.scalar(select(Invitation).where(*wanted))
    held = found is not None and found.used_at is None and found.expires_at >= at
    if found is None or not held or not session.get_one(Person, found.person_id).active:
        raise NotFound("This link was used already or is too old. Ask an administrator for a new one.")
    return found


def _end_resets(session: Session, person: Person, at: datetime) -> None:
    mine = Invitation.person_id == person.id, Invitation.used_at.is_(None)
    session.execute(update(Invitation).where(*mine).values(used_at=at))


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
    """Check name, password and second factor; returns the token for the cookie.

    ``session`` must be fresh: it begins to write when the password, which takes long on purpose, is found right.
    """
    with database_of(session).reading() as looking:
        known = looking.scalar(select(Person).where(Person.username == username.strip().lower()))
    if not passwords.fits(known.password_hash if known else None, password) or known is None or not known.active:
        raise SignInRefused("The user name or the password is wrong.")
    person = session.get_one(Person, known.id, with_for_update=True)
    if person.password_hash != known.password_hash or not person.active:
        raise SignInRefused("The user name or the password is wrong.")
    if person.totp_secret is not None:
        second_factor.use(session, person, code or "", at=at)
    return sessions.begin(session, person, address=address, browser=browser, hours=hours, at=at)


def begin_attempt(session: Session, username: str, address: str, *, most: int, at: datetime) -> int:
    """Count an attempt before it is made, so that guesses sent at the same time count too; returns its id.

    Raises ``SignInPaused`` when there were too many for this name or from this address.
    """
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < at - THROTTLE))
    who, where = keys_of(session).lookup(username.strip().lower()), network(address)
    failures = select(func.count()).select_from(FailedSignIn).where(FailedSignIn.at > at - THROTTLE)
    for matching in (FailedSignIn.username_hash == who, FailedSignIn.address == where):
        if (session.scalar(failures.where(matching)) or 0) >= most:
            raise SignInPaused("Too many wrong passwords. Please wait fifteen minutes, or ask an administrator.")
    attempt = FailedSignIn(at=at, username_hash=who, address=where)
    session.add(attempt)
    session.flush()
    return attempt.id


@contextmanager
def count_attempt(database: Database, username: str, address: str, *, most: int, at: datetime) -> Iterator[int]:
    """Around every check of a password or a code: a wrong one counts and is in the trail.

    Gives the attempt's id. What was found right is taken off the count by ``uncount``, in the transaction of the act
    that it opens: either both stand or neither. Inside, no transaction may stand open when something is refused.
    """
    with database.writing(PROMPT) as tx:
        attempt = begin_attempt(tx, username, address, most=most, at=at)
    try:
        yield attempt
    except SignInRefused:
        with database.writing(PROMPT) as tx:
            audit.record(tx, at, "desk", "sign-in refused", "sign-in", address=address)
        raise
    except Exception:
        # Something else stood in the way: nobody guessed.
        _uncount_now(database, attempt)
        raise


def uncount(session: Session, attempt: int) -> None:
    """The password and the code of a counted attempt were right."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt))


def _uncount_now(database: Database, attempt: int) -> None:
    try:
        with database.writing(PROMPT) as tx:
            uncount(tx, attempt)
    except DatabaseUnavailable as refusal:
        log.warning("An attempt to sign in that was no guess stays counted: %s", refusal)


def prove_password(person: Person, password: str) -> None:
    """Before an act that a borrowed screen must not do; raises ``SignInRefused``."""
    if not passwords.fits(person.password_hash, password):
        raise SignInRefused("Your present password is wrong.").of("present")


def require(person: Person, *roles: Role) -> None:
    """Raise ``Forbidden`` unless the person has one of the roles."""
    if not person.may(*roles):
        raise Forbidden("Your role does not allow this. Ask an administrator.")
