"""Two hundred calls in ten minutes over every channel, with the real services and jobs: each comes to an end.

The clock is the test's own. A screener and a host act as chance has it (always the same chance), callers hang up, the
network fails now and then; when the desk closes, nothing is left half done.
"""

import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import event, select

from radiodesk.core import audit
from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.jobs import Job, JobState
from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.wiring import runner
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import services as broadcasts
from radiodesk.rooms.calls import queries
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import Call, CallState, Channel
from radiodesk.rooms.messages import outbox
from radiodesk.rooms.messages.models import IncomingMedia, OutgoingMessage, TransferState
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import calls as make
from tests.factories.graph import Graph, playing
from tests.rooms.messages import channels as bodies

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

COUNT = 200
EVERY = timedelta(seconds=3)
SECRET = "rahasia"
TOPICS = ("Lampu padam", "Jalan berlubang", "Banjir di pasar", "Truk mogok", "Balap liar", "Jadwal SIM keliling")


@pytest.fixture
def graph() -> Iterator[Graph]:
    with playing() as server:
        server.files = {f"m{number}": make.wav(1.0) for number in range(COUNT)}
        yield server


@pytest.fixture
def settings(settings: Settings, graph: Graph) -> Settings:
    secret = SecretStr(SECRET)
    return settings.model_copy(
        update={
            "whatsapp_verify_token": secret,
            "whatsapp_app_secret": secret,
            "whatsapp_token": secret,
            "whatsapp_phone_id": "100",
            "whatsapp_api": graph.address,
            "sms_token": secret,
            "sms_gateway_url": graph.address,
            "partner_tokens": {"Alarm Desa": secret},
            "pos_jago_token": secret,
            "intake_per_hour": COUNT,
        }
    )


class World:
    """Everybody outside: each channel is a function that brings one contact in."""

    def __init__(self, database: Database, clock: ManualClock, site: FlaskClient, desk: FlaskClient) -> None:
        self._database, self._clock, self._site, self._desk = database, clock, site, desk
        self.channels: list[Callable[[int, str], None]] = [
            self._rings(Channel.PHONE),
            self._rings(Channel.SIP),
            self._whatsapp,
            self._voice_note,
            self._sms,
            self._web,
            self._report("/masuk/mitra"),
            self._report("/masuk/pos-jago"),
            self._walks_in,
            self._uploads,
        ]

    def _rings(self, channel: Channel) -> Callable[[int, str], None]:
        def ring(number: int, topic: str) -> None:
            with self._database.writing() as tx:
                calls.receive(tx, channel, phone=phone(number), message="", topic=topic, at=self._clock.now())

        return ring

    def _posted(self, path: str, expected: int = 201, **given: Any) -> None:
        answer = self._site.post(path, **given)
        assert answer.status_code == expected, answer.get_data(as_text=True)

    def _whatsapp(self, number: int, topic: str) -> None:
        self._message(bodies.text(topic, f"wamid.{number}", phone(number)[1:]))

    def _voice_note(self, number: int, _topic: str) -> None:
        self._message({**bodies.voice(f"m{number}", f"wamid.{number}"), "from": phone(number)[1:]})

    def _message(self, message: dict[str, Any]) -> None:
        raw, headers = bodies.signed(SECRET, bodies.whatsapp(message))
        self._posted("/masuk/whatsapp", 200, data=raw, headers=headers)

    def _sms(self, number: int, topic: str) -> None:
        body = {"from": phone(number), "text": topic, "id": f"s{number}", "token": SECRET}
        self._posted("/masuk/sms", json=body)

    def _web(self, number: int, topic: str) -> None:
        self._posted("/kirim", 303, data={"pesan": topic, "telepon": phone(number), "setuju": "yes"})

    def _report(self, path: str) -> Callable[[int, str], None]:
        def report(number: int, topic: str) -> None:
            body = {"id": f"p{number}", "text": topic, "panic": number % 20 == 6, "phone": phone(number)}
            headers = {"Authorization": f"Bearer {SECRET}"}
            self._posted(path, data=json.dumps(body), content_type="application/json", headers=headers)

        return report

    def _walks_in(self, number: int, topic: str) -> None:
        sent = {"channel": "walk_in", "name": f"Warga {number}", "topic": topic, "urgency": "biasa"}
        assert self._desk.post("/antrean", data=sent).status_code == 303

    def _uploads(self, number: int, topic: str) -> None:
        # Every fourth file is broken; it is kept, and nobody waits for it.
        data = make.wav(1.0) if number % 4 else b"bukan suara"
        sent = {"channel": "upload", "message": topic, "files": [(io.BytesIO(data), f"pesan-{number}.wav")]}
        answer = self._desk.post("/antrean/pesan", data=sent, content_type="multipart/form-data")
        assert answer.status_code in (303, 422)


