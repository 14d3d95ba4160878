"""Three ways through the house, walked over the desk and the public site; ``scripts/count_ways.py`` counts them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Runner
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.wiring import kinds
from radiodesk.recognition.ports import Hints, Progress, Segment, Transcription, Word
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.transcripts import jobs as transcript_jobs
from tests.factories import calls as make
from tests.factories.graph import playing
from tests.rooms.messages import channels as bodies


class HeardEngine:
    """A recogniser that hears the same two words in everything."""

    name, model = "heard", "none"

    def transcribe(self, path: Path, *, hints: Hints, progress: Progress | None = None) -> Transcription:
        words = (Word(0.1, 0.4, "lampu", 0.9), Word(0.4, 0.8, "padam", 0.9))
        return Transcription("heard", "none", "id", 1.0, 0.1, (Segment(0.1, 0.8, "lampu padam", words),))


def work(database: Database, settings: Settings, clock: ManualClock) -> None:
    Runner(database, settings, clock, kinds()).run_all()


def test_from_a_whatsapp_voice_note_to_its_transcript(
    station: Station, sign_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    from radiodesk.web.public_site import create_public

    monkeypatch.setattr(transcript_jobs, "load_for_station", lambda _: HeardEngine())
    with playing() as graph:
        graph.files["m1"] = make.wav(1.0)
        secrets = {
            "whatsapp_app_secret": SecretStr("rahasia"),
            "whatsapp_verify_token": SecretStr("cek"),
            "whatsapp_token": SecretStr("akses"),
        }
        place = {"whatsapp_phone_id": "100", "whatsapp_api": graph.address}
        settings = station.settings.model_copy(update={**secrets, **place})
        site = create_public(Station(settings, station.database, station.clock, station.notifier)).test_client()
        body, headers = bodies.signed("rahasia", bodies.whatsapp(bodies.voice("m1")))
        assert site.post("/masuk/whatsapp", data=body, headers=headers).status_code == 200
        Runner(station.database, settings, station.clock, kinds()).run_all()
    with station.database.reading() as session:
        identity = session.scalars(select(Call.public_id)).one()
    page = sign_in(Role.SCREENER).get(f"/antrean/{identity}").get_data(as_text=True)
    assert "lampu" in page
    assert "padam" in page


def test_from_a_post_to_a_sentence_of_the_bulletin(sign_in: Callable[..., FlaskClient], clock: ManualClock) -> None:
    desk = sign_in(Role.OFFICER)
    post = "18.20 WIB lalin di depan Pasar Kalitidu macet ada truk mogok"
    assert post in desk.post("/lalin/tempel", data={"text": post}).text
    line = {"count": "1", "text-0": post, "who-0": "petugas", "seen-0": clock.now().isoformat(), "part-0": "0"}
    assert desk.post("/lalin/tempel/simpan", data={**line, "wanted-0": "yes"}).status_code == 200
    made = desk.post("/naskah/buletin", data={"seconds": "60"})
    page = desk.get(made.headers["Location"]).get_data(as_text=True)
    assert re.search(r"Kalitidu.{0,80}(macet|truk mogok)", page, re.DOTALL)


def test_from_a_call_to_the_public_status_of_its_complaint(
    sign_in: Callable[..., FlaskClient], public: Flask, database: Database, settings: Settings, clock: ManualClock
) -> None:
    desk = sign_in(Role.SCREENER, Role.TICKET_OFFICER)
    card = {"channel": "phone", "topic": "Lampu jalan", "point": "Lampu jalan padam.", "consent": "yes"}
    taken = desk.post("/antrean", data={**card, "phone": "0812 0000 0001", "name": "Penelepon Uji"})
    identity = taken.headers["Location"].rsplit("/", 1)[1]
    form = desk.get(f"/pengaduan/baru?call={identity}").get_data(as_text=True)
    hidden = dict(re.findall(r'name="(identity|call)" value="([^"]*)"', form))
    words = {"text": "Lampu jalan di depan pasar padam sudah seminggu.", "summary": "Lampu jalan padam"}
    chosen = {"category": "penerangan_jalan", "unit": "dishub", "urgency": "biasa"}
    opened = desk.post("/pengaduan/baru", data={**words, **chosen, **hidden})
    receipt = opened.get_data(as_text=True)
    number, pin = re.findall(r'class="big number">([^<]+)<', receipt)
    work(database, settings, clock)
    sent = {"nomor": number, "pin": pin}
    status = public.test_client().post("/pengaduan", data=sent)
    assert status.status_code == 200
    assert "Diterima" in status.get_data(as_text=True)
