"""What a complainant sees of a ticket with number and PIN, and what nobody learns."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Context, Runner
from radiodesk.core.settings import Settings
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.record import tracking
from radiodesk.rooms.record.models import PublishedTicket, TrackingAttempt
from radiodesk.rooms.tickets import care, pins, queries, services, ticket_numbers
from radiodesk.rooms.tickets.models import Ticket, TicketState
from radiodesk.rooms.tickets.station_rules import load_rules
from tests.factories import calls as call_factory
from tests.factories import tickets as factory

Change = Callable[[Any, Ticket], None]


class Station:
    """One ticket, its PIN, and the worker that mirrors it."""

    def __init__(self, database: Database, settings: Settings, clock: ManualClock, public: Flask) -> None:
        self.database, self.settings, self.clock = database, settings, clock
        self.rules = load_rules(settings)
        self.browser = public.test_client()
        self.number = self.pin = self.identity = ""

    def open(self, **given: Any) -> None:
        with self.database.writing() as session:
            made = factory.opened(session, self.settings, self.clock.now(), **given)
            self.number, self.pin, self.identity = made.ticket.number, made.pin, made.ticket.public_id
        self.work()

    def change(self, change: Change) -> None:
        with self.database.writing() as session:
            change(session, queries.ticket_by_public_id(session, self.identity))
        self.work()

    def answer(self, text: str = factory.ANSWER) -> None:
        self.change(lambda s, t: services.answer(s, self.rules, t, text, by="petugas", at=self.clock.now()))

    def work(self) -> None:
        Runner(self.database, self.settings, self.clock, kinds()).run_all()

    def post(self, number: str | None = None, pin: str | None = None, address: str = "203.0.113.7") -> Any:
        data = {"nomor": number or self.number, "pin": pin or self.pin}
        return self.browser.post("/pengaduan", data=data, environ_overrides={"REMOTE_ADDR": address})

    def page(self) -> str:
        answer = self.post()
        assert answer.status_code == 200
        return str(answer.get_data(as_text=True))

    def wrong(self) -> str:
        return f"{(int(self.pin) + 1) % 10 ** len(self.pin):0{len(self.pin)}}"


@pytest.fixture
def place(database: Database, settings: Settings, clock: ManualClock, public: Flask) -> Station:
    return Station(database, settings, clock, public)


def test_number_and_pin_show_state_unit_dates_and_the_answer(place: Station) -> None:
    place.open()
    assert "Diterima" in place.page()
    place.change(lambda s, t: services.forward(s, place.rules, t, "dishub", by="p", at=place.clock.now()))
    place.answer()
    page = place.page()
    assert "Lampu jalan di depan pasar padam." in page
    assert place.rules.unit_name("dishub") in page
    assert "24 November 2026" in page
    assert factory.ANSWER in page


def test_the_number_may_be_typed_as_it_was_heard(place: Station) -> None:
    place.open()
    assert place.post(number=ticket_numbers.spoken(place.number)).status_code == 200
    assert place.post(number=place.number.lower().replace("-", " ")).status_code == 200


def test_a_wrong_pin_and_a_number_that_is_not_there_look_the_same(place: Station) -> None:
    place.open()
    wrong, nowhere = place.post(pin=place.wrong()), place.post(number=ticket_numbers.make(977, 2026))
    assert wrong.status_code == nowhere.status_code == 403
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", wrong.get_data(as_text=True)) == strip.sub("", nowhere.get_data(as_text=True))


def test_nothing_of_the_desk_reaches_the_public_page(place: Station) -> None:
    with place.database.writing() as session:
        call = call_factory.ringing(session, place.clock.now())
        call.name = "Penelepon Satu"
        made = factory.opened(
            session,
            place.settings,
            place.clock.now(),
            text="Nama saya Penelepon Satu, tetangga saya Pak Contoh, nomor saya 0812 0000 0001, NIK 3522010101900001.",
            call=call,
            summary="Lampu padam, hubungi 0812 0000 0001 atau lihat S 1234 AB.",
        )
        place.number, place.pin, place.identity = made.ticket.number, made.pin, made.ticket.public_id
    place.change(
        lambda s, t: care.add_note(
            s, place.rules, t, "Pelapor takut.", public=False, by="penyidik.uji", at=t.created_at
        )
    )
    place.answer("Sudah diganti. Hubungi 0812-0000-0001 bila padam lagi, NIK 3522010101900001 tercatat.")
    page = place.page()
    with place.database.reading() as session:
        row = session.scalars(select(PublishedTicket)).one()
        stored = f"{row.summary} {row.place} {row.entries}"
    for private in ("0812", "0000 ", "3522010101900001", "1234", "Penelepon", "Contoh", "takut", "penyidik.uji"):
        assert private not in page, private
        assert private not in stored, private


def test_of_a_confidential_ticket_only_state_and_dates_are_there(place: Station) -> None:
    place.open()
    place.answer()
    place.change(lambda s, t: care.set_confidential(s, t, True, "Pelapor takut.", by="p", at=place.clock.now()))
    page = place.page()
    assert "Dijawab" in page and "24 November 2026" in page
    for hidden in ("Lampu", "pasar", "Pasar", factory.ANSWER, place.rules.unit_name("dishub"), "takut"):
        assert hidden not in page
    with place.database.reading() as session:
        row = session.scalars(select(PublishedTicket)).one()
        assert (row.summary, row.unit, row.place, row.category, row.listed) == ("", None, None, None, False)
        assert all(not entry["text"] and not entry["unit"] for entry in row.entries)


def test_an_officer_sees_beforehand_what_the_complainant_sees(
    place: Station, sign_in: Callable[..., FlaskClient]
) -> None:
    place.open(summary="Lampu padam, hubungi 0812 0000 0001.")
    place.answer()
    producer = sign_in(Role.PRODUCER)
    page = producer.get(f"/pengaduan/{place.identity}/publik").get_data(as_text=True)
    assert "Lampu padam, hubungi [nomor telepon]." in page and factory.ANSWER in page
    assert "0812" not in page and "<form" not in page
    place.change(lambda s, t: care.set_confidential(s, t, True, "Pelapor takut.", by="p", at=place.clock.now()))
    assert producer.get(f"/pengaduan/{place.identity}/publik").status_code == 404


def test_too_many_wrong_pins_pause_their_address_even_for_the_right_one(place: Station) -> None:
    place.open()
    for _ in range(tracking.PAIR_SHORT):
        assert place.post(pin=place.wrong()).status_code == 403
    paused = place.post()
    assert paused.status_code == 429
    assert "Lampu" not in paused.get_data(as_text=True)
    place.clock.advance(tracking.SHORT + timedelta(seconds=1))
    assert place.post().status_code == 200


@pytest.mark.parametrize("enough", [tracking.PAIR_SHORT, tracking.NUMBER_SHORT, tracking.NUMBER_LONG + 5])
def test_what_others_guess_never_shuts_a_complainant_out(place: Station, enough: int) -> None:
    place.open()
    for n in range(enough):
        place.post(pin=place.wrong(), address=f"203.0.114.{n}")
    assert place.post(pin=place.wrong(), address="198.51.100.1").status_code == 403
    assert place.post(address="198.51.100.1").status_code == 200


def test_of_many_addresses_that_guess_at_one_number_each_has_two_attempts_a_day(place: Station) -> None:
    place.open()
    for n in range(tracking.NUMBER_SHORT):
        assert place.post(pin=place.wrong(), address=f"203.0.114.{n}").status_code == 403
    answers = [place.post(pin=place.wrong(), address="198.51.100.1").status_code for _ in range(3)]
    assert answers == [403, 403, 429]


def test_who_holds_many_networks_of_ipv6_does_not_walk_through_the_pins_of_a_number(
    place: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking, "CARRIER_BESET", 40)
    place.open()
    for n in range(tracking.NUMBER_SHORT):
        place.post(pin=place.wrong(), address=f"203.0.114.{n}")
    site = [place.post(pin=place.wrong(), address=f"2001:db8:7:{n:x}::1").status_code for n in range(12)]
    assert site == [403] * tracking.SITE_BESET + [429] * 2
    carrier = [place.post(pin=place.wrong(), address=f"2001:db8:{n:x}::1").status_code for n in range(16, 48)]
    assert carrier == [403] * 30 + [429] * 2
    assert place.post(address="2001:db9::1").status_code == 200
    assert place.post(address="198.51.100.1").status_code == 200


def test_a_number_that_is_not_there_is_answered_alike_also_while_many_guess(place: Station) -> None:
    place.open()

    def answers(number: str) -> list[int]:
        crowd = [place.post(number=number, pin="135792", address=f"203.0.{len(number)}.{n}") for n in range(40)]
        alone = [place.post(number=number, pin="135792", address="198.51.100.9") for _ in range(7)]
        return [answer.status_code for answer in (*crowd, *alone)]

    assert answers(place.number) == answers(ticket_numbers.make(977, 2026))


def test_one_hash_is_computed_whether_the_number_is_there_or_not(
    place: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.open()
    hashing = pins._hasher

    class Counting:
        done: ClassVar[list[str]] = []

        def hash(self, secret: str) -> str:
            self.done.append("hash")
            return hashing.hash(secret)

        def verify(self, stored: str, secret: str) -> bool:
            self.done.append("verify")
            return hashing.verify(stored, secret)

    monkeypatch.setattr(pins, "_hasher", Counting())
    for number in (place.number, ticket_numbers.make(977, 2026), "bukan nomor"):
        pins._nobody.cache_clear()
        Counting.done.clear()
        place.post(number=number, pin=place.wrong())
        assert Counting.done == ["hash", "verify"], number


def test_a_number_that_is_not_there_is_paused_in_the_same_way(place: Station) -> None:
    place.open()
    nowhere = ticket_numbers.make(977, 2026)
    for _ in range(tracking.PAIR_SHORT):
        assert place.post(number=nowhere).status_code == 403
    assert place.post(number=nowhere).status_code == 429


def test_one_address_cannot_try_many_numbers(place: Station) -> None:
    place.open()
    for n in range(tracking.ADDRESS_SHORT):
        assert place.post(number=ticket_numbers.make(900 + n, 2026), address="2001:db8:1:2::1").status_code == 403
    assert place.post(number=ticket_numbers.make(990, 2026), address="2001:db8:1:2:ffff::9").status_code == 429
    assert place.post(address="2001:db8:1:3::1").status_code == 200


def test_slow_guessing_is_paused_for_a_day(place: Station) -> None:
    place.open()
    for _ in range(tracking.PAIR_LONG):
        assert place.post(pin=place.wrong()).status_code == 403
        place.clock.advance(timedelta(minutes=6))
    assert place.post().status_code == 429


def test_right_pins_are_not_counted(place: Station) -> None:
    place.open()
    for _ in range(tracking.PAIR_SHORT + 3):
        assert place.post().status_code == 200
    with place.database.reading() as session:
        assert session.scalars(select(TrackingAttempt)).all() == []


def test_addresses_and_numbers_of_attempts_are_not_kept_in_the_clear(place: Station) -> None:
    place.open()
    place.post(pin=place.wrong())
    with place.database.reading() as session:
        raw = str(session.connection().exec_driver_sql("SELECT * FROM tracking_attempt").all())
    assert "203.0.113" not in raw and place.number not in raw


def test_who_was_joined_reads_the_answer_of_the_other(place: Station) -> None:
    place.open()
    main = place.number
    with place.database.writing() as session:
        twin = factory.opened(session, place.settings, place.clock.now(), text="Lampu pasar padam.", summary="Padam.")
        into = queries.ticket_by_number(session, main)
        assert into is not None
        services.merge(session, place.rules, twin.ticket, into, by="p", at=place.clock.now())
    place.answer()
    page = place.post(number=twin.ticket.number, pin=twin.pin).get_data(as_text=True)
    assert factory.ANSWER in page and "Lampu jalan di depan pasar" not in page
    assert main not in page


def reply(place: Station, kind: care.Reply, words: str) -> Any:
    token = re.search(r'name="token" value="([^"]+)"', place.page())
    assert token
    return place.browser.post("/pengaduan/tanggapan", data={"token": token[1], "jenis": kind.value, "tanggapan": words})


def test_a_complainant_says_that_it_is_not_solved(place: Station) -> None:
    place.open()
    place.change(lambda s, t: services.forward(s, place.rules, t, "dishub", by="p", at=place.clock.now()))
    place.answer()
    assert reply(place, care.Reply.UNSOLVED, "Semalam padam lagi.").status_code == 303
    place.work()
    with place.database.reading() as session:
        ticket = queries.ticket_by_public_id(session, place.identity)
        assert ticket.state == TicketState.FORWARDED
        assert any(entry.text == "Semalam padam lagi." for entry in ticket.entries)
    assert "Semalam padam lagi." in place.page()


def test_a_reply_needs_the_page_that_the_pin_opened(place: Station) -> None:
    place.open()
    words = "Keterangan tambahan yang cukup panjang."
    data = {"token": "palsu.palsu", "jenis": "more", "tanggapan": words}
    refused = place.browser.post("/pengaduan/tanggapan", data=data)
    assert refused.status_code == 403
    assert words in refused.get_data(as_text=True)


def test_a_reply_that_is_too_long_comes_back_on_the_page_that_the_pin_opened(place: Station) -> None:
    place.open()
    words = "Keterangan tambahan. " * 200
    refused = reply(place, care.Reply.MORE, words)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f">{words}</textarea>" in page
    assert 'aria-invalid="true"' in page
    again = re.search(r'name="token" value="([^"]+)"', page)
    assert again
    data = {"token": again[1], "jenis": "more", "tanggapan": words[:500]}
    assert place.browser.post("/pengaduan/tanggapan", data=data).status_code == 303


def test_a_page_that_stood_open_too_long_takes_no_reply(place: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    place.open()
    token = re.search(r'name="token" value="([^"]+)"', place.page())
    assert token
    place.clock.advance(timedelta(minutes=31))
    data = {"token": token[1], "jenis": "more", "tanggapan": "Masih padam."}
    assert place.browser.post("/pengaduan/tanggapan", data=data).status_code == 403


def test_nobody_floods_a_ticket_with_replies(place: Station) -> None:
    place.open()
    for _ in range(tracking.REPLIES_A_DAY):
        assert reply(place, care.Reply.MORE, "Tambahan.").status_code == 303
    assert reply(place, care.Reply.MORE, "Tambahan.").status_code == 429


def test_the_page_needs_no_script_and_little_data(place: Station) -> None:
    place.open()
    place.answer()
    page = place.page()
    assert "<script" not in page and "style=" not in page
    [address] = re.findall(r'href="(/static/[^"]+/public\.css)"', page)
    with place.browser.get(address) as sheet:
        assert len(sheet.data) < 15_000
    assert len(page.encode()) < 20_000


def test_the_language_is_switched_by_a_plain_link(place: Station) -> None:
    place.open()
    answer = place.browser.get("/bahasa/en?ke=/pengaduan")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/pengaduan")
    assert "Follow a complaint" in place.browser.get("/pengaduan").get_data(as_text=True)
    for elsewhere in ("//example.org", "https://example.org", "/\\example.org"):
        assert place.browser.get(f"/bahasa/id?ke={elsewhere}").headers["Location"] == "/"
    assert place.browser.get("/bahasa/xx").status_code == 404


def test_the_public_site_says_no_when_there_is_nothing(public: Flask) -> None:
    answer = public.test_client().get("/tidak-ada")
    assert answer.status_code == 404
    assert "Tidak ada apa-apa di alamat ini." in answer.get_data(as_text=True)


@pytest.mark.parametrize("number", ["", "abc", "'; DROP TABLE ticket; --", "9" * 150, "satu dua"])
def test_odd_numbers_are_refused_like_wrong_ones(public: Flask, number: str) -> None:
    client: FlaskClient = public.test_client()
    assert client.post("/pengaduan", data={"nomor": number, "pin": "123456"}).status_code == 403


def test_the_mirror_may_run_twice_and_late(place: Station) -> None:
    place.open()
    place.answer()
    with place.database.reading() as session:
        ticket_id = session.scalars(select(Ticket.id)).one()
    context = Context(place.database, place.settings, place.clock, lambda _share: None)
    kinds()["record.ticket"].run(context, ticket_id)
    kinds()["record.ticket"].run(context, ticket_id)
    with place.database.reading() as session:
        assert session.scalars(select(PublishedTicket)).one().state == "answered"