def phone(number: int) -> str:
    return f"+62812{number:08}"


class Desk:
    """A screener and a host who do what chance picks, among what is possible."""

    def __init__(self, database: Database, settings: Settings, clock: ManualClock, chance: random.Random) -> None:
        self._database, self._settings, self._clock, self._chance = database, settings, clock, chance
        with database.writing() as tx:
            series = programme.add_programme(tx, "Halo Uji", by="sari", at=clock.now())
            self._show = broadcasts.plan(tx, series, "", clock.now(), by="sari", at=clock.now())
            broadcasts.go_on_air(tx, self._show, by="sari", at=clock.now())

    def act(self) -> None:
        """One turn each."""
        at = self._clock.now()
        with self._database.writing() as tx:
            board = queries.board(tx, at=at)
            show = tx.merge(self._show)
            for call in self._chance.sample(board.unscreened, min(2, len(board.unscreened))):
                act = self._chance.choice([calls.queue, calls.queue, calls.queue, calls.answer, calls.lose, calls.drop])
                if act is not calls.answer or call.state is CallState.RINGING:
                    act(tx, call, by="wati" if call.locked_by in (None, "wati") else call.locked_by, at=at)
            for call in board.waiting[:1]:
                if outbox.can_reply(self._settings, call):
                    outbox.reply(tx, self._settings, call, "Terima kasih.", by="wati", at=at)
                if call.consent_at is None:
                    calls.consent(tx, call, by="wati", at=at)
                calls.make_ready(tx, call, by="wati", at=at)
            for call in [one for one in board.live if one.state is CallState.ON_AIR][:1]:
                self._chance.choice([broadcasts.end_call, broadcasts.hold])(tx, show, call, by="sari", at=at)
            for call in [*(one for one in board.live if one.state is CallState.HELD), *board.ready][:1]:
                broadcasts.take(tx, show, call, by="sari", at=at)

    def close(self) -> None:
        with self._database.writing() as tx:
            broadcasts.end(tx, tx.merge(self._show), by="sari", at=self._clock.now())
            calls.close_queue(tx, by="wati", at=self._clock.now())


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


def test_two_hundred_calls_in_ten_minutes_leave_nothing_without_an_end(
    station: Station, database: Database, settings: Settings, clock: ManualClock, graph: Graph,
    sign_in: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    from radiodesk.web.public_site import create_public

    screener = sign_in(Role.SCREENER, username="wati")
    world = World(database, clock, create_public(station).test_client(), screener)
    chance = random.Random(7)  # noqa: S311 - the same chance each time
    desk = Desk(database, settings, clock, chance)
    jobs = runner(settings, database, clock)
    asked: dict[int, int] = {}
    for number in range(COUNT):
        world.channels[number % len(world.channels)](number, chance.choice(TOPICS))
        desk.act()
        if number % 10 == 9:
            graph.refuse = 503 if number % 50 == 49 else 0
            jobs.run_all()
        if number in (20, COUNT - 1):
            with statements(database) as made:
                assert screener.get("/antrean/daftar").status_code == 200
            asked[number] = len(made)
        clock.advance(EVERY)
    assert asked[COUNT - 1] <= asked[20], "the queue asks more of the database the more calls there are"

    graph.refuse = 0
    desk.close()
    for _ in range(12):
        jobs.run_all()
        clock.advance(timedelta(hours=1))
    with database.reading() as session:
        every = session.scalars(select(Call)).all()
        assert len(every) == COUNT
        assert {call.state for call in every} == {CallState.DONE, CallState.DROPPED, CallState.LOST}
        assert all(call.ended_at and not call.locked_by for call in every)
        # What other channels bring is the matter of their plug-ins.
        assert set(Counter(call.channel for call in every)) == set(Channel) - {Channel.OTHER}
        assert {job.state for job in session.scalars(select(Job))} == {JobState.DONE}
        assert not [one for one in session.scalars(select(Transcript)) if one.is_open]
        assert {one.state for one in session.scalars(select(IncomingMedia))} == {TransferState.DONE}
        replies = session.scalars(select(OutgoingMessage)).all()
        assert {one.state for one in replies} == {TransferState.DONE}
        assert len(replies) == len(graph.sent) > 5
        assert audit.broken_link(session) is None
        board = queries.board(session, at=clock.now())
    assert board.open_count == 0
