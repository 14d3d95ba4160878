"""Replies wait for the channel, files are fetched after the call is safe; a server of the test plays WhatsApp."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict
from radiodesk.core.jobs import Kind, Runner, nothing
from radiodesk.core.settings import Settings
from radiodesk.core.unavailable import DatabaseBusy
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.transitions import merge
from radiodesk.rooms.messages import attachments, intake, jobs, outbox
from radiodesk.rooms.messages.channels import whatsapp
from radiodesk.rooms.messages.intake import take_in
from radiodesk.rooms.messages.models import IncomingMedia, OutgoingMessage, TransferState
from radiodesk.rooms.transcripts import services as speech
from tests.factories import calls as make
from tests.factories.graph import Graph, playing
from tests.rooms.messages import channels as bodies


@pytest.fixture
def graph() -> Iterator[Graph]:
    with playing() as server:
        yield server


@pytest.fixture
def replying(settings: Settings, graph: Graph) -> Settings:
    update = {"whatsapp_token": SecretStr("akses"), "whatsapp_phone_id": "100", "whatsapp_api": graph.address}
    return settings.model_copy(update=update)


@pytest.fixture
def runner(database: Database, replying: Settings, clock: ManualClock) -> Runner:
    # The recogniser is not what is tried here.
    return Runner(database, replying, clock, {**jobs.KINDS, speech.JOB: Kind(lambda *_: None, nothing)})


def arrive(database: Database, clock: ManualClock, *messages: dict[str, Any]) -> Call:
    with database.writing() as tx:
        calls = [take_in(tx, one, at=clock.now()) for one in whatsapp.parse(bodies.whatsapp(*messages)).everything]
    assert calls[0] is not None
    return calls[0]


def write(database: Database, settings: Settings, clock: ManualClock, call: Call) -> OutgoingMessage:
    with database.writing() as tx:
        held = tx.get_one(Call, call.id)
        return outbox.reply(tx, settings, held, "Terima kasih, kami cek.", by="wati", at=clock.now())


def reply_of(database: Database) -> OutgoingMessage:
    with database.reading() as session:
        return session.scalars(select(OutgoingMessage)).one()


def test_a_reply_is_sent_by_the_worker(
    database: Database, replying: Settings, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    write(database, replying, clock, arrive(database, clock, bodies.text("Halo")))
    runner.run_all()
    assert graph.sent[0]["to"] == "6281200000001"
    assert graph.sent[0]["text"]["body"] == "Terima kasih, kami cek."
    assert graph.tokens == {"Bearer akses"}
    assert (reply_of(database).state, reply_of(database).external_id) == (TransferState.DONE, "wamid.out.1")


def test_a_reply_waits_while_the_channel_is_away_and_is_sent_once(
    database: Database, replying: Settings, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    write(database, replying, clock, arrive(database, clock, bodies.text("Halo")))
    graph.refuse = 503
    runner.run_all()
    assert (reply_of(database).state, graph.sent) == (TransferState.WAITING, [])
    graph.refuse = 0
    clock.advance(timedelta(seconds=11))
    runner.run_all()
    clock.advance(timedelta(hours=5))
    runner.run_all()
    assert reply_of(database).state is TransferState.DONE
    assert len(graph.sent) == 1


def test_a_reply_that_is_refused_says_so_at_once(
    database: Database, replying: Settings, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    write(database, replying, clock, arrive(database, clock, bodies.text("Halo")))
    graph.refuse = 400
    runner.run_all()
    assert reply_of(database).state is TransferState.FAILED
    assert "400" in (reply_of(database).problem or "")


def test_a_channel_that_stays_away_is_given_up_in_the_end(
    database: Database, replying: Settings, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    write(database, replying, clock, arrive(database, clock, bodies.text("Halo")))
    graph.refuse = 500
    for _ in range(10):
        runner.run_all()
        clock.advance(timedelta(hours=3))
    assert reply_of(database).state is TransferState.FAILED
    with database.reading() as session:
        assert outbox.tries(session, [reply_of(database)]) == {reply_of(database).id: 6}


def test_whatsapp_tells_what_became_of_a_reply(
    database: Database, replying: Settings, clock: ManualClock, runner: Runner
) -> None:
    write(database, replying, clock, arrive(database, clock, bodies.text("Halo")))
    runner.run_all()
    for status in ("sent", "delivered", "read", "delivered"):
        news = {"id": "wamid.out.1", "status": status}
        with database.writing() as tx:
            for one in whatsapp.parse(bodies.whatsapp(statuses=[news])).everything:
                take_in(tx, one, at=clock.now())
    assert reply_of(database).state is TransferState.READ


def test_after_a_day_the_listener_has_to_be_called(database: Database, replying: Settings, clock: ManualClock) -> None:
    call = arrive(database, clock, bodies.text("Halo"))
    clock.advance(timedelta(hours=23))
    write(database, replying, clock, call)
    clock.advance(timedelta(hours=2))
    with pytest.raises(outbox.CannotReply):
        write(database, replying, clock, call)


def test_a_channel_that_is_not_set_up_takes_no_replies(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    call = arrive(database, clock, bodies.text("Halo"))
    with pytest.raises(outbox.CannotReply):
        write(database, settings, clock, call)


def test_a_voice_note_is_fetched_and_goes_to_the_recogniser(
    database: Database, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    graph.files["m1"] = make.wav(1.0)
    call = arrive(database, clock, bodies.voice("m1"))
    runner.run_all()
    with database.reading() as session:
        [recording] = session.get_one(Call, call.id).recordings
        assert speech.machine_version(session, recording) is not None
    assert recording.bytes == len(graph.files["m1"])


def test_a_picture_is_kept_beside_the_call_with_its_caption(
    database: Database, replying: Settings, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    graph.files["m2"] = b"\xff\xd8\xff gambar"
    call = arrive(database, clock, bodies.image("m2", "Lubang di jalan"))
    runner.run_all()
    with database.reading() as session:
        [kept] = attachments.of_call(session, call)
    assert call.message == "Lubang di jalan"
    assert ((replying.data / "attachments") / kept.key).read_bytes() == graph.files["m2"]


def test_a_file_that_cannot_be_had_yet_is_asked_for_again(
    database: Database, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    graph.refuse = 503
    call = arrive(database, clock, bodies.voice("m1"))
    runner.run_all()
    graph.refuse, graph.files["m1"] = 0, make.wav()
    clock.advance(timedelta(seconds=11))
    runner.run_all()
    with database.reading() as session:
        assert len(session.get_one(Call, call.id).recordings) == 1


def test_a_file_larger_than_the_station_takes_is_given_up(
    database: Database, replying: Settings, clock: ManualClock, graph: Graph
) -> None:
    graph.files["m1"] = b"\0" * 1_200_000
    small = replying.model_copy(update={"upload_megabytes": 1})
    arrive(database, clock, bodies.voice("m1"))
    Runner(database, small, clock, jobs.KINDS).run_all()
    with database.reading() as session:
        media = session.scalars(select(IncomingMedia)).one()
    assert media.state is TransferState.FAILED
    assert media.problem


def test_a_picture_is_shown_and_a_document_is_never_run(
    database: Database, settings: Settings, clock: ManualClock, sign_in: Any
) -> None:
    with database.writing() as tx:
        call = make.ringing(tx, clock.now())
        page = attachments.keep(tx, settings, call, io.BytesIO(b"<script>"), "a.html", "text/html", at=clock.now())
        picture = attachments.keep(tx, settings, call, io.BytesIO(b"GIF89a"), "a.gif", "image/gif", at=clock.now())
    from radiodesk.rooms.accounts.models import Role

    client = sign_in(Role.SCREENER)
    with client.get(f"/antrean/lampiran/{page.public_id}") as answer:
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    with client.get(f"/antrean/lampiran/{picture.public_id}") as answer:
        assert answer.mimetype == "image/gif"


def test_a_reply_that_was_given_up_is_listed_and_sent_again_by_hand(
    database: Database, replying: Settings, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    write(database, replying, clock, arrive(database, clock, bodies.text("Halo")))
    graph.refuse = 400
    runner.run_all()
    graph.refuse = 0
    with database.writing() as tx:
        [stuck] = outbox.unsent(tx, at=clock.now()).rows
        assert outbox.stuck_count(tx, at=clock.now()) == 1
        outbox.again(tx, stuck, by="wati", at=clock.now())
        with pytest.raises(outbox.CannotReply):
            outbox.again(tx, stuck, by="wati", at=clock.now())
    runner.run_all()
    with database.reading() as session:
        assert outbox.unsent(session, at=clock.now()).rows == []
        assert outbox.stuck_count(session, at=clock.now()) == 0
    assert len(graph.sent) == 1


def test_a_reply_of_yesterday_is_not_sent_again_over_whatsapp(
    database: Database, replying: Settings, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    row = write(database, replying, clock, arrive(database, clock, bodies.text("Halo")))
    graph.refuse = 400
    runner.run_all()
    clock.advance(timedelta(hours=25))
    with database.writing() as tx:
        with pytest.raises(outbox.CannotReply):
            outbox.again(tx, tx.get_one(OutgoingMessage, row.id), by="wati", at=clock.now())


def test_a_file_that_could_not_be_had_is_named_and_asked_for_again(
    database: Database, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    call = arrive(database, clock, bodies.voice("m1"))
    graph.refuse = 400
    runner.run_all()
    with database.writing() as tx:
        [gone] = attachments.missing(tx, tx.get_one(Call, call.id))
        assert (gone.state, "400" in (gone.problem or "")) == (TransferState.FAILED, True)
    graph.refuse, graph.files["m1"] = 0, make.wav(1.0)
    with database.writing() as tx:
        intake.fetch_again(tx, tx.get_one(Call, call.id), by="wati", at=clock.now())
    runner.run_all()
    with database.writing() as tx:
        assert attachments.missing(tx, tx.get_one(Call, call.id)) == []
        assert len(tx.get_one(Call, call.id).recordings) == 1
        with pytest.raises(Conflict):
            intake.fetch_again(tx, tx.get_one(Call, call.id), by="wati", at=clock.now())


@pytest.mark.parametrize(
    "body", [b"", b"bukan JSON", b"{}", b'{"messages": []}', b'{"messages": [{"id": null}]}', b"[]"]
)
def test_what_the_channel_took_is_never_sent_again(
    database: Database,
    replying: Settings,
    clock: ManualClock,
    graph: Graph,
    runner: Runner,
    monkeypatch: pytest.MonkeyPatch,
    body: bytes,
) -> None:
    write(database, replying, clock, arrive(database, clock, bodies.text("Halo")))
    monkeypatch.setattr("time.sleep", lambda _: None)
    tries = iter([DatabaseBusy("Sibuk."), DatabaseBusy("Sibuk."), None])
    noted = outbox.note_sent

    def busy(*arguments: Any, **named: Any) -> None:
        if (trouble := next(tries)) is not None:
            raise trouble
        noted(*arguments, **named)

    monkeypatch.setattr(outbox, "note_sent", busy)
    graph.answer = body
    runner.run_all()
    assert reply_of(database).state is TransferState.DONE
    assert len(graph.sent) == 1


def test_giving_up_changes_nothing_that_is_finished(database: Database, replying: Settings, clock: ManualClock) -> None:
    row = write(database, replying, clock, arrive(database, clock, bodies.image("m1", "Lubang")))
    with database.writing() as tx:
        media = tx.scalars(select(IncomingMedia)).one()
        media.state = TransferState.DONE
        tx.get_one(OutgoingMessage, row.id).state = TransferState.DELIVERED
        jobs.KINDS[outbox.SEND_JOB].given_up(tx, row.id, "Mati.", clock.now())
        jobs.KINDS[intake.FETCH_JOB].given_up(tx, media.id, "Mati.", clock.now())
        assert media.state is TransferState.DONE
    assert reply_of(database).state is TransferState.DELIVERED


def test_a_file_of_a_call_that_was_merged_stands_with_the_call_that_it_became(
    database: Database, clock: ManualClock, graph: Graph, runner: Runner
) -> None:
    graph.files = {"m1": b"\xff\xd8gambar"}
    wrote = arrive(database, clock, bodies.image("m1", "Lubang"))
    with database.writing() as tx:
        kept = make.ringing(tx, clock.now())
        merge(tx, kept, tx.get_one(Call, wrote.id), by="wati", at=clock.now())
    runner.run_all()
    with database.reading() as session:
        [file] = attachments.of_call(session, session.get_one(Call, kept.id))
    assert file.call_id == kept.id


def test_a_file_of_a_transaction_that_is_rolled_back_is_gone(
    database: Database, settings: Settings, clock: ManualClock
) -> None:
    def files() -> int:
        places = settings.audio, (settings.data / "attachments")
        return sum(path.is_file() for place in places for path in place.rglob("*"))

    with database.session() as tx:
        for last in ("rollback", "commit"):
            call = make.ringing(tx, clock.now())
            make.recording(tx, settings, clock.now())
            attachments.keep(tx, settings, call, io.BytesIO(b"x"), "a.txt", "text/plain", at=clock.now())
            getattr(tx, last)()
            assert files() == (0 if last == "rollback" else 2)
        tx.rollback()
    assert files() == 2
