"""Who may read, hear and change what was said: the table of docs/access.md, cell by cell, on every way to it."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import look_journal
from radiodesk.core.audit import AuditEntry
from radiodesk.core.database import Database
from radiodesk.core.events import announce
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts.filed_calls import file_call
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Protected
from radiodesk.rooms.messages import attachments
from radiodesk.rooms.recordings.access import RULE, Act, Belonging
from radiodesk.rooms.recordings.models import Direction, Recording
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.rooms.transcripts.live import services as live
from radiodesk.rooms.transcripts.live.models import Hearing
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import calls as make
from tests.factories import shows
from tests.factories import tickets as ticket_factory

DOCS = Path(__file__).parents[2] / "docs" / "access.md"
SECRET = "kesaksian rahasia mawar"

EVERYBODY = set(Role) - {Role.OFFICER}
CAREFUL = {Role.ADMINISTRATOR, Role.SCREENER, Role.PRODUCER, Role.TICKET_OFFICER}
PHONES = {Role.ADMINISTRATOR, Role.SCREENER, Role.PRODUCER}
OFFICE = {Role.ADMINISTRATOR, Role.TICKET_OFFICER}

OPEN_TO = {
    "ordinary call": EVERYBODY,
    "protected caller": CAREFUL,
    "protected after a merge": CAREFUL,
    "confidential complaint, call open": CAREFUL,
    "confidential complaint, call over": OFFICE,
    "programme": EVERYBODY,
    "line take": PHONES,
}
GUARDED = set(OPEN_TO) - {"ordinary call", "programme"}
OF_CALLS = [kind for kind in OPEN_TO if kind not in ("programme", "line take")]
ROLES = list(Role)


@dataclass(frozen=True)
class Thing:
    """A recording with its transcript, and the call that it is of."""

    recording: str
    transcript: str
    call: str = ""
    attachment: str = ""


@pytest.fixture
def thing(session: Session, settings: Settings, now: datetime) -> Callable[[str], Thing]:
    """Makes a thing of a kind; whatever is said or written in it is the secret."""

    def made(kind: str) -> Thing:
        if kind == "programme":
            recording = shows.ended(session, settings, now, dump=False).programme
        else:
            recording = make.recording(session, settings, now)
        transcript = session.scalar(select(Transcript).where(Transcript.recording_id == recording.id))
        if transcript is None:
            transcript = shows.transcript(session, recording, SECRET, now)
        told = Thing(recording.public_id, transcript.public_id)
        if kind == "line take":
            recording.direction = Direction.CALLER
        elif kind != "programme":
            call = _call(session, settings, now, kind, recording)
            file = attachments.keep(session, settings, call, io.BytesIO(SECRET.encode()), "a.txt", "text/plain", at=now)
            told = Thing(recording.public_id, transcript.public_id, call.public_id, file.public_id)
        session.commit()
        return told

    return made


def _call(session: Session, settings: Settings, at: datetime, kind: str, recording: Recording) -> Call:
    state = CallState.HELD if kind.endswith("open") else CallState.DONE
    call = make.in_state(session, state, at, message=SECRET, topic=SECRET, name="Karsinem Uji")
    call.screened_at, call.recordings = at, [recording]
    if kind == "protected caller":
        calls.protect(session, call, Protected.CHILD, by="penyaring", at=at)
    elif kind == "protected after a merge":
        kept = make.in_state(session, CallState.WAITING, at)
        calls.merge(session, kept, call, by="penyaring", at=at)
        calls.protect(session, kept, Protected.VICTIM, by="penyaring", at=at)
        # What an older merge left: the recording is known to the merged call alone.
        kept.recordings = []
    elif kind.startswith("confidential"):
        ticket_factory.opened(session, settings, at, call=call, text=SECRET, confidential=True)
    session.flush()
    return call


def reading(thing: Thing) -> list[str]:
    """Every address that gives words or sound of a recording."""
    forms = ("txt", "vtt", "srt", "json", "docx")
    return [
        f"/transkrip/{thing.transcript}",
        f"/transkrip/{thing.transcript}/keadaan",
        *(f"/transkrip/{thing.transcript}/unduh.{form}" for form in forms),
        f"/rekaman/{thing.recording}/suara.mp3",
        f"/rekaman/{thing.recording}/asli",
        f"/rekaman/{thing.recording}/garis.json",
    ]


def changing(thing: Thing) -> list[tuple[str, dict[str, object]]]:
    """Every address that changes words of a recording, with a body that it takes."""
    body = {"words": [], "segments": [{"text": "diganti", "speaker": None}]}
    return [
        (f"/transkrip/{thing.transcript}/selaras", {"json": body}),
        (f"/transkrip/{thing.transcript}/batal", {}),
        (f"/transkrip/{thing.transcript}/lagi", {}),
        (f"/transkrip/{thing.transcript}/pulihkan", {}),
        (f"/transkrip/{thing.transcript}", {"json": body}),
    ]


def asked(client: FlaskClient, address: str) -> int:
    """The status of an answer whose file, if it is one, is closed again."""
    with client.get(address) as answer:
        return answer.status_code


def refused(status: int) -> bool:
    return status in (403, 404)


@pytest.mark.parametrize("kind", OPEN_TO)
def test_words_and_sound_are_open_to_those_of_the_table_alone(
    kind: str,
    thing: Callable[[str], Thing],
    sign_in: Callable[..., FlaskClient],
    database: Database,
    settings: Settings,
) -> None:
    made = thing(kind)
    # Those who may not come first: nothing of theirs must have changed anything.
    for role in sorted(ROLES, key=lambda one: one in OPEN_TO[kind]):
        client, may = sign_in(role, username=role.replace(" ", "-")), role in OPEN_TO[kind]
        for address in reading(made):
            status = asked(client, address)
            assert status == 200 if may else refused(status), (role, address)
        for address, body in changing(made):
            status = client.post(address, **body).status_code
            # A finished transcript cannot be cancelled, and the second one to save is told of the first.
            assert status in (200, 204, 303, 409) if may else refused(status), (role, address)
        look_journal.carry_over(database, settings.data)
        with database.reading() as look:
            changed = max(look.scalars(select(Transcript.version))) > 1
            actor = AuditEntry.actor == role.replace(" ", "-")
            looked = set(look.scalars(select(AuditEntry.action).where(actor)))
        assert changed or not may
        assert may or not changed
        if may and kind in GUARDED:
            assert looked >= {"transcript opened", "transcript looked at", "listened", "original fetched"}
            assert "outline looked at" in looked


@pytest.mark.parametrize("kind", OF_CALLS)
def test_a_calls_card_and_what_hangs_on_it_go_by_the_table(
    kind: str, thing: Callable[[str], Thing], sign_in: Callable[..., FlaskClient], session: Session, now: datetime
) -> None:
    made = thing(kind)
    live.begin(session, "take-uji", made.call, at=now)
    shown = live.Shown("take-uji", made.call, Hearing.FOLLOWED, f"{SECRET} settled", "", 1.0, 1.0, 0.0)
    live.show(session, [shown], at=now)
    session.commit()
    addresses = [
        f"/antrean/{made.call}",
        *(f"/antrean/{made.call}/{part}" for part in ("kepala", "kata", "kenal", "ucapan")),
        f"/antrean/lampiran/{made.attachment}",
        f"/antrean/blokir?panggilan={made.call}",
    ]
    for role in ROLES:
        client, may = sign_in(role, username=role.replace(" ", "-")), role in OPEN_TO[kind] & PHONES
        for address in addresses:
            status = asked(client, address)
            assert status == 200 if may else refused(status), (role, address)
        # Saved by those who may, an empty card would not be protected any more.
        for act in ("peringatan", "vip", "balas", "rekaman", *(() if may else ("kartu",))):
            status = client.post(f"/antrean/{made.call}/{act}", data={"text": "x"}).status_code
            assert may or refused(status), (role, act)
        reads = role in OPEN_TO[kind] or (kind == "ordinary call" and role is Role.OFFICER)
        road = asked(client, f"/lalin/panggilan/{made.call}")
        assert (road == 200) is (reads and role in {*PHONES, Role.OFFICER}), role
        new = asked(client, f"/pengaduan/baru?call={made.call}")
        assert (new == 200) is (reads and role in {*PHONES, Role.OFFICER, Role.TICKET_OFFICER}), role


PAGES = (
    "/",
    "/antrean",
    "/antrean/daftar",
    "/antrean/kiriman",
    "/antrean/panggil-balik",
    "/siaran",
    "/dinding",
    "/pengaduan",
    "/pengaduan?cari=rahasia",
    "/pengaduan/tenggat",
    "/kata-didengarkan",
    "/lalin",
    "/arsip",
)


@pytest.mark.parametrize("kind", [kind for kind in OF_CALLS if kind in GUARDED])
def test_no_list_tells_the_words_to_those_who_may_not_read_them(
    kind: str,
    thing: Callable[[str], Thing],
    sign_in: Callable[..., FlaskClient],
    session: Session,
    settings: Settings,
    now: datetime,
) -> None:
    made = thing(kind)
    show = shows.ended(session, settings, now, dump=False)
    call = session.scalar(select(Call).where(Call.public_id == made.call))
    assert call is not None
    file_call(session, show.broadcast, call)
    ticket = session.scalar(select(Ticket))
    session.commit()
    addresses = [*PAGES, f"/siaran/{show.broadcast.public_id}", f"/siaran/{show.broadcast.public_id}/penyiar"]
    addresses += [f"/siaran/ucapan/{made.call}", f"/siaran/{show.broadcast.public_id}/catatan.csv"]
    if ticket is not None:
        addresses += [f"/pengaduan/{ticket.public_id}", f"/pengaduan/{ticket.public_id}/publik"]
    for role in set(ROLES) - OPEN_TO[kind]:
        client = sign_in(role, username=role.replace(" ", "-"))
        for address in addresses:
            answer = client.get(address, follow_redirects=True)
            assert SECRET not in answer.get_data(as_text=True), (role, address)


@pytest.mark.parametrize("kind", OPEN_TO)
def test_the_stream_tells_no_id_of_what_a_person_may_not_read(
    kind: str, thing: Callable[[str], Thing], sign_in: Callable[..., FlaskClient], session: Session, now: datetime
) -> None:
    made = thing(kind)
    take = made.call or "take-yang-belum-dikenal"
    announce(session, now, "speech", "progress", made.transcript, recording=made.recording, share=0.5)
    announce(session, now, "recordings", "prepared", made.recording)
    announce(session, now, "words", "followed", take)
    announce(session, now, "traffic", "akhir", "akhir")
    tickets = list(session.scalars(select(Ticket.public_id)))
    session.commit()
    for role in ROLES:
        told = stream(sign_in(role, username=role.replace(" ", "-")))
        reads = role in OPEN_TO[kind] or (kind == "ordinary call" and role is Role.OFFICER)
        for one in (made.recording, made.transcript):
            assert (one in told) is reads, (role, one)
        assert (take in told) is (role in PHONES if kind == "programme" else reads), role
        for one in tickets:
            assert (one in told) is (role in OFFICE), role
        if made.call:
            # That something about a call changed is told to all: the studio's screen shows who waits.
            assert '"topic": "calls"' in told


def stream(client: FlaskClient) -> str:
    """All that the stream tells from its first event to the last one that was announced."""
    told = ""
    with client.get("/langsung?sejak=0", buffered=False) as answer:
        for line in cast("Iterator[bytes]", answer.response):
            told += line.decode()
            if '"subject": "akhir"' in told:
                return told
    raise AssertionError(told)


def test_a_confidential_complaint_in_the_stream_is_only_that_something_changed(
    thing: Callable[[str], Thing], sign_in: Callable[..., FlaskClient], session: Session, now: datetime
) -> None:
    thing("confidential complaint, call over")
    announce(session, now, "traffic", "akhir", "akhir")
    session.commit()
    told = [json.loads(line[6:]) for line in stream(sign_in(Role.HOST)).splitlines() if line.startswith("data: {")]
    about = [one for one in told if one["topic"] == "tickets"]
    assert about
    assert all(one == {"topic": "tickets", "kind": "changed", "subject": None} for one in about)


def test_the_words_of_guarded_callers_teach_the_recogniser_nothing(
    thing: Callable[[str], Thing], sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    made = thing("confidential complaint, call over")
    with database.reading() as look:
        transcript = look.scalar(select(Transcript))
    assert transcript is not None
    edited = {"words": transcript.words, "segments": [{"text": "kesaksian rahasia Kenanga", "speaker": None}]}
    client = sign_in(Role.TICKET_OFFICER)
    assert client.post(f"/transkrip/{made.transcript}", json=edited).status_code == 200
    assert "Kenanga" not in client.get("/kata-didengarkan").get_data(as_text=True)


def test_the_docs_and_the_code_have_the_same_rule() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*?\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", DOCS.read_text(), re.MULTILINE)
    written = {
        Belonging[name]: [{Role(one.strip()) for one in cell.split(",")} for cell in cells] for name, *cells in rows
    }
    assert written == {
        belonging: [set(acts[act]) for act in (Act.READ, Act.HEAR, Act.CHANGE)] for belonging, acts in RULE.items()
    }
