"""Three machines: database and store, studio, office. The office is cut off for a minute: nothing is lost.

Each machine is a network namespace; the station's parts run on them as processes of their own, over a real PostgreSQL,
a real S3 server and nginx as docs/scaling.md sets it up.
"""

import json
import os
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from radiodesk.core.database import Database, open_database
from radiodesk.core.events import Event
from radiodesk.core.jobs import Job, JobState
from radiodesk.core.keys import load_keys
from radiodesk.core.schema import upgrade
from radiodesk.rooms.accounts import services as accounts
from radiodesk.rooms.accounts.access import COOKIE
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.messages.models import ChannelMessage
from radiodesk.rooms.recordings.models import Recording
from radiodesk.rooms.transcripts.models import Transcript, TranscriptState
from tests.conftest import PASSWORD
from tests.factories.hosts import NETWORK, ROOT, Host, network, until
from tests.factories.postgres import server
from tests.factories.s3_server import BUCKET, KEY, SECRET, running_server
from tests.operations.test_behind_nginx import SETUP, certificate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.allow_hosts(["127.0.0.0/8", "::1", f"{NETWORK}.0/24"]),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="namespaces need root and iproute2"),
]

CUT_OFF = 60.0
SPEECH = ROOT / "tests" / "drills" / "sample" / "calls" / "01-lampu-jalan.wav"

FOLLOW = """
import sys, time, httpx
address, cookie, told = sys.argv[1:]
last = "0"
while True:
    try:
        headers = {"Cookie": cookie, "Last-Event-ID": last}
        with httpx.stream("GET", address, headers=headers, timeout=20) as stream, open(told, "a") as file:
            for line in stream.iter_lines():
                if line.startswith("id: "):
                    last = line[4:]
                    print(last, file=file, flush=True)
    except httpx.HTTPError:
        time.sleep(0.5)
"""
"""A screen: it follows the stream, and takes it up again after the last event that it saw."""

SEND = """
import sys, httpx
address, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for number in range(first, first + count):
    sent = {"from": f"+62812{number:08}", "text": f"Pesan {number}", "id": f"sms-{number}"}
    answer = httpx.post(address + "/masuk/sms", json=sent, headers={"Authorization": "Bearer sandi"}, timeout=60)
    assert answer.status_code in (200, 201), answer.text
"""

VOICE = """
import sys, httpx
address, file, words = sys.argv[1:]
with open(file, "rb") as sound:
    answer = httpx.post(address + "/kirim", data={"pesan": words, "setuju": "yes"}, files={"suara": sound}, timeout=60)
assert answer.status_code == 303, answer.text
"""

STATUS = "import sys, httpx; print(httpx.get(sys.argv[1], timeout=60).status_code)"


@dataclass
class Network:
    """The machines, the database as the test sees it, nginx's address, and where the office's screen notes events."""

    studio: Host
    office: Host
    database: Database
    front: str
    seen: Path

    def count(self, *what: object) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(*what[:1]).where(*what[1:])) or 0  # type: ignore[arg-type]

    def events(self) -> set[int]:
        with self.database.reading() as session:
            return set(session.scalars(select(Event.id)))

    def screen(self) -> set[int]:
        return {int(line) for line in self.seen.read_text().split()} if self.seen.exists() else set()


