"""What goes to many screens at once is the same for all of a kind, and only for those who may open it."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.errors import Refusal
from radiodesk.core.events import announce
from radiodesk.core.settings import Settings
from radiodesk.http.regions import NotForMany, Region, Viewer, print_of, region_at
from radiodesk.rooms.accounts.models import Person, Role
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import ItemKind
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Protected
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.transcripts.live import services as live
from radiodesk.rooms.transcripts.live.models import Hearing
from tests.factories import calls as make
from tests.factories import tickets
from tests.factories.filled import fill

SECRET = "Kenanga Rahasia"
ROLE_SETS = [*([role] for role in Role), [Role.SCREENER, Role.TICKET_OFFICER], list(Role)]
TOPICS = ("calls", "speech", "broadcasts", "programme", "tickets", "traffic", "talkback", "lines", "words", "playout")


@pytest.fixture
def addresses(session: Session, settings: Settings, now: datetime) -> list[str]:
    """Every region, in a station in which there is something to see in each, with callers who must not be named."""
    fill(session, settings, now)
    series = programme.add_programme(session, "Halo Uji", by="sari", at=now)
    show = broadcasts.plan(session, series, "", now, by="sari", at=now)
    item = rundowns.add_item(session, show, ItemKind.CALLS, "Telepon", 60, by="sari", at=now)
    broadcasts.go_on_air(session, show, by="sari", at=now)
    broadcasts.begin_item(session, show, item, by="sari", at=now)
    broadcasts.talk_back(session, "Dua penelepon siap", by="wati", at=now)
    on_air = make.in_state(session, CallState.ON_AIR, now, name="Penelepon Udara")
    live.begin(session, "take-uji", on_air.public_id, at=now)
    said = live.Shown("take-uji", on_air.public_id, Hearing.FOLLOWED, "lampu jalan", "padam", 1.0, 1.0, 0.0)
    live.show(session, [said], at=now)
    for state in (CallState.READY, CallState.ON_AIR, CallState.WAITING):
        guarded = make.in_state(session, state, now, name=SECRET, topic=f"Anak dari {SECRET}", message=SECRET)
        guarded.screened_at = now
        calls.protect(session, guarded, Protected.CHILD, hides=True, by="wati", at=now)
    over = make.in_state(session, CallState.DONE, now, topic=SECRET, message=SECRET)
    tickets.opened(session, settings, now, call=over, text=SECRET, confidential=True)
    session.commit()
    host = f"/siaran/{show.public_id}/penyiar"
    return [
        "/antrean/daftar",
        "/antrean/daftar?hal=2",
        "/bisik",
        "/bisik/siaran",
        "/papan-suara/bagian",
        f"{host}/bagian",
        f"{host}/pertanyaan",
        "/dinding/bagian",
        "/saluran/ringkas",
        "/lalin/papan",
        f"/siaran/ucapan/{on_air.public_id}",
    ]


def speaking(database: Database, username: str, language: str) -> None:
    with database.writing() as tx:
        tx.scalars(select(Person).where(Person.username == username)).one().language = language


def shown(client: FlaskClient, address: str) -> str | None:
    """A region as a person gets it who asks for it, without the tokens of the forms; ``None`` where it is refused."""
    answer = client.get(address, headers={"HX-Request": "true"})
    assert answer.status_code in (200, 403), address
    if answer.status_code == 403:
        return None
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r'\1""', answer.get_data(as_text=True))


def printed(app: Flask, address: str, viewer: Viewer) -> str | None:
    found = region_at(app, address)
    assert found is not None, address
    try:
        return print_of(app, found, viewer)
    except Refusal:
        return None


def test_every_marked_view_is_looked_at_here(desk: Flask, addresses: list[str]) -> None:
    marked = {name for name, view in desk.view_functions.items() if hasattr(view, "region")}
    found = [region_at(desk, address) for address in addresses]
    assert {one.endpoint for one in found if one} == marked


@pytest.mark.only_sqlite("what is compared is rendering")
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_print_is_what_each_person_of_the_kind_would_get(
    desk: Flask, sign_in: Callable[..., FlaskClient], database: Database, addresses: list[str], language: str
) -> None:
    for number, roles in enumerate(ROLE_SETS):
        clients = []
        for person in ("satu", "dua"):
            clients.append(sign_in(*roles, username=f"{person}{number}"))
            speaking(database, f"{person}{number}", language)
        # One of the two has acted, and has a call open.
        viewer = Viewer(frozenset(roles), language)
        for address in addresses:
            same = printed(desk, address, viewer)
            for client in clients:
                assert shown(client, address) == same, (roles, address)


def test_people_who_did_different_things_see_the_same(
    desk: Flask, sign_in: Callable[..., FlaskClient], database: Database, addresses: list[str], now: datetime
) -> None:
    one, other = (sign_in(Role.PRODUCER, username=name) for name in ("satu", "dua"))
    with database.writing() as tx:
        call = make.in_state(tx, CallState.SCREENING, now, by="satu")
        calls.lock(tx, call, by="satu", at=now)
        broadcasts.talk_back(tx, "Sebentar", by="satu", at=now)
    viewer = Viewer(frozenset({Role.PRODUCER}), "id")
    for address in addresses:
        assert shown(one, address) == shown(other, address) == printed(desk, address, viewer), address
    assert "Batalkan:" in one.get("/antrean/urung").get_data(as_text=True)
    assert "Batalkan:" not in other.get("/antrean/urung").get_data(as_text=True)


def prints_of(client: FlaskClient, addresses: list[str], change: Callable[[], None]) -> dict[str, str | None]:
    """What the stream brings of these regions after a change; each of them is there."""
    query = [("topik", ",".join(TOPICS)), *(("cetak", address) for address in addresses)]
    found: dict[str, str | None] = {}
    with client.get("/langsung", query_string=query, buffered=False) as stream:
        parts = cast("Iterator[bytes]", stream.response)
        assert next(parts).startswith(b"retry")
        assert json.loads(next(parts).split(b"data: ")[1]) == addresses
        change()
        while len(found) < len(addresses):
            for message in next(parts).decode().split("\n\n"):
                if message.startswith("event: print\n"):
                    brought = json.loads(message.split("data: ", 1)[1])
                    found[brought["of"]] = brought["html"]
    return found


def test_the_stream_brings_each_role_what_it_may_open_and_no_byte_more(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock, addresses: list[str]
) -> None:
    def change() -> None:
        with database.writing() as tx:
            for topic in TOPICS:
                announce(tx, clock.now(), topic, "changed")

    refused = 0
    for role in Role:
        client = sign_in(role, username=role.replace(" ", "-"))
        brought = prints_of(client, addresses, change)
        for address in addresses:
            alone = shown(client, address)
            assert brought[address] == alone, (role, address)
            refused += alone is None
        if role in (Role.HOST, Role.OFFICER, Role.ARCHIVIST):
            assert SECRET not in json.dumps(brought), role
    assert refused > 0


def test_a_region_is_renewed_by_its_own_topics_and_subject(
    desk: Flask, sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock, addresses: list[str]
) -> None:
    client = sign_in(Role.PRODUCER)
    on_air = addresses[-1].rsplit("/", 1)[1]

    def told(topic: str, subject: str | None) -> str:
        query = [*(("cetak", address) for address in addresses)]
        with client.get("/langsung", query_string=query, buffered=False) as stream:
            parts = cast("Iterator[bytes]", stream.response)
            next(parts), next(parts)
            with database.writing() as tx:
                announce(tx, clock.now(), topic, "changed", subject)
            return next(parts).decode()

    assert re.findall(r'"of": "([^"]+)"', told("talkback", None)) == ["/bisik"]
    assert re.findall(r'"of": "([^"]+)"', told("words", on_air)) == [addresses[-1]]
    assert re.findall(r'"of": "([^"]+)"', told("words", "lain")) == []


def test_pages_name_the_regions_that_come_by_themselves(
    desk: Flask, sign_in: Callable[..., FlaskClient], addresses: list[str]
) -> None:
    client, seen = sign_in(*Role), set()
    host = next(address for address in addresses if address.endswith("/bagian") and "siaran" in address)
    for page in ("/antrean", host.removesuffix("/bagian"), "/dinding", "/lalin"):
        html = client.get(page, follow_redirects=True).get_data(as_text=True)
        for tag in re.findall(r"<[a-z]+ [^>]*data-print=[^>]*>", html):
            address = re.search(r'data-print="([^"]+)"', tag)
            assert address is not None
            found = region_at(desk, address[1].replace("&amp;", "&"))
            assert found is not None, tag
            topics = re.search(r'data-live="([^"]+)"', tag)
            assert topics is not None and set(topics[1].split()) == found.topics, tag
            seen.add(found.endpoint)
    assert {"calls.queue", "broadcasts.host_part", "broadcasts.wall_part", "studio.talk", "studio.show_strip"} <= seen
    assert {"broadcasts.questions", "traffic.board_part", "said.live_on_air"} <= seen


@pytest.mark.parametrize(
    "address",
    [
        "/antrean",
        "/antrean/daftar?pilih=x",
        "/antrean/daftar?hal=2&x=1",
        "/antrean/jawab",
        "/tidak-ada",
        "/keluar",
        "//lain.example/antrean/daftar",
        "https://lain.example/antrean/daftar",
        "antrean/daftar",
        "",
        "/antrean/daftar?" + "hal=1&" * 100,
        "/antrean/\x00",
    ],
)
def test_nothing_else_is_printed(desk: Flask, address: str) -> None:
    assert region_at(desk, address) is None


def test_there_is_nobody_while_a_print_is_made(desk: Flask, addresses: list[str]) -> None:
    viewer = Viewer(frozenset({Role.PRODUCER}), "id")
    for name in ("username", "name", "public_id", "letter_keys", "totp_secret", "id"):
        with pytest.raises(NotForMany):
            getattr(viewer, name)
    # A page's own part is made for a person, and cannot be printed.
    own = Region("/antrean/urung", "calls.undo_offer", (), frozenset(), None)
    with pytest.raises(NotForMany):
        print_of(desk, own, viewer)


def test_a_protected_caller_is_gone_from_the_print_that_tells_of_it(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock, addresses: list[str]
) -> None:
    with database.writing() as tx:
        call = make.in_state(tx, CallState.READY, clock.now() + timedelta(seconds=1), name="Melati Uji")
        calls.screen(tx, call, make.card(name="Melati Uji", may_name=True), by="wati", at=clock.now())
        identity = call.public_id
    client = sign_in(Role.HOST)
    host = next(address for address in addresses if address.endswith("penyiar/bagian"))
    assert "Melati" in (shown(client, host) or "")

    def protect() -> None:
        with database.writing() as tx:
            found = tx.scalars(select(Call).where(Call.public_id == identity)).one()
            calls.protect(tx, found, Protected.VICTIM, hides=True, by="wati", at=clock.now())

    assert "Melati" not in (prints_of(client, [host], protect)[host] or "")
