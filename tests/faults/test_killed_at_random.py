"""A station whose processes are killed at random moments of a busy hour: nothing that was acknowledged is lost.

Each seed is a moment of work (messages, voice notes, calls at the desk, complaints, takes of the lines) in which one
process is killed, or, on PostgreSQL, the server crashes and comes back. The recogniser is one that is quick; of some
sounds it dies.
"""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core import jobs
from radiodesk.core.audit import broken_link
from radiodesk.core.database import Database, open_database
from radiodesk.core.jobs import Job, JobState
from radiodesk.core.keys import load_keys
from radiodesk.core.schema import upgrade
from radiodesk.core.settings import Settings
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.messages.arrivals.arrival_store import Store
from radiodesk.rooms.messages.models import ChannelMessage
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.tickets.models import Ticket
from radiodesk.rooms.transcripts.models import Transcript
from radiodesk.sound.takes import Take, takes
from tests.conftest import PASSWORD
from tests.factories import calls as make
from tests.factories.hosts import until
from tests.factories.ports import free_port
from tests.factories.postgres import Server, server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.both_databases,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc"),
]

ROOT = Path(__file__).resolve().parents[2]
SEEDS = int(os.environ.get("RADIODESK_TEST_SEEDS", "50"))
PARTS = ("desk", "public", "work", "attend")
RATE = 8000
DEADLY = 3.0
"""Seconds of a sound that kills its recogniser."""

START = """
import sys
from radiodesk.operations import supervisor
# Parts are killed far more often here than anywhere: none waits before it is started again.
supervisor.STEADY = 0.0
from radiodesk.__main__ import main
sys.argv = ["radiodesk", "desk"]
main()
"""

RECOGNISER = """
import os, signal
from pathlib import Path
from radiodesk.recognition.ports import Segment, Transcription, Word
from radiodesk.sound.decoder import read_all

class Quick:
    name = model = "quick"
    language = "id"

    def __init__(self, *args, **kwargs):
        pass

    def transcribe(self, path, **_):
        length = len(read_all(Path(path))) / 16000
        if length > 2.9:
            os.kill(os.getpid(), signal.SIGSEGV)
        said = Segment(0.0, length, "halo", (Word(0.0, length, "halo", 1.0),))
        return Transcription(self.name, self.model, self.language, length, 0.0, (said,))
"""


