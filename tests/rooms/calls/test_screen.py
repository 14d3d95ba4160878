"""The screening screen as a browser sees it."""

import io
from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.ids import public_id
from radiodesk.core.settings import Settings
from radiodesk.language.triage import Suggestion
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls import screen_pages
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel, Protected, Urgency
from radiodesk.rooms.calls.screen_ports import Fact, connections
from radiodesk.rooms.messages.models import OutgoingMessage, TransferState
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from tests.factories import calls as make
from tests.factories.trail import trail

CARD = {
    "phone": "0812 0000 0001",
    "name": "Penelepon Satu",
    "place": "Kapas",
    "topic": "Lampu padam",
    "urgency": "biasa",
}


@pytest.fixture
def client(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(Role.SCREENER, username="wati")


def only(database: Database) -> Call:
    with database.reading() as session:
        call = session.scalars(select(Call)).one()
        _ = call.recordings
        return call


def rings(database: Database, clock: ManualClock, state: CallState = CallState.RINGING, **values: object) -> Call:
    with database.writing() as tx:
        return make.in_state(tx, state, clock.now(), by="wati", **values)


def test_a_call_is_typed_and_queued_in_one_form(client: FlaskClient, database: Database) -> None:
    answer = client.post("/antrean", data={**CARD, "channel": "phone", "then": "antre", "may_name": "yes"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/antrean")
    call = only(database)
    assert (call.state, call.name, call.may_name, call.screened_by) == (
        CallState.WAITING,
        "Penelepon Satu",
        True,
        "wati",
    )
    assert call.place_id == "35.22.15.2001" or (call.place_id or "").startswith("35.22")
    assert "Penelepon Satu" in client.get("/antrean").get_data(as_text=True)


def test_an_empty_queue_says_what_to_do_next(client: FlaskClient) -> None:
    assert "Belum ada yang menelepon" in client.get("/antrean").get_data(as_text=True)


def test_a_ringing_line_is_one_key_to_answer_and_one_to_queue(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = rings(database, clock)
    assert 'data-key="a"' in client.get("/antrean").get_data(as_text=True)
    client.post(f"/antrean/{call.public_id}/jawab")
    page = client.get(f"/antrean/{call.public_id}").get_data(as_text=True)
    assert 'data-key="q"' in page
    sent = {**CARD, "version": str(only(database).version), "then": "antre"}
    client.post(f"/antrean/{call.public_id}/kartu", data=sent)
    assert only(database).state is CallState.WAITING


@pytest.mark.parametrize("version", [None, "", "0x1", "99", str(2**63)])
def test_a_card_is_not_saved_over_one_that_nobody_had_opened(
    client: FlaskClient, database: Database, clock: ManualClock, version: str | None
) -> None:
    call = rings(database, clock, CallState.WAITING)
    with database.writing() as tx:
        card = make.card(topic="Dipukuli di rumah", protected=Protected.VICTIM)
        calls.screen(tx, tx.get_one(Call, call.id), card, by="wati", at=clock.now())
    sent = {} if version is None else {**CARD, "version": version}
    answer = client.post(f"/antrean/{call.public_id}/kartu", data=sent)
    assert answer.status_code == 422
    assert only(database).protected is Protected.VICTIM


def test_what_was_typed_stays_in_the_form_when_it_is_refused(client: FlaskClient, database: Database) -> None:
    answer = client.post("/antrean", data={**CARD, "phone": "nomor tak jelas", "notes": "Catatan panjang"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "bukan nomor telepon" in page
    assert "Catatan panjang" in page
    assert "Penelepon Satu" in page
    with database.reading() as session:
        assert session.scalars(select(Call)).all() == []


def test_the_second_of_two_screeners_keeps_the_words_typed(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = rings(database, clock, CallState.WAITING)
    with database.writing() as tx:
        calls.screen(tx, tx.get_one(Call, call.id), make.card(topic="Dari Budi"), by="budi", at=clock.now())
    sent = {**CARD, "topic": "Dari Wati", "version": str(call.version)}
    answer = client.post(f"/antrean/{call.public_id}/kartu", data=sent)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "budi" in page
    assert "Dari Wati" in page
    assert only(database).topic == "Dari Budi"


def test_a_form_that_comes_back_is_of_the_call_as_it_is_now(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = rings(database, clock, CallState.WAITING)
    with database.writing() as tx:
        mine = tx.get_one(Call, call.id)
        calls.screen(tx, mine, make.card(topic="Dari Budi"), by="budi", at=clock.now())
        calls.protect(tx, mine, Protected.CHILD, by="budi", at=clock.now())
    sent = {**CARD, "topic": "Dari Wati", "version": str(call.version)}
    page = client.post(f"/antrean/{call.public_id}/kartu", data=sent).get_data(as_text=True)
    assert "Dari Wati" in page
    assert '<option value="child" selected>' in " ".join(page.split())


def test_opening_a_card_is_logged(
    client: FlaskClient, database: Database, settings: Settings, clock: ManualClock
) -> None:
    call = rings(database, clock)
    client.get(f"/antrean/{call.public_id}")
    [entry] = trail(database, settings, "call opened")
    assert (entry.actor, entry.subject) == ("wati", f"call {call.public_id}")


@pytest.mark.parametrize("role", [Role.HOST, Role.OFFICER, Role.TICKET_OFFICER, Role.ARCHIVIST])
def test_who_does_not_screen_does_not_see_callers(sign_in: Callable[..., FlaskClient], role: Role) -> None:
    assert sign_in(role).get("/antrean").status_code == 403


def test_a_voice_message_is_taken_in_and_shown_with_player_and_progress(
    client: FlaskClient, database: Database
) -> None:
    files = [(io.BytesIO(make.wav()), "PTT-20261124.wav")]
    sent = {"channel": "whatsapp", "phone": "0812 0000 0001", "files": files}
    answer = client.post("/antrean/pesan", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303
    call = only(database)
    assert (call.channel, call.state) == (Channel.WHATSAPP, CallState.RINGING)
    page = client.get(f"/antrean/{call.public_id}").get_data(as_text=True)
    assert "<audio" in page
    assert "<progress" in page


def test_of_several_files_the_good_are_kept_and_the_bad_are_named(client: FlaskClient, database: Database) -> None:
    files = [(io.BytesIO(make.wav()), "baik.wav"), (io.BytesIO(b"PK\x03\x04 bukan suara"), "rusak.wav")]
    sent = {"channel": "upload", "message": "Dua rekaman", "files": files}
    answer = client.post("/antrean/pesan", data=sent, content_type="multipart/form-data")
    # The words are there: who is refused would send them a second time.
    assert answer.status_code == 200
    assert "rusak.wav" in answer.get_data(as_text=True)
    assert "baik.wav bukan" not in answer.get_data(as_text=True)
    assert [one.problem is None for one in only(database).recordings] == [True, False]


def test_a_lone_broken_file_is_refused_and_kept_out_of_the_queue(client: FlaskClient, database: Database) -> None:
    sent = {"channel": "upload", "files": [(io.BytesIO(b""), "kosong.wav")]}
    answer = client.post("/antrean/pesan", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "kosong.wav kosong" in answer.get_data(as_text=True)
    assert only(database).state is CallState.DROPPED
    with database.reading() as session:
        assert session.scalars(select(Recording)).one().bytes == 0


def test_a_message_without_anything_is_refused(client: FlaskClient) -> None:
    assert client.post("/antrean/pesan", data={"channel": "sms"}).status_code == 422


def test_words_appear_as_they_are_heard_and_the_doubtful_are_marked(
    client: FlaskClient, database: Database, clock: ManualClock, settings: object
) -> None:
    call = rings(database, clock)
    with database.writing() as tx:
        note = make.recording(tx, settings, clock.now())  # type: ignore[arg-type]
        transcript = calls.attach(tx, tx.get_one(Call, call.id), note, by="wati", at=clock.now())
        heard = tx.get_one(Transcript, transcript.id)
        heard.state, heard.text = TranscriptState.DONE, "lampu padam"
        heard.words = [
            {"start": 0, "end": 0.4, "word": "lampu", "confidence": 0.9},
            {"start": 0.4, "end": 0.8, "word": "padam", "confidence": 0.2},
        ]
    part = client.get(f"/antrean/{call.public_id}/kata").get_data(as_text=True)
    assert "lampu" in part
    assert '<mark class="doubt"' in " ".join(part.split())
    assert "padam" in client.get("/antrean/daftar").get_data(as_text=True)


def test_an_emergency_says_where_to_hand_the_caller_and_notes_it(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = rings(database, clock, urgency=Urgency.DARURAT)
    page = client.get(f"/antrean/{call.public_id}").get_data(as_text=True)
    assert "110" in page
    assert "112" in page
    client.post(f"/antrean/{call.public_id}/alihkan", data={"to": "110"})
    assert only(database).handed_to == "110"


def test_places_complete_from_the_area_pack(client: FlaskClient) -> None:
    found = client.get("/antrean/tempat?q=kalit").get_json()
    assert {"name": "Kalitidu", "where": ""} in found
    assert client.get("/antrean/tempat?q=k").get_json() == []


def test_a_caller_is_recognised_while_the_number_is_typed(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    rings(database, clock, CallState.DONE, name="Penelepon Satu", topic="Banjir")
    answer = client.post("/antrean/kenal", data={"phone": "+62 812 0000 0001"}).get_data(as_text=True)
    assert "Penelepon Satu" in answer
    assert "Banjir" in answer
    assert client.post("/antrean/kenal", data={"phone": "08x"}).status_code == 204


class Told:
    """Suggests what the test tells it."""

    def categories(self) -> Mapping[str, str]:
        return {"lampu": "Lampu jalan"}

    def suggest(self, session: Session, text: str) -> Suggestion | None:
        return Suggestion("lampu", "dishub", "segera", 0.8, ("padam",), "dinas") if "padam" in text else None


def test_a_suggestion_says_why_and_is_one_key_to_accept(client: FlaskClient, desk: Flask) -> None:
    connections(desk).suggester = Told()
    shown = client.post("/antrean/saran", data={"text": "lampu jalan padam"}).get_data(as_text=True)
    assert "Lampu jalan" in shown
    assert "padam" in shown
    assert 'data-key="y"' in shown
    assert client.post("/antrean/saran", data={"text": "hal yang lain"}).status_code == 204


def test_what_other_rooms_know_of_a_caller_is_shown(
    client: FlaskClient, desk: Flask, database: Database, clock: ManualClock
) -> None:
    first = rings(database, clock, CallState.DONE)
    again = rings(database, clock)
    asked: list[list[int]] = []

    def source(_session: Session, call_ids: list[int]) -> list[Fact]:
        asked.append(call_ids)
        return [Fact(clock.now(), "Pengaduan 17", "/pengaduan/17", open=True)]

    connections(desk).facts.append(source)
    page = client.get(f"/antrean/{again.public_id}").get_data(as_text=True)
    assert "Pengaduan 17" in page
    assert asked == [[again.id, first.id]]


def test_calls_that_sound_alike_are_offered_as_one_event(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    first = rings(database, clock, CallState.WAITING, topic="Kebakaran di pasar kota", phone=None)
    again = rings(database, clock, topic="Ada kebakaran pasar kota", phone=None)
    rings(database, clock, topic="Perpanjangan SIM", phone=None)
    part = client.get(f"/antrean/{again.public_id}/kenal").get_data(as_text=True)
    assert first.public_id in part
    assert "Perpanjangan" not in part
    client.post(f"/antrean/{again.public_id}/kejadian", data={"other": first.public_id})
    queue = client.get("/antrean/daftar").get_data(as_text=True)
    assert "Ke-1 dari 2 tentang ini" in queue
    assert "Ke-2 dari 2 tentang ini" in queue


def test_the_last_act_can_be_undone_from_the_screen(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = rings(database, clock, CallState.WAITING)
    client.post(f"/antrean/{call.public_id}/lepas")
    assert "Batalkan" in client.get("/antrean").get_data(as_text=True)
    client.post("/antrean/urung")
    assert only(database).state is CallState.WAITING


def test_numbers_are_blocked_until_a_day_and_lifted(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    sent = {"phone": "0812 0000 0001", "reason": "Berkata kasar", "until": "2026-12-01"}
    assert client.post("/antrean/blokir", data=sent).status_code == 303
    assert "Berkata kasar" in client.get("/antrean/blokir").get_data(as_text=True)
    assert rings(database, clock, CallState.RINGING).ended_why == "blocked"
    assert client.post("/antrean/blokir", data={**sent, "until": "kapan-kapan"}).status_code == 422


def test_lost_callers_are_listed_until_they_were_called_back(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = rings(database, clock, CallState.LOST)
    assert "0812-0000-0001" in client.get("/antrean/panggil-balik").get_data(as_text=True)
    client.post(f"/antrean/{call.public_id}/sudah-dihubungi")
    assert "0812-0000-0001" not in client.get("/antrean/panggil-balik").get_data(as_text=True)


@pytest.mark.parametrize("address", ["/antrean/tidak-ada", "/antrean/tidak-ada/kata"])
def test_an_unknown_call_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


ACTS: list[tuple[str, dict[str, str]]] = [
    ("jawab", {}),
    ("siap", {}),
    ("antre", {}),
    ("saring", {}),
    ("selesai", {}),
    ("terputus", {}),
    ("setuju", {}),
    ("tidak-setuju", {}),
    ("pegang", {}),
    ("bebaskan", {}),
    ("ambil-alih", {}),
    ("pindah", {"steps": "1"}),
    ("pindah", {"steps": "x"}),
    ("vip", {}),
    ("lindungi", {"protected": "child"}),
    ("lindungi", {"protected": "raja"}),
    ("gabung", {"other": "tidak-ada"}),
    ("kejadian", {"other": ""}),
    ("peringatan", {"text": ""}),
    ("peringatan", {"text": "Hati-hati"}),
    ("rekaman", {}),
]


@pytest.mark.slow
def test_every_act_in_every_state_ends_in_a_page_or_a_sentence(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    for state in CallState:
        for act, data in ACTS:
            call = rings(database, clock, state)
            answer = client.post(f"/antrean/{call.public_id}/{act}", data=data)
            assert answer.status_code in (303, 404, 409, 422), (state, act, data)


def test_who_comes_second_is_told_so_on_the_screen_itself(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = rings(database, clock, name="Penelepon Tiga")
    with database.writing() as tx:
        calls.answer(tx, tx.get_one(Call, call.id), by="budi", at=clock.now())
    answer = client.post(f"/antrean/{call.public_id}/jawab")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "budi" in page.split('role="alert"')[1].split("</p>")[0]
    assert 'id="queue"' in page
    assert f"/antrean/{call.public_id}/ambil-alih" in page
    small = client.post(f"/antrean/{call.public_id}/jawab", headers={"HX-Request": "true"})
    assert (small.status_code, small.mimetype) == (409, "text/plain")


def test_consent_and_handing_over_are_noted_with_a_new_call(client: FlaskClient, database: Database) -> None:
    sent = {**CARD, "channel": "phone", "urgency": "darurat", "consent": "yes", "hand": "110"}
    answer = client.post("/antrean", data=sent)
    call = only(database)
    assert answer.headers["Location"] == f"/antrean/{call.public_id}"
    assert (call.consent_by, call.handed_to, call.urgency) == ("wati", "110", Urgency.DARURAT)
    assert "when-urgent" in client.get("/antrean").get_data(as_text=True)


def test_a_caller_who_is_blocked_is_let_go_with_the_same_form(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = rings(database, clock)
    form = client.get(f"/antrean/blokir?panggilan={call.public_id}").get_data(as_text=True)
    assert f'name="drop" value="{call.public_id}"' in form
    sent = {"phone": "0812 0000 0001", "reason": "Berkata kasar", "drop": call.public_id}
    assert client.post("/antrean/blokir", data=sent).headers["Location"] == "/antrean"
    assert only(database).state is CallState.DROPPED


def test_what_a_caller_waits_for_is_offered_while_the_call_is_opened(
    client: FlaskClient, desk: Flask, database: Database, clock: ManualClock
) -> None:
    rings(database, clock, CallState.DONE, name="Penelepon Satu", place="Kapas", topic="Banjir")
    again = rings(database, clock)
    waits = Fact(clock.now(), "Pengaduan 17", "/pengaduan/17", open=True)
    connections(desk).facts.append(lambda _session, _ids: [waits])
    page = client.get(f"/antrean/{again.public_id}").get_data(as_text=True)
    assert 'data-name="Penelepon Satu" data-place="Kapas"' in " ".join(page.split())
    assert "1 pengaduan masih terbuka" in page
    assert "Penelepon Satu?" in client.get("/antrean/daftar").get_data(as_text=True)


def test_calls_about_one_event_follow_its_first_one(database: Database, clock: ManualClock) -> None:
    with database.writing() as tx:
        fire, other, again = (make.in_state(tx, CallState.WAITING, clock.now(), phone=None) for _ in range(3))
        calls.same_event(tx, again, fire, by="wati", at=clock.now())
        assert screen_pages.together([fire, other, again]) == [(fire, False), (again, True), (other, False)]


def test_one_person_with_two_calls_of_unknown_number_can_be_merged(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    first = rings(database, clock, CallState.WAITING, topic="Kebakaran di pasar kota", phone=None)
    again = rings(database, clock, topic="Ada kebakaran pasar kota")
    part = client.get(f"/antrean/{again.public_id}/kenal").get_data(as_text=True)
    assert "Orang sama: gabungkan" in part
    client.post(f"/antrean/{again.public_id}/gabung", data={"other": first.public_id})
    with database.reading() as session:
        assert session.get_one(Call, first.id).merged_into_id == again.id


def test_replies_that_are_stuck_are_counted_listed_and_sent_again(
    client: FlaskClient, database: Database, clock: ManualClock
) -> None:
    call = rings(database, clock)
    with database.writing() as tx:
        row = OutgoingMessage(
            public_id=public_id(clock.now()),
            call_id=call.id,
            channel=Channel.SMS,
            to="+6281200000001",
            text="Terima kasih.",
            state=TransferState.FAILED,
            problem="Nomor tidak aktif",
            by="wati",
            created_at=clock.now(),
        )
        tx.add(row)
    assert "1 gagal terkirim" in client.get("/antrean/daftar").get_data(as_text=True)
    assert "Nomor tidak aktif" in client.get("/antrean/kiriman").get_data(as_text=True)
    assert client.post(f"/antrean/kiriman/{row.public_id}/ulang").status_code == 303
    assert "Kirim lagi</button>" not in client.get("/antrean/kiriman").get_data(as_text=True)
    assert client.post(f"/antrean/kiriman/{row.public_id}/ulang").status_code == 409
    assert client.post("/antrean/kiriman/tidak-ada/ulang").status_code == 404
