"""One show with a secret in every field of every channel, and every byte of it that others get, searched for them all.

The secrets are looked for as they were written, as they are said (digits and letters in words) and as a recogniser may
have misheard them: in every page, feed and file of the public site, in the open part of the package, in what lies
beside the database, in the log, and on every screen of the roles that may not know.
"""

import gzip
import html
import io
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.static_export.record_export import export
from radiodesk.operations.wiring import kinds
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive import services as archive
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Channel, Protected
from radiodesk.rooms.messages import attachments
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptKind
from radiodesk.rooms.record.models import Publication, PublicationState
from radiodesk.rooms.recordings.models import Direction
from radiodesk.rooms.recordings.services import store_upload
from radiodesk.rooms.tickets import care
from radiodesk.rooms.tickets import services as tickets
from tests.factories import calls as make
from tests.factories import sending, shows
from tests.factories import tickets as ticket_factory

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

DIGITS = "nol satu dua tiga empat lima enam tujuh delapan sembilan".split()  # noqa: SIM905
LETTERS = {"k": "ka", "l": "el", "t": "te"}
SYLLABLES = "ba cu di fo gu ha ji ku lo mu ne po".split()  # noqa: SIM905


@dataclass(frozen=True)
class Persona:
    """A made-up caller: everything about it is nobody else's and no word of any language."""

    number: int

    @property
    def _sound(self) -> str:
        return SYLLABLES[self.number] + SYLLABLES[(self.number + 3) % len(SYLLABLES)]

    @property
    def given(self) -> str:
        return f"Zumro{self._sound}ningrum"

    @property
    def name(self) -> str:
        return f"{self.given} Wrekso{self._sound}dipuro"

    @property
    def misheard(self) -> str:
        """The name with two letters changed."""
        return f"Sumro{self._sound}ninggrum"

    @property
    def phone(self) -> str:
        return f"0857{(self.number + 2) * 9876543 % 10**8:08}"

    @property
    def plate(self) -> str:
        return f"S {4801 + 10 * self.number} KLT"

    @property
    def place(self) -> str:
        return f"Ngranduwetan{self._sound}"

    @property
    def topic(self) -> str:
        return f"Pagar kuburan {self._sound}rengkol"

    @property
    def matter(self) -> str:
        """A word that only the caller's own words hold."""
        return f"klithik{self._sound}sari"

    @property
    def words(self) -> str:
        return (
            f"Saya {self.name}, {self.phone}, motor {self.plate}, rumah di {self.place}. {self.topic}: {self.matter}."
        )

    def forms(self) -> list[str]:
        """Everything that tells of the caller, in lower case: written, said, misheard."""
        digits = self.phone[1:]
        number = self.plate.split()[1]
        said = [" ".join(DIGITS[int(one)] for one in run) for run in (digits, digits[-6:], number)]
        return [
            *(self.given.lower(), f"wrekso{self._sound}dipuro", self.misheard.lower()),
            *(digits, digits[-6:], self.phone[:4] + " " + self.phone[4:8], said[0], said[1]),
            *(self.plate.lower(), self.plate.replace(" ", "").lower(), f"{said[2]} ka el te", f"{said[2]} kelet"),
            *(self.place.lower(), f"{self._sound}rengkol", self.matter),
        ]


PHONE, WHATSAPP, SMS, WEB, PARTNER, POS, UPLOAD, WALK_IN, COMPLAINT, OPEN, LATE, LISTENER = map(Persona, range(12))
MESSAGES = {"web form": WEB, "WhatsApp": WHATSAPP, "SMS": SMS, "partner": PARTNER, "Pos Jago": POS}
BEGUN = "The show is played from here on."
"""Logged at the lowest level before anything is played: what comes after it is looked at."""
CLOSED = (PHONE, WHATSAPP, SMS, WEB, PARTNER, POS, UPLOAD, WALK_IN, COMPLAINT)
"""``LATE`` agreed to be heard, and is protected when the show is public already; ``LISTENER`` asks for a removal."""