class Station:
    """``radiodesk desk`` with all its parts, and what it acknowledged."""

    def __init__(self, settings: Settings, folder: Path, token: str) -> None:
        self.settings, self.folder = settings, folder
        self.desk, self.public = free_port(), free_port()
        plugged = folder / "plugged"
        (plugged / "quick-1.dist-info").mkdir(parents=True)
        (plugged / "quick.py").write_text(RECOGNISER)
        (plugged / "quick-1.dist-info" / "METADATA").write_text("Name: quick\nVersion: 1\n")
        points = "[radiodesk.transcribers]\nquick = quick:Quick\n"
        (plugged / "quick-1.dist-info" / "entry_points.txt").write_text(points)
        self._environment = os.environ | {
            "RADIODESK_DATA": str(settings.data),
            "RADIODESK_DESK_PORT": str(self.desk),
            "RADIODESK_PUBLIC_PORT": str(self.public),
            "RADIODESK_SMS_TOKEN": "sandi",
            "RADIODESK_INTAKE_PER_HOUR": "100000",
            "RADIODESK_TRANSCRIBER": "quick",
            "RADIODESK_LIVE_WORDS": "false",
            "RADIODESK_LEASE_SECONDS": "5",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{plugged}",
            "NO_PROXY": "*",
        }
        self.token = token
        self.start()

    def start(self) -> None:
        with (self.folder / "station.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START], env=self._environment, cwd=self.folder, stdout=log, stderr=log
            )

    def of(self, part: str) -> int | None:
        """The process that runs a part."""
        mine = f"RADIODESK_DATA={self.settings.data}".encode()
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
                named = words[words.index(b"radiodesk") + 1 :] if b"radiodesk" in words else []
                if named[:1] == [part.encode()] and mine in (entry / "environ").read_bytes():
                    return int(entry.name)
        return None

    def kill(self, part: str) -> None:
        if part == "supervisor":
            self.process.kill()
            self.process.wait()
            self.start()
        elif (found := self.of(part)) is not None:
            with suppress(ProcessLookupError):
                os.kill(found, signal.SIGKILL)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Work:
    """Does what people and lines do, again and again until it is acknowledged."""

    def __init__(self, station: Station, client: httpx.Client) -> None:
        self.station, self.client = station, client
        self.messages: list[str] = []
        self.voices: list[str] = []
        self.calls: list[str] = []
        self.tickets: list[str] = []
        self.takes: list[str] = []

    def send(self, act: Callable[[], httpx.Response]) -> httpx.Response:
        """What was not answered, or with 503, is sent again, as gateways and the desk's pages do."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            with suppress(httpx.TransportError):
                answer = act()
                if answer.status_code != 503:
                    return answer
            time.sleep(0.1)
        raise AssertionError("nobody answers")

    def sms(self, name: str) -> None:
        sent = {"id": name, "from": f"+62812{abs(hash(name)) % 10**8:08}", "text": f"Pesan {name}"}
        site, token = f"http://127.0.0.1:{self.station.public}/masuk/sms", {"Authorization": "Bearer sandi"}
        answer = self.send(lambda: self.client.post(site, json=sent, headers=token))
        assert answer.status_code in (200, 201), answer.text
        self.messages.append(name)

    def voice(self, name: str, seconds: float) -> None:
        site, said = f"http://127.0.0.1:{self.station.public}/kirim", {"pesan": f"Suara {name}", "setuju": "yes"}
        files = {"suara": ("suara.wav", make.wav(seconds), "audio/wav")}
        answer = self.send(lambda: self.client.post(site, data=said, files=files))
        assert answer.status_code == 303, answer.text
        self.voices.append(f"Suara {name}")

    def short_voice(self, name: str) -> None:
        self.voice(name, 1.0)

    def call(self, name: str) -> None:
        self._form("/antrean", {"channel": "walk_in", "topic": f"Tamu {name}", "consent": "yes", "then": "siap"})
        self.calls.append(f"Tamu {name}")

    def ticket(self, name: str) -> None:
        page = self.send(lambda: self.client.get(f"http://127.0.0.1:{self.station.desk}/pengaduan/baru"))
        identity = re.search(r'name="identity" value="([^"]+)"', page.text)
        assert identity is not None, page.text
        told = {"identity": identity[1], "call": "", "text": f"Lampu {name} padam", "summary": "Lampu padam."}
        where = {
            "place": "Pasar Uji",
            "category": "penerangan_jalan",
            "unit": "dishub",
            "urgency": "biasa",
            "phone": "",
        }
        self._form("/pengaduan/baru", told | where)
        self.tickets.append(f"Lampu {name} padam")

    def take(self, _name: str) -> None:
        settings, at = self.station.settings, datetime.now(UTC)
        take = Take.create(
            settings.spool, sample_rate=RATE, started_at=at, line="hibrida", kind="soundcard", directions=["caller"]
        )
        take.write("caller", np.full(RATE, 1000, np.int16))
        take.close()
        self.takes.append(take.id)

    def _form(self, path: str, fields: dict[str, str]) -> None:
        site = f"http://127.0.0.1:{self.station.desk}"
        page = self.send(lambda: self.client.get(f"{site}/antrean"))
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None, page.text
        headers = {"Referer": f"{site}/antrean", "HX-Request": "true", "X-CSRFToken": token[1]}
        answer = self.send(lambda: self.client.post(f"{site}{path}", data=fields, headers=headers))
        assert answer.status_code in (200, 204, 303), answer.text


@pytest.fixture(scope="module")
def durable() -> Iterator[Server]:
    """A server that writes to the disk, as a station's does: one that crashes loses nothing that it has committed."""
    with server(durable=True) as running:
        yield running


