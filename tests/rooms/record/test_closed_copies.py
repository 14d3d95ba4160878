"""What may not be heard any more leaves the public copy at once, and the copy does not tell how much is missing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.filed_calls import file_call
from radiodesk.rooms.broadcasts.models import AsRun, AsRunKind, Broadcast
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Protected
from radiodesk.rooms.record import public_queries, queries, services
from radiodesk.rooms.record.models import PieceKind, Publication, PublishedBroadcast, PublishedTicket, Span, SpanState
from radiodesk.rooms.record.rendering import CONSENT, PROTECTED
from radiodesk.rooms.tickets import care
from radiodesk.rooms.tickets import services as tickets
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import shows
from tests.factories import tickets as ticket_factory

pytestmark = pytest.mark.slow  # each show is sealed, cut and encoded for real

BY = "arsiparis"
TOPIC = "Lampu jalan padam"


@pytest.fixture
def runner(database: Database, settings: Settings, clock: ManualClock) -> Runner:
    return Runner(database, settings, clock, kinds())


@pytest.fixture
def published(database: Database, settings: Settings, now: datetime, runner: Runner) -> Callable[..., tuple[str, int]]:
    """Publishes a show that was changed before sealing; gives its public id and its caller's key."""

    def make(change: Callable[[Session, shows.Show], object] = lambda _tx, _show: None) -> tuple[str, int]:
        with database.writing() as tx:
            show = shows.ended(tx, settings, now)
            shows.tell_start(show.programme, show.broadcast.on_air_at)
            change(tx, show)
            archive.seal(tx, settings, show.broadcast, by=BY, at=now)
            public_id, caller = show.broadcast.public_id, show.caller.id
        runner.run_all()
        publish(database, settings, runner, public_id, now)
        return public_id, caller

    return make


def publish(database: Database, settings: Settings, runner: Runner, public_id: str, now: datetime) -> None:
    with database.writing() as tx:
        broadcast = tx.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
        services.publish(tx, settings, broadcast, by=BY, at=now)
    runner.run_all()


def open_all(database: Database, public_id: str, now: datetime) -> None:
    """A person opens what waits for a consent: the caller's piece, and the seconds in the programme."""
    with database.writing() as tx:
        publication = laid_out(tx, public_id)
        for piece in publication.pieces:
            if piece.kind is PieceKind.CALL and piece.offset is not None:
                services.show(tx, piece, True, by=BY, at=now)
            for span in piece.spans:
                if span.kind == CONSENT:
                    services.decide(tx, span, SpanState.REJECTED, by=BY, at=now)


def laid_out(session: Session, public_id: str) -> Publication:
    broadcast = session.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
    publication = queries.publication_of(session, broadcast)
    assert publication is not None
    return publication


def copy(session: Session, public_id: str) -> PublishedBroadcast:
    return public_queries.published_by_id(session, public_id)


def kinds_of(session: Session, public_id: str) -> list[str]:
    return [str(piece.kind) for piece in copy(session, public_id).pieces]


def protect(tx: Session, settings: Settings, call: Call, at: datetime) -> None:
    calls.protect(tx, call, Protected.VICTIM, by="penyaring", at=at)


def complain_in_confidence(tx: Session, settings: Settings, call: Call, at: datetime) -> None:
    ticket_factory.opened(tx, settings, at, call=call, confidential=True)


def make_confidential(tx: Session, settings: Settings, call: Call, at: datetime) -> None:
    opened = ticket_factory.opened(tx, settings, at, call=call).ticket
    care.set_confidential(tx, opened, True, "diminta pelapor", by="petugas", at=at)


def take_back_consent(tx: Session, settings: Settings, call: Call, at: datetime) -> None:
    calls.withdraw_consent(tx, call, by="penyaring", at=at)


def agreed(_tx: Session, _show: shows.Show) -> None:
    """As the factory makes it: the caller agreed before anything was on air."""


def unasked(_tx: Session, show: shows.Show) -> None:
    """Nobody noted a consent; a person opens the caller's part after asking."""
    show.caller.consent_at = None


