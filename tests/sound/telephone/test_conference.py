"""Two callers who hear each other, and callers whose own telephone holds the station: each says a tone of their own."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from radiodesk.sound.control_socket import PartRefused
from radiodesk.sound.telephone.call_streams import _matched
from tests.factories.pulse import Pulse, sound_server
from tests.sound.telephone.callers import RATE, Caller, Sound, eventually
from tests.sound.telephone.conftest import House

PITCHES = (500, 1100, 1700)
STUDIO = 800


def tone(pitch: int, seconds: float) -> Sound:
    return 0.2 * np.sin(2 * np.pi * pitch * np.arange(int(seconds * RATE)) / RATE)


def heard(sound: Sound, pitch: int) -> float:
    """Seconds in which a tone is heard, alone or among others."""
    steps = [sound[at : at + RATE // 10] for at in range(0, len(sound) - RATE // 10, RATE // 10)]
    return sum(float(np.abs(np.fft.rfft(step))[pitch // 10]) > 20.0 for step in steps) / 10


@dataclass
class Party:
    """A telephone on a sound server with callers who are answered, in the order of their tones."""

    house: House
    pulse: Pulse
    keys: list[str]
    takes: list[str]

    def ask(self, do: str, who: int, **more: Any) -> dict[str, Any]:
        return self.house.ask(do, call=self.keys[who], **more)

    def join(self, one: int, other: int) -> None:
        self.ask("join", one, **{"with": self.keys[other]})

    def line(self, who: int) -> dict[str, Any]:
        return next(line for line in self.house.ask("state")["lines"] if line["call"] == self.keys[who])

    def modules(self) -> str:
        return self.pulse._run("pactl", "list", "short", "modules")

    def at(self, who: int) -> dict[str, int]:
        """How much was recorded of one until now, by direction."""
        return {one: self.house.take(self.takes[who]).frames(one) for one in ("caller", "studio")}

    def since(self, who: int, direction: str, at: dict[str, int]) -> Sound:
        return self.house.sound(self.takes[who], direction)[at[direction] :]

    def wait_to_hear(self, who: int, pitch: int) -> None:
        """Wait until one hears a tone from now on."""
        at = self.at(who)
        eventually(lambda: heard(self.since(who, "studio", at)[-RATE:], pitch) > 0.7)

    def gaps(self, who: int) -> list[float]:
        """Gaps but for those before the first sound."""
        log = self.house.take(self.takes[who]).log()
        return [entry["seconds"] for entry in log if entry["kind"] == "gap" and entry["frame"] > 0]


@pytest.fixture
def party(tmp_path: Path) -> Iterator[Any]:
    """Gives the party, once it is told of each caller when they hold the station, if they do."""
    with ExitStack() as stack:
        pulse = stack.enter_context(sound_server(tmp_path / "pulse", {"monitor": 1, "studio": 1}))
        devices = {"RADIODESK_SIP_MICROPHONE": "studio", "RADIODESK_SIP_SPEAKER": "pulse"}
        house = House(tmp_path / "data", **pulse.environment, PULSE_SINK="monitor", **devices)
        house.start()
        stack.callback(house.stop)

        def gathered(*holds: tuple[float, float] | None) -> Party:
            made = Party(house, pulse, [], [])
            for number, times in enumerate(holds):
                says = tone(PITCHES[number], 40.0)
                caller = Caller(tmp_path / f"c{number}", house.port, f"08123000000{number}", says, holds=times)
                stack.callback(caller.close)
                made.keys.append(str(house.told("ringing", number + 1)[number].call))
                made.takes.append(made.ask("answer", number)["take"])
            eventually(lambda: all(made.at(who)["studio"] > RATE for who in range(len(holds))))
            return made

        yield gathered


def play(party: Party, seconds: float) -> None:
    """The studio says its tone."""
    path = party.house.data.parent / "studio.wav"
    soundfile.write(path, tone(STUDIO, seconds), RATE)
    party.pulse.play("studio", path)


@pytest.mark.slow
def test_two_callers_hear_each_other_and_the_studio_and_nobody_else_hears_them(party: Any) -> None:
    three = party(None, None, None)
    three.join(0, 1)
    assert [three.line(who)["joined"] for who in range(3)] == [three.keys[1], three.keys[0], None]
    with pytest.raises(PartRefused):
        three.join(2, 1)
    with pytest.raises(PartRefused):
        three.ask("say", 0, text="Halo")
    at = [three.at(who) for who in range(3)]
    play(three, 2.0)
    for who, other in ((0, 1), (1, 0)):
        hears = three.since(who, "studio", at[who])
        assert heard(hears, PITCHES[other]) > 1.0 and heard(hears, STUDIO) > 1.0
        assert heard(hears, PITCHES[who]) == 0 and heard(hears, PITCHES[2]) == 0
        # A sink that sleeps when somebody is moved to it costs two seconds.
        assert sum(three.gaps(who)) < 1.5, "what a caller hears was broken off"
    alone = three.since(2, "studio", at[2])
    assert heard(alone, STUDIO) > 1.0 and heard(alone, PITCHES[0]) == 0 == heard(alone, PITCHES[1])
    three.ask("part", 1)
    assert three.line(0)["joined"] is None
    assert "radiodesk-own" not in three.modules()
    at = [three.at(who) for who in range(3)]
    play(three, 1.5)
    for who in range(3):
        hears = three.since(who, "studio", at[who])
        assert heard(hears, STUDIO) > 0.7 and all(heard(hears, pitch) < 0.3 for pitch in PITCHES)
        # Whatever went to and fro: what each one said is theirs alone.
        said = three.house.sound(three.takes[who], "caller")
        assert heard(said, PITCHES[who]) > 4.0
        assert all(heard(said, pitch) == 0 for pitch in PITCHES if pitch != PITCHES[who])
    assert [entry.event for entry in three.house.journal()][-4:] == ["joined", "joined", "parted", "parted"]


@pytest.mark.slow
def test_who_is_held_or_hangs_up_leaves_the_conference(party: Any) -> None:
    two = party(None, None)
    two.ask("hold", 0)
    with pytest.raises(PartRefused):
        two.join(0, 1)
    two.ask("resume", 0)
    with pytest.raises(PartRefused):
        two.join(0, 0)
    two.join(0, 1)
    two.ask("hold", 1)
    assert two.line(0)["joined"] is None
    at = two.at(0)
    eventually(lambda: two.at(0)["studio"] > at["studio"] + RATE)
    assert heard(two.since(0, "studio", at), PITCHES[1]) < 0.3
    two.ask("resume", 1)
    two.join(1, 0)
    two.ask("hang_up", 1)
    two.house.told("closed")
    eventually(lambda: "radiodesk-own" not in two.modules())
    assert two.line(0)["joined"] is None
    at = two.at(0)
    play(two, 1.5)
    assert heard(two.since(0, "studio", at), STUDIO) > 1.0


@pytest.mark.slow
def test_a_conference_outlives_a_killed_telephone_and_nothing_is_left_of_it_at_the_end(party: Any) -> None:
    two = party(None, None)
    two.join(0, 1)
    two.house.kill()
    two.house.start()
    for who, other in ((0, 1), (1, 0)):
        two.wait_to_hear(who, PITCHES[other])
    at = [two.at(who) for who in range(2)]
    play(two, 2.0)
    for who, other in ((0, 1), (1, 0)):
        hears = two.since(who, "studio", at[who])
        assert heard(hears, PITCHES[other]) > 1.0 and heard(hears, STUDIO) > 1.0 and heard(hears, PITCHES[who]) == 0
    two.house.stop()
    assert "radiodesk-own" not in two.modules()


@pytest.mark.slow
@pytest.mark.parametrize("late", [False, True], ids=["", "baresip was stopped for a moment"])
def test_a_caller_who_put_the_station_on_hold_is_recorded_on(party: Any, late: bool) -> None:
    two = party(None, (4.0, 2.0))
    if late:
        # ALSA opens the streams of both anew.
        baresip = two.house.baresip()
        baresip.signal(signal.SIGSTOP)
        time.sleep(1.0)
        baresip.signal(signal.SIGCONT)
    assert two.house.told("device_lost")[0].call == two.keys[1]
    eventually(lambda: not two.line(1)["unrecorded"])
    at = two.at(1)
    eventually(lambda: two.at(1)["caller"] > at["caller"] + 4 * RATE)
    assert heard(two.since(1, "caller", at), PITCHES[1]) > 3.0
    for who, other in ((0, 1), (1, 0)):
        said = two.house.sound(two.takes[who], "caller")
        assert heard(said, PITCHES[other]) == 0, "another caller's words are in a recording"
    # The two seconds of their hold are missing, and not much more.
    assert 1.0 < sum(two.gaps(1)) < 7.0 + 2 * late


def test_whose_a_connection_is_is_known_only_where_there_is_no_choice() -> None:
    assert _matched({"a": None}, {7}) == {"a": 7}
    assert _matched({"a": 7, "b": None}, {7, 9}) == {"a": 7, "b": 9}
    assert _matched({"a": 7, "b": 9}, {9, 11}) == {"a": 11, "b": 9}
    assert _matched({"a": 7, "b": 9}, {11, 13}) == {"a": None, "b": None}
    assert _matched({"a": 7, "b": 9}, {11}) == {"a": None, "b": None}
    assert _matched({"a": 7}, {7, 9}) == {"a": 7}
    assert _matched({"a": None, "b": 9}, {9}) == {"a": None, "b": 9}
