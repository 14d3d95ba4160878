"""The ticket pages of the desk: plain forms, roles, what a second person finds, and what is kept of typed words."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.ids import public_id
from radiodesk.core.keys import KeyRing
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.accounts.models import SignIn as OpenSession
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import CallState, Protected, Urgency
from radiodesk.rooms.tickets import care, pins, queries, services, ticket_numbers
from radiodesk.rooms.tickets.models import Ticket, TicketState
from radiodesk.rooms.tickets.station_rules import load_rules
from radiodesk.rooms.transcripts.models import Kind, Transcript, TranscriptState
from tests.factories import calls as call_factory
from tests.factories import tickets as factory
from tests.factories.trail import trail
from tests.factories.writers import is_free

SignIn = Callable[..., FlaskClient]
LONG = "Petugas sudah mendatangi lokasi dan mengganti lampu yang padam di depan pasar Uji."


class Desk:
    """A ticket at the desk, and what its forms send."""

    def __init__(self, database: Database, settings: Settings, clock: ManualClock) -> None:
        self.database, self.settings, self.clock = database, settings, clock

    def make(self, state: TicketState = TicketState.NEW, **given: object) -> str:
        with self.database.writing() as session:
            return factory.in_state(session, self.settings, state, self.clock.now(), **given).public_id

    def ticket(self, identity: str) -> Ticket:
        with self.database.reading() as session:
            return queries.ticket_by_public_id(session, identity)

    def send(self, client: FlaskClient, identity: str, act: str, **fields: object) -> int:
        data = {"version": self.ticket(identity).version, **fields}
        return client.post(f"/pengaduan/{identity}/{act}", data=data).status_code


@pytest.fixture
def place(database: Database, settings: Settings, clock: ManualClock) -> Desk:
    return Desk(database, settings, clock)


@pytest.fixture
def officer(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.TICKET_OFFICER)


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return unescape(answer.get_data(as_text=True))


def test_a_new_ticket_shows_number_and_pin_once(place: Desk, officer: FlaskClient) -> None:
    page = text(officer, "/pengaduan/baru")
    identity = re.search(r'name="identity" value="([^"]+)"', page)
    assert identity
    form = {
        "identity": identity[1], "call": "", "text": factory.TEXT, "summary": "Lampu padam.", "place": "Pasar Uji",
        "category": "penerangan_jalan", "unit": "dishub", "urgency": "biasa", "phone": "0812 0000 0001",
    }  # fmt: skip
    receipt = officer.post("/pengaduan/baru", data=form)
    assert receipt.status_code == 200
    ticket = place.ticket(identity[1])
    shown = receipt.get_data(as_text=True)
    assert ticket.number in shown and ticket_numbers.spoken(ticket.number) in shown
    assert re.search(r"\b\d{6}\b", shown)
    assert (ticket.decided_by, ticket.phone) == ("petugas", "+6281200000001")
    again = officer.post("/pengaduan/baru", data=form)
    assert (again.status_code, again.headers["Location"]) == (303, f"/pengaduan/{identity[1]}")
    with place.database.reading() as session:
        assert len(session.scalars(select(Ticket)).all()) == 1


def test_no_pin_is_hashed_while_the_database_is_held(
    place: Desk, officer: FlaskClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing, free = pins.hash_pin, list[bool]()

    def watched(keys: KeyRing, number: str, pin: str) -> str:
        free.append(is_free(settings))
        return hashing(keys, number, pin)

    identity = place.make()
    monkeypatch.setattr(pins, "hash_pin", watched)
    form = {
        "identity": public_id(place.clock.now()), "call": "", "text": factory.TEXT, "summary": "Lampu padam.",
        "place": "Pasar Uji", "category": "penerangan_jalan", "unit": "dishub", "urgency": "biasa", "phone": "",
    }  # fmt: skip
    assert officer.post("/pengaduan/baru", data=form).status_code == 200
    assert place.send(officer, identity, "pin", text="Menyebut isi laporan dengan benar.") == 200
    assert free == [True, True]


def test_a_refused_new_ticket_keeps_every_word(officer: FlaskClient) -> None:
    form = {
        "identity": "x", "call": "", "text": factory.TEXT, "summary": "Ringkas saja.", "place": "Desa Uji",
        "category": "penerangan_jalan", "unit": "khayalan", "urgency": "biasa", "phone": "", "confidential": "yes",
    }  # fmt: skip
    answer = officer.post("/pengaduan/baru", data=form)
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    for words in ("khayalan", factory.TEXT, "Ringkas saja.", "Desa Uji"):
        assert words in page
    assert 'name="confidential" value="yes" checked' in page


def test_a_ticket_of_a_call_begins_with_its_words_and_a_suggestion(
    place: Desk, officer: FlaskClient, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as session:
        call = call_factory.ringing(session, clock.now())
        call.point, call.place = "Minta lampu diperbaiki", "Pasar Uji"
        recording = call_factory.recording(session, settings, clock.now())
        call.recordings.append(recording)
        session.add(
            Transcript(
                public_id=public_id(clock.now()),
                recording=recording,
                version=1,
                kind=Kind.MACHINE,
                state=TranscriptState.DONE,
                text="lampu jalan di depan pasar padam",
                by="test",
                created_at=clock.now(),
            )
        )
        identity = call.public_id
    page = text(officer, f"/pengaduan/baru?call={identity}")
    assert "lampu jalan di depan pasar padam" in page and "Minta lampu diperbaiki" in page and "Pasar Uji" in page
    assert "Penerangan jalan" in page and "<mark>lampu jalan" in page
    assert '<option value="penerangan_jalan" selected>' in page
    assert 'name="phone"' not in page


def test_a_ticket_page_has_the_recording_and_its_words(
    place: Desk, officer: FlaskClient, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as session:
        call = call_factory.ringing(session, clock.now())
        recording = call_factory.recording(session, settings, clock.now())
        call.recordings.append(recording)
        sound = recording.public_id
        identity = factory.opened(session, settings, clock.now(), call=call).ticket.public_id
        address = call.public_id
    page = text(officer, f"/pengaduan/{identity}")
    assert f"/rekaman/{sound}/suara.mp3" in page
    # The card of the caller is for those who may open it.
    assert f"/antrean/{address}" not in page
    assert "0812" not in page and "001" in page
    shown = unescape(officer.post(f"/pengaduan/{identity}/nomor").get_data(as_text=True))
    assert "0812-0000-0001" in shown.replace(" ", "")
    assert len(trail(database, settings, "ticket contact looked at")) == 1


@pytest.mark.parametrize(
    "dictated", ["0812 0000 0001", "kosong lapan satu dua kosong kosong kosong kosong kosong kosong kosong satu"]
)
def test_a_number_that_was_dictated_is_masked_like_the_contact_above_it(
    place: Desk, officer: FlaskClient, database: Database, settings: Settings, clock: ManualClock, dictated: str
) -> None:
    told = f"Lampu padam, hubungi saya di {dictated} ya."
    with database.writing() as session:
        ticket = factory.opened(session, settings, clock.now(), text=told, summary="").ticket
        care.add_note(session, factory.rules(settings), ticket, told, public=False, by="p", at=clock.now())
        identity = ticket.public_id
    for address in (f"/pengaduan/{identity}", "/pengaduan", "/pengaduan/tenggat"):
        page = text(officer, address)
        assert dictated not in page, address
        assert "Lampu padam, hubungi saya di [nomor telepon]" in page, address
    assert dictated in officer.post(f"/pengaduan/{identity}/nomor").get_data(as_text=True)


def test_a_protected_callers_complaint_is_there_for_those_who_may_read_the_caller(
    place: Desk, sign_in: SignIn, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as session:
        call = call_factory.ringing(session, clock.now())
        ticket = factory.opened(session, settings, clock.now(), call=call, summary="Perkara ini").ticket
        call.protected = Protected.VICTIM
        identity, number = ticket.public_id, ticket.number
    roles = ((Role.OFFICER, False), (Role.PRODUCER, True), (Role.TICKET_OFFICER, True))
    for number_of, (role, there) in enumerate(roles):
        desk = sign_in(role, username=f"mata{number_of}")
        assert (desk.get(f"/pengaduan/{identity}").status_code == 200) is there, role
        assert ("Perkara ini" in desk.get("/pengaduan").get_data(as_text=True)) is there, role
        assert (desk.get(f"/pengaduan?cari={number}").status_code == 302) is there, role


def test_a_complaint_is_closed_when_the_call_that_its_call_became_is_protected(
    place: Desk, sign_in: SignIn, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as session:
        told, kept = (call_factory.ringing(session, clock.now()) for _ in range(2))
        ticket = factory.opened(session, settings, clock.now(), call=told, summary="Perkara ini").ticket
        calls.merge(session, kept, told, by="wati", at=clock.now())
        kept.protected = Protected.VICTIM
        identity = ticket.public_id
    officer = sign_in(Role.OFFICER, username="mata")
    assert officer.get(f"/pengaduan/{identity}").status_code == 404
    assert "Perkara ini" not in officer.get("/pengaduan").get_data(as_text=True)
    assert re.search(r'class="number">0</strong>\s+pengaduan baru', officer.get("/").get_data(as_text=True))


def test_every_step_works_by_a_plain_form(place: Desk, officer: FlaskClient) -> None:
    identity, other = place.make(), place.make()
    steps: list[tuple[str, dict[str, object], TicketState]] = [
        ("putusan", {"category": "parkir", "unit": "dishub", "urgency": "segera"}, TicketState.NEW),
        ("teruskan", {"unit": "dishub", "text": "Mohon segera."}, TicketState.FORWARDED),
        ("kembalikan", {"text": "Bukan bagian kami."}, TicketState.NEW),
        ("teruskan", {"unit": "satlantas"}, TicketState.FORWARDED),
        ("kerjakan", {}, TicketState.IN_PROGRESS),
        ("catatan", {"text": "Sedang diperiksa.", "public": "yes"}, TicketState.IN_PROGRESS),
        ("ringkasan", {"summary": "Dua lampu padam.", "place": "Pasar"}, TicketState.IN_PROGRESS),
        ("jawab", {"text": LONG}, TicketState.ANSWERED),
        ("tutup", {}, TicketState.CLOSED),
        ("buka", {"text": "Padam lagi."}, TicketState.FORWARDED),
        ("rahasia", {"confidential": "yes", "text": "Pelapor takut."}, TicketState.FORWARDED),
        ("tolak", {"text": "Sudah ditangani lewat jalur lain."}, TicketState.REJECTED),
    ]
    for act, fields, state in steps:
        assert place.send(officer, identity, act, **fields) == 303, act
        assert place.ticket(identity).state == state, act
    assert place.send(officer, identity, "pin", text="Menyebut isi laporan.") == 200
    into = place.ticket(place.make()).number
    assert place.send(officer, other, "gabung", into=ticket_numbers.spoken(into)) == 303
    assert place.ticket(other).merged_into_id is not None
    assert place.ticket(identity).urgency == "segera"


def test_the_second_of_two_officers_hears_who_was_first_and_keeps_the_words(
    place: Desk, officer: FlaskClient, sign_in: SignIn
) -> None:
    identity = place.make(TicketState.IN_PROGRESS)
    stale = place.ticket(identity).version
    second = sign_in(Role.TICKET_OFFICER, username="petugas.dua")
    assert place.send(second, identity, "catatan", text="Saya sudah menelepon.") == 303
    answer = officer.post(f"/pengaduan/{identity}/jawab", data={"version": stale, "text": LONG})
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "petugas.dua" in page
    field = re.search(r'<textarea id="answer-words"[^>]*>([^<]*)</textarea>', page)
    assert field and field[1] == LONG
    assert re.search(r'<details class="act" open>\s*<summary data-key="j"', page)
    assert place.ticket(identity).state == TicketState.IN_PROGRESS
    assert (
        officer.post(
            f"/pengaduan/{identity}/jawab", data={"version": place.ticket(identity).version, "text": LONG}
        ).status_code
        == 303
    )


def test_the_impossible_is_said_in_a_sentence_with_the_state(place: Desk, officer: FlaskClient) -> None:
    identity = place.make(TicketState.CLOSED)
    answer = officer.post(
        f"/pengaduan/{identity}/jawab", data={"version": place.ticket(identity).version, "text": LONG}
    )
    assert answer.status_code == 409
    assert f"status pengaduan {place.ticket(identity).number} adalah Selesai" in answer.get_data(as_text=True)


@pytest.mark.parametrize("version", ["", "x", "-1", "999", "1 OR 1"])
def test_a_form_without_a_good_version_changes_nothing(place: Desk, officer: FlaskClient, version: str) -> None:
    identity = place.make()
    answer = officer.post(f"/pengaduan/{identity}/jawab", data={"version": version, "text": LONG})
    assert answer.status_code == 409
    assert place.ticket(identity).state == TicketState.NEW


def test_roles(place: Desk, sign_in: SignIn, desk: Flask) -> None:
    identity, secret = place.make(), place.make(confidential=True)
    archivist = sign_in(Role.ARCHIVIST, username="arsip")
    screener = sign_in(Role.SCREENER, username="penyaring")
    producer = sign_in(Role.PRODUCER, username="produser")
    keeper = sign_in(Role.TICKET_OFFICER, username="tiket")
    assert archivist.get("/pengaduan").status_code == 403
    assert screener.get("/pengaduan/baru").status_code == 200
    assert screener.get(f"/pengaduan/{identity}").status_code == 403
    assert producer.get(f"/pengaduan/{identity}").status_code == 200
    assert place.send(producer, identity, "jawab", text=LONG) == 403
    assert place.send(producer, identity, "catatan", text="Dibacakan malam ini.") == 303
    assert producer.get(f"/pengaduan/{secret}").status_code == 404
    assert keeper.get(f"/pengaduan/{secret}").status_code == 200
    assert desk.test_client().get("/pengaduan").status_code == 302


def test_a_confidential_ticket_is_not_in_other_peoples_lists_and_each_look_is_noted(
    place: Desk, sign_in: SignIn, database: Database, settings: Settings
) -> None:
    secret = place.make(confidential=True)
    number = place.ticket(secret).number
    producer = sign_in(Role.PRODUCER, username="produser")
    assert number not in text(producer, "/pengaduan")
    assert number not in text(producer, f"/pengaduan?cari={number}").replace(f'value="{number}"', "").replace(
        f"cari={number}", ""
    )
    keeper = sign_in(Role.TICKET_OFFICER, username="tiket")
    assert number in text(keeper, "/pengaduan")
    text(keeper, f"/pengaduan/{secret}")
    looked = trail(database, settings, "ticket looked at")
    assert [(entry.actor, entry.subject) for entry in looked] == [("tiket", f"ticket {secret}")]


def test_the_list_finds_by_spoken_number_by_words_state_and_unit(place: Desk, officer: FlaskClient) -> None:
    lamp = place.make()
    race = place.make(TicketState.FORWARDED, text="Balap liar setiap malam Minggu.", summary="Balap liar malam Minggu.")
    number = place.ticket(lamp).number
    found = officer.get("/pengaduan", query_string={"cari": ticket_numbers.spoken(number)})
    assert (found.status_code, found.headers["Location"]) == (302, f"/pengaduan/{lamp}")
    for query, wanted, other in (
        ("cari=balap minggu", race, lamp),
        ("keadaan=forwarded", race, lamp),
        ("keadaan=new&keadaan=salah", lamp, race),
        ("satuan=dishub&keadaan=new", lamp, race),
    ):
        page = text(officer, f"/pengaduan?{query}")
        assert wanted in page and other not in page, query
    assert "Tidak ada pengaduan yang cocok" in text(officer, "/pengaduan?cari=%25%25 gajah")


def test_the_overdue_board_names_rule_and_days(place: Desk, officer: FlaskClient, clock: ManualClock) -> None:
    identity = place.make()
    assert "Tidak ada yang lewat tenggat." in text(officer, "/pengaduan/tenggat")
    clock.advance(timedelta(days=6))
    with place.database.writing() as session:
        for row in session.scalars(select(OpenSession)):
            row.expires_at = clock.now() + timedelta(hours=1)
    page = text(officer, "/pengaduan/tenggat")
    assert place.ticket(identity).number in page
    assert "SP4N-LAPOR!" in page and "terlambat 1 hari kerja" in page
    assert place.ticket(identity).number in text(officer, "/pengaduan?lewat=ya")


def test_a_suggestion_is_accepted_with_one_press(place: Desk, officer: FlaskClient) -> None:
    with place.database.writing() as session:
        identity = factory.opened(session, place.settings, place.clock.now(), decision=None).ticket.public_id
    assert 'data-key="a"' in text(officer, f"/pengaduan/{identity}")
    assert place.send(officer, identity, "setuju") == 303
    assert place.ticket(identity).decided_by == "petugas"
    assert 'data-key="a"' not in text(officer, f"/pengaduan/{identity}")


def test_a_correction_changes_the_next_suggestion_and_says_why(place: Desk, officer: FlaskClient) -> None:
    with place.database.writing() as session:
        ticket = factory.opened(session, place.settings, place.clock.now(), decision=None).ticket
        other = services.Decision("listrik", "pln", ticket.urgency)
        services.decide(session, load_rules(place.settings), ticket, other, by="p", at=place.clock.now())
        number = ticket.number
    fields = {"text": f"Lagi: {factory.TEXT}", "call": ""}
    page = officer.post("/pengaduan/saran", data=fields, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "Listrik" in page and f"≈ {number}" in page
    fields["text"] = "Motor saya hilang di parkiran masjid tadi malam."
    page = officer.post("/pengaduan/saran", data=fields, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "Listrik" not in page and "≈" not in page


def test_answer_texts_are_filled_with_what_is_known(place: Desk, officer: FlaskClient) -> None:
    form = {"title": "Salam", "text": "Pengaduan {nomor} di {tempat} ditangani {satuan}; {lain} {nomor.__class__}."}
    assert officer.post("/pengaduan/jawaban", data=form).status_code == 303
    identity = place.make()
    page = text(officer, f"/pengaduan/{identity}")
    number, unit = place.ticket(identity).number, load_rules(place.settings).unit_name("dishub")
    assert f"Pengaduan {number} di Pasar Uji ditangani {unit}; {{lain}} {{nomor.__class__}}." in page
    own = re.search(r"/pengaduan/jawaban/([0-9a-f-]+)/hapus", text(officer, "/pengaduan/jawaban"))
    assert own
    assert officer.post(f"/pengaduan/jawaban/{own[1]}/hapus").status_code == 303
    assert "Salam" not in text(officer, "/pengaduan/jawaban")


def test_an_extension_is_taken_by_form(place: Desk, officer: FlaskClient) -> None:
    with place.database.writing() as session:
        question = services.Decision("sim", "satlantas", Urgency.PERTANYAAN)
        ticket = factory.opened(session, place.settings, place.clock.now(), decision=question).ticket
        identity = ticket.public_id
        clock = next(d.id for d in ticket.deadlines if d.policy == "kip")
    assert "Perpanjang 7 hari kerja" in text(officer, f"/pengaduan/{identity}")
    assert place.send(officer, identity, "perpanjang", deadline=clock, text="Data dikumpulkan.") == 303
    assert "Perpanjang 7 hari kerja" not in text(officer, f"/pengaduan/{identity}")
    assert place.send(officer, identity, "perpanjang", deadline=999999, text="Lagi.") == 404


def test_nothing_that_was_typed_runs_as_code(place: Desk, officer: FlaskClient) -> None:
    bad = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    identity = place.make(text=bad, summary=bad, place=bad)
    assert place.send(officer, identity, "catatan", text=bad) == 303
    for address in (f"/pengaduan/{identity}", "/pengaduan", "/pengaduan/tenggat"):
        page = officer.get(address).get_data(as_text=True)
        assert "<script>alert" not in page and "<img src=x" not in page


def test_the_screener_sees_a_callers_open_tickets(
    place: Desk, sign_in: SignIn, database: Database, settings: Settings, clock: ManualClock
) -> None:
    with database.writing() as session:
        earlier = call_factory.in_state(session, CallState.DONE, clock.now())
        ticket = factory.opened(session, settings, clock.now(), call=earlier).ticket
        number = ticket.number
        again = call_factory.ringing(session, clock.now()).public_id
    page = text(sign_in(Role.SCREENER, username="penyaring"), f"/antrean/{again}")
    assert number in page
    assert f"/pengaduan/baru?call={again}" in page


def test_what_the_complainant_wrote_stands_in_the_history(place: Desk, officer: FlaskClient) -> None:
    identity = place.make(TicketState.ANSWERED)
    with place.database.writing() as session:
        ticket = queries.ticket_by_public_id(session, identity)
        care.hear(
            session, load_rules(place.settings), ticket, care.Reply.MORE, "Lampu sebelah juga.", at=place.clock.now()
        )
    page = text(officer, f"/pengaduan/{identity}")
    assert "Lampu sebelah juga." in page and "Tanggapan pelapor" in page


def test_alike_matters_are_shown_before_a_second_ticket_is_opened(place: Desk, officer: FlaskClient) -> None:
    first = place.make()
    race = "Setiap malam Minggu ada balap liar di dekat pasar, knalpotnya bising sampai subuh."
    other = place.make(text=race, decision=services.Decision("balap_liar", "satlantas", Urgency.BIASA))
    secret = place.make(confidential=True)
    words = "lampu jalan depan pasar Uji sudah lama padam dan gelap"
    page = text_of_suggestion(officer, words)
    assert first in page and other not in page
    assert secret in page  # a ticket officer may know
    assert first in text(officer, f"/pengaduan/{place.make(text=words)}")
    assert first not in text_of_suggestion(officer, "Bagaimana cara memperpanjang SIM yang lewat masa berlakunya?")


def test_a_screener_is_not_shown_confidential_matters_that_are_alike(place: Desk, sign_in: SignIn) -> None:
    secret = place.make(confidential=True)
    assert secret not in text_of_suggestion(sign_in(Role.SCREENER, username="penyaring"), factory.TEXT)


def text_of_suggestion(client: FlaskClient, words: str) -> str:
    fields = {"text": words, "call": "", "place": ""}
    return client.post("/pengaduan/saran", data=fields, headers={"HX-Request": "true"}).get_data(as_text=True)
