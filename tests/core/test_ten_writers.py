"""Ten writers at the same moment: what is looked up and then written holds, on both kinds of database."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from radiodesk.core.audit import AuditEntry, broken_link, record
from radiodesk.core.database import Database, open_database
from radiodesk.core.errors import Conflict
from radiodesk.core.events import announce, events_after
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.services import SignInPaused, begin_attempt
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast, BroadcastState
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.programme.models import Script, ScriptKind, ScriptVersion
from radiodesk.rooms.programme.services import Draft, add_programme, edit_script, write_script
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.rooms.transcripts.services import correct_transcript
from tests.factories import calls as call_factory
from tests.factories import shows
from tests.factories import tickets as ticket_factory

WRITERS = 10

Ran = list[object]


def together(database: Database, act: Callable[[Session, int], object], writers: int = WRITERS) -> Ran:
    """Each writer acts in a transaction of its own, all begun at once; gives what each got or was refused with."""
    ready = threading.Barrier(writers)

    def one(number: int) -> object:
        ready.wait(30)
        try:
            with database.writing() as session:
                return act(session, number)
        except (Conflict, SignInPaused) as refusal:
            return type(refusal)

    with ThreadPoolExecutor(writers) as threads:
        return list(threads.map(one, range(writers)))


def test_the_audit_trail_is_one_chain(database: Database, now: datetime) -> None:
    def act(session: Session, number: int) -> None:
        for step in range(5):
            record(session, now, f"orang {number}", "tested", f"thing {step}")

    together(database, act)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 5 * WRITERS
        assert broken_link(session) is None


def test_who_follows_the_events_misses_none_of_them(database: Database, now: datetime) -> None:
    seen: list[int] = []
    over = threading.Event()

    def follow() -> None:
        last = 0
        while True:
            ending = over.is_set()
            with database.reading() as session:
                found = [row.id for row in events_after(session, last)]
            seen.extend(found)
            last = found[-1] if found else last
            if ending and not found:
                return

    follower = threading.Thread(target=follow)
    follower.start()
    for _ in range(5):
        together(database, lambda session, number: announce(session, now, "test", "done", str(number)))
    over.set()
    follower.join(60)
    assert len(seen) == 5 * WRITERS
    assert seen == sorted(set(seen))


def test_the_first_tickets_of_a_year_have_numbers_of_their_own(
    database: Database, settings: Settings, now: datetime
) -> None:
    def act(session: Session, _number: int) -> str:
        return ticket_factory.opened(session, settings, now).ticket.number

    assert len(set(together(database, act))) == WRITERS
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == WRITERS


def test_each_call_has_its_place_in_the_queue(database: Database, now: datetime) -> None:
    together(database, lambda session, number: call_factory.ringing(session, now, phone=f"0812000000{number}").id)
    with database.reading() as session:
        places = session.scalars(select(Call.position)).all()
    assert len(places) == len(set(places)) == WRITERS


def test_of_ten_who_edit_the_same_version_of_a_script_one_is_first(database: Database, now: datetime) -> None:
    with database.writing() as session:
        script = write_script(session, ScriptKind.APPEAL, "Helm", Draft("Pakai helm."), by="wati", at=now, speed=140).id

    def act(session: Session, number: int) -> int:
        held = session.get_one(Script, script)
        words = Draft(f"Pakai helm nomor {number}.")
        return edit_script(session, held, words, expected=1, by=f"orang {number}", at=now, speed=140).number

    ran = together(database, act)
    assert ran.count(2) == 1
    assert all(one == 2 or (isinstance(one, type) and issubclass(one, Conflict)) for one in ran)
    with database.reading() as session:
        assert sorted(session.scalars(select(ScriptVersion.number))) == [1, 2]


def test_of_ten_who_correct_the_same_version_of_a_transcript_one_is_first(
    database: Database, settings: Settings, now: datetime
) -> None:
    with database.writing() as session:
        base = shows.transcript(session, call_factory.recording(session, settings, now), "lampu padam di kapas", now).id

    def act(session: Session, number: int) -> int:
        heard = session.get_one(Transcript, base)
        segments = [{**heard.segments[0], "text": f"lampu padam nomor {number}"}]
        return correct_transcript(session, heard, segments, by=f"orang {number}", at=now).version

    ran = together(database, act)
    assert ran.count(2) == 1
    with database.reading() as session:
        assert sorted(session.scalars(select(Transcript.version))) == [1, 2]


def test_one_broadcast_is_on_air(database: Database, now: datetime) -> None:
    with database.writing() as session:
        programme = add_programme(session, "Halo", starts="18:00", minutes=60, by="wati", at=now)
        planned = [
            broadcasts.plan(session, programme, f"Edisi {number}", now, by="wati", at=now) for number in range(WRITERS)
        ]
        keys = [broadcast.id for broadcast in planned]

    def act(session: Session, number: int) -> bool:
        broadcasts.go_on_air(session, session.get_one(Broadcast, keys[number]), by="wati", at=now)
        return True

    assert together(database, act).count(True) == 1
    with database.reading() as session:
        states = session.scalars(select(Broadcast.state)).all()
    assert states.count(BroadcastState.ON_AIR) == 1


@pytest.mark.parametrize("most", [1, 8])
def test_a_throttle_lets_through_as_many_as_it_says(database: Database, now: datetime, most: int) -> None:
    ran = together(database, lambda session, _: begin_attempt(session, "wati", "203.0.113.7", most=most, at=now), 20)
    assert ran.count(SignInPaused) == 20 - most


def test_what_one_does_alone_others_wait_for(database: Database, settings: Settings) -> None:
    inside, most = [0], [0]
    guard = threading.Lock()

    def take_turns() -> None:
        own = open_database(settings.database, database.keys)
        for _ in range(3):
            with own.alone("seal"):
                with guard:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                time.sleep(0.02)
                with guard:
                    inside[0] -= 1
        own.engine.dispose()

    threads = [threading.Thread(target=take_turns) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_leading_in_one_thing_is_not_leading_in_another(database: Database) -> None:
    with closing(database.leadership()) as rounds, closing(database.leadership("seal")) as seal:
        assert rounds.lead() and seal.lead()
        with closing(database.leadership("seal")) as other:
            assert not other.lead()
