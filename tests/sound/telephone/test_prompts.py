"""Words to one caller alone, by the station's voice, beside a tone of known pitch in the studio: who heard what."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from radiodesk.sound.control_socket import PartRefused
from tests.factories.pulse import Pulse, sound_server
from tests.sound.telephone.callers import RATE, Caller, Sound, eventually
from tests.sound.telephone.conftest import House

pytestmark = pytest.mark.slow
PITCH = 700
SENTENCE = "Anda nomor 2 dalam antrean. Mohon tetap di saluran."
LONG = "Mohon tetap di saluran, petugas kami sedang dihubungi dan segera kembali kepada Anda. " * 3


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Pulse]:
    with sound_server(tmp_path / "pulse", {"studio": 1}) as server:
        yield server


@pytest.fixture
def answered(tmp_path: Path, pulse: Pulse) -> Iterator[tuple[House, str, str]]:
    """A telephone on the sound server, with one caller: their key, and the take."""
    house = House(tmp_path / "data", **pulse.environment, RADIODESK_SIP_MICROPHONE="studio")
    house.start()
    caller = Caller(tmp_path / "caller", house.port, "081230000001")
    try:
        key = str(house.told("ringing")[0].call)
        yield house, key, house.ask("answer", call=key)["take"]
    finally:
        caller.close()
        house.stop()


def tone(path: Path, seconds: float) -> Path:
    soundfile.write(path, 0.4 * np.sin(2 * np.pi * PITCH * np.arange(int(seconds * RATE)) / RATE), RATE)
    return path


def heard(sound: Sound) -> float:
    """Seconds in which the tone is by far the loudest."""
    steps = [sound[at : at + RATE // 10] for at in range(0, len(sound) - RATE // 10, RATE // 10)]
    spectra = [np.abs(np.fft.rfft(step)) for step in steps]
    return sum(bool(one.max() > 20) and int(one.argmax()) * 10 == PITCH for one in spectra) / 10


def spoken(sound: Sound) -> float:
    """Seconds in which somebody is heard, but for the tone."""
    steps = [sound[at : at + RATE // 10] for at in range(0, len(sound) - RATE // 10, RATE // 10)]
    return sum(float(np.abs(one).max()) > 0.02 for one in steps) / 10 - heard(sound)


def line_of(house: House, key: str) -> dict[str, Any]:
    """What the telephone tells of a call's line."""
    lines: list[dict[str, Any]] = house.ask("state")["lines"]
    return next(line for line in lines if line["call"] == key)


def modules(pulse: Pulse) -> str:
    return pulse._run("pactl", "list", "short", "modules")


def test_a_held_caller_alone_hears_a_prompt_and_is_on_hold_again(tmp_path: Path, pulse: Pulse) -> None:
    house = House(tmp_path / "data", **pulse.environment, RADIODESK_SIP_MICROPHONE="studio")
    house.start()
    callers = [Caller(tmp_path / f"caller{number}", house.port, f"08123000000{number}") for number in (1, 2)]
    try:
        keys = [str(entry.call) for entry in house.told("ringing", 2)]
        takes = [house.ask("answer", call=key)["take"] for key in keys]
        house.ask("hold", call=keys[0])
        house.ask("say", call=keys[0], text=SENTENCE)
        assert line_of(house, keys[0])["prompt"] == {"at": None, "heard": True}
        with pytest.raises(PartRefused):
            house.ask("say", call=keys[0], text=SENTENCE)
        assert house.told("prompted")[0].facts == {"heard": True}
        assert line_of(house, keys[0])["prompt"]["at"] is not None
        assert line_of(house, keys[1])["prompt"] is None
        assert "radiodesk-own" not in modules(pulse)
        # Typed words may be private: nothing of them stays.
        assert not list(house.lines.rglob("prompt.wav"))
        pulse.play("studio", tone(tmp_path / "studio.wav", 2.0))
    finally:
        for caller in callers:
            caller.close()
        house.stop()
    first, second = (house.sound(take, "studio") for take in takes)
    # The prompt, and not the studio's tone behind it, for the hold is set again; the other one hears the studio only.
    assert 2.0 < spoken(first) < 8.0 and heard(first) < 0.2
    assert spoken(second) < 0.5 and 1.0 < heard(second) <= 2.2


def test_a_prompt_ends_at_once_for_who_goes_on_air(
    tmp_path: Path, pulse: Pulse, answered: tuple[House, str, str]
) -> None:
    house, key, take = answered
    house.ask("say", call=key, text=LONG)
    eventually(lambda: "radiodesk-own" in modules(pulse))
    house.ask("hush", call=key)
    assert house.told("prompted")[0].facts == {"heard": False}
    assert "radiodesk-own" not in modules(pulse)
    before = house.take(take).frames("studio")
    pulse.play("studio", tone(tmp_path / "studio.wav", 2.0))
    sound = house.sound(take, "studio")
    assert spoken(sound[:before]) < 5.0
    assert heard(sound[before:]) > 1.0


def test_a_killed_telephone_leaves_no_caller_on_a_prompt(
    tmp_path: Path, pulse: Pulse, answered: tuple[House, str, str]
) -> None:
    house, key, take = answered
    house.ask("say", call=key, text=LONG)
    eventually(lambda: "radiodesk-own" in modules(pulse))
    house.kill()
    house.start()
    assert "radiodesk-own" not in modules(pulse)
    assert not list((house.lines / "baresip").rglob("prompt.wav"))
    # Whoever was answered before can still be spoken to.
    house.ask("say", call=key, text=SENTENCE)
    assert house.told("prompted")[0].facts == {"heard": True}
    before = house.take(take).frames("studio")
    pulse.play("studio", tone(tmp_path / "studio.wav", 2.0))
    assert heard(house.sound(take, "studio")[before:]) > 1.0


def test_what_has_no_words_or_too_many_is_refused(answered: tuple[House, str, str]) -> None:
    house, key, _ = answered
    assert line_of(house, key)["can_prompt"]
    for text in ("", " … ", "a" * 301):
        with pytest.raises(PartRefused):
            house.ask("say", call=key, text=text)


def test_without_a_sound_server_a_prompt_is_refused_and_the_call_goes_on(house: House, tmp_path: Path) -> None:
    caller = Caller(tmp_path / "caller", house.port, "081230000001")
    try:
        key = house.told("ringing")[0].call
        take = house.ask("answer", call=key)["take"]
        with pytest.raises(PartRefused, match="sip_microphone"):
            house.ask("say", call=key, text="Halo")
        assert not line_of(house, str(key))["can_prompt"]
        frames = house.take(take).frames("caller")
        eventually(lambda: house.take(take).frames("caller") > frames)
    finally:
        caller.close()