@pytest.fixture
def settings(
    settings: Settings, database_kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    if database_kind == "sqlite":
        return settings
    url = request.getfixturevalue("durable").make("radiodesk")
    database = open_database(url, load_keys(settings.keys))
    upgrade(database)
    database.engine.dispose()
    monkeypatch.setenv("RADIODESK_DATABASE_URL", url)
    return settings.model_copy(update={"database_url": SecretStr(url)})


@pytest.fixture
def station(settings: Settings, database: Database, tmp_path: Path) -> Iterator[Station]:
    at = datetime.now(UTC)
    roles = [Role.PRODUCER, Role.SCREENER, Role.TICKET_OFFICER]
    with database.writing() as session:
        accounts.add_person(session, "petugas", "Petugas Uji", roles, PASSWORD, by="test", at=at)
    with database.writing() as session:
        token = accounts.sign_in(
            session, "petugas", PASSWORD, None, address="127.0.0.1", browser="test", hours=12, at=at
        )
    running = Station(settings, tmp_path, token)
    try:
        until("all parts", lambda: all(running.of(part) for part in PARTS))
        yield running
    finally:
        running.stop()


def test_nothing_that_was_acknowledged_is_lost_whoever_is_killed(
    station: Station, database: Database, settings: Settings, database_kind: str, request: pytest.FixtureRequest
) -> None:
    crashing: Server | None = request.getfixturevalue("durable") if database_kind == "postgresql" else None
    killed: Counter[str] = Counter()
    with httpx.Client(timeout=60, cookies={COOKIE: station.token}) as client:
        work = Work(station, client)
        for seed in range(SEEDS):
            killed[work_and_kill(seed, station, work, crashing)] += 1
        work.voice("maut", DEADLY)
    assert len(killed) > 1 or SEEDS < 5
    settle(station, database, settings)
    # Work during which four workers in a row happened to be killed is listed, and somebody presses “Coba lagi”.
    for job in given_up(database):
        with database.writing() as session:
            if not is_deadly(session, job):
                jobs.try_again(session, job.id)
    settle(station, database, settings)
    check(work, database)


def work_and_kill(seed: int, station: Station, work: Work, crashing: Server | None) -> str:
    """A moment of work within which somebody dies; says who."""
    chance = random.Random(seed)  # noqa: S311 - it only chooses
    whom = chance.choice([*PARTS, *PARTS, "supervisor", *(["server"] if crashing else [])])

    def strike() -> None:
        if whom == "server" and crashing is not None:
            crashing.stop("immediate")
            crashing.start()
        else:
            station.kill(whom)

    stroke = threading.Timer(chance.random(), strike)
    stroke.start()
    acts: list[Callable[[str], None]] = [work.sms, work.sms, work.call, work.ticket, work.take, work.short_voice]
    chance.shuffle(acts)
    for number, act in enumerate(acts[: chance.randint(2, 4)]):
        act(f"{seed}-{number}")
    stroke.join()
    return whom


def is_deadly(session: Session, job: Job) -> bool:
    """Whether it is the one whose sound kills whoever hears it."""
    if job.kind != "speech.transcribe":
        return False
    return abs(session.get_one(Transcript, job.subject).recording.duration - DEADLY) < 0.1


def given_up(database: Database) -> list[Job]:
    with database.reading() as session:
        return jobs.failed(session)


def settle(station: Station, database: Database, settings: Settings) -> None:
    """Wait until everything that came in has been worked on."""
    store = Store(settings, database.keys)
    unfinished = select(Job.id).where(Job.state.in_([JobState.WAITING, JobState.RUNNING]), Job.not_before.is_(None))
    retried = select(Job.id).where(Job.state == JobState.WAITING, Job.attempts > 0)

    def is_done() -> bool:
        with database.reading() as session:
            left = session.scalar(unfinished) or session.scalar(retried)
        return not left and not store.all_waiting() and not takes(settings.spool)

    until("the end of all work", is_done, seconds=300)
    assert station.process.poll() is None


def check(work: Work, database: Database) -> None:
    with database.reading() as session:
        identities = [one for one in session.scalars(select(ChannelMessage.external_id)) if not one.startswith("form")]
        calls = list(session.scalars(select(Call)))
        topics = Counter(call.topic for call in calls if call.channel is Channel.WALK_IN)
        messages = Counter(call.message for call in calls if call.channel is Channel.WEB)
        texts = Counter(session.scalars(select(Ticket.text)))
        recordings = list(session.scalars(select(Recording)))
        transcripts = list(session.scalars(select(Transcript)))
        chain = broken_link(session)
    assert set(work.messages) <= set(identities)
    # What people send again because nobody answered may be there twice; nothing may be missing.
    assert set(work.calls) <= set(topics)
    assert texts == Counter(work.tickets), "a form that is sent again makes no second complaint"
    assert set(work.voices) <= set(messages)
    # Every second of the lines, once.
    of_takes = [one for one in recordings if abs(one.duration - 1.0) < 0.01 and one.start_known]
    assert len(of_takes) == len(work.takes)
    assert all(abs(one.duration - 1.0) < 0.01 for one in of_takes)
    # The recogniser that died says so, and nothing else was given up.
    assert [job.kind for job in given_up(database)] == ["speech.transcribe"]
    assert not [one for one in transcripts if one.is_open]
    assert chain is None
