"""A listener's correction at the desk: accepted, it is public as every correction is, and what was hidden stays so."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Conflict, Unreadable
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive.models import Correction, LogEntry
from radiodesk.rooms.record import services as record
from radiodesk.rooms.record.listener_requests import line_access, line_corrections, services
from radiodesk.rooms.record.listener_requests.models import ListenerRequest, RequestKind, RequestState
from radiodesk.rooms.record.models import Publication, PublishedBroadcast, Span, SpanState
from radiodesk.rooms.recordings.access import Belonging
from radiodesk.rooms.transcripts.models import Kind, Transcript
from tests.factories import records

RIGHT = "Lampu merah di perempatan Jetak padam sejak subuh tadi."


class Desk:
    """A public broadcast about which listeners ask, and the people who answer."""

    def __init__(self, database: Database, settings: Settings, clock: ManualClock) -> None:
        self.database, self.settings, self.clock = database, settings, clock
        with database.writing() as tx:
            self.show = records.public_show(tx, settings, clock.now()).broadcast.public_id

    def ask(self, kind: RequestKind = RequestKind.CORRECTION, **given: Any) -> str:
        """What a listener sends; gives its public id."""
        line = {"words": RIGHT, "position": 1, "line": 1}
        asked = services.Asked(kind, **({**line, **given} if kind is RequestKind.CORRECTION else given))
        with self.database.writing() as tx:
            shown = tx.scalars(select(PublishedBroadcast)).one()
            drawn = services.draw(tx, self.clock.now())
            broadcast = records.broadcast_of(tx, shown.public_id)
            made = services.send(tx, shown, broadcast, asked, drawn, network="x", most=None, at=self.clock.now())
            return made.public_id

    def accept(self, public_id: str, words: str = RIGHT, **given: Any) -> None:
        with self.database.writing() as tx:
            found = tx.scalars(select(ListenerRequest).where(ListenerRequest.public_id == public_id)).one()
            who = {"by": "produser", "at": self.clock.now()}
            line_corrections.accept_correction(tx, self.settings, found, words, **given, **who)  # type: ignore[arg-type]

    def work(self) -> None:
        Runner(self.database, self.settings, self.clock, kinds()).run_all()

    def text(self) -> str:
        """The public words."""
        with self.database.reading() as tx:
            return " ".join(piece.text for piece in tx.scalars(select(PublishedBroadcast)).one().pieces)

    def one(self, read: Callable[[Session], Any]) -> Any:
        with self.database.reading() as tx:
            return read(tx)


@pytest.fixture
def desk_of(database: Database, settings: Settings, clock: ManualClock) -> Desk:
    return Desk(database, settings, clock)


@pytest.mark.slow
@pytest.mark.both_databases
def test_an_accepted_correction_is_public_in_a_new_copy(desk_of: Desk) -> None:
    public_id = desk_of.ask()
    desk_of.accept(public_id, note="Transkrip pada 0:10 diperbaiki.", answer="Terima kasih.")
    desk_of.work()
    text = desk_of.text()
    assert RIGHT in text and "Jetag" not in text
    assert "[nomor telepon]" in text and "081234567890" not in text and "Karsinem" not in text
    with desk_of.database.reading() as tx:
        found = tx.scalars(select(ListenerRequest)).one()
        shown = tx.scalars(select(PublishedBroadcast)).one()
        assert (found.state, found.decided_by, found.answer) == (RequestState.ACCEPTED, "produser", "Terima kasih.")
        assert found.shown_from == shown.revision == 2
        assert tx.scalars(select(Publication)).one().state == "published"
        assert [one["text"] for one in shown.corrections] == ["Transkrip pada 0:10 diperbaiki."]
        assert shown.removed["phone"] == 1 and shown.removed["name"] == 1
        versions = tx.scalars(select(Transcript).where(Transcript.kind == Kind.CORRECTED)).all()
        assert [one.id for one in versions] == [found.transcript_id]
        logged = [entry.kind.value for entry in tx.scalars(select(LogEntry).order_by(LogEntry.place))]
        assert logged[-2:] == ["corrected", "published"]
        acts = {one.action for one in tx.scalars(select(AuditEntry))}
        assert {"listener request accepted", "transcript corrected", "corrected", "published"} <= acts


def test_what_stays_keeps_its_times_and_what_is_new_has_those_of_what_it_replaces(desk_of: Desk) -> None:
    desk_of.accept(desk_of.ask())
    with desk_of.database.reading() as tx:
        before, after = tx.scalars(select(Transcript).where(Transcript.kind != Kind.PUBLISHED).order_by(Transcript.id))
        assert after.text.split()[:7] == before.text.split()[:7]
        old = {word["word"]: (word["start"], word["end"]) for word in before.words}
        new = {word["word"]: (word["start"], word["end"]) for word in after.words}
        assert new["Jetak"] == pytest.approx(old["Jetag"], abs=0.01)
        for word in ("081234567890,", "Karsinem", "padam", "sejak", "Satlantas"):
            assert new[word] == old[word], word
        assert old["subuh."][0] <= new["tadi."][0] <= new["tadi."][1] <= 20.0


@pytest.mark.parametrize(
    "words",
    [
        # Nothing says any more that a number or a name follows.
        "Kata dia [nama] dan begitu [nomor telepon], terima kasih.",
        "[nama] [nomor telepon]",
        "Nama saya [nama] lalu nomor nomor saya [nomor telepon], matur nuwun sanget.",
    ],
)
@pytest.mark.slow
@pytest.mark.both_databases
def test_what_was_taken_out_stays_so_whatever_is_written_around_it(desk_of: Desk, words: str) -> None:
    desk_of.accept(desk_of.ask(line=2, words=words), words)
    desk_of.work()
    text = desk_of.text()
    assert "081234567890" not in text and "Karsinem" not in text
    assert "[nama]" in text and "[nomor telepon]" in text
    with desk_of.database.reading() as tx:
        publication = tx.scalars(select(Publication)).one()
        (piece,) = publication.pieces
        hidden = {piece.text[one.start : one.end].strip(",.") for one in piece.spans if one.taken_out}
        assert any("Karsinem" in one for one in hidden) and any("081234567890" in one for one in hidden)
        # The sound under the tone is where it was: words five and eight of ten seconds with nine words.
        tokens = {one["text"]: (one["start"], one["end"]) for one in piece.tokens}
        assert tokens["Karsinem"] == pytest.approx((22.222, 23.333), abs=0.01)
        assert tokens["081234567890,"] == pytest.approx((26.667, 27.778), abs=0.01)


def test_what_a_person_took_out_by_hand_stays_out_when_it_is_laid_out_anew(desk_of: Desk) -> None:
    with desk_of.database.writing() as tx:
        (piece,) = tx.scalars(select(Publication)).one().pieces
        record.hide(tx, piece, "petugas Satlantas", "other", by="arsiparis", at=desk_of.clock.now())
    with desk_of.database.writing() as tx:
        broadcast = records.broadcast_of(tx, desk_of.show)
        again = record.prepare_again(tx, desk_of.settings, broadcast, by="produser", at=desk_of.clock.now())
        (piece,) = again.pieces
        kept = [one for one in piece.spans if piece.text[one.start : one.end] == "petugas Satlantas"]
        assert [(one.kind, one.state, one.by) for one in kept] == [("other", SpanState.ACCEPTED, "arsiparis")]


def test_a_mask_that_is_touched_at_the_desk_is_refused_too(desk_of: Desk) -> None:
    words = "Nama saya [nama] dan nomor saya [nomor telepon], matur nuwun."
    public_id = desk_of.ask(line=2, words=words)
    with pytest.raises(Unreadable):
        desk_of.accept(public_id, words.replace("[nama]", "Karsinem"))
    with pytest.raises(Unreadable):
        desk_of.accept(public_id, records.LINES[2])


def test_several_corrections_are_accepted_one_after_another(desk_of: Desk) -> None:
    first = desk_of.ask()
    second = desk_of.ask(line=3, words="Baik, petugas Satlantas sudah sampai di lokasi.")
    desk_of.accept(first)
    desk_of.accept(second, "Baik, petugas Satlantas sudah sampai di lokasi.")
    with desk_of.database.reading() as tx:
        last = tx.scalars(select(Transcript).order_by(Transcript.id.desc())).first()
        assert last is not None and RIGHT in last.text and "sampai di lokasi" in last.text


def test_a_correction_that_is_answered_or_whose_line_is_gone_is_not_accepted(desk_of: Desk) -> None:
    first, second = desk_of.ask(), desk_of.ask(words=RIGHT + " Ya.")
    desk_of.accept(first)
    with pytest.raises(Conflict):
        desk_of.accept(first)
    with pytest.raises(line_corrections.LineGone):
        desk_of.accept(second)


def test_nothing_is_published_again_that_was_withdrawn(desk_of: Desk) -> None:
    public_id = desk_of.ask()
    with desk_of.database.writing() as tx:
        record.withdraw(tx, records.broadcast_of(tx, desk_of.show), "Uji", by="arsiparis", at=desk_of.clock.now())
    with pytest.raises(line_corrections.LineGone):
        desk_of.accept(public_id)


@pytest.mark.slow
@pytest.mark.both_databases
def test_a_copy_that_is_withdrawn_before_the_job_runs_stays_withdrawn(desk_of: Desk) -> None:
    desk_of.accept(desk_of.ask())
    with desk_of.database.writing() as tx:
        record.withdraw(tx, records.broadcast_of(tx, desk_of.show), "Uji", by="arsiparis", at=desk_of.clock.now())
    desk_of.work()
    with desk_of.database.reading() as tx:
        assert not tx.scalars(select(PublishedBroadcast)).one().open
        assert tx.scalars(select(ListenerRequest)).one().laid_out_at is not None


def test_without_publishing_the_copy_waits_for_a_person(desk_of: Desk) -> None:
    desk_of.accept(desk_of.ask(), publishes=False)
    desk_of.work()
    assert "Jetag" in desk_of.text()
    with desk_of.database.reading() as tx:
        (piece,) = tx.scalars(select(Publication)).one().pieces
        assert "Jetak" in piece.text and tx.scalars(select(Span).where(Span.kind == "phone")).first() is not None


def test_a_producer_sees_the_difference_and_accepts_with_a_change(
    desk_of: Desk, sign_in: Callable[..., FlaskClient]
) -> None:
    public_id = desk_of.ask(note="Saya tinggal di sana.", name="Bu Uji", contact="0812 9999 0001")
    client = sign_in(Role.PRODUCER)
    home = client.get("/").get_data(as_text=True)
    assert "masukan pendengar" in home
    listed = client.get("/masukan").get_data(as_text=True)
    assert "Pagi Uji" in listed and "9999" not in listed and "Jetak" not in listed
    page = client.get(f"/masukan/{public_id}").get_data(as_text=True)
    assert "<del>Jetag</del>" in page and "<ins>Jetak</ins>" in page and "#t=10" in page
    assert "9999" not in page and "Bu Uji" not in page and "Saya tinggal di sana." in page
    assert "6281299990001" in client.get(f"/masukan/{public_id}/kontak").get_data(as_text=True)
    assert client.post(f"/masukan/{public_id}/periksa").status_code == 303
    refused = client.post(f"/masukan/{public_id}/terima", data={"words": "", "note": "", "answer": "Ya."})
    assert refused.status_code == 422 and 'value="Ya."' in refused.get_data(as_text=True)
    data = {"words": RIGHT.replace("Jetak", "Jetak Lor"), "note": "", "answer": "", "publishes": "yes"}
    assert client.post(f"/masukan/{public_id}/terima", data=data).status_code == 303
    with desk_of.database.reading() as tx:
        found = tx.scalars(select(ListenerRequest)).one()
        assert found.state is RequestState.ACCEPTED and found.publishes
        assert "Jetak Lor" in found.transcript.text  # type: ignore[union-attr]
        assert not tx.scalars(select(Correction)).all()


def test_a_removal_leads_to_the_page_where_things_are_taken_out(
    desk_of: Desk, sign_in: Callable[..., FlaskClient]
) -> None:
    given = {"words": "Alamat saya disebut.", "matter": "personal", "contact": "uji@contoh.id", "position": 1}
    public_id = desk_of.ask(RequestKind.REMOVAL, **given)
    client = sign_in(Role.ARCHIVIST)
    assert client.post(f"/masukan/{public_id}/terima", data={"answer": "", "way": "review"}).status_code == 422
    answer = client.post(f"/masukan/{public_id}/terima", data={"answer": "Alamat dikeluarkan.", "way": "review"})
    assert answer.status_code == 303 and answer.location.endswith(f"/terbit?masukan={public_id}")
    page = client.get(answer.location).get_data(as_text=True)
    assert "Alamat saya disebut." in page
    assert re.search(r'name="reason"[^>]*value="Atas permintaan orang yang bersangkutan."', page)
    assert "Alamat saya disebut." not in client.get(f"/siaran/{desk_of.show}/terbit").get_data(as_text=True)


def test_who_may_not_publish_sees_nothing_of_it(desk_of: Desk, sign_in: Callable[..., FlaskClient]) -> None:
    public_id = desk_of.ask()
    client = sign_in(Role.HOST)
    assert client.get("/masukan").status_code == 403
    assert client.get(f"/masukan/{public_id}").status_code == 403
    assert "masukan pendengar" not in client.get("/").get_data(as_text=True)


def test_looks_and_answers_are_in_the_audit_trail(desk_of: Desk, sign_in: Callable[..., FlaskClient]) -> None:
    public_id = desk_of.ask()
    client = sign_in(Role.PRODUCER)
    client.post(f"/masukan/{public_id}/tolak", data={"reason": "Tidak terdengar begitu."})
    with desk_of.database.reading() as tx:
        trail = {(one.action, one.actor, one.subject) for one in tx.scalars(select(AuditEntry))}
    assert ("listener request declined", "petugas", f"listener request {public_id}") in trail


def test_of_a_caller_who_is_protected_by_now_the_line_is_not_for_an_archivist(
    desk_of: Desk, sign_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = desk_of.ask()
    monkeypatch.setattr(line_access, "belongings", lambda _tx, held: {one.id: Belonging.PROTECTED for one in held})
    client = sign_in(Role.ARCHIVIST)
    page = client.get(f"/masukan/{public_id}").get_data(as_text=True)
    assert "Jetag" not in page and "Jetak" not in page and "<audio" not in page
    assert client.post(f"/masukan/{public_id}/terima", data={"words": RIGHT}).status_code == 403
    review = client.get(f"/siaran/{desk_of.show}/terbit?masukan={public_id}").get_data(as_text=True)
    assert "Jetak" not in review
    assert "<ins>Jetak</ins>" in sign_in(Role.PRODUCER, username="lain").get(f"/masukan/{public_id}").text
