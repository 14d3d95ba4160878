"""What people say is nowhere in the clear: secrets are planted in every field, and the files are searched for them."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import audit, jobs
from radiodesk.core.database import Database, keys_of
from radiodesk.core.settings import CHECKOUT, Settings
from radiodesk.http.request import Station
from radiodesk.operations.drill import load_show, play
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.messages import attachments
from radiodesk.rooms.messages.models import IncomingMedia
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import ScriptKind
from radiodesk.rooms.recordings.services import store_upload
from radiodesk.rooms.tickets import care
from radiodesk.rooms.tickets import services as tickets
from radiodesk.rooms.tickets.pins import fresh_pin
from radiodesk.rooms.traffic import services as traffic
from radiodesk.rooms.transcripts import vocabulary
from radiodesk.rooms.transcripts.live import services as live
from radiodesk.rooms.transcripts.live.models import Hearing
from tests.factories import calls as make
from tests.factories import sending, shows
from tests.factories import tickets as ticket_factory

SAMPLE = CHECKOUT / "tests" / "drills" / "sample"


class Planter:
    """Gives a secret of its own for every field, and remembers all of them."""

    def __init__(self) -> None:
        self.planted: list[str] = []

    def __call__(self, field: str) -> str:
        secret = f"Rahasia{len(self.planted):03}{''.join(filter(str.isalpha, field))}é"
        self.planted.append(secret)
        return secret


@pytest.fixture
def plant() -> Planter:
    return Planter()


def in_the_clear(folder: Path, secrets: list[str]) -> dict[str, list[str]]:
    """The secrets that stand in a database, its journal or any other journal of a station, by file."""
    found: dict[str, list[str]] = {}
    apart = {"audio", "attachments", "archive", "derived", "public"}  # sound, files and packages as such
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).parts[0] not in apart:
            held = path.read_bytes()
            if hits := [one for one in secrets if one.encode() in held or one[:-1].encode() in held]:
                found[path.name] = hits
    return found


def _words(session: Session, settings: Settings, at: datetime, plant: Planter) -> None:
    """Everything that is said, sent and typed about a caller."""
    call = calls.receive(
        session,
        Channel.PHONE,
        at=at,
        phone="0812 0000 0077",
        name=plant("name"),
        place=plant("place"),
        topic=plant("topic"),
        message=plant("message"),
    )
    card = make.card(name=plant("nama"), place=plant("tempat"), topic=plant("pokok"), point=plant("kalimat"))
    card = make.card(**{**vars_of(card), "notes": plant("notes")})
    calls.screen(session, call, card, by="penyaring", at=at)
    calls.warn_about(session, call, plant("warning"), by="penyaring", at=at)
    calls.hand_over(session, call, plant("handed"), by="penyaring", at=at)
    calls.block(session, "0812 0000 0078", plant("block"), until=None, by="penyaring", at=at)
    recording = store_upload(session, settings, shows.sound(2.0), f"{plant('file')}.flac", at=at)
    broken = store_upload(session, settings, io.BytesIO(b"PK\3\4"), f"{plant('broken')}.wav", at=at)
    for one in (recording, broken):
        calls.attach(session, call, one, phrases=[plant("phrase")], by="penyaring", at=at)
    session.flush()
    shows.transcript(session, recording, plant("transcript"), at, version=2)
    attachments.keep(session, settings, call, io.BytesIO(b"x"), f"{plant('attachment')}.txt", "text/plain", at=at)
    session.add(
        IncomingMedia(
            call_id=call.id,
            channel=Channel.WHATSAPP,
            external_id="1",
            mime="x",
            name=plant("media"),
            created_at=at,
            problem=plant("mediaproblem"),
        )
    )
    vocabulary.add(session, plant("listened"), by="penyaring", at=at)
    live.begin(session, "take", call.public_id, at=at)
    shown = live.Shown("take", call.public_id, Hearing.FOLLOWED, plant("settled"), plant("tentative"), 1.0, 1.0, 0.0)
    live.show(session, [shown], at=at)
    _complaint(session, settings, at, plant, call)
    job = jobs.enqueue(session, at, "uji", call.id)
    job.error = f"IntegrityError: parameters ({plant('job')})"
    job.state = jobs.JobState.FAILED


def vars_of(card: calls.Screening) -> dict[str, Any]:
    return {name: getattr(card, name) for name in card.__dataclass_fields__}


def _complaint(session: Session, settings: Settings, at: datetime, plant: Planter, call: Call) -> None:
    rules = ticket_factory.rules(settings)
    ticket = ticket_factory.opened(
        session,
        settings,
        at,
        text=plant("complaint"),
        summary=plant("summary"),
        place=plant("ticketplace"),
        call=call,
        confidential=True,
    ).ticket
    who: dict[str, Any] = {"by": "petugas", "at": at}
    care.add_note(session, rules, ticket, plant("note"), public=False, **who)
    care.set_summary(session, ticket, plant("newsummary"), plant("newplace"), None, **who)
    care.new_pin(session, ticket, fresh_pin(keys_of(session), ticket.number), plant("pinreason"), **who)
    tickets.forward(session, rules, ticket, "dishub", text=plant("forward"), **who)
    tickets.take_up(session, rules, ticket, **who)
    tickets.answer(session, rules, ticket, plant("answer"), **who)


def _show(session: Session, settings: Settings, at: datetime, plant: Planter) -> Broadcast:
    """Everything that is written for a broadcast and in it."""
    series = programme.add_programme(session, "Program Uji", by="produser", at=at, minutes=5)
    broadcast = broadcasts.plan(session, series, "Siaran Uji", at, by="produser", at=at)
    script = programme.write_script(
        session, ScriptKind.FREE, plant("scripttitle"), programme.Draft(plant("script")), by="p", at=at, speed=140
    )
    draft = programme.Draft(plant("edited"))
    programme.edit_script(session, script, draft, expected=1, by="p", at=at, speed=140)
    rundowns.add_item(session, broadcast, ItemKind.CALLS, plant("item"), 60, by="produser", at=at)
    gone = rundowns.add_item(session, broadcast, ItemKind.CALLS, plant("goneitem"), 60, by="produser", at=at)
    rundowns.remove_item(session, broadcast, gone, by="produser", at=at)
    broadcasts.go_on_air(session, broadcast, by="penyiar", at=at)
    broadcasts.mark(session, broadcast, plant("mark"), by="penyiar", at=at)
    broadcasts.dump(session, broadcast, 1, plant("dump"), by="penyiar", at=at + timedelta(seconds=5))
    broadcasts.talk_back(session, plant("talkback"), by="Penyiar", at=at)
    lapsit = (SAMPLE / "lapsit.txt").read_text(encoding="utf-8")
    traffic.file_lapsit(session, f"{lapsit}\n{plant('lapsit')}\n", by="petugas", at=at, zone=settings.timezone)
    return broadcast


def test_what_is_written_at_the_desk_lies_encrypted(
    database: Database, settings: Settings, now: datetime, plant: Planter
) -> None:
    with database.writing() as session:
        _words(session, settings, now, plant)
        _show(session, settings, now, plant)
    assert len(plant.planted) > 40
    # Once with the journal of the database still there, and once when all of it is in the file.
    assert in_the_clear(settings.data, plant.planted) == {}
    database.engine.dispose()
    assert in_the_clear(settings.data, plant.planted) == {}


def test_what_comes_in_by_the_channels_lies_encrypted(
    station: Station, sign_in: Callable[..., FlaskClient], database: Database, plant: Planter
) -> None:
    site, desk = sending.site_of(station), sign_in(Role.PRODUCER)
    for number, (name, send) in enumerate(sending.CHANNELS.items()):
        assert send(site, plant(name), str(number)) < 400
    assert sending.screener(desk, plant("screener"), "") == 303
    with database.reading() as session:
        held = list(session.scalars(select(Call)))
    assert len(held) == len(plant.planted)
    for call in held:
        desk.get(f"/antrean/{call.public_id}")
        data = {"place": "Kapas", "flow": "macet", "kind": "flow"}
        assert desk.post(f"/lalin/panggilan/{call.public_id}", data=data).status_code == 303
    database.engine.dispose()
    assert in_the_clear(station.settings.data, plant.planted) == {}


SHOW = """
programme = "Halo Uji"
start = 2026-11-24T18:00:00+07:00
minutes = 10
[bulletin]
minute = 1
[[rundown]]
kind = "calls"
title = "Telepon"
seconds = 300
"""
CALL = """
[[call]]
file = "calls/{number}.txt"
channel = "{channel}"
phone = "0812000001{number}"
name = "{name}"
place = "{place}"
topic = "{topic}"
point = "{point}"
protected = "{protected}"
kind = "complaint"
"""


def test_a_played_show_leaves_no_word_of_protected_callers_in_the_clear(
    tmp_path: Path, settings: Settings, plant: Planter
) -> None:
    folder = tmp_path / "show"
    (folder / "calls").mkdir(parents=True)
    told = SHOW
    for number, channel in enumerate(("phone", "sms", "whatsapp", "web", "walk_in", "partner", "pos_jago"), start=10):
        (folder / "calls" / f"{number}.txt").write_text(f"Saya dipukul di rumah, {plant('message')}.")
        fields = {name: plant(name) for name in ("name", "place", "topic", "point")}
        told += CALL.format(number=number, channel=channel, protected="victim", **fields)
    (folder / "show.toml").write_text(told)
    result = play(load_show(folder), settings)
    assert result["problems"] == []
    assert result["out"]["calls"] == 7
    assert result["state"] == "published"
    assert in_the_clear(settings.data, plant.planted) == {}


@pytest.mark.parametrize("detail", sorted(audit.PRIVATE))
def test_the_audit_trail_takes_no_words_of_people(detail: str, session: Session, now: datetime) -> None:
    with pytest.raises(ValueError, match=detail):
        audit.record(session, now, "uji", "tried", "nothing", **{detail: "Rahasia"})
