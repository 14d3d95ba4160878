"""The exchange by itself, with a baresip of the test's own making: what it tells, keeps and asks for."""

import errno
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from radiodesk.core.errors import Conflict, NotFound
from radiodesk.core.keys import load_keys
from radiodesk.core.settings import Settings
from radiodesk.sound.line_journal import Entry, Journal, opened_number, read
from radiodesk.sound.takes import SpoolFull, Take, discard, open_take
from radiodesk.sound.telephone.baresip_commands import Found, SoundMissing
from radiodesk.sound.telephone.baresip_config import NoTelephone, modules_folder, ready, write
from radiodesk.sound.telephone.baresip_events import Event
from radiodesk.sound.telephone.call_files import Stage
from radiodesk.sound.telephone.call_recording import SAMPLE_RATE
from radiodesk.sound.telephone.exchange import Clocks, Exchange
from radiodesk.sound.telephone.telephone_report import state

BEGUN = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


class FakeBoard:
    """Answers as baresip does, dumps and all."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.said: list[str] = []
        self.recorded = np.arange(SAMPLE_RATE, dtype=np.int16)
        self.refusal: Conflict | None = None
        self.client = type("Open", (), {"closed": False})()

    def answer(self, sip: str) -> None:
        if self.refusal:
            raise self.refusal
        self.said.append(f"answer {sip}")
        for kind in ("enc", "dec"):
            soundfile.write(self.home / "into" / f"dump-2026-11-24-18-30-00-{kind}.wav", self.recorded, SAMPLE_RATE)

    def hang_up(self, sip: str) -> bool:
        self.said.append(f"hang up {sip}")
        return True

    def sound(self, source: str, player: str) -> None:
        self.said.append(f"sound {source}")

    def mute(self, sip: str, muted: bool) -> bool:
        self.said.append(f"{'mute' if muted else 'unmute'} {sip}")
        return True


@pytest.fixture
def made(settings: Settings) -> Callable[[], tuple[Exchange, FakeBoard]]:
    """Gives an exchange on the same folder, as often as it is started again."""
    settings.lines.mkdir(parents=True, exist_ok=True)
    seconds = [0.0]

    def make() -> tuple[Exchange, FakeBoard]:
        def monotonic() -> float:
            seconds[0] += 0.01
            return seconds[0]

        clocks = Clocks(lambda: BEGUN + timedelta(seconds=monotonic()), monotonic, lambda _: None)
        keys, journal = load_keys(settings.data / "keys.json"), Journal(settings.lines / "telephone.jsonl")
        exchange = Exchange(settings.model_copy(update={"sip_lines": 2}), keys, journal, clocks)
        board = FakeBoard(exchange.home)
        exchange.board = board  # type: ignore[assignment]
        return exchange, board

    return make


Made = Callable[[], tuple[Exchange, FakeBoard]]


def told(settings: Settings) -> list[Entry]:
    return [entry for entry, _ in read(settings.lines / "telephone.jsonl")]


def incoming(sip: str, user: str = "081230000001") -> Event:
    return Event("CALL_INCOMING", sip, f"sip:{user}@127.0.0.1")


def closed(sip: str) -> Event:
    return Event("CALL_CLOSED", sip, text="Connection reset by peer")


def test_a_call_rings_is_answered_and_closed_with_its_sound(made: Made, settings: Settings) -> None:
    exchange, board = made()
    exchange.take_event(incoming("a"))
    key = told(settings)[0].call
    assert key is not None
    call = exchange.answer(key)
    exchange.take_event(closed("a"))
    events = told(settings)
    assert [(entry.event, entry.take) for entry in events] == [
        ("ringing", None),
        ("answered", call.take),
        ("closed", call.take),
    ]
    assert {entry.call for entry in events} == {key}
    assert events[2].facts == {"by": "caller"}
    take = open_take(settings.spool / str(call.take))
    assert take.about.call == key
    for direction in ("caller", "studio"):
        assert np.array_equal(np.fromfile(take.pcm(direction), "<i2")[-SAMPLE_RATE:], board.recorded)
    # Without a microphone the caller hears silence.
    assert board.said == ["answer a", "mute a"]
    assert not exchange.callers.folder(key).exists()


def test_numbers_stand_encrypted_in_journal_and_files(made: Made, settings: Settings) -> None:
    exchange, _ = made()
    exchange.take_event(incoming("a"))
    exchange.take_event(incoming("b", "anonymous"))
    first, second = told(settings)
    assert first.caller is not None
    assert opened_number(load_keys(settings.data / "keys.json"), first.caller) == "+6281230000001"
    assert second.caller is None
    written = b"".join(path.read_bytes() for path in settings.lines.rglob("*") if path.is_file())
    assert b"81230000001" not in written


def test_with_no_free_line_a_caller_is_turned_away_and_kept(made: Made, settings: Settings) -> None:
    exchange, board = made()
    for sip in ("a", "b", "c"):
        exchange.take_event(incoming(sip))
    assert [entry.event for entry in told(settings)] == ["ringing", "ringing", "ringing", "lost"]
    assert (told(settings)[3].facts, board.said) == ({"by": "busy"}, ["hang up c"])
    exchange.take_event(closed("c"))
    exchange.take_event(closed("a"))
    assert told(settings)[4].line == "sip-1"
    exchange.take_event(incoming("d"))
    assert told(settings)[5].line == "sip-1"


def test_a_second_call_of_the_same_name_is_not_taken(made: Made, settings: Settings) -> None:
    exchange, _ = made()
    exchange.take_event(incoming("a"))
    exchange.take_event(incoming("a", "081239999999"))
    assert len(told(settings)) == 1


def test_what_is_impossible_is_refused(made: Made, settings: Settings) -> None:
    exchange, board = made()
    with pytest.raises(NotFound):
        exchange.answer("nobody")
    exchange.take_event(incoming("a"))
    key = str(told(settings)[0].call)
    with pytest.raises(Conflict):
        exchange.hold(key, True)
    board.refusal = Conflict("This caller does not ring any more.")
    with pytest.raises(Conflict):
        exchange.answer(key)
    board.refusal = None
    exchange.answer(key)
    with pytest.raises(Conflict):
        exchange.answer(key)
    exchange.board = None
    with pytest.raises(Conflict):
        exchange.hang_up(key)


def test_held_and_resumed_are_told_once_each(made: Made, settings: Settings) -> None:
    exchange, _ = made()
    exchange.take_event(incoming("a"))
    key = str(told(settings)[0].call)
    exchange.answer(key)
    for held in (True, True, False, False):
        exchange.hold(key, held)
    assert [entry.event for entry in told(settings)][1:] == ["answered", "held", "resumed"]


def no_prompt(_key: str) -> None:
    """Nobody was told anything."""


def test_busy_all_outlives_a_restart(made: Made, settings: Settings) -> None:
    made()[0].set_busy(True)
    exchange, board = made()
    exchange.take_event(incoming("a"))
    assert (state(exchange, no_prompt)["busy_all"], board.said) == (True, ["hang up a"])
    exchange.set_busy(False)
    exchange.take_event(incoming("b"))
    assert state(exchange, no_prompt)["lines"][0]["stage"] == "ringing"


def test_a_missing_device_is_done_without_from_the_next_call_on(made: Made, settings: Settings) -> None:
    exchange, board = made()
    exchange.settings = exchange.settings.model_copy(update={"sip_microphone": "usb"})
    exchange.take_event(incoming("a"))
    board.refusal = SoundMissing("The call could not be answered.")
    with pytest.raises(SoundMissing):
        exchange.answer(str(told(settings)[0].call))
    board.refusal = None
    exchange.take_event(incoming("b"))
    exchange.answer(str(told(settings)[2].call))
    exchange.set_silent(False)
    exchange.set_silent(False)
    assert [entry.event for entry in told(settings)] == ["ringing", "device_lost", "ringing", "answered", "device_back"]
    assert board.said == ["sound ausine,16000", "answer b", "mute b", "sound alsa,usb"]


def test_a_telephone_that_was_killed_goes_on_with_its_calls(made: Made, settings: Settings) -> None:
    exchange, _ = made()
    exchange.take_event(incoming("up"))
    exchange.take_event(incoming("rings"))
    up, rings = (str(entry.call) for entry in told(settings))
    take = exchange.answer(up).take
    exchange.pump()
    again, board = made()
    again.restore(
        [Found("up", "sip:1@h", False), Found("rings", "sip:2@h", True), Found("new", "sip:3@h", True)], "caller"
    )
    assert [call.key for call in again.callers][:2] == sorted([up, rings])
    again.take_event(closed("up"))
    assert [(entry.event, entry.call, entry.take) for entry in told(settings)][-1] == ("closed", up, take)
    assert open_take(settings.spool / str(take)).frames("caller") >= SAMPLE_RATE
    # Two lines only: the one that came in between is turned away with its number kept.
    assert (told(settings)[-2].event, board.said[-1]) == ("lost", "hang up new")


def test_calls_that_ended_meanwhile_are_closed_or_lost(made: Made, settings: Settings) -> None:
    exchange, _ = made()
    exchange.take_event(incoming("up"))
    exchange.take_event(incoming("rings"))
    up, rings = (str(entry.call) for entry in told(settings))
    exchange.answer(up)
    made()[0].restore([], "failure")
    assert {(entry.event, entry.call) for entry in told(settings)[-2:]} == {("closed", up), ("lost", rings)}


def test_a_call_killed_while_it_was_being_answered_is_found(
    made: Made, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, board = made()
    exchange.take_event(incoming("a"))
    key = str(told(settings)[0].call)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(exchange, "begin", _killed)
        exchange.answer(key)
    made()[0].restore([], "failure")
    assert [entry.event for entry in told(settings)] == ["ringing", "answered", "closed"]
    take = open_take(settings.spool / str(told(settings)[-1].take))
    assert np.array_equal(np.fromfile(take.pcm("caller"), "<i2")[-SAMPLE_RATE:], board.recorded)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_take_that_was_taken_over_is_not_told_of_again(made: Made, settings: Settings) -> None:
    exchange, _ = made()
    exchange.take_event(incoming("a"))
    key = str(told(settings)[0].call)
    take = exchange.answer(key).take
    exchange.pump()
    discard(open_take(settings.spool / str(take)))
    made()[0].restore([], "failure")
    assert [entry.event for entry in told(settings)] == ["ringing", "answered"]
    assert not exchange.callers.folder(key).exists()


def test_nothing_is_lost_on_a_full_disk(made: Made, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange, board = made()
    exchange.take_event(incoming("a"))
    key = str(told(settings)[0].call)
    take = exchange.answer(key).take
    write_block = Take.write

    def full(self: Take, direction: str, pcm: object) -> None:
        raise SpoolFull(28, "no space left")

    monkeypatch.setattr(Take, "write", full)
    exchange.pump()
    exchange.take_event(closed("a"))
    exchange.pump()
    assert [entry.event for entry in told(settings)][2:] == ["disk_full"]
    monkeypatch.setattr(Take, "write", write_block)
    exchange.pump()
    assert [entry.event for entry in told(settings)][3:] == ["closed", "disk_free"]
    sound = np.fromfile(open_take(settings.spool / str(take)).pcm("caller"), "<i2")
    assert np.array_equal(sound[-SAMPLE_RATE:], board.recorded)


class FullDisk:
    """A disk that has no room for anything new, until it is told so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = True
        for name in ("mkdir", "symlink", "open"):
            monkeypatch.setattr(os, name, partial(self._made, name, getattr(os, name)))

    def _made(self, name: str, really: Callable[..., Any], path: Any, *given: Any, **more: Any) -> Any:
        makes = name != "open" or bool((given[0] if given else more.get("flags", 0)) & os.O_CREAT)
        if self.full and makes:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return really(path, *given, **more)


