"""What the callers hear, and where they are heard: sound devices of a server of the test's own."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from radiodesk.sound.control_socket import PartRefused
from tests.factories.pulse import Pulse, sound_server
from tests.sound.telephone.callers import RATE, Caller, eventually, heard_of, speech
from tests.sound.telephone.conftest import House
from tests.sound.telephone.words import WORDS

pytestmark = pytest.mark.slow


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Pulse]:
    with sound_server(tmp_path / "pulse", {"monitor": 1, "studio": 1}) as server:
        yield server


def a_house(tmp_path: Path, pulse: Pulse, **settings: str) -> House:
    return House(tmp_path / "data", **pulse.environment, PULSE_SINK="monitor", **settings)


def test_the_caller_hears_the_studio_and_is_heard(tmp_path: Path, pulse: Pulse) -> None:
    house = a_house(tmp_path, pulse, RADIODESK_SIP_MICROPHONE="studio", RADIODESK_SIP_SPEAKER="pulse")
    house.start()
    asked, answered = speech(tmp_path, WORDS[0], 20), speech(tmp_path, WORDS[2], 85)
    soundfile.write(tmp_path / "answered.wav", answered, RATE)
    with (tmp_path / "heard.pcm").open("wb") as heard:
        command = ["parec", "--device=monitor.monitor", f"--rate={RATE}", "--channels=1", "--format=s16le", "--raw"]
        listening = subprocess.Popen(command, env=pulse.environment, stdout=heard)
    caller = Caller(tmp_path / "caller", house.port, "081230000001", asked)
    try:
        key = house.told("ringing")[0].call
        take = house.ask("answer", call=key)["take"]
        eventually(lambda: house.take(take).frames("studio"))
        pulse.play("studio", tmp_path / "answered.wav")
        eventually(lambda: house.take(take).seconds > len(answered) / RATE + 1)
        house.ask("hold", call=key)
        before = house.take(take).frames("studio")
        pulse.play("studio", tmp_path / "answered.wav")
        held = house.take(take).frames("studio")
        house.ask("hang_up", call=key)
        house.told("closed")
        assert caller.done() == 0
    finally:
        caller.close()
        listening.terminate()
        listening.wait(10)
        house.stop()
    studio, said = house.sound(take, "studio"), house.sound(take, "caller")
    assert heard_of(said, asked) >= 0.8
    assert heard_of(studio[:before], answered) > 0.8
    assert heard_of(caller.hears(), answered) > 0.8
    assert heard_of(said, answered) < 0.2
    # A null sink fetches in blocks longer than baresip's 80 ms, so a busy machine leaves holes in what is played.
    assert heard_of(np.fromfile(tmp_path / "heard.pcm", "<i2") / 32768.0, asked) > 0.3
    # On hold the caller hears nothing, and the recording says so.
    assert np.abs(studio[before + RATE // 2 : held - RATE // 2]).max() < 0.001


def test_calls_are_answered_without_a_sound_device_and_with_it_when_it_is_back(tmp_path: Path, pulse: Pulse) -> None:
    house = a_house(tmp_path, pulse, RADIODESK_SIP_MICROPHONE="studio")
    house.start()
    callers = []

    def call(number: str) -> str:
        callers.append(Caller(tmp_path / number, house.port, number))
        return str(house.told("ringing", len(callers))[-1].call)

    try:
        pulse.unplug("studio")
        first = call("081230000001")
        with pytest.raises(PartRefused, match="sip_microphone"):
            house.ask("answer", call=first)
        assert house.ask("state")["lines"][0]["stage"] == "ringing"
        house.told("device_lost")
        house.ask("answer", call=call("081230000002"))
        pulse.plug("studio")
        house.told("device_back")
        third = call("081230000003")
        take = house.ask("answer", call=third)["take"]
        line = next(line for line in house.ask("state")["lines"] if line["call"] == third)
        assert line["silent"] is False
        eventually(lambda: house.take(take).frames("studio") > RATE)
    finally:
        for caller in callers:
            caller.close()
        house.stop()


def test_a_device_that_was_never_there_keeps_no_call_from_being_answered(tmp_path: Path) -> None:
    house = House(tmp_path / "data", RADIODESK_SIP_MICROPHONE="absent", RADIODESK_SIP_SPEAKER="absent")
    house.start()
    caller = Caller(tmp_path / "caller", house.port, "081230000001", stays=1.0)
    try:
        assert house.ask("state")["silent"] is True
        take = house.ask("answer", call=house.told("ringing")[0].call)["take"]
        assert caller.done() == 0
        house.told("closed")
        assert house.take(take).frames("caller")
    finally:
        caller.close()
        house.stop()
