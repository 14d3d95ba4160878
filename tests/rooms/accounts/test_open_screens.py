"""Who stands behind open screens, asked for all of them at once; it says the same as one request does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from sqlalchemy.orm import Session

from radiodesk.http.regions import Viewer
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts import sessions
from radiodesk.rooms.accounts.models import Person, Role, SignIn
from radiodesk.rooms.accounts.sessions import Holder, hashed_token, holders


@pytest.fixture
def begin(session: Session, now: datetime) -> Callable[..., str]:
    """Signs a new person in; gives the token."""

    def made(username: str, *roles: Role) -> str:
        accounts.add_person(session, username, "Petugas Uji", roles, "sepuluh-huruf", by="test", at=now)
        person = session.query(Person).filter_by(username=username).one()
        token = sessions.begin(session, person, address="127.0.0.1", browser="uji", hours=1, at=now)
        session.flush()
        return token

    return made


def end_by_signing_out(session: Session, sign_in: SignIn, now: datetime) -> None:
    sign_in.revoked_at = now


def end_by_time(session: Session, sign_in: SignIn, now: datetime) -> None:
    sign_in.expires_at = now - timedelta(seconds=1)


def end_by_deactivation(session: Session, sign_in: SignIn, now: datetime) -> None:
    sign_in.person.active = False


@pytest.mark.parametrize("end", [end_by_signing_out, end_by_time, end_by_deactivation])
def test_who_has_left_is_left_out(
    session: Session, begin: Callable[..., str], now: datetime, end: Callable[[Session, SignIn, datetime], None]
) -> None:
    stays, leaves = begin("wati", Role.SCREENER), begin("rina", Role.HOST)
    left = sessions.current(session, leaves, at=now)
    assert left is not None
    end(session, left, now)
    session.flush()
    asked = [hashed_token(token) for token in (stays, leaves, "nobody")]
    found = holders(session, asked, second_factor_roles=[], at=now)
    assert found == {hashed_token(stays): Holder("wati", frozenset({Role.SCREENER}), None)}
    assert sessions.current(session, leaves, at=now) is None


def test_who_waits_for_a_second_factor_is_left_out(session: Session, begin: Callable[..., str], now: datetime) -> None:
    token = begin("wati", Role.SCREENER, Role.HOST)
    asked = [hashed_token(token)]
    assert holders(session, asked, second_factor_roles=[Role.PRODUCER], at=now)
    assert not holders(session, asked, second_factor_roles=[Role.HOST], at=now)
    session.query(Person).one().totp_secret = "JBSWY3DPEHPK3PXP"
    session.flush()
    assert holders(session, asked, second_factor_roles=[Role.HOST], at=now)


def test_a_viewer_may_what_a_person_with_these_roles_may() -> None:
    for size in range(3):
        for roles in combinations(Role, size):
            person = Person(role_names=list(roles))
            viewer = Viewer(frozenset(roles), "id")
            for asked in [(), *((role,) for role in Role), *combinations(Role, 2)]:
                assert viewer.may(*asked) == person.may(*asked)