def agreed_too_late(_tx: Session, show: shows.Show) -> None:
    """On air first, a consent afterwards; a person opens the caller's part."""
    show.caller.aired_without_consent = True


WAYS = [
    *((agreed, way) for way in (protect, complain_in_confidence, make_confidential, take_back_consent)),
    *((unasked, way) for way in (protect, complain_in_confidence)),
    *((agreed_too_late, way) for way in (protect, take_back_consent)),
]


@pytest.mark.parametrize(("before", "close"), WAYS, ids=lambda one: one.__name__)
def test_a_public_copy_is_closed_in_the_same_moment_and_written_anew_without_the_part(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    published: Callable[..., tuple[str, int]],
    before: Callable[[Session, shows.Show], None],
    close: Callable[[Session, Settings, Call, datetime], None],
) -> None:
    public_id, caller = published(before)
    if before is not agreed:
        open_all(database, public_id, now)
        publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert "call" in kinds_of(session, public_id) and TOPIC in str(copy(session, public_id).as_run)
    with database.writing() as tx:
        close(tx, settings, tx.get_one(Call, caller), now + timedelta(minutes=5))
    with database.reading() as session:  # no job has run yet
        found = copy(session, public_id)
        assert (found.pieces, found.as_run, found.tickets, found.removed) == ([], [], [], {"closed": 1})
    runner.run_all()
    with database.reading() as session:
        found = copy(session, public_id)
        assert found.open and kinds_of(session, public_id) == ["programme", "script"]
        assert TOPIC not in str(found.as_run)
        assert found.pieces[0].duration == pytest.approx(50 - 22 - 4, abs=0.4)
        publication = laid_out(session, public_id)
        assert publication.closed_at == now + timedelta(minutes=5)
        assert queries.closed_count(session) == 1
        revision = str(publication.revision)
    assert [path.name for path in (settings.data / "public" / public_id).iterdir()] == [revision]


def test_the_desk_is_told_until_a_person_publishes_again(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    published: Callable[..., tuple[str, int]],
    sign_in: Callable[..., FlaskClient],
) -> None:
    public_id, caller = published()
    with database.writing() as tx:
        protect(tx, settings, tx.get_one(Call, caller), now)
    runner.run_all()
    desk = sign_in(Role.ARCHIVIST)
    assert "salinan publik ini ditutup" in desk.get(f"/siaran/{public_id}/terbit").text
    assert "salinan publik yang ditutup" in desk.get("/").text
    publish(database, settings, runner, public_id, now)
    assert "salinan publik ini ditutup" not in desk.get(f"/siaran/{public_id}/terbit").text
    assert "salinan publik yang ditutup" not in desk.get("/").text


def test_the_files_of_a_closed_copy_go_even_if_no_new_one_can_be_written(
    database: Database,
    settings: Settings,
    now: datetime,
    clock: ManualClock,
    runner: Runner,
    published: Callable[..., tuple[str, int]],
) -> None:
    public_id, caller = published()
    with database.writing() as tx:
        protect(tx, settings, tx.get_one(Call, caller), now)
    broken = {name: kind for name, kind in kinds().items() if name != services.PUBLISH_JOB}
    Runner(database, settings, clock, broken).run_all()
    assert not list((settings.data / "public" / public_id).iterdir())
    with database.reading() as session:
        assert copy(session, public_id).pieces == []


def test_a_protected_caller_is_a_gap_without_topic_length_or_number(
    database: Database, settings: Settings, now: datetime, published: Callable[..., tuple[str, int]]
) -> None:
    def protected(_tx: Session, show: shows.Show) -> None:
        show.caller.protected = Protected.VICTIM

    public_id, _ = published(protected)
    with database.reading() as session:
        found = copy(session, public_id)
        assert [entry["kind"] for entry in found.as_run] == ["start", "script", "end"]
        # Fifty seconds, of which twenty were the caller's, with a second more on each side.
        assert (found.as_run[-1]["offset"], found.seconds) == (28.0, 28.0)
        assert "protected" not in found.removed and found.removed["closed"] == 1
        # The message that never was on air is the only piece that is counted as left out.
        assert found.removed.get("piece", 0) == 0