def nginx_of(host: Host, studio: Host, office: Host) -> str:
    certificate(host.folder)
    found = re.search(r"```nginx\n(.*?)```", (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    setup = found[1].replace("/etc/ssl", str(host.folder))
    setup = setup.replace("studio.example", studio.address).replace("office.example", office.address)
    path = host.folder / "nginx.conf"
    path.write_text(SETUP.format(folder=host.folder, server=setup, user="user root;"))
    host.start("nginx", "/usr/sbin/nginx", "-p", str(host.folder), "-c", str(path))
    return f"https://{host.address}"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Network]:
    bucket = tmp_path / "objects"
    bucket.mkdir()
    with (
        network(tmp_path, "base", "studio", "office") as (base, studio, office),
        server(address=base.address, inside=base.inside) as postgres,
        running_server(bucket, base.address, base.inside) as s3,
    ):
        url = postgres.make("radiodesk")
        shared = {
            "RADIODESK_DATABASE_URL": url,
            "RADIODESK_STORE": "s3",
            "RADIODESK_STORES": json.dumps({"s3": bucket_at(f"http://{base.address}:{s3.port}")}),
            "RADIODESK_DESK_HOST": "0.0.0.0",  # noqa: S104 - a network of its own
            "RADIODESK_PUBLIC_HOST": "0.0.0.0",  # noqa: S104
            "RADIODESK_TRUSTED_PROXIES": f'["{base.address}/32"]',
            "RADIODESK_SMS_TOKEN": "sandi",
            "RADIODESK_INTAKE_PER_HOUR": "1000",
            "RADIODESK_LEASE_SECONDS": "5",
            "NO_PROXY": "*",
        }
        for host in (studio, office):
            data = host.folder / "data"
            data.mkdir()
            host.environment = shared | {"RADIODESK_DATA": str(data), "RADIODESK_MACHINE_NAME": host.name}
        keys = load_keys(studio.folder / "data" / "keys.json")
        shutil.copy(studio.folder / "data" / "keys.json", office.folder / "data" / "keys.json")
        database = open_database(url, keys)
        upgrade(database)
        at = datetime.now(UTC)
        with database.writing() as session:
            accounts.add_person(session, "petugas", "Petugas Uji", [Role.PRODUCER], PASSWORD, by="test", at=at)
        with database.writing() as session:
            token = accounts.sign_in(
                session, "petugas", PASSWORD, None, address="127.0.0.1", browser="test", hours=12, at=at
            )
        for host in (studio, office):
            host.start_part("desk", "--only-web")
            host.start_part("public")
            host.start_part("work")
        studio.start_part("attend")
        seen = tmp_path / "seen"
        made = Network(studio, office, database, nginx_of(base, studio, office), seen)
        for host in (studio, office):
            for port in (8080, 8081):
                until(f"port {port} of {host.name}", lambda host=host, port=port: is_ready(host, port))  # type: ignore[misc]
        screen = "http://127.0.0.1:8080/langsung"
        office.start("screen", sys.executable, "-c", FOLLOW, screen, f"{COOKIE}={token}", str(seen))
        yield made
        database.engine.dispose()


def bucket_at(endpoint: str) -> dict[str, str]:
    patience = {"connect_seconds": "2", "read_seconds": "5", "write_seconds": "10"}
    return {"endpoint": endpoint, "bucket": BUCKET, "access_key": KEY, "secret_key": SECRET} | patience


def is_ready(host: Host, port: int) -> bool:
    try:
        return httpx.get(f"http://{host.address}:{port}/ready", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def post_by_nginx(front: str, number: int) -> None:
    sent = {"from": f"+62812{number:08}", "text": f"Pesan {number}", "id": f"sms-{number}"}
    headers = {"Authorization": "Bearer sandi", "Host": "siaran.contoh.id"}
    with httpx.Client(transport=httpx.HTTPTransport(verify=False), timeout=60) as client:
        answer = client.post(f"{front}/masuk/sms", json=sent, headers=headers)
    assert answer.status_code in (200, 201), answer.text


def test_a_machine_that_is_cut_off_for_a_minute_loses_nothing_and_catches_up(station: Network) -> None:
    studio, office, public = station.studio, station.office, "http://127.0.0.1:8081"
    # Through nginx, to whichever machine; the office's screen sees it.
    for number in range(4):
        post_by_nginx(station.front, number)
    until("the first calls", lambda: station.count(Call) == 4)
    until("their events on the office's screen", lambda: station.screen() >= station.events())
    # The office begins to hear a voice message, and is cut off while it does.
    studio.end("work")
    office.do(VOICE, public, str(SPEECH), "Suara satu")
    of_speech = Job.kind == "speech.transcribe"
    until("the office at work", lambda: station.count(Job, of_speech, Job.state == JobState.RUNNING) == 1)
    office.pull_cable()
    cut = time.monotonic()
    studio.start_part("work")
    # Listeners write on, to the studio through nginx, to the office directly; both acknowledge.
    for number in range(4, 24):
        post_by_nginx(station.front, number)
    until("the calls of the studio", lambda: station.count(Call) == 25)
    office.do(SEND, public, "24", "5")
    office.do(VOICE, public, str(SPEECH), "Suara dua")
    assert office.do(STATUS, "http://127.0.0.1:8081/ready").strip() == "503"
    # What the office had begun is done by the studio.
    until("the words, heard by the studio", lambda: station.count(Transcript, Transcript.state == TranscriptState.DONE))
    time.sleep(max(0.0, CUT_OFF - (time.monotonic() - cut)))
    assert station.count(Call) == 25
    office.plug_in()
    until("the calls of the office", lambda: station.count(Call) == 31)
    until("the office ready", lambda: is_ready(office, 8080) and is_ready(office, 8081))
    unfinished = Job.state.in_([JobState.WAITING, JobState.RUNNING])
    until("all work done", lambda: station.count(Job, unfinished) == 0)
    until("both outboxes empty", lambda: not waiting(studio) and not waiting(office))
    assert station.count(Job, Job.state == JobState.FAILED) == 0
    with station.database.reading() as session:
        messages = list(session.scalars(select(ChannelMessage.external_id)))
        recordings = list(session.scalars(select(Recording.id)))
        versions = Counter(session.scalars(select(Transcript.recording_id)))
    assert sorted(one for one in messages if one.startswith("sms-")) == sorted(f"sms-{n}" for n in range(29))
    assert len(recordings) == 2
    assert versions == Counter(recordings), "each recording was heard once"
    # What the last work told may still be under way to the screen.
    until("every event on the office's screen", lambda: station.screen() >= station.events())
    for host in (studio, office):
        for part in ("desk", "public", "work"):
            assert host.processes[part].poll() is None, f"{part} of {host.name}: {host.said(part)[-2000:]}"


def waiting(host: Host) -> list[Path]:
    outbox = host.folder / "data" / "outbox"
    return [path for kept in ("objects", "gone") for path in outbox.glob(f"**/{kept}/**/*") if path.is_file()]
