"""The press: one rendering for many screens, the newest for who is slow, and nothing for who has left."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.http.regions import Region, Viewer, print_of
from radiodesk.http.request import UNSENT
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.accounts.sessions import Holder
from radiodesk.rooms.calls import services as calls
from radiodesk.rooms.calls.models import CallState
from radiodesk.web import event_stream, press
from radiodesk.web.press import MOST_CHANGES, MOST_REGIONS, Screen
from tests.factories import calls as make

QUEUE = "/antrean/daftar"
HOLDER = Holder("wati", frozenset({Role.SCREENER}), None)


class Stream:
    """An open stream, read in a thread of its own; what it told."""

    def __init__(self, client: FlaskClient, *addresses: str, **environ: Any) -> None:
        query = [("topik", "calls"), *(("cetak", address) for address in addresses)]
        self._asks = {"query_string": query, "buffered": False, "environ_overrides": environ}
        self.told: list[str] = []
        self.ended = threading.Event()
        self._more = threading.Condition()
        # The whole of it in one thread, as a server does it.
        threading.Thread(target=self._read, args=[client], daemon=True).start()
        self.until(lambda told: "event: prints" in told)

    def _read(self, client: FlaskClient) -> None:
        for part in cast("Iterator[bytes]", client.get("/langsung", **self._asks).response):
            with self._more:
                self.told += [message for message in part.decode().split("\n\n") if message]
                self._more.notify()
        self.ended.set()

    def until(self, seen: Callable[[str], bool]) -> None:
        """Wait until what was told holds it."""
        with self._more:
            assert self._more.wait_for(lambda: seen("\n\n".join(self.told)), 30)

    @property
    def prints(self) -> list[str | None]:
        told = [json.loads(one.split("data: ", 1)[1]) for one in self.told if one.startswith("event: print\n")]
        return [one["html"] for one in told]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Viewer]]:
    """What the press rendered."""
    seen: list[tuple[str, Viewer]] = []

    def noted(app: Flask, region: Region, viewer: Viewer) -> str:
        seen.append((region.address, viewer))
        return print_of(app, region, viewer)

    monkeypatch.setattr(press, "print_of", noted)
    return seen


def shows(mark: str) -> Callable[[str], bool]:
    return lambda told: f"Penelepon {mark}" in told


def ring(database: Database, clock: ManualClock, mark: str) -> str:
    with database.writing() as tx:
        return make.ringing(tx, clock.now(), name=f"Penelepon {mark}").public_id


def test_a_change_is_rendered_once_for_all_screens_of_a_kind(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock, made: list[tuple[str, Viewer]]
) -> None:
    people = [sign_in(Role.SCREENER, username=f"penyaring{number}") for number in range(3)]
    people.append(sign_in(Role.PRODUCER, username="produser"))
    streams = [Stream(client, QUEUE) for client in people]
    ring(database, clock, "Satu")
    for stream in streams:
        stream.until(lambda told: "event: print\n" in told)
    assert [viewer.roles for _, viewer in made] == [{Role.SCREENER}, {Role.PRODUCER}]
    assert len({stream.prints[0] for stream in streams}) == 1
    assert "Penelepon Satu" in (streams[0].prints[0] or "")


def test_a_burst_is_rendered_once_more(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go, count = threading.Event(), threading.Event(), []

    def slow(app: Flask, region: Region, viewer: Viewer) -> str:
        html = print_of(app, region, viewer)
        count.append(html)
        begun.set()
        assert go.wait(30)
        return html

    monkeypatch.setattr(press, "print_of", slow)
    stream = Stream(sign_in(Role.SCREENER), QUEUE)
    ring(database, clock, "Nol")
    assert begun.wait(30)
    for number in range(12):
        ring(database, clock, f"ke-{number}.")
    # All of them have come to the press before it goes on.
    last = Stream(sign_in(Role.PRODUCER, username="produser"))
    go.set()
    stream.until(lambda told: "ke-11." in told)
    assert len(count) <= 3
    assert sum('"kind": "received"' in one for one in stream.told) == 13
    assert last.told


class Browser:
    """How much of what was sent to it a browser has not taken."""

    def __init__(self) -> None:
        self.full = False
        self.seen_full = threading.Event()

    def unsent(self) -> int:
        if self.full:
            self.seen_full.set()
        return event_stream.MOST_UNSENT + self.full

    def take_nothing(self) -> None:
        self.full = True


def test_a_screen_that_takes_nothing_holds_nobody_up_and_is_let_go(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "LONGEST_LAG", 0.3)
    browser = Browser()
    quick = Stream(sign_in(Role.SCREENER, username="cepat"), QUEUE)
    slow = Stream(sign_in(Role.SCREENER, username="lambat"), QUEUE, **{UNSENT: browser.unsent})
    browser.take_nothing()
    for mark in ("Satu", "Dua"):
        ring(database, clock, mark)
        quick.until(shows(mark))
    assert slow.ended.wait(30)


def test_a_screen_that_lagged_gets_the_newest_alone(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    browser = Browser()
    quick = Stream(sign_in(Role.SCREENER, username="cepat"), QUEUE)
    slow = Stream(sign_in(Role.SCREENER, username="lambat"), QUEUE, **{UNSENT: browser.unsent})
    browser.take_nothing()
    # It may still be waiting for this one.
    ring(database, clock, "Satu")
    assert browser.seen_full.wait(30)
    for mark in ("Dua", "Tiga", "Empat"):
        ring(database, clock, mark)
        quick.until(shows(mark))
    browser.full = False
    slow.until(lambda told: "Penelepon Empat" in told)
    assert sum('"kind": "received"' in one for one in slow.told) == 4
    assert len(slow.prints) <= 2


def test_who_left_while_the_screen_lagged_gets_nothing(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    browser, client = Browser(), sign_in(Role.SCREENER, username="lambat")
    quick = Stream(sign_in(Role.SCREENER, username="cepat"), QUEUE)
    slow = Stream(client, QUEUE, **{UNSENT: browser.unsent})
    browser.take_nothing()
    ring(database, clock, "Satu")
    assert browser.seen_full.wait(30)
    ring(database, clock, "Dua")
    quick.until(lambda told: "Penelepon Dua" in told)
    assert client.post("/keluar").status_code == 303
    browser.full = False
    assert slow.ended.wait(30)
    assert "Penelepon Dua" not in "".join(slow.told)


def test_a_region_that_cannot_be_made_is_asked_for_by_each_screen(
    sign_in: Callable[..., FlaskClient],
    database: Database,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(app: Flask, region: Region, viewer: Viewer) -> str:
        if region.address == QUEUE:
            raise ZeroDivisionError
        return print_of(app, region, viewer)

    monkeypatch.setattr(press, "print_of", broken)
    stream = Stream(sign_in(Role.SCREENER), QUEUE, "/saluran/ringkas")
    ring(database, clock, "Satu")
    stream.until(lambda told: told.count("event: print\n") == 2)
    assert stream.prints[0] is None and stream.prints[1] is not None
    assert "calls.queue could not be made" in caplog.text


def test_only_who_acted_looks_for_what_can_be_taken_back(
    sign_in: Callable[..., FlaskClient], database: Database, clock: ManualClock
) -> None:
    acts, looks, producer = (
        Stream(sign_in(role, username=name), QUEUE)
        for name, role in (("wati", Role.SCREENER), ("rina", Role.SCREENER), ("sari", Role.PRODUCER))
    )
    with database.writing() as tx:
        call = make.in_state(tx, CallState.WAITING, clock.now(), by="wati")
    acts.until(lambda told: "event: own" in told)
    # Somebody else acts on the same call: the first one's button goes.
    with database.writing() as tx:
        calls.set_vip(tx, tx.get_one(type(call), call.id), True, by="sari", at=clock.now())
    producer.until(lambda told: "event: own" in told)
    acts.until(lambda told: told.count("event: own") >= 2)
    assert not any("event: own" in one for one in looks.told)


def test_a_screen_gets_a_bounded_number_of_regions(sign_in: Callable[..., FlaskClient]) -> None:
    stream = Stream(sign_in(Role.SCREENER), *(f"{QUEUE}?hal={page}" for page in range(1, 40)))
    told = next(one for one in stream.told if one.startswith("event: prints"))
    assert len(json.loads(told.split("data: ")[1])) == MOST_REGIONS


def screen() -> Screen:
    return Screen("x", frozenset(), (), HOLDER)


def test_of_each_region_the_newest_print_waits() -> None:
    one = screen()
    for number in range(50):
        one.give(HOLDER, [(number + 1, b"<%d>" % number)], {QUEUE: b"print %d." % number, "/bisik": b"talk."})
    told = one.take(0)
    assert told is not None
    assert told.count(b"print") == 1 and b"print 49." in told and told.count(b"talk.") == 1
    assert told.startswith(b"<0><1>")
    assert one.take(0) == b""


def test_a_screen_that_takes_no_changes_ends() -> None:
    one = screen()
    one.give(HOLDER, [(number + 1, b".") for number in range(MOST_CHANGES)], {})
    one.give(HOLDER, [(MOST_CHANGES + 1, b".")], {})
    assert one.take(0) is None


def test_what_waits_for_one_kind_of_viewer_never_goes_to_another() -> None:
    one = screen()
    one.give(HOLDER, [(1, b".")], {QUEUE: b"for screeners"})
    one.give(Holder("wati", frozenset({Role.HOST}), None), [(2, b".")], {})
    assert one.take(0) is None


def test_changes_that_were_told_at_the_beginning_are_not_told_again() -> None:
    one = screen()
    one.give(HOLDER, [(6, b"six"), (7, b"seven")], {})
    one.skip(6)
    one.give(HOLDER, [(5, b"five")], {})
    assert one.take(0) == b"seven"


def test_open_streams_end_when_the_desk_does(
    sign_in: Callable[..., FlaskClient], desk: Flask, database: Database, clock: ManualClock
) -> None:
    stream = Stream(sign_in(Role.SCREENER), QUEUE)
    desk.extensions["radiodesk"].notifier.close()
    assert stream.ended.wait(30)