SPOKEN_OF = (
    "Tadi {misheard} yang di telepon, nomornya yang belakangnya {tail}, mobile {plate}, "
    "dari {place}, soal {topic}, ya memang berat."
)


def spoken(persona: Persona) -> str:
    """What a host says about a caller, as a recogniser may write it."""
    tail = " ".join(DIGITS[int(one)] for one in persona.phone[-6:])
    plate = " ".join(DIGITS[int(one)] for one in persona.plate.split()[1]) + " kelet"
    return SPOKEN_OF.format(
        misheard=persona.misheard.lower(),
        tail=tail,
        plate=plate.replace(" ", ". ", 1),
        place=persona.place.lower(),
        topic=persona.topic.lower(),
    )


def _arrive(station: Station) -> None:
    """Messages come in by every channel, as listeners and machines send them."""
    site = sending.site_of(station)
    for number, (channel, persona) in enumerate(MESSAGES.items()):
        assert sending.CHANNELS[channel](site, persona.words, str(number)) < 400


def _screened(tx: Session, call: Call, persona: Persona, at: datetime, protected: Protected | None) -> None:
    card = make.card(
        name=persona.name,
        phone=persona.phone,
        place=persona.place,
        topic=persona.topic.replace(persona.given, ""),
        point=f"Tentang {persona.matter}.",
        protected=protected,
        notes=persona.words,
    )
    calls.screen(tx, call, card, by="penyaring", at=at)
    calls.consent(tx, call, by="penyaring", at=at)


def _calls(tx: Session, settings: Settings, at: datetime) -> dict[Persona, Call]:
    found: dict[Persona, Call] = {}
    for call in tx.scalars(select(Call)):
        persona = next(one for one in MESSAGES.values() if one.matter in (call.message or ""))
        found[persona] = call
    for persona, channel in {
        PHONE: Channel.PHONE,
        OPEN: Channel.PHONE,
        LATE: Channel.PHONE,
        WALK_IN: Channel.WALK_IN,
    }.items():
        found[persona] = calls.receive(tx, channel, at=at, phone=persona.phone, name=persona.name)
    for persona in (UPLOAD, COMPLAINT):
        found[persona] = calls.receive(tx, Channel.UPLOAD, at=at, phone=persona.phone, message=persona.words)
    for persona, call in found.items():
        if call.state.value == "ringing":
            calls.answer(tx, call, by="penyaring", at=at)
        _screened(tx, call, persona, at, Protected.VICTIM if persona not in (OPEN, COMPLAINT, LATE) else None)
        if persona in (PHONE, OPEN, UPLOAD, COMPLAINT, LATE):
            sound = shows.sound(14.0)
            recording = store_upload(tx, settings, sound, f"{persona.given}.flac", at=at, direction=Direction.CALLER)
            call.recordings.append(recording)
            shows.transcript(tx, recording, persona.words, at)
        attachments.keep(tx, settings, call, io.BytesIO(b"x"), f"{persona.matter}.txt", "text/plain", at=at)
        calls.warn_about(tx, call, persona.words, by="penyaring", at=at)
    return found


def _complaint(tx: Session, settings: Settings, call: Call, persona: Persona, at: datetime, *, secret: bool) -> None:
    rules = ticket_factory.rules(settings)
    given: dict[str, Any] = {"text": persona.words, "summary": persona.topic, "place": persona.place}
    ticket = ticket_factory.opened(tx, settings, at, call=call, confidential=secret, **given).ticket
    who: dict[str, Any] = {"by": "petugas", "at": at}
    tickets.forward(tx, rules, ticket, "dishub", text=persona.words, **who)
    tickets.take_up(tx, rules, ticket, **who)
    care.add_note(tx, rules, ticket, persona.words, public=True, **who)
    tickets.answer(tx, rules, ticket, f"Kepada {persona.name}, {persona.matter} sudah dicek.", **who)


