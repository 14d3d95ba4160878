"""Sessions at the desk: the cookie holds a token, the database its hash, so that each can be ended here."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.errors import Refusal
from radiodesk.rooms.accounts.models import Person, Role, SignIn


class SignInRefused(Refusal):
    """The name, the password or the code is wrong."""

    status = 401


def hashed_token(token: str) -> str:
    """A token as it lies in the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Session, person: Person, *, address: str, browser: str, hours: int, at: datetime) -> str:
    """Open a session for someone who has proven who they are; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=hashed_token(token),
            person=person,
            created_at=at,
            expires_at=at + timedelta(hours=hours),
            address=address,
            browser=browser[:200],
        )
    )
    audit.record(session, at, person.username, "signed in", f"person {person.public_id}", address=address)
    return token


# Asked by every request: made once, since putting a statement together takes longer than running it.
_BY_TOKEN = select(SignIn).where(SignIn.token_hash == bindparam("token"))


def current(session: Session, token: str, *, at: datetime) -> SignIn | None:
    """The sign-in behind a cookie, while it holds."""
    found = session.scalar(_BY_TOKEN, {"token": hashed_token(token)})
    if found is None or found.revoked_at is not None or found.expires_at < at or not found.person.active:
        return None
    return found


@dataclass(frozen=True, slots=True)
class Holder:
    """Who stands behind a sign-in that holds now, as far as open screens need to know."""

    username: str
    roles: frozenset[Role]
    language: str | None


def holders(
    session: Session, token_hashes: Collection[str], *, second_factor_roles: Collection[str], at: datetime
) -> dict[str, Holder]:
    """Who is behind each of these sign-ins, asked at once; those that have ended, or wait for a second factor, are
    left out.
    """
    asked = (SignIn.token_hash, Person.username, Person.role_names, Person.language, Person.totp_secret.is_not(None))
    holds = (SignIn.revoked_at.is_(None), SignIn.expires_at >= at, Person.active)
    query = (
        select(*asked).join(Person, Person.id == SignIn.person_id).where(SignIn.token_hash.in_(token_hashes), *holds)
    )
    found = {}
    for token_hash, username, role_names, language, has_code in session.execute(query):
        roles = frozenset(Role(name) for name in role_names)
        if has_code or roles.isdisjoint(second_factor_roles):
            found[token_hash] = Holder(username, roles, language)
    return found


def sign_out(session: Session, token: str, *, at: datetime) -> None:
    """End one session."""
    found = session.scalar(select(SignIn).where(SignIn.token_hash == hashed_token(token)))
    if found is not None and found.revoked_at is None:
        found.revoked_at = at
        audit.record(session, at, found.person.username, "signed out", f"person {found.person.public_id}")


def revoke_all(session: Session, person: Person, *, keep: str = "", at: datetime) -> None:
    """End every open session of a person, but for the one whose token is ``keep``."""
    kept = hashed_token(keep)
    for found in session.scalars(select(SignIn).where(SignIn.person_id == person.id, SignIn.revoked_at.is_(None))):
        if found.token_hash != kept:
            found.revoked_at = at