def test_two_protected_callers_look_like_one(
    database: Database, settings: Settings, now: datetime, published: Callable[..., tuple[str, int]]
) -> None:
    def two(tx: Session, show: shows.Show) -> None:
        show.caller.protected = Protected.VICTIM
        show.quiet.protected = Protected.CHILD

    public_id, _ = published(two)
    with database.reading() as session:
        assert copy(session, public_id).removed["closed"] == 1


def test_a_caller_who_was_on_air_in_an_earlier_broadcast_too_is_closed_in_both(
    database: Database, settings: Settings, now: datetime, published: Callable[..., tuple[str, int]]
) -> None:
    def again(tx: Session, show: shows.Show) -> None:
        later = broadcasts.plan(tx, show.broadcast.programme, "Lanjutan", now, by="produser", at=now)
        file_call(tx, later, show.caller)
        show.caller.protected = Protected.VICTIM

    public_id, _ = published(again)
    with database.reading() as session:
        found = copy(session, public_id)
        assert TOPIC not in str(found.as_run) and found.seconds == 28.0


def test_a_caller_without_consent_stays_closed_until_a_person_opens_it(
    database: Database, settings: Settings, now: datetime, runner: Runner, published: Callable[..., tuple[str, int]]
) -> None:
    public_id, _ = published(unasked)
    with database.reading() as session:
        found = copy(session, public_id)
        assert kinds_of(session, public_id) == ["programme", "script"]
        assert TOPIC not in str(found.as_run) and found.removed[CONSENT] == 1
        assert found.pieces[0].duration == pytest.approx(50 - 22 - 4, abs=0.4)
    open_all(database, public_id, now)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        found = copy(session, public_id)
        assert kinds_of(session, public_id) == ["programme", "script", "call"]
        assert TOPIC in str(found.as_run) and CONSENT not in found.removed
        assert found.pieces[0].duration == pytest.approx(50 - 4, abs=0.4)


def test_what_a_person_opened_stays_open_when_nothing_is_taken_back(
    database: Database, settings: Settings, now: datetime, runner: Runner, published: Callable[..., tuple[str, int]]
) -> None:
    public_id, caller = published(unasked)
    open_all(database, public_id, now)
    publish(database, settings, runner, public_id, now)
    with database.writing() as tx:
        calls.consent(tx, tx.get_one(Call, caller), by="penyaring", at=now)
    with database.reading() as session:
        assert kinds_of(session, public_id) == ["programme", "script", "call"]
    with database.writing() as tx:  # and now what was noted meanwhile is taken back
        take_back_consent(tx, settings, tx.get_one(Call, caller), now)
    with database.reading() as session:
        assert kinds_of(session, public_id) == []
    runner.run_all()
    with database.reading() as session:
        assert kinds_of(session, public_id) == ["programme", "script"]
        assert copy(session, public_id).removed[CONSENT] == 1


def test_a_consent_that_is_taken_back_closes_the_part_in_what_is_laid_out_afresh(
    database: Database, settings: Settings, now: datetime, runner: Runner, published: Callable[..., tuple[str, int]]
) -> None:
    public_id, caller = published()
    with database.writing() as tx:
        broadcast = laid_out(tx, public_id).broadcast
        services.withdraw(tx, broadcast, "Diperiksa lagi.", by=BY, at=now)
        take_back_consent(tx, settings, tx.get_one(Call, caller), now)
        again = services.prepare_again(tx, settings, broadcast, by=BY, at=now)
        assert [piece.shown for piece in again.pieces if piece.kind is PieceKind.CALL] == [False]
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert kinds_of(session, public_id) == ["programme", "script"]


