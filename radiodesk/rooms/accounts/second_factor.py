"""The second factor: a six-digit code (TOTP, RFC 6238) from the person's phone, and recovery codes for a lost phone.

The key is made here and kept here until a code from the phone confirms it. A code is taken once: the time step of the
last one is kept. Recovery codes are shown once and lie as keyed hashes in the database.
"""

import hmac
import secrets
from collections.abc import Collection
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from radiodesk.core import audit
from radiodesk.core.database import keys_of
from radiodesk.core.errors import Conflict
from radiodesk.core.private_columns import NotReadable
from radiodesk.rooms.accounts import sessions
from radiodesk.rooms.accounts.models import Person, RecoveryCode

STEP_SECONDS = 30
STEPS_AROUND = 1
"""Steps before and after the present one whose codes are taken, as clocks differ."""
RECOVERY_CODES = 10
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_HALF = 5


class CodeWrong(sessions.SignInRefused):
    """The six-digit code is wrong, too old or was used already."""


def is_due(person: Person, roles: Collection[str]) -> bool:
    """Whether one of the person's roles asks for a second factor that is not set up."""
    return person.totp_secret is None and not person.roles.isdisjoint(roles)


def begin(session: Session, person: Person, *, another: bool = False, by: str, at: datetime) -> None:
    """Make a key for the person's phone; it counts for nothing until it is confirmed.

    A key that was made before stays, since it may be in the phone already, unless ``another`` is asked for.
    """
    if person.totp_secret is not None:
        raise Conflict("The six-digit code is on already. Switch it off first.")
    if isinstance(person.totp_pending, str) and not another:
        return
    person.totp_pending = pyotp.random_base32()
    audit.record(session, at, by, "second factor begun", _subject(person))


def address(person: Person, station: str) -> str:
    """The pending key as authenticator apps read it from a QR code."""
    return pyotp.TOTP(person.totp_pending or "").provisioning_uri(name=person.username, issuer_name=station)


def confirm(session: Session, person: Person, code: str, *, keep: str, by: str, at: datetime) -> list[str]:
    """Switch the second factor on; ends the person's other sessions, and returns the recovery codes, this once."""
    if person.totp_pending is None or isinstance(person.totp_pending, NotReadable):
        raise Conflict("There is no key to confirm. Begin again.")
    step = _step(person.totp_pending, code, at)
    if step is None:
        raise CodeWrong("The six-digit code is wrong or too old.")
    person.totp_secret, person.totp_pending, person.totp_step = person.totp_pending, None, step
    sessions.revoke_all(session, person, keep=keep, at=at)
    audit.record(session, at, by, "second factor switched on", _subject(person))
    return _fresh_codes(session, person)


def use(session: Session, person: Person, code: str, *, at: datetime) -> None:
    """Take a code of the phone or a recovery code; raises ``CodeWrong``. Neither works a second time."""
    if isinstance(person.totp_secret, NotReadable):
        raise CodeWrong("The key of your six-digit code cannot be read. Ask an administrator to reset it.")
    if not (_use_step(session, person, code, at) or _use_recovery(session, person, code, at)):
        raise CodeWrong("The six-digit code is wrong or too old.")


def switch_off(session: Session, person: Person, code: str, *, keep: str, by: str, at: datetime) -> None:
    """Switch it off with a code; the person's other sessions end."""
    _require_on(person)
    use(session, person, code, at=at)
    _forget(session, person)
    sessions.revoke_all(session, person, keep=keep, at=at)
    audit.record(session, at, by, "second factor switched off", _subject(person))


def reset(session: Session, person: Person, *, by: str, at: datetime) -> None:
    """Take the second factor of someone whose phone and recovery codes are gone; all their sessions end."""
    _forget(session, person)
    sessions.revoke_all(session, person, at=at)
    audit.record(session, at, by, "second factor reset", _subject(person))


def renew_codes(session: Session, person: Person, code: str, *, by: str, at: datetime) -> list[str]:
    """New recovery codes, shown this once; the old ones do not work any more."""
    _require_on(person)
    use(session, person, code, at=at)
    audit.record(session, at, by, "recovery codes renewed", _subject(person))
    return _fresh_codes(session, person)


def codes_left(session: Session, person: Person) -> int:
    """How many recovery codes were not used yet."""
    unused = RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def _require_on(person: Person) -> None:
    if person.totp_secret is None:
        raise Conflict("The six-digit code is not on.")


def _step(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    now = int(at.timestamp()) // STEP_SECONDS
    otp = pyotp.TOTP(secret)
    steps = range(now - STEPS_AROUND, now + STEPS_AROUND + 1)
    return next((step for step in steps if hmac.compare_digest(otp.generate_otp(step), digits)), None)


def _use_step(session: Session, person: Person, code: str, at: datetime) -> bool:
    step = _step(person.totp_secret or "", code, at)
    if step is None:
        return False
    # In one statement: of two sign-ins with the same code at the same moment, one is taken.
    later = or_(Person.totp_step.is_(None), Person.totp_step < step)
    taken = update(Person).where(Person.id == person.id, later).values(totp_step=step).returning(Person.id)
    return session.scalar(taken) is not None


def _use_recovery(session: Session, person: Person, code: str, at: datetime) -> bool:
    mine = RecoveryCode.person_id == person.id, RecoveryCode.code_hash == _hash(session, person, code)
    used = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=at)
    if session.scalar(used.returning(RecoveryCode.id)) is None:
        return False
    left = codes_left(session, person)
    audit.record(session, at, person.username, "recovery code used", _subject(person), left=left)
    return True


def _fresh_codes(session: Session, person: Person) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [
        "-".join("".join(secrets.choice(_SIGNS) for _ in range(_HALF)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(person_id=person.id, code_hash=_hash(session, person, code)) for code in codes)
    session.flush()
    return codes


def _hash(session: Session, person: Person, code: str) -> str:
    signs = "".join(sign for sign in code.casefold() if sign.isalnum())
    return keys_of(session).lookup(f"recovery code\0{person.public_id}\0{signs}")


def _forget(session: Session, person: Person) -> None:
    person.totp_secret = person.totp_pending = person.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))


def _subject(person: Person) -> str:
    return f"person {person.public_id}"
