"""Real calls: sipp calls the telephone on loopback, and what was said is what is in the take."""

from pathlib import Path

import pytest

from tests.sound.telephone.callers import RATE, eventually, heard_of, speech
from tests.sound.telephone.conftest import LINES, Calls, House
from tests.sound.telephone.words import WORDS

pytestmark = pytest.mark.slow


def test_three_calls_at_once_are_recorded_each_by_itself(house: House, calls: Calls, tmp_path: Path) -> None:
    said = [speech(tmp_path, words, pitch) for words, pitch in zip(WORDS, (20, 50, 85), strict=True)]
    numbers = ["+6281230000001", "081230000002", "anonymous"]
    callers = [calls(number, sound, stays=len(sound) / RATE + 1.5) for number, sound in zip(numbers, said, strict=True)]
    ringing = house.told("ringing", 3)
    assert len({entry.line for entry in ringing}) == 3
    for entry in ringing:
        house.ask("answer", call=entry.call)
    assert [caller.done() for caller in callers] == [0, 0, 0]
    closed = {entry.call: entry for entry in house.told("closed", 3)}
    spoken = dict(zip(["+6281230000001", "+6281230000002", None], said, strict=True))
    for entry in ringing:
        number = house.number(entry)
        take = closed[entry.call].take
        assert heard_of(house.sound(take, "caller"), spoken[number]) >= 0.8
        for other in (words for key, words in spoken.items() if key != number):
            assert heard_of(house.sound(take, "caller"), other) <= 0.2
        assert house.take(take).closed
        assert not (house.lines / "baresip" / "calls" / str(entry.call)).exists()
    assert not any(number in (house.lines / "telephone.jsonl").read_text() for number in ("8123000000",))


def test_who_hangs_up_before_the_answer_is_kept_for_a_call_back(house: House, calls: Calls) -> None:
    caller = calls("081230000009", gives_up=0.5)
    assert caller.done() == 0
    lost = house.told("lost")[0]
    assert (house.number(lost), lost.take, lost.facts["by"]) == ("+6281230000009", None, "caller")


def test_busy_all_turns_callers_away_and_keeps_their_numbers(house: House, calls: Calls) -> None:
    house.ask("busy_all", on=True)
    assert calls("081230000007").done() == 0
    lost = house.told("lost")[0]
    assert (house.number(lost), lost.facts["by"]) == ("+6281230000007", "busy")
    house.ask("busy_all", on=False)
    calls("081230000008")
    eventually(lambda: house.ask("state")["lines"][0]["call"])


def test_one_call_more_than_lines_hears_the_busy_tone(house: House, calls: Calls) -> None:
    for number in range(LINES):
        calls(f"08123000001{number}")
    house.told("ringing", LINES)
    assert calls("081230000019").done() == 0
    assert house.number(house.told("lost")[0]) == "+6281230000019"
    assert sum(line["call"] is not None for line in house.ask("state")["lines"]) == LINES


def test_the_station_turns_a_caller_away_and_ends_a_call(house: House, calls: Calls) -> None:
    first, second = calls("081230000001"), calls("081230000002")
    one, two = (entry.call for entry in house.told("ringing", 2))
    house.ask("hang_up", call=one)
    house.ask("answer", call=two)
    house.told("answered")
    house.ask("hang_up", call=two)
    assert house.told("lost", call=one)[0].facts["by"] == "station"
    assert house.told("closed", call=two)[0].facts == {"by": "station"}
    assert (first.done(), second.done()) == (0, 0)


def test_a_caller_on_hold_is_recorded_on(house: House, calls: Calls, tmp_path: Path) -> None:
    words = speech(tmp_path, WORDS[0], 50)
    calls("081230000003", words, stays=len(words) / RATE + 1)
    key = house.told("ringing")[0].call
    take = house.ask("answer", call=key)["take"]
    house.ask("hold", call=key)
    assert house.ask("state")["lines"][0]["held"] is True
    house.ask("resume", call=key)
    house.told("closed")
    assert [entry.event for entry in house.journal()] == ["ringing", "answered", "held", "resumed", "closed"]
    assert heard_of(house.sound(take, "caller"), words) >= 0.8


def test_a_caller_who_puts_the_station_on_hold_is_told_of(house: House, calls: Calls, tmp_path: Path) -> None:
    words = speech(tmp_path, WORDS[1], 50)
    calls("081230000004", words, holds=(2.0, 1.0), stays=8.0)
    key = house.told("ringing")[0].call
    take = house.ask("answer", call=key)["take"]
    assert house.told("device_lost")[0].call == key
    assert house.ask("state")["lines"][0]["unrecorded"] is True
    house.ask("hang_up", call=key)
    house.told("closed")
    notes = [entry["kind"] for entry in house.take(take).log()]
    assert "unrecorded" in notes
    # What was said until then is there.
    assert heard_of(house.sound(take, "caller")[: 2 * RATE], words[: int(1.5 * RATE)]) >= 0.8


def test_a_caller_whose_offer_comes_late_is_recorded(house: House, calls: Calls, tmp_path: Path) -> None:
    words = speech(tmp_path, WORDS[0], 50)
    caller = calls("081230000002", words, stays=len(words) / RATE + 1, late=True)
    take = house.ask("answer", call=house.told("ringing")[0].call)["take"]
    assert caller.done() == 0
    house.told("closed")
    assert heard_of(house.sound(take, "caller"), words) >= 0.8
