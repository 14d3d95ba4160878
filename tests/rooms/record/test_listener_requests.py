"""Listeners propose corrections, ask for removal and report problems: what they meet, and what nobody learns."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from radiodesk.core.audit import AuditEntry
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database, keys_of
from radiodesk.core.settings import Settings
from radiodesk.rooms.record.listener_requests import services
from radiodesk.rooms.record.listener_requests.models import ListenerRequest, RequestKind, RequestState
from radiodesk.rooms.record.models import PublishedBroadcast
from radiodesk.rooms.record.services import withdraw
from radiodesk.rooms.tickets import ticket_numbers, tracking_codes
from tests.factories import records

RIGHT = "Lampu merah di perempatan Jetak padam sejak subuh."
SECRET = "Nama saya Karsinem Binti Sumo, 0812 9999 0001"


class Place:
    """A public broadcast, and a listener's browser."""

    def __init__(self, database: Database, settings: Settings, clock: ManualClock, public: Flask) -> None:
        self.database, self.settings, self.clock = database, settings, clock
        self.browser = public.test_client()
        with database.writing() as tx:
            self.show = records.public_show(tx, settings, clock.now()).broadcast.public_id

    def path(self, rest: str) -> str:
        return f"/siaran/{self.show}/{rest}"

    def text(self, path: str, status: int = 200) -> str:
        with self.browser.get(path) as answer:
            assert answer.status_code == status, path
            return answer.get_data(as_text=True)

    def post(self, rest: str, address: str = "203.0.113.7", **data: str) -> Any:
        return self.browser.post(self.path(rest), data=data, environ_overrides={"REMOTE_ADDR": address})

    def correct(self, line: int = 1, words: str = RIGHT, **data: str) -> Any:
        return self.post("bagian/1/perbaikan", baris=str(line), usul=words, **data)

    def remove(self, **data: str) -> Any:
        given = {"bagian": "semua", "alasan": "personal", "kata": SECRET, "kontak": "0812 9999 0001"}
        return self.post("penghapusan", **(given | data))

    def code(self) -> tuple[str, str]:
        """Number and PIN as the page of thanks shows them."""
        found = re.findall(r'<dd class="number">([^<]+)</dd>', self.text("/masukan/terima-kasih"))
        return found[0], found[1]

    def follow(self, number: str, pin: str) -> Any:
        return self.browser.post("/pengaduan", data={"nomor": number, "pin": pin})

    def rows(self) -> list[ListenerRequest]:
        with self.database.reading() as tx:
            return list(tx.scalars(select(ListenerRequest).order_by(ListenerRequest.id)))

    def change(self, change: Callable[[Any, ListenerRequest], None]) -> None:
        with self.database.writing() as tx:
            change(tx, tx.scalars(select(ListenerRequest)).one())


@pytest.fixture
def place(database: Database, settings: Settings, clock: ManualClock, public: Flask) -> Place:
    return Place(database, settings, clock, public)


def test_each_public_line_can_be_corrected_and_the_form_shows_it_as_the_public_reads_it(place: Place) -> None:
    page = place.text(f"/siaran/{place.show}")
    assert page.count('name="baris"') == len(records.LINES)
    form = place.text(place.path("bagian/1/perbaikan?baris=2"))
    assert "[nomor telepon]" in form and "[nama]" in form
    assert "081234567890" not in form and "Karsinem" not in form
    assert 'content="noindex"' in form
    assert place.text(place.path("bagian/1/perbaikan?baris=99"), 404)
    assert place.text(place.path("bagian/9/perbaikan?baris=0"), 404)


def test_a_proposal_is_kept_and_answered_with_number_and_pin(place: Place) -> None:
    answer = place.correct(catatan="Saya warga sana.", nama="Bu Uji", kontak="0812 9999 0001")
    assert answer.status_code == 303 and answer.location == "/masukan/terima-kasih"
    number, pin = place.code()
    assert ticket_numbers.parse(number) == number
    (row,) = place.rows()
    assert (row.kind, row.state, row.number) == (RequestKind.CORRECTION, RequestState.RECEIVED, number)
    assert (row.position, row.line, row.line_text, row.words) == (1, 1, records.LINES[1], RIGHT)
    assert (row.name, row.contact, row.note) == ("Bu Uji", "+6281299990001", "Saya warga sana.")
    with place.database.reading() as tx:
        assert row.phone_hash == keys_of(tx).lookup("+6281299990001")
        assert tracking_codes.is_taken(tx, number)
    page = place.follow(number, pin).get_data(as_text=True)
    assert "Sudah masuk" in page and number in page and "Pagi Uji" in page
    for private in ("Jetak", "Bu Uji", "9999", "warga sana"):
        assert private not in page, private