def _show(tx: Session, settings: Settings, at: datetime, found: dict[Persona, Call]) -> Broadcast:
    series = programme.add_programme(tx, "Halo Uji", by="produser", at=at, minutes=5)
    broadcast = broadcasts.plan(tx, series, "Pagi Bersama", at, by="produser", at=at, hosts=["Aipda Uji"])
    text = (
        f"Selamat pagi. {spoken(PHONE)} {PHONE.name} memberi nomor {PHONE.phone} dan pelat {PHONE.plate}. Pakai helm."
    )
    script = programme.write_script(
        tx, ScriptKind.FREE, f"Kisah {PHONE.name}", programme.Draft(text), by="petugas", at=at, speed=140
    )
    programme.approve(tx, script, number=1, by="kasat", at=at)
    title = f"Wawancara {PHONE.given} soal {PHONE.topic}, {PHONE.phone}, {PHONE.plate}"
    read = rundowns.add_item(tx, broadcast, ItemKind.SCRIPT, title, 0, by="produser", at=at, script=script)
    talk = rundowns.add_item(tx, broadcast, ItemKind.TALK, f"Bincang {PHONE.name}", 60, by="produser", at=at)
    who: dict[str, Any] = {"by": "penyiar"}
    broadcasts.go_on_air(tx, broadcast, at=at, **who)
    broadcasts.begin_item(tx, broadcast, read, at=at + timedelta(seconds=2), **who)
    broadcasts.finish_script(tx, broadcast, at=at + timedelta(seconds=8), **who)
    broadcasts.begin_item(tx, broadcast, talk, at=at + timedelta(seconds=9), **who)
    for persona, second, seconds in ((PHONE, 10, 14), (OPEN, 40, 14), (LATE, 56, 10)):
        call = found[persona]
        calls.queue(tx, call, by="penyaring", at=at)
        broadcasts.take(tx, broadcast, call, at=at + timedelta(seconds=second), **who)
        note = f"{persona.name} {persona.phone} {persona.plate} {persona.place} {persona.topic}"
        broadcasts.mark(tx, broadcast, note, at=at + timedelta(seconds=second + 1), **who)
        broadcasts.end_call(tx, broadcast, call, at=at + timedelta(seconds=second + seconds), **who)
    broadcasts.talk_back(tx, PHONE.words, at=at, **who)
    for persona, call in found.items():
        if persona not in (PHONE, OPEN, LATE):
            calls.drop(tx, call, by="penyaring", at=at + timedelta(seconds=50))
    broadcasts.end(tx, broadcast, at=at + timedelta(seconds=70), **who)
    recorded = store_upload(
        tx, settings, shows.sound(70), "program.flac", at=at + timedelta(minutes=5), direction=Direction.PROGRAMME
    )
    shows.tell_start(recorded, at)
    # One word a second, so that the words about the caller lie where nobody else is on air.
    before = [*LATE.topic.lower().split(), *["lalu"] * 26][:26]
    heard = " ".join([*before, *spoken(PHONE).split(), *["lalu"] * 50][:70])
    shows.transcript(tx, recorded, heard, at)
    broadcasts.attach_recording(tx, broadcast, recorded, by="produser", at=at + timedelta(minutes=5))
    return broadcast


@dataclass(frozen=True)
class Played:
    """The show after it was sealed and published, and one caller was protected."""

    public_id: str
    package: str


