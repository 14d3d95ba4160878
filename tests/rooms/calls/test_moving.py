"""The way of a call: what is possible, what is not, and who is told what."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from radiodesk.rooms.calls import queries
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.acts import SameMoment
from radiodesk.rooms.calls.models import Call, CallState
from tests.factories import calls as make

S = CallState
EVERY = list(CallState)
ALLOWED: dict[Callable[..., None], tuple[set[CallState], CallState]] = {
    calls.answer: ({S.RINGING}, S.SCREENING),
    calls.queue: ({S.RINGING, S.SCREENING, S.READY}, S.WAITING),
    calls.make_ready: ({S.WAITING}, S.READY),
    calls.rescreen: ({S.WAITING, S.READY, S.HELD}, S.SCREENING),
    calls.put_on_air: ({S.WAITING, S.READY, S.HELD}, S.ON_AIR),
    calls.hold: ({S.ON_AIR}, S.HELD),
    calls.resume: ({S.HELD}, S.ON_AIR),
    calls.end: ({S.SCREENING, S.WAITING, S.READY, S.ON_AIR, S.HELD}, S.DONE),
    calls.drop: ({S.RINGING, S.SCREENING, S.WAITING, S.READY, S.ON_AIR, S.HELD}, S.DROPPED),
    calls.lose: ({S.RINGING, S.SCREENING, S.WAITING, S.READY}, S.LOST),
}


@pytest.mark.parametrize("state", EVERY)
@pytest.mark.parametrize("act", ALLOWED, ids=lambda act: act.__name__)
def test_each_act_is_possible_in_its_states_alone(
    session: Session, now: datetime, act: Callable[..., None], state: CallState
) -> None:
    call = make.in_state(session, state, now)
    allowed, after = ALLOWED[act]
    if state in allowed:
        act(session, call, by="penyaring", at=now)
        assert call.state is after
    else:
        with pytest.raises((calls.WrongState, calls.CallTaken)):
            act(session, call, by="orang lain", at=now)
        assert call.state is state


def test_every_state_is_open_or_ended() -> None:
    assert Call.open_states | Call.ended_states == set(CallState)
    assert Call.open_states.isdisjoint(Call.ended_states)
    assert Call.unscreened_states | Call.waiting_states | Call.live_states == Call.open_states


def test_of_two_screeners_one_wins_and_the_other_is_told_who(session: Session, now: datetime) -> None:
    call = make.ringing(session, now)
    calls.answer(session, call, by="wati", at=now)
    with pytest.raises(calls.CallTaken, match="wati"):
        calls.answer(session, call, by="budi", at=now)


def test_two_changes_in_one_moment_leave_one_winner(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.WAITING, now)
    # Another process was faster: the row has a newer version than this session read.
    newer = update(Call).where(Call.id == call.id).values(version=call.version + 1)
    session.execute(newer, execution_options={"synchronize_session": False})
    with pytest.raises(SameMoment):
        calls.drop(session, call, by="wati", at=now)


def test_a_call_can_be_taken_over_from_someone_who_left(session: Session, now: datetime) -> None:
    call = make.in_state(session, S.SCREENING, now, by="wati")
    with pytest.raises(calls.CallTaken):
        calls.queue(session, call, by="budi", at=now)
    calls.take_over(session, call, by="budi", at=now)
    calls.queue(session, call, by="budi", at=now)
    assert (call.state, call.screened_by, call.locked_by) == (S.WAITING, "budi", None)


def test_the_host_takes_who_is_ready_first(session: Session, now: datetime) -> None:
    first = make.in_state(session, S.WAITING, now)
    second = make.in_state(session, S.WAITING, now)
    calls.make_ready(session, second, by="wati", at=now)
    assert queries.waiting(session) == [second, first]


def test_calls_are_moved_in_the_queue_and_the_others_stay_as_they_were(session: Session, now: datetime) -> None:
    one, two, three = (make.in_state(session, S.WAITING, now) for _ in range(3))
    versions = one.version, two.version
    calls.move(session, three, before=two, by="wati", at=now)
    assert queries.waiting(session) == [one, three, two]
    calls.move_by(session, three, -1, by="wati", at=now)
    assert queries.waiting(session) == [three, one, two]
    calls.move_by(session, three, 5, by="wati", at=now)
    assert queries.waiting(session) == [one, two, three]
    assert (one.version, two.version) == versions


def test_a_queue_can_be_reordered_as_often_as_one_likes(session: Session, now: datetime) -> None:
    one, two, three = (make.in_state(session, S.WAITING, now) for _ in range(3))
    for turn in range(120):
        moved, other = (three, two) if turn % 2 == 0 else (two, three)
        calls.move(session, moved, before=other, by="wati", at=now)
        assert queries.waiting(session) == [one, moved, other]


def test_who_hangs_up_stands_on_the_call_back_list_until_called(session: Session, now: datetime) -> None:
    lost = make.in_state(session, S.LOST, now)
    make.in_state(session, S.LOST, now, phone=None)
    assert queries.call_back_list(session, at=now).rows == [lost]
    calls.note_call_back(session, lost, by="wati", at=now)
    assert queries.call_back_list(session, at=now).rows == []


@pytest.mark.slow
def test_two_hundred_calls_in_ten_minutes_all_come_to_an_end(session: Session, now: datetime) -> None:
    for number in range(200):
        make.in_state(session, EVERY[number % len(EVERY)], now + timedelta(seconds=3 * number), phone=None)
    calls.close_queue(session, by="produser", at=now + timedelta(minutes=10))
    board = queries.board(session, at=now + timedelta(minutes=10), ended=500)
    assert board.open_count == 0
    assert len(board.ended) == 200
    assert all(call.ended_at for call in board.ended)


def test_two_calls_of_one_person_become_one(session: Session, now: datetime) -> None:
    first = make.ringing(session, now, message="Lampu padam")
    second = make.ringing(session, now, message="Masih padam", name="Penelepon Satu", place="Kapas")
    calls.merge(session, first, second, by="wati", at=now)
    assert (first.name, first.place, first.message) == ("Penelepon Satu", "Kapas", "Lampu padam\n\nMasih padam")
    assert (second.state, second.ended_why, second.merged_into_id) == (S.DROPPED, "merged", first.id)


@pytest.mark.parametrize(
    "other", [{"phone": "0812 0000 0099"}, {"state": S.ON_AIR}, None], ids=["another number", "on air", "itself"]
)
def test_what_cannot_be_merged_is_refused(session: Session, now: datetime, other: dict[str, Any] | None) -> None:
    kept = make.ringing(session, now)
    second = kept if other is None else make.in_state(session, **{"state": S.RINGING, "at": now, **other})
    with pytest.raises(calls.MergeRefused):
        calls.merge(session, kept, second, by="wati", at=now)


def test_a_call_that_was_merged_is_not_merged_again(session: Session, now: datetime) -> None:
    first, second, third = (make.ringing(session, now) for _ in range(3))
    calls.merge(session, first, second, by="wati", at=now)
    for kept, other in ((second, first), (third, second), (second, third)):
        with pytest.raises(calls.MergeRefused):
            calls.merge(session, kept, other, by="wati", at=now)


def test_calls_about_one_event_stand_together(session: Session, now: datetime) -> None:
    fire, again, third, alone = (make.ringing(session, now, phone=None) for _ in range(4))
    calls.same_event(session, third, again, by="wati", at=now)
    calls.same_event(session, again, fire, by="wati", at=now)
    assert queries.same_event(session, third) == [fire, again, third]
    places = queries.in_events(session, [fire, again, third, alone])
    assert {key: (place.nth, place.size) for key, place in places.items()} == {
        fire.id: (1, 3),
        again.id: (2, 3),
        third.id: (3, 3),
    }
    assert queries.host_card(session, again).event_size == 3
    calls.same_event(session, again, None, by="wati", at=now)
    assert queries.same_event(session, again) == []