def test_decisions_about_seconds_in_which_nothing_is_said_stay_apart(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now, dump=False)
        shows.tell_start(show.programme, show.broadcast.on_air_at)
        show.caller.consent_at, show.quiet.on_air_at = None, now
        for transcript in tx.scalars(select(Transcript).where(Transcript.recording_id == show.programme.id)):
            tx.delete(transcript)
        for kind, second in ((AsRunKind.CALL_ON, 44.0), (AsRunKind.CALL_OFF, 47.0)):
            tx.add(
                AsRun(
                    broadcast_id=show.broadcast.id,
                    kind=kind,
                    subject=show.quiet.public_id,
                    title="",
                    offset=second,
                    at=now,
                    by="penyiar",
                    details={},
                )
            )
        archive.seal(tx, settings, show.broadcast, by=BY, at=now)
        public_id = show.broadcast.public_id
    runner.run_all()

    def asked(publication: Publication) -> list[Span]:
        return [span for piece in publication.pieces for span in piece.spans if span.kind == CONSENT]

    with database.writing() as tx:
        broadcast = tx.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
        one, other = asked(services.prepare(tx, settings, broadcast, by=BY, at=now))
        opened, left = one.begins, other.begins
        services.decide(tx, one, SpanState.REJECTED, by=BY, at=now)
        again = asked(services.prepare_again(tx, settings, broadcast, by=BY, at=now))
        assert {span.begins: span.taken_out for span in again} == {opened: False, left: True}


def test_a_caller_whom_a_person_opened_unheard_and_unasked_is_shown(
    database: Database, settings: Settings, now: datetime, runner: Runner, published: Callable[..., tuple[str, int]]
) -> None:
    def wordless(tx: Session, show: shows.Show) -> None:
        show.caller.consent_at = None
        for transcript in tx.scalars(select(Transcript).where(Transcript.recording_id == show.caller.recordings[0].id)):
            tx.delete(transcript)

    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        shows.tell_start(show.programme, show.broadcast.on_air_at)
        wordless(tx, show)
        archive.seal(tx, settings, show.broadcast, by=BY, at=now)
        public_id = show.broadcast.public_id
    runner.run_all()
    with database.writing() as tx:
        broadcast = tx.scalars(select(Broadcast).where(Broadcast.public_id == public_id)).one()
        services.prepare(tx, settings, broadcast, by=BY, at=now)
    open_all(database, public_id, now)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert kinds_of(session, public_id) == ["programme", "script", "call"]


def test_a_corrected_start_closes_a_copy_in_which_something_was_cut(
    database: Database,
    settings: Settings,
    now: datetime,
    runner: Runner,
    published: Callable[..., tuple[str, int]],
    sign_in: Callable[..., FlaskClient],
) -> None:
    def protected(_tx: Session, show: shows.Show) -> None:
        show.caller.protected = Protected.VICTIM

    public_id, _ = published(protected)
    desk = sign_in(Role.ARCHIVIST)
    with database.reading() as session:
        recording = next(one.recording for one in laid_out(session, public_id).pieces if one.recording)
        before = copy(session, public_id).revision

    def tell(seconds: int) -> None:
        start = (now + timedelta(seconds=seconds)).astimezone(settings.zone)
        told = {"date": f"{start:%Y-%m-%d}", "time": f"{start:%H:%M:%S}", "then": "review"}
        assert desk.post(f"/siaran/{public_id}/rekaman/{recording.public_id}/awal", data=told).status_code == 303

    tell(0)  # as it was
    with database.reading() as session:
        assert kinds_of(session, public_id) == ["programme", "script"]
    tell(-5)
    with database.reading() as session:
        assert kinds_of(session, public_id) == []
    runner.run_all()
    with database.reading() as session:
        found = copy(session, public_id)
        assert kinds_of(session, public_id) == ["programme", "script"] and found.revision > before
        programme = laid_out(session, public_id).pieces[0]
        assert [(span.begins, span.ends) for span in programme.spans if span.kind == PROTECTED] == [(18.0, 40.0)]