def test_another_browser_does_not_see_the_code(place: Place, public: Flask) -> None:
    place.correct()
    number, _ = place.code()
    other = public.test_client().get("/masukan/terima-kasih").get_data(as_text=True)
    assert number not in other


def test_a_wrong_pin_opens_nothing(place: Place) -> None:
    place.correct()
    number, pin = place.code()
    wrong = f"{(int(pin) + 1) % 10**6:06}"
    answer = place.follow(number, wrong)
    assert answer.status_code == 403
    assert place.follow(ticket_numbers.make(977, 2026), pin).status_code == 403


def test_nothing_of_a_request_is_on_any_public_page(place: Place) -> None:
    place.remove()
    for path in ("/", f"/siaran/{place.show}", place.path("siaran.json"), "/data/siaran.json", "/umpan.rss"):
        page = place.text(path)
        assert "Binti Sumo" not in page and "9999" not in page, path


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "Tulis bagaimana seharusnya"),
        (records.LINES[1], "masih sama"),
        (f"  {records.LINES[1]}  ", "masih sama"),
    ],
)
def test_a_proposal_that_is_none_is_refused_at_its_field(place: Place, words: str, told: str) -> None:
    answer = place.correct(words=words, catatan="Tetap di sini.")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and told in page
    assert 'value="Tetap di sini."' in page
    assert re.search(r'<textarea[^>]*name="usul"[^>]*aria-invalid="true"', page)
    assert not place.rows()


def test_what_was_taken_out_cannot_be_filled_in_from_outside(place: Place) -> None:
    line = "Nama saya [nama] dan nomor saya [nomor telepon], terima kasih."
    for words in (
        line.replace("[nama]", "Karsinem"),
        line.replace("[nomor telepon],", ""),
        "Nama saya [nomor telepon] dan nomor saya [nama], terima kasih.",
        line + " [nama]",
    ):
        answer = place.correct(2, words)
        assert answer.status_code == 422, words
        assert "kurung siku" in answer.get_data(as_text=True)
    assert place.correct(2, line.replace("terima kasih", "matur nuwun")).status_code == 303


def test_a_line_that_was_changed_meanwhile_comes_back_as_it_reads_now(place: Place) -> None:
    form = place.text(place.path("bagian/1/perbaikan?baris=1"))
    seen = re.findall(r'name="version" value="([^"]+)"', form)[0]
    assert place.correct(version=seen).status_code == 303
    answer = place.correct(0, version=seen)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and records.LINES[0] in page and RIGHT in page


def test_a_removal_needs_a_ground_words_and_a_contact(place: Place) -> None:
    for missing, field in ({"alasan": ""}, "alasan"), ({"kata": " "}, "kata"), ({"kontak": ""}, "kontak"):
        answer = place.remove(**missing)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, missing
        assert re.search(rf'name="{field}"[^>]*aria-invalid', page) or "refusal" in page
    assert place.remove(alasan="sebab").status_code == 422
    assert place.remove(kontak="12").status_code == 422
    assert place.remove(kontak="@x").status_code == 422
    assert place.remove(kontak="uji@contoh.id").status_code == 303
    (row,) = place.rows()
    assert (row.kind, row.matter, row.position, row.contact) == (RequestKind.REMOVAL, "personal", None, "uji@contoh.id")


def test_a_removal_may_be_about_one_line_or_part(place: Place) -> None:
    form = place.text(place.path("penghapusan?bagian=1&baris=1"))
    assert records.LINES[1] in form and 'name="baris" value="1"' in form
    assert place.remove(bagian="1", baris="1").status_code == 303
    assert place.remove(bagian="1").status_code == 303
    first, second = place.rows()
    assert (first.position, first.line, first.line_text, first.second) == (1, 1, records.LINES[1], 10.0)
    assert (second.position, second.line) == (1, None)
    for odd in ("9", "-1", "٣", "1e3", "999999999999"):
        assert place.remove(bagian=odd).status_code in (404, 422), odd
        assert place.remove(bagian="1", baris=odd).status_code in (404, 422), odd


def test_a_problem_needs_no_contact(place: Place) -> None:
    assert place.post("masalah", bagian="semua", alasan="sound", kata="Suara tidak bunyi.").status_code == 303
    assert place.rows()[0].matter == "sound"


