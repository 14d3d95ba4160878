"""The reader of a script is followed by what goes on air, and a prompter is told where."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.events import Event
from radiodesk.core.settings import Settings
from radiodesk.operations.listener_process import listener_for
from radiodesk.recognition.ports import Partial, Word
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.broadcasts import rundowns, services
from radiodesk.rooms.broadcasts.followed_reader import Place, place_in
from radiodesk.rooms.broadcasts.models import Broadcast, ItemKind, RundownItem
from radiodesk.rooms.programme import services as programme
from radiodesk.rooms.programme.models import Script, ScriptKind
from radiodesk.rooms.transcripts.live.listener import Listener
from radiodesk.rooms.transcripts.live.models import LiveWords
from radiodesk.sound.takes import Take

RATE = 8000
TEXT = "Selamat pagi, pendengar.\nPakailah helm yang layak.\nSampai jumpa."
BY = "penyiar"


class Reader:
    """A session that hears a second word of a text with every second of sound; the newest word may still change."""

    def __init__(self, text: str) -> None:
        self._text = text.split()
        self._count = 0

    def feed(self, pcm: bytes) -> Partial | None:
        self._count += 1
        words = [Word(n, n + 1.0, word, 0.9) for n, word in enumerate(self._text[: self._count])]
        return Partial(tuple(words[:-1]), tuple(words[-1:]), float(self._count))

    def close(self) -> Partial:
        return Partial((), (), 0.0)


@pytest.fixture
def on_air(database: Database, now: datetime) -> tuple[int, int]:
    """A broadcast that is on air, with two items of one script; gives the keys of the items."""
    with database.writing() as tx:
        series = programme.add_programme(tx, "Pagi Uji", by=BY, at=now, minutes=5)
        broadcast = services.plan(tx, series, "Pagi Uji", now, by=BY, at=now)
        items = []
        for title, text in (("Imbauan", TEXT), ("Penutup", "Terima kasih banyak, pendengar.")):
            script = programme.write_script(tx, ScriptKind.FREE, title, programme.Draft(text), by=BY, at=now, speed=140)
            programme.approve(tx, script, number=1, by="kasat", at=now)
            items.append(rundowns.add_item(tx, broadcast, ItemKind.SCRIPT, title, 30, by=BY, at=now, script=script))
        services.go_on_air(tx, broadcast, by=BY, at=now)
        return items[0].id, items[1].id


@pytest.fixture
def take(settings: Settings, now: datetime) -> Take:
    return Take.create(
        settings.spool, line="acara", kind="soundcard", sample_rate=RATE, directions=["programme"], started_at=now,
        feed="broadcast",
    )  # fmt: skip


def begin(database: Database, item: int, at: datetime) -> str:
    """The item begins; gives the public id of its script."""
    with database.writing() as tx:
        held = tx.get_one(RundownItem, item)
        services.begin_item(tx, tx.get_one(Broadcast, held.broadcast_id), held, by=BY, at=at)
        assert held.script is not None
        return held.script.public_id


def hear(listener: Listener, take: Take, seconds: int) -> None:
    for _ in range(seconds):
        take.write("programme", np.full(RATE, 3000, np.int16))
        listener.look()
        listener.turn()


def place(session: Session, script: str) -> Place | None:
    return place_in(session, session.scalars(select(Script).where(Script.public_id == script)).one())


def test_the_place_of_the_reader_is_told_while_a_script_is_read(
    settings: Settings, database: Database, clock: ManualClock, now: datetime, on_air: tuple[int, int], take: Take
) -> None:
    script = begin(database, on_air[0], now)
    listener = listener_for(settings, database, clock, lambda: Reader("selamat pagi pendengar pakailah helm"))
    hear(listener, take, 6)
    with database.reading() as session:
        found = place(session, script)
        assert found is not None
        assert (found.version, found.word, found.line, found.sure) == (1, 4, 1, True)
        assert found.said_at is not None and now < found.said_at <= now + timedelta(seconds=6)
        told = session.scalars(select(Event).where(Event.topic == "prompter").order_by(Event.id)).all()
        assert told[-1].subject == script
        assert told[-1].details == {"word": 4, "line": 1, "sure": True}


def test_no_word_of_the_programme_is_kept(
    settings: Settings, database: Database, clock: ManualClock, now: datetime, on_air: tuple[int, int], take: Take
) -> None:
    begin(database, on_air[0], now)
    hear(listener_for(settings, database, clock, lambda: Reader(TEXT)), take, 5)
    with database.reading() as session:
        assert session.scalars(select(LiveWords)).all() == []


def test_nothing_is_listened_to_before_and_after_a_script(
    settings: Settings, database: Database, clock: ManualClock, now: datetime, on_air: tuple[int, int], take: Take
) -> None:
    opened: list[Reader] = []

    def open_session() -> Reader:
        opened.append(Reader(TEXT))
        return opened[-1]

    listener = listener_for(settings, database, clock, open_session)
    hear(listener, take, 3)
    assert opened == [] and not listener.has_ears
    script = begin(database, on_air[0], now)
    hear(listener, take, 3)
    assert len(opened) == 1
    with database.writing() as tx:
        broadcast = services.on_air(tx)
        assert broadcast is not None
        services.finish_script(tx, broadcast, by=BY, at=now)
    hear(listener, take, 2)
    assert not listener.has_ears
    with database.reading() as session:
        assert place(session, script) is None


def test_the_next_script_begins_with_its_own_words(
    settings: Settings, database: Database, clock: ManualClock, now: datetime, on_air: tuple[int, int], take: Take
) -> None:
    begin(database, on_air[0], now)
    said = "selamat pagi pendengar pakailah helm terima kasih banyak"
    listener = listener_for(settings, database, clock, lambda: Reader(said))
    hear(listener, take, 6)
    second = begin(database, on_air[1], now + timedelta(seconds=6))
    hear(listener, take, 3)
    with database.reading() as session:
        found = place(session, second)
        assert found is not None and found.word == 2


def test_a_prompter_asks_where_the_reader_is(
    settings: Settings,
    database: Database,
    clock: ManualClock,
    now: datetime,
    on_air: tuple[int, int],
    take: Take,
    sign_in: Callable[..., FlaskClient],
) -> None:
    browser = sign_in(Role.HOST)
    script = begin(database, on_air[0], now)
    address = f"/naskah/{script}/posisi"
    nowhere = {"reading": True, "version": 1, "word": -1, "line": 0, "said_at": None, "sure": False}
    assert browser.get(address).json == nowhere
    hear(listener_for(settings, database, clock, lambda: Reader("selamat pagi")), take, 4)
    found = browser.get(address).get_json()
    assert (found["reading"], found["word"], found["sure"]) == (True, 1, True)
    assert datetime.fromisoformat(found["said_at"]) >= now
    with database.writing() as tx:
        broadcast = services.on_air(tx)
        assert broadcast is not None
        services.end(tx, broadcast, by=BY, at=now)
    assert browser.get(address).json == {**nowhere, "reading": False}
    assert browser.get("/naskah/tidak-ada/posisi").status_code == 404