def test_a_name_that_may_not_be_told_any_more_leaves_the_copy(
    database: Database, settings: Settings, now: datetime, runner: Runner, published: Callable[..., tuple[str, int]]
) -> None:
    def may_name(_tx: Session, show: shows.Show) -> None:
        show.caller.may_name = True

    public_id, caller = published(may_name)
    with database.writing() as tx:  # the archivist lets the name stand, since it may be told
        for piece in laid_out(tx, public_id).pieces:
            for span in piece.spans:
                if "Karsinem" in piece.text[span.start : span.end]:
                    services.decide(tx, span, SpanState.REJECTED, by=BY, at=now)
    publish(database, settings, runner, public_id, now)
    with database.reading() as session:
        assert "Karsinem" in " ".join(piece.text for piece in copy(session, public_id).pieces)
    with database.writing() as tx:
        call = tx.get_one(Call, caller)
        card = replace(calls.card_of(call), may_name=False)
        calls.screen(tx, call, card, by="penyaring", at=now)
    for _ in range(2):
        with database.reading() as session:
            assert "Karsinem" not in " ".join(piece.text for piece in copy(session, public_id).pieces)
        runner.run_all()
    with database.reading() as session:
        assert kinds_of(session, public_id) == ["programme", "script", "call"]


def test_what_is_known_of_a_protected_caller_by_a_corrected_card_leaves_the_copy(
    database: Database, settings: Settings, now: datetime, runner: Runner, published: Callable[..., tuple[str, int]]
) -> None:
    def protected(_tx: Session, show: shows.Show) -> None:
        show.quiet.protected = Protected.VICTIM

    public_id, _ = published(protected)
    with database.writing() as tx:
        quiet = tx.scalars(select(Call).where(Call.protected.is_not(None))).one()
        card = replace(calls.card_of(quiet), topic="pakai helm")
        calls.screen(tx, quiet, card, by="penyaring", at=now)
    for _ in range(2):
        with database.reading() as session:
            assert "pakai helm" not in " ".join(piece.text for piece in copy(session, public_id).pieces)
        runner.run_all()
    with database.reading() as session:
        assert "programme" in kinds_of(session, public_id)


def test_answers_that_came_from_a_protected_callers_complaint_leave_those_that_were_joined_with_it(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        rules = ticket_factory.rules(settings)
        main = ticket_factory.opened(tx, settings, now, call=show.caller, summary="Utama", place="Kapas").ticket
        joined = ticket_factory.opened(tx, settings, now, call=show.quiet, summary="Kembar", place="Kapas").ticket
        tickets.merge(tx, rules, joined, main, by="petugas", at=now)
        note = "Suami pelapor sudah diperiksa di Kapas"
        care.add_note(tx, rules, main, note, public=True, by="petugas", at=now + timedelta(minutes=1))
        caller, number = show.caller.id, joined.number
    runner.run_all()

    def entries(session: Session) -> str:
        found = session.scalars(select(PublishedTicket).where(PublishedTicket.number == number)).one()
        return str(found.entries)

    with database.reading() as session:
        assert "diperiksa" in entries(session)
    with database.writing() as tx:
        protect(tx, settings, tx.get_one(Call, caller), now + timedelta(minutes=5))
    for _ in range(2):  # at once, and again when the job has run
        with database.reading() as session:
            assert "diperiksa" not in entries(session)
        runner.run_all()


def test_the_open_complaint_of_a_caller_closes_with_the_caller(
    database: Database, settings: Settings, now: datetime, runner: Runner
) -> None:
    with database.writing() as tx:
        show = shows.ended(tx, settings, now)
        opened = ticket_factory.opened(tx, settings, now, call=show.caller, summary="Lampu padam", place="Kapas")
        caller, number = show.caller.id, opened.ticket.number
        care.add_note(tx, ticket_factory.rules(settings), opened.ticket, "Sudah dicek", public=True, by="p", at=now)
    runner.run_all()

    def face(session: Session) -> PublishedTicket:
        return session.scalars(select(PublishedTicket).where(PublishedTicket.number == number)).one()

    with database.reading() as session:
        assert face(session).summary == "Lampu padam"
    with database.writing() as tx:
        protect(tx, settings, tx.get_one(Call, caller), now)
    for _ in range(2):  # at once, and again when the job has run
        with database.reading() as session:
            shown = face(session)
            assert (shown.listed, shown.summary, shown.place, shown.category) == (False, "", None, None)
            assert {entry["text"] for entry in shown.entries} == {""}
        runner.run_all()