@pytest.mark.parametrize("odd", ["a\0b", "\ufdd0", "x" * 5000, "\u202e" * 5000, "\x1b[31m"])
def test_odd_words_are_refused_and_nothing_is_kept(place: Place, odd: str) -> None:
    assert place.correct(words=odd).status_code == 422
    assert place.remove(kata=odd).status_code == 422
    assert place.remove(kontak=odd).status_code == 422
    assert place.remove(alasan=odd).status_code == 422
    assert not place.rows()


def test_a_machine_that_fills_the_hidden_field_is_thanked_and_forgotten(place: Place) -> None:
    assert place.remove(situs="http://spam").status_code == 303
    assert not place.rows()


def test_one_network_sends_only_so_many_and_what_was_typed_is_kept(place: Place) -> None:
    place.settings.__dict__["intake_per_hour"] = 2
    assert [place.remove().status_code for _ in range(2)] == [303, 303]
    third = place.remove()
    assert third.status_code == 429 and "Karsinem Binti Sumo" in third.get_data(as_text=True)
    assert place.post("masalah", "198.51.100.1", bagian="semua", alasan="other", kata="Uji").status_code == 303
    place.clock.advance(timedelta(days=1, seconds=1))
    assert place.remove().status_code == 303
    assert [row.network_hash is None for row in place.rows()] == [True, True, True, False]


def test_many_about_one_broadcast_wait_for_a_person(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "OPEN_OF_ONE", 1)
    assert place.correct().status_code == 303
    assert place.correct().status_code == 429


def test_a_withdrawn_broadcast_has_no_forms(place: Place) -> None:
    with place.database.writing() as tx:
        show = tx.scalars(select(PublishedBroadcast)).one()
        broadcast = records.broadcast_of(tx, show.public_id)
        withdraw(tx, broadcast, "Uji", by="arsiparis", at=place.clock.now())
    for rest in ("bagian/1/perbaikan?baris=1", "penghapusan", "masalah"):
        place.text(place.path(rest), 404)
    assert place.correct().status_code == 404 and place.remove().status_code == 404


def test_the_listener_reads_state_and_answer_and_no_private_word_of_it(place: Place) -> None:
    place.remove()
    number, pin = place.code()
    at = place.clock.now()
    place.change(lambda tx, one: services.take_up(tx, one, by="produser", at=at))
    assert "Sedang diperiksa" in place.follow(number, pin).get_data(as_text=True)
    words = "Nomor 0812 9999 0001 milik Ibu Karsinem sudah kami keluarkan."
    place.change(lambda tx, one: services.accept(tx, place.settings, one, words, by="produser", at=at))
    page = place.follow(number, pin).get_data(as_text=True)
    assert "Disetujui" in page and "sudah kami keluarkan" in page
    assert "9999" not in page and "Karsinem" not in page and "produser" not in page


def test_who_was_declined_reads_why(place: Place) -> None:
    place.correct()
    number, pin = place.code()
    at = place.clock.now()
    place.change(lambda tx, one: services.decline(tx, place.settings, one, "Kami mendengar yang lain.", by="p", at=at))
    page = place.follow(number, pin).get_data(as_text=True)
    assert "Ditolak" in page and "Kami mendengar yang lain." in page


def test_the_pages_are_there_in_english(place: Place) -> None:
    place.browser.set_cookie("language", "en")
    assert "Correct a line" in place.text(place.path("bagian/1/perbaikan?baris=1"))
    assert "I take back my consent" in place.text(place.path("penghapusan"))
    assert "The sound does not play" in place.text(place.path("masalah"))
    place.remove()
    number, pin = place.code()
    assert "Request for removal" in place.follow(number, pin).get_data(as_text=True)


def test_words_and_contact_lie_encrypted_and_are_not_in_the_audit_trail(place: Place) -> None:
    place.remove(nama="Bu Uji")
    with place.database.reading() as tx:
        raw = tx.connection().exec_driver_sql("SELECT words, contact, name FROM listener_request").one()
        told = " ".join(f"{one.action} {one.subject} {one.details}" for one in tx.scalars(select(AuditEntry)))
    for value in raw:
        assert b"Karsinem" not in bytes(value) and b"9999" not in bytes(value) and b"Uji" not in bytes(value)
    assert "listener request received" in told and "9999" not in told and "Karsinem" not in told