@pytest.fixture
def played(
    station: Station,
    settings: Settings,
    database: Database,
    clock: ManualClock,
    now: datetime,
    sign_in: Callable[..., FlaskClient],
    caplog: pytest.LogCaptureFixture,
) -> Played:
    """Plays the show; an archivist lays it out, decides what was not understood, and publishes. Then a caller who was
    heard is protected.
    """
    caplog.set_level(logging.DEBUG)
    logging.getLogger("radiodesk.journey").debug(BEGUN)
    _arrive(station)
    with database.writing() as tx:
        found = _calls(tx, settings, now)
        _complaint(tx, settings, found[COMPLAINT], COMPLAINT, now, secret=True)
        _complaint(tx, settings, found[WALK_IN], WALK_IN, now, secret=False)
        broadcast = _show(tx, settings, now, found)
        package = archive.seal(tx, settings, broadcast, by="arsiparis", at=now, note="Uji.").public_id
        public_id = broadcast.public_id
    runner = Runner(database, settings, clock, kinds())
    runner.run_all()
    desk = sign_in(Role.ARCHIVIST, username="arsiparis")
    for _ in range(30):
        desk.post(f"/siaran/{public_id}/terbit")
        with database.reading() as session:
            publication = session.scalars(select(Publication)).one()
            if publication.state is not PublicationState.DRAFT:
                break
        page = desk.get(f"/siaran/{public_id}/terbit").text
        current = re.search(r'data-span="([^"]+)"\s*id="current"', page)
        assert current is not None
        desk.post(f"/siaran/{public_id}/terbit/tanda/{current[1]}", data={"state": "accepted"})
    runner.run_all()
    site = sending.site_of(station)
    # Where is told of the caller now, nothing may be in the end.
    assert LATE.matter in site.get(f"/siaran/{public_id}/siaran.txt").text
    asked = {"bagian": "semua", "alasan": "personal", "kata": LISTENER.words}
    who = {"nama": LISTENER.name, "kontak": LISTENER.phone}
    assert site.post(f"/siaran/{public_id}/penghapusan", data=asked | who).status_code == 303
    with database.writing() as tx:
        call = tx.get_one(Call, found[LATE].id)
        calls.protect(tx, call, Protected.VICTIM, by="penyaring", at=now + timedelta(minutes=30))
    assert leaks(crawled(site, ["/", f"/siaran/{public_id}"]), LATE.forms()) == ""
    runner.run_all()
    with database.reading() as session:
        publication = session.scalars(select(Publication)).one()
        assert (publication.state, publication.problem) == (PublicationState.PUBLISHED, None)
    return Played(public_id, package)


LINK = re.compile(r"""(?:href|src|data-src|hx-get)=["']([^"'#]+)""")
NO_PAGES = ("/static/", "/keluar", "/langsung", "/bahasa/", "http://", "https://", "mailto:", "tel:", "data:")


def crawled(client: FlaskClient, first: Iterable[str], most: int = 400) -> Iterator[tuple[str, bytes]]:
    """Every address that can be reached from some, with what it answers (and its headers)."""
    waiting, seen = list(dict.fromkeys(first)), set(first)
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        assert answer.status_code < 500, address
        body = answer.get_data()
        answer.close()
        yield address, body + str(answer.headers).encode()
        if answer.mimetype not in ("text/html", "application/xml", "application/json", "application/rss+xml"):
            continue
        for found in LINK.findall(body.decode()):
            link = html.unescape(found).strip()
            if link.startswith("/") and not link.startswith(NO_PAGES) and link not in seen and len(seen) < most:
                seen.add(link)
                waiting.append(link)


