"""Whatever is sent by whatever channel, every page that shows it shows it as text, and is there."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from html.parser import HTMLParser

import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.filed_calls import file_call
from radiodesk.rooms.broadcasts.models import Broadcast
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.tickets import services as tickets
from radiodesk.rooms.tickets.models import Ticket
from tests.factories import sending
from tests.factories import tickets as ticket_factory
from tests.factories.hostile import TEXTS

pytestmark = pytest.mark.slow  # some thousand pages

NEVER = frozenset({"iframe", "object", "embed", "base", "style", "math", "marquee", "body onload", "svg onload"})
"""Elements that no page of ours has (style only with a nonce, on the transcript's page)."""


class Page(HTMLParser):
    """The elements, attributes and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.harm: list[str] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = tag
        self.harm += [f"<{tag}>"] if tag in NEVER else []
        for name, value in given.items():
            told = (value or "").strip().casefold()
            if name.startswith("on") or name == "srcdoc":
                self.harm.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction", "data") and not _ours(told):
                self.harm.append(f"{tag} {name}={told}")
        if tag == "meta" and given.get("http-equiv"):
            self.harm.append("meta http-equiv")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        # Scripts of ours are files.
        if self._inside == "script" and data.strip():
            self.harm.append(f"script {data[:40]}")


def _ours(address: str) -> bool:
    local = address.startswith(("/", "#", "?", "tel:", "data:image/", "http://localhost", "https://www.openstreetmap"))
    return not address or (local and not address.startswith("//"))


def harmless(client: FlaskClient, addresses: Iterator[str] | list[str]) -> None:
    for address in addresses:
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, address
        html = answer.get_data(as_text=True)
        assert Page(html).harm == [], address
        assert "root:x:0" not in html, address


def shown(client: FlaskClient, address: str, words: str) -> None:
    """The page has the words, each sign as it was sent."""
    seen = client.get(address).get_data(as_text=True)
    assert " ".join(words.split()) in " ".join("".join(Page(seen).words).split()), address


@pytest.fixture
def on_air(session: Session, now: datetime) -> Broadcast:
    series = programme.add_programme(session, "Program Uji", by="produser", at=now, minutes=60)
    broadcast = broadcasts.plan(session, series, "Siaran Uji", now, by="produser", at=now)
    broadcasts.go_on_air(session, broadcast, by="penyiar", at=now)
    session.commit()
    return broadcast


@pytest.mark.parametrize("channel", [*sending.CHANNELS, "screener"])
def test_what_is_sent_is_shown_as_text_everywhere(
    channel: str,
    station: Station,
    sign_in: Callable[..., FlaskClient],
    database: Database,
    on_air: Broadcast,
    now: datetime,
) -> None:
    desk, site = sign_in(Role.ADMINISTRATOR), sending.site_of(station)
    for number, text in enumerate(TEXTS):
        if channel == "screener":
            status = sending.screener(desk, text, str(number))
        else:
            status = sending.CHANNELS[channel](site, text, str(number))
        # A form may say that something is no text; nothing may break on it.
        assert status < 400 or status == 422, text
    with database.reading() as look:
        held = list(look.scalars(select(Call)))
    assert len(held) >= len(TEXTS) - 4
    with database.writing() as tx:
        for call in tx.scalars(select(Call).where(Call.state == CallState.RINGING)):
            calls.answer(tx, call, by="petugas", at=now)
            call.topic, call.point, call.screened_at = call.message[:120], call.message[:200], now
            calls.queue(tx, call, by="petugas", at=now)
        for call in tx.scalars(select(Call).where(Call.state == CallState.WAITING)):
            calls.consent(tx, call, by="petugas", at=now)
            calls.make_ready(tx, call, by="petugas", at=now)
    show = f"/siaran/{on_air.public_id}"
    harmless(desk, ["/", "/antrean", "/antrean/daftar", f"{show}/penyiar", f"{show}/penyiar/bagian", "/dinding"])
    for number, call in enumerate(held):
        card = f"/antrean/{call.public_id}"
        # The forms that are filled from a call take the words from the card's own row: a part of them will do.
        forms = [f"/lalin/panggilan/{call.public_id}", f"/pengaduan/baru?call={call.public_id}"]
        harmless(desk, [card, *(forms if number % 6 == 0 else [])])
        if call.message:
            shown(desk, f"{card}/kata", call.message)
    with database.writing() as tx:
        for call in tx.scalars(select(Call)):
            file_call(tx, on_air, call)
        for call in tx.scalars(select(Call).where(Call.state == CallState.READY)):
            calls.lose(tx, call, by="petugas", at=now)
    harmless(desk, [show, "/antrean/panggil-balik", "/antrean/kiriman"])


def test_a_complaint_made_of_it_is_text_at_the_desk_and_for_its_complainant(
    station: Station,
    sign_in: Callable[..., FlaskClient],
    settings: Settings,
    database: Database,
    clock: ManualClock,
) -> None:
    desk, site, now = sign_in(Role.ADMINISTRATOR), sending.site_of(station), clock.now()
    pins: dict[str, str] = {}
    with database.writing() as tx:
        for text in TEXTS:
            # The forms of the desk take no control characters.
            told = "".join(sign for sign in text if sign >= " " or sign in "\r\n\t")
            opened = ticket_factory.opened(tx, settings, now, text=told, summary=told[:400], place=told[:200])
            tickets.forward(tx, ticket_factory.rules(settings), opened.ticket, "dishub", by="petugas", at=now)
            pins[opened.ticket.number] = opened.pin
    Runner(database, settings, clock, kinds()).run_all()
    with database.reading() as look:
        ids = list(look.scalars(select(Ticket.public_id)))
    harmless(desk, ["/pengaduan", "/pengaduan/tenggat", *(f"/pengaduan/{one}" for one in ids)])
    harmless(desk, [f"/pengaduan/{one}/publik" for one in ids])
    for text in TEXTS:
        answer = desk.get("/pengaduan", query_string={"cari": text[:120].replace("\0", "")}, follow_redirects=True)
        assert answer.status_code == 200
        assert Page(answer.get_data(as_text=True)).harm == []
    for number, pin in pins.items():
        answer = site.post("/pengaduan", data={"nomor": number, "pin": pin})
        assert answer.status_code in (200, 429)
        assert Page(answer.get_data(as_text=True)).harm == []
    for kind in ("xml", "json"):
        body = site.get(f"/open311/v2/requests.{kind}").get_data()
        assert len(ElementTree.fromstring(body) if kind == "xml" else json.loads(body)) > 40


def test_a_mark_on_air_is_text_in_page_and_table(
    sign_in: Callable[..., FlaskClient], on_air: Broadcast, clock: ManualClock
) -> None:
    desk, show = sign_in(Role.PRODUCER), f"/siaran/{on_air.public_id}"
    for text in TEXTS:
        assert desk.post(f"{show}/tandai", data={"text": text[:160]}).status_code in (303, 422)
        assert desk.post("/bisik", data={"text": text[:300]}).status_code in (303, 422)
        item = {"title": text[:160], "kind": "calls", "minutes": "1"}
        assert desk.post(f"{show}/acara", data=item).status_code in (303, 422)
    harmless(desk, [show, f"{show}/penyiar", "/bisik", "/dinding"])
    rows = list(csv.reader(io.StringIO(desk.get(f"{show}/catatan.csv").get_data(as_text=True))))
    assert not [row for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]
