"""Killed in the middle of a call: callers keep the line where they can, and what was said is kept."""

import signal
import socket
from pathlib import Path

import pytest

from tests.sound.telephone.callers import RATE, eventually, heard_of, speech
from tests.sound.telephone.conftest import Calls, House
from tests.sound.telephone.words import WORDS

pytestmark = pytest.mark.slow


def test_killing_baresip_keeps_what_was_said_and_calls_come_in_again(
    house: House, calls: Calls, tmp_path: Path
) -> None:
    words = speech(tmp_path, WORDS[1], 50)
    calls("081230000005", words)
    ringing = calls("081230000006")
    first, second = house.told("ringing", 2)
    by_number = {house.number(entry): entry.call for entry in (first, second)}
    take = house.ask("answer", call=by_number["+6281230000005"])["take"]
    eventually(lambda: house.take(take).seconds > 3.0)
    before = house.take(take).seconds
    house.baresip().signal(signal.SIGKILL)
    closed = house.told("closed")[0]
    assert (closed.take, closed.facts["by"]) == (take, "failure")
    assert house.told("lost")[0].call == by_number["+6281230000006"]
    sound = house.sound(take, "caller")
    assert len(sound) / RATE > before - 1.0
    assert heard_of(sound, words[: int(2.5 * RATE)]) >= 0.8
    ringing.close()
    eventually(house.ready)
    again = calls("081230000011", words, stays=2.0)
    key = house.told("ringing", 3)[2].call
    house.ask("answer", call=key)
    assert again.done() == 0
    house.told("closed", call=str(key))


def test_killing_the_telephone_costs_no_call_and_no_sound(house: House, calls: Calls, tmp_path: Path) -> None:
    words = speech(tmp_path, f"{WORDS[0]}, {WORDS[1]}", 50)
    talking = calls("081230000005", words, stays=len(words) / RATE + 1)
    key = house.told("ringing")[0].call
    take = house.ask("answer", call=key)["take"]
    eventually(lambda: house.take(take).seconds > 2.0)
    house.kill()
    missed = calls("081230000012")
    before = house.take(take).frames("caller")
    dump = next((house.lines / "baresip" / "calls" / str(key)).glob("*-dec.wav"))
    size = dump.stat().st_size
    eventually(lambda: dump.stat().st_size > size + 2 * RATE * 2)
    house.start()
    eventually(lambda: house.take(take).frames("caller") > before + 2 * RATE)
    assert house.number(house.told("ringing", 2)[1]) == "+6281230000012"
    assert house.ask("state")["lines"][0]["call"] == key
    assert talking.done() == 0
    closed = house.told("closed")[0]
    assert (closed.call, closed.take) == (key, take)
    assert heard_of(house.sound(take, "caller"), words) >= 0.8
    missed.close()


def test_a_call_that_ended_while_the_telephone_was_away_is_kept(house: House, calls: Calls, tmp_path: Path) -> None:
    words = speech(tmp_path, WORDS[2], 50)
    caller = calls("081230000005", words, stays=len(words) / RATE + 0.5)
    key = house.told("ringing")[0].call
    take = house.ask("answer", call=key)["take"]
    eventually(lambda: house.take(take).seconds > 1.0)
    house.kill()
    assert caller.done() == 0
    house.start()
    assert house.told("closed")[0].take == take
    assert heard_of(house.sound(take, "caller"), words) >= 0.8


def test_killing_both_keeps_what_was_said(house: House, calls: Calls, tmp_path: Path) -> None:
    words = speech(tmp_path, WORDS[2], 50)
    calls("081230000005", words)
    key = house.told("ringing")[0].call
    take = house.ask("answer", call=key)["take"]
    eventually(lambda: house.take(take).seconds > 2.0)
    house.kill()
    dump = next((house.lines / "baresip" / "calls" / str(key)).glob("*-dec.wav"))
    size = dump.stat().st_size
    eventually(lambda: dump.stat().st_size > size + RATE * 2)
    house.baresip().signal(signal.SIGKILL)
    house.start()
    closed = house.told("closed")[0]
    assert (closed.take, closed.facts["by"]) == (take, "failure")
    assert heard_of(house.sound(take, "caller"), words[: int(2.5 * RATE)]) >= 0.8


def test_a_stranger_at_the_control_port_costs_no_call(house: House, calls: Calls, tmp_path: Path) -> None:
    words = speech(tmp_path, WORDS[0], 50)
    talking = calls("081230000005", words, stays=len(words) / RATE + 2)
    take = house.ask("answer", call=house.told("ringing")[0].call)["take"]
    for number in range(2):
        with socket.create_connection(("127.0.0.1", int(house.environment["RADIODESK_SIP_CONTROL_PORT"]))):
            calls(f"08123000002{number}")
            house.told("ringing", 2 + number)
    assert talking.done() == 0
    assert house.told("closed")[0].take == take
    assert heard_of(house.sound(take, "caller"), words) >= 0.8


def test_a_baresip_that_hangs_is_replaced(house: House, calls: Calls) -> None:
    calls("081230000005")
    take = house.ask("answer", call=house.told("ringing")[0].call)["take"]
    hanging = house.baresip()
    hanging.signal(signal.SIGSTOP)
    assert house.told("closed")[0].take == take
    eventually(house.ready)
    assert house.baresip().pid != hanging.pid