BY_CHANCE = re.compile(r"\b(?:[0-9a-f]{40,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
"""Digests and random ids: once in some hundred runs, six digits of somebody's number stand in one."""


def told(data: bytes, forms: Iterable[str]) -> list[str]:
    """The secrets that some bytes tell, whatever stands between digits and words."""
    text = BY_CHANCE.sub(" ", html.unescape(data.decode("utf-8", "ignore")).lower())
    plain = re.sub(r"[^\w]+", " ", text)
    return [form for form in forms if form in text or form in plain]


def leaks(found: Iterable[tuple[str, bytes]], forms: list[str]) -> str:
    """Where which secret stands, as lines; nothing where there is none."""
    hits = _hits(found, forms)
    return "\n".join(f"{name}: {told}" for name, told in hits.items())


def _hits(found: Iterable[tuple[str, bytes]], forms: list[str]) -> dict[str, list[str]]:
    return {name: hits for name, data in found if (hits := told(data, [*forms]) or told(name.encode(), forms))}


def all_forms(personas: Iterable[Persona]) -> list[str]:
    return [form for persona in personas for form in persona.forms()]


def logged(caplog: pytest.LogCaptureFixture) -> Iterator[tuple[str, bytes]]:
    """All that was logged from the first message on, with the traces of faults."""
    shape = logging.Formatter("%(name)s %(message)s")
    for phase in ("setup", "call"):
        for record in caplog.get_records(cast("Any", phase)):
            yield record.name, shape.format(record).encode()


def public_addresses(played: Played, database: Database) -> list[str]:
    """The public addresses that no page needs to link to."""
    one = f"/siaran/{played.public_id}"
    parts = (f"bagian/{n}{form}" for n in range(1, 9) for form in (".vtt", ".srt", ".json", "/bab.json"))
    files = ("siaran.txt", "siaran.json", "siaran.jsonld", "manifes.txt", "dikecualikan", "dikecualikan.csv", *parts)
    forms = ("", ".pdf", ".json", ".csv", "/pengaduan")
    reports = (f"{of}{form}" for of in (f"{one}/laporan", "/laporan/2026-t4", "/laporan/2026") for form in forms)
    sounds = (f"{one}/suara/{n}.{kind}" for n in range(1, 9) for kind in ("mp3", "opus"))
    feeds = ("/umpan.rss", "/umpan.atom", "/umpan.json", "/robots.txt", "/sitemap.xml", "/log/", "/log/checkpoint")
    data = ("siaran.json", "siaran.csv", "dikecualikan.csv", "buku-besar.jsonl")
    open311 = ("/open311/v2/requests.json", "/open311/v2/requests.xml", "/open311/v2/services.json")
    listed = ("ListRecords&metadataPrefix=oai_dc", "ListRecords&metadataPrefix=pbcore", "ListSets", "Identify")
    harvested = (f"/oai?verb={verb}" for verb in listed)
    dictionary = ("/openapi.json", "/data/alamat", "/data/datapackage.json", f"{one}/datapackage.json")
    lines = (f"{one}/bagian/{n}/perbaikan?baris={line}" for n in range(1, 9) for line in range(4))
    asking = (f"{one}/penghapusan", f"{one}/masalah", f"{one}/penghapusan?bagian=1&baris=0", "/masukan/terima-kasih")
    own = [one, *(f"{one}/{name}" for name in files), *sounds, *lines, *asking]
    return ["/", *own, "/laporan/", *reports, *feeds, *dictionary, *(f"/data/{d}" for d in data), *open311, *harvested]


def test_no_byte_that_others_get_tells_of_anybody(
    played: Played,
    station: Station,
    settings: Settings,
    database: Database,
    sign_in: Callable[..., FlaskClient],
    caplog: pytest.LogCaptureFixture,
) -> None:
    forms = all_forms([*CLOSED, LATE, LISTENER])
    site = sending.site_of(station)
    public = list(crawled(site, public_addresses(played, database)))
    assert len(public) > 20
    assert leaks(public, forms) == ""
    # Of the caller who agreed to be heard, but not to be named, the matter stays and the person does not.
    person = [OPEN.given.lower(), OPEN.phone[1:], OPEN.plate.lower()]
    assert leaks(public, person) == ""
    assert any(OPEN.matter in body.decode("utf-8", "ignore") for _, body in public)
    # No search finds them; the word itself stands in the form that it was typed into.
    for form in forms:
        assert '<ul class="plain">' not in site.get("/", query_string={"cari": form}).text, form
    # Neither how often, how long nor when a closed caller was on air.
    shown = site.get(f"/siaran/{played.public_id}/siaran.json").get_json()
    assert [entry["kind"] for entry in shown["as_run"]].count("call_on") == 1
    assert shown["seconds"] == 70 - 16 - 12
    assert shown["removed"]["closed"] == 1 and "protected" not in shown["removed"]
    assert len(shown["tickets"]) == 0

    # What was sealed before stays as it was: of who was protected later nothing of it can be taken along.
    desk = sign_in(Role.ARCHIVIST)
    taken = (f"/arsip/{played.package}/{name}" for name in ("terbuka.zip", "berkas/data/calls/calls.json"))
    assert [desk.get(address).status_code for address in taken] == [403, 403]
    sealed = all_forms(CLOSED)
    opened = ((str(path.relative_to(settings.archive)), b"") for path in settings.archive.rglob("*"))
    assert leaks(opened, sealed) == ""
    clear = (
        (str(path.relative_to(settings.archive)), path.read_bytes())
        for path in settings.archive.rglob("*")
        if path.is_file() and path.suffix != ".age"
    )
    assert leaks(clear, sealed) == ""

    beside = [
        (path.name, path.read_bytes())
        for path in settings.data.rglob("*")
        if path.is_file() and path.relative_to(settings.data).parts[0] not in ("attachments", "audio", "archive")
    ]
    assert leaks(beside, [form for form in sealed if len(form) > 6]) == ""
    # What was public lay open in the database; SQLite's free pages and its log hold it until they are written anew.
    files = [(name, data) for name, data in beside if not name.startswith("radiodesk.sqlite")]
    assert leaks(files, [form for form in forms if len(form) > 6]) == ""
    assert BEGUN in [record.message for record in caplog.get_records("setup")], "what is logged is not looked at"
    assert leaks(logged(caplog), forms) == ""


def files_of_export(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of an export; those of its search are packed."""
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        yield str(path.relative_to(folder)), gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def test_no_file_of_the_exported_record_tells_of_anybody(played: Played, station: Station, tmp_path: Path) -> None:
    made = export(station, tmp_path / "salinan")
    assert (made.broadcasts, made.missing) == (1, [])
    found = list(files_of_export(tmp_path / "salinan"))
    names = {name for name, _ in found}
    assert {"log/checkpoint", f"log/bukti/{played.package}.tlog-proof", "log/tile/entries/000.p/3"} - names == set()
    assert leaks(found, all_forms([*CLOSED, LATE, LISTENER])) == ""
    assert not any("penghapusan" in name or "perbaikan" in name or "masukan" in name for name in names)
    assert leaks(found, [OPEN.given.lower(), OPEN.phone[1:], OPEN.plate.lower()]) == ""
    # The words that are public are in the pages, and in the search.
    told = [name for name, body in found if OPEN.matter in body.decode("utf-8", "ignore")]
    assert f"siaran/{played.public_id}/index.html" in told
    assert any(name.endswith(".pf_fragment") for name in told)


# What stands in scripts and in the rundown, and what hosts say, is the station's own: who works with it reads it there.
# So of those of whom they tell, only what the callers said themselves is looked for.
UNKNOWN = [*all_forms(one for one in CLOSED if one is not PHONE), PHONE.matter, LATE.matter]


@pytest.mark.parametrize("role", [Role.HOST, Role.OFFICER, Role.ARCHIVIST])
def test_no_screen_of_a_role_that_may_not_know_tells_of_anybody(
    played: Played, sign_in: Callable[..., FlaskClient], database: Database, role: Role
) -> None:
    desk = sign_in(role, username=f"mata-{role.value}")
    with database.reading() as session:
        held = [call.public_id for call in session.scalars(select(Call))]
    guessed = [f"{page}/{one}" for one in held for page in ("/antrean", "/lalin/panggilan", "/siaran/ucapan")]
    one = f"/siaran/{played.public_id}"
    first = ["/", "/siaran", one, f"{one}/catatan.csv", f"{one}/terbit", "/pengaduan", "/arsip", "/naskah", *guessed]
    pages = list(crawled(desk, first))
    assert len(pages) > 20
    assert leaks(pages, UNKNOWN) == ""
