"""What a call is that others became: it holds their words, so it goes by their marks too."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from radiodesk.core.settings import Settings
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.access import belonging_of, belongings
from radiodesk.rooms.calls.merged_calls import held_by, standing
from radiodesk.rooms.calls.models import Call, CallState, Protected
from radiodesk.rooms.recordings.access import Belonging
from tests.factories import calls as make
from tests.factories import tickets

S = CallState


@pytest.fixture
def chain(session: Session, settings: Settings, now: datetime) -> list[Call]:
    """Three calls of one person: the first was merged into the second, that one into the third, which is open."""
    first, second, third = (make.in_state(session, S.WAITING, now) for _ in range(3))
    calls.merge(session, second, first, by="wati", at=now)
    calls.merge(session, third, second, by="wati", at=now)
    return [first, second, third]


def test_the_last_of_a_chain_holds_the_words_of_all(session: Session, chain: list[Call]) -> None:
    third = chain[-1]
    held = held_by(session, chain)
    assert [len(held[call.id]) for call in chain] == [1, 2, 3]
    assert [standing(session, call) for call in chain] == [third] * 3


@pytest.mark.parametrize("secret", [0, 1, 2])
def test_a_confidential_complaint_of_any_of_them_guards_all(
    session: Session, settings: Settings, now: datetime, chain: list[Call], secret: int
) -> None:
    tickets.opened(session, settings, now, call=chain[secret], text="Rahasia", confidential=True)
    third = chain[-1]
    assert belonging_of(session, third) is Belonging.PROTECTED
    calls.end(session, third, by="wati", at=now)
    assert belonging_of(session, third) is Belonging.CONFIDENTIAL
    assert set(belongings(session, chain[secret:]).values()) == {Belonging.CONFIDENTIAL}


def test_a_protection_of_the_last_one_guards_the_first(session: Session, now: datetime, chain: list[Call]) -> None:
    calls.protect(session, chain[-1], Protected.CHILD, by="wati", at=now)
    assert set(belongings(session, chain).values()) == {Belonging.PROTECTED}


def test_a_ring_of_merges_that_an_older_release_made_is_gone_through_once(session: Session, chain: list[Call]) -> None:
    first, _, third = chain
    third.merged_into_id = first.id
    session.flush()
    assert {len(several) for several in held_by(session, chain).values()} == {3}
    assert belonging_of(session, first) is Belonging.CALL
