"""Takes of lines find their calls."""

from datetime import datetime

from sqlalchemy.orm import Session

from radiodesk.rooms.lines.call_takes import bind_take, calls_of_takes
from tests.factories import calls as factory


def test_every_take_of_a_call_finds_it(session: Session, now: datetime) -> None:
    first, second = factory.ringing(session, now), factory.ringing(session, now, phone="0812 0000 0002")
    bind_take(session, first, "T1")
    bind_take(session, first, "T2")
    bind_take(session, second, "T3")

    assert calls_of_takes(session, ["T1", "T2", "T3", "T4"]) == {"T1": first, "T2": first, "T3": second}


def test_a_take_may_be_told_of_twice(session: Session, now: datetime) -> None:
    call = factory.ringing(session, now)
    bind_take(session, call, "T1")
    bind_take(session, call, "T1")

    assert calls_of_takes(session, ["T1"]) == {"T1": call}