def test_a_call_that_comes_in_on_a_full_disk_rings_and_is_answered_when_there_is_room(
    made: Made, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, board = made()
    disk = FullDisk(monkeypatch)
    exchange.take_event(incoming("a"))
    [call] = exchange.callers
    exchange.pump()
    with pytest.raises(Conflict, match="disk is full"):
        exchange.answer(call.key)
    assert [one.stage for one in exchange.callers] == [Stage.RINGING] and board.said == []
    disk.full = False
    exchange.pump()
    assert [entry.event for entry in told(settings)] == ["ringing"]
    # Whoever starts after a kill finds it.
    assert [one.key for one in made()[0].callers.left()] == [call.key]
    exchange.answer(call.key)
    assert [entry.event for entry in told(settings)] == ["ringing", "answered"]


def test_a_call_that_was_answered_when_the_disk_became_full_is_recorded_when_there_is_room(
    made: Made, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, board = made()
    exchange.take_event(incoming("a"))
    key = str(told(settings)[0].call)
    disk = FullDisk(monkeypatch)
    disk.full = False
    answer = board.answer

    def answered(sip: str) -> None:
        answer(sip)
        disk.full = True

    monkeypatch.setattr(board, "answer", answered)
    with pytest.raises(Conflict, match="disk is full"):
        exchange.answer(key)
    exchange.pump()
    assert not list(settings.spool.glob("*")), "half a take is in nobody's way"
    disk.full = False
    exchange.pump()
    exchange.take_event(closed("a"))
    events = told(settings)
    assert [entry.event for entry in events] == ["ringing", "answered", "closed"]
    sound = np.fromfile(open_take(settings.spool / str(events[1].take)).pcm("caller"), "<i2")
    assert np.array_equal(sound[-SAMPLE_RATE:], board.recorded)


def test_the_configuration_is_readable_by_its_owner_alone_and_says_what_was_set(
    settings: Settings, tmp_path: Path
) -> None:
    home = tmp_path / "baresip"
    with pytest.raises(NoTelephone, match="sip_address"):
        ready(settings)
    full = Settings(
        data=settings.data,
        sip_address="192.0.2.7",
        sip_server="pabx.example",
        sip_user="100",
        sip_login="desk",
        sip_password="rahasia!",
        sip_microphone="plughw:1,0",
        sip_speaker="pulse",
    )
    write(full, home, tmp_path)
    account, config = (home / "accounts").read_text(), (home / "config").read_text()
    assert account.startswith("<sip:100@pabx.example;transport=udp>;answermode=manual;")
    assert "auth_user=desk;auth_pass=rahasia!" in account
    assert "ctrl_tcp_listen 127.0.0.1:" in config
    assert "audio_source alsa,plughw:1,0" in config
    assert "audio_player alsa,pulse" in config
    assert {path.stat().st_mode & 0o077 for path in (home, home / "accounts", home / "config")} == {0}
    write(Settings(data=settings.data, sip_address="127.0.0.1"), home, tmp_path)
    assert "regint=0" in (home / "accounts").read_text()


def test_a_station_without_baresip_is_told_what_to_install(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NoTelephone, match="baresip-core"):
        ready(Settings(data=settings.data, sip_address="127.0.0.1", sip_program=str(tmp_path / "none")))
    with pytest.raises(NoTelephone, match="baresip-core"):
        modules_folder((str(tmp_path),))
