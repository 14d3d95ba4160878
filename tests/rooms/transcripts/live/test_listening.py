"""Several callers speak at once: who is heard when, what is said when it is too much, and how it ends."""

import itertools
import statistics
from pathlib import Path

import numpy as np
import pytest

from radiodesk.rooms.transcripts.live.listener import Before, Claim, Rank
from radiodesk.rooms.transcripts.live.models import Hearing
from radiodesk.sound.takes import discard, open_take
from tests.rooms.transcripts.live.callers import WORD, Desk, lags


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "spool")


def test_without_a_spool_there_is_nothing_to_do(desk: Desk) -> None:
    desk.run(3)

    assert not desk.spool.exists()
    assert desk.memory.shown == []


def test_a_callers_words_are_shown_soon_after_they_are_said(desk: Desk) -> None:
    take = desk.caller()

    desk.run(20)

    assert statistics.median(lags(desk, take)) <= 2.0
    assert max(lags(desk, take, since=2)) <= 3.0
    assert desk.memory.last(take).settled.startswith("kata0 kata1 kata2 ")
    assert desk.memory.last(take).tentative


def test_settled_words_only_grow(desk: Desk) -> None:
    take = desk.caller()

    desk.run(10)

    texts = [one.settled for _, one in desk.memory.of(take)]
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(texts))


def test_no_call_is_shown_more_often_than_twice_a_second(desk: Desk) -> None:
    desk.cost = 0.01
    takes = [desk.caller(), desk.caller()]

    desk.run(10)

    for take in takes:
        times = [at for at, _ in desk.memory.of(take)]
        assert len(times) > 5
        assert all(later - earlier >= 0.5 for earlier, later in itertools.pairwise(times))


def test_silence_shows_nothing(desk: Desk) -> None:
    take = desk.caller()
    desk.silent.add(take.id)

    desk.run(10)

    assert [one.settled for _, one in desk.memory.of(take)] == [""]


def test_the_call_on_air_is_the_least_behind(desk: Desk) -> None:
    desk.cost = 0.45
    takes = {rank: desk.caller(Claim(None, rank)) for rank in (Rank.WAITING, Rank.SCREENING, Rank.ON_AIR)}

    desk.run(40)

    behind = {rank: statistics.median(lags(desk, take)) for rank, take in takes.items()}
    assert behind[Rank.ON_AIR] <= behind[Rank.SCREENING] <= behind[Rank.WAITING]
    assert behind[Rank.ON_AIR] <= 2.0
    assert not any(one.state is Hearing.PUT_OFF for _, one in desk.memory.shown)


def test_too_many_speakers_are_told_so_and_nobody_lags_without_end(desk: Desk) -> None:
    desk.cost = 0.9
    on_air = desk.caller(Claim(None, Rank.ON_AIR))
    others = [desk.caller() for _ in range(7)]

    desk.run(60)

    assert max(lags(desk, on_air, since=10)) <= 5.0
    assert all(one.state is not Hearing.PUT_OFF for _, one in desk.memory.of(on_air))
    assert any(desk.memory.last(take).state is Hearing.PUT_OFF for take in others)
    followed = [at - one.reached for at, one in desk.memory.shown if one.state is Hearing.FOLLOWED and at > 10]
    assert max(followed[len(followed) // 2 :]) <= 10.0


def test_a_machine_that_cannot_even_follow_one_leaves_gaps(desk: Desk) -> None:
    desk.cost = 7.0
    take = desk.caller()

    desk.run(120)

    assert max(lags(desk, take, since=30)) <= 30.0
    assert " … kata0" in desk.memory.last(take).settled


def test_who_was_put_off_is_heard_again_when_there_is_room(desk: Desk) -> None:
    desk.cost = 0.9
    on_air = desk.caller(Claim(None, Rank.ON_AIR))
    other = [desk.caller() for _ in range(5)]
    desk.run(30)
    put_off = [take for take in other if desk.memory.last(take).state is Hearing.PUT_OFF]
    assert put_off

    for take in [on_air, *(take for take in other if take is not put_off[0])]:
        desk.hang_up(take)
    desk.run(20)

    last = desk.memory.last(put_off[0])
    assert last.state is Hearing.FOLLOWED
    assert " … kata0" in last.settled


def test_nobody_is_left_to_hear_when_the_only_one_with_sound_is_put_off(desk: Desk) -> None:
    first, second = desk.caller(Claim(None, Rank.SCREENING)), desk.caller()
    desk.run(3)
    desk.lines.remove(first)
    while desk.listener.turn():
        pass

    second.write("caller", np.full(6 * desk.rate, 5000, np.int16))

    assert not desk.listener.turn()
    desk.run(1)
    assert desk.memory.last(second).state is Hearing.PUT_OFF


def test_who_goes_on_air_is_heard_at_once_in_place_of_another(desk: Desk) -> None:
    desk.cost = 0.9
    takes = [desk.caller() for _ in range(6)]
    desk.run(30)
    put_off = next(take for take in takes if desk.memory.last(take).state is Hearing.PUT_OFF)

    desk.claims[put_off.id] = Claim("panggilan", Rank.ON_AIR)
    desk.run(4)

    assert desk.memory.last(put_off).state is Hearing.FOLLOWED
    assert desk.memory.last(put_off).about == "panggilan"


def test_what_a_take_belongs_to_may_be_known_later(desk: Desk) -> None:
    take = desk.caller()
    desk.silent.add(take.id)
    desk.run(2)
    assert desk.memory.last(take).about is None

    desk.claims[take.id] = Claim("panggilan", Rank.SCREENING)
    desk.run(1)

    assert desk.memory.last(take).about == "panggilan"


def test_the_end_of_a_take_settles_its_last_words(desk: Desk) -> None:
    take = desk.caller()
    desk.run(6.3)

    desk.hang_up(take)
    desk.run(2)

    last = desk.memory.last(take)
    assert last.state is Hearing.ENDED
    assert last.tentative == ""
    assert last.settled.split()[-1] == "kata11"
    before = len(desk.memory.of(take))
    desk.run(2)
    assert len(desk.memory.of(take)) == before


def test_a_take_that_is_removed_is_let_go(desk: Desk) -> None:
    take = desk.caller()
    desk.run(3)

    desk.hang_up(take)
    discard(open_take(take.folder))
    desk.run(2)

    assert desk.memory.last(take).state is Hearing.ENDED


def test_words_that_a_transcript_replaced_are_not_brought_back(desk: Desk) -> None:
    take = desk.caller()
    desk.run(3)

    desk.memory.gone.add(take.id)
    desk.run(2)
    before = len(desk.memory.of(take))
    desk.run(5)

    assert len(desk.memory.of(take)) == before


def test_a_listener_that_was_started_again_goes_on_where_the_last_one_was(desk: Desk) -> None:
    take = desk.caller()
    desk.run(6)
    last = desk.memory.last(take)
    desk.memory.before = Before(f"{last.settled} {last.tentative}", last.heard_until)

    desk.listener = desk.new_listener()
    desk.run(5)

    again = desk.memory.last(take)
    assert again.settled.startswith(f"{desk.memory.before.text} kata0")
    assert len(again.settled.split()) == pytest.approx(again.reached / WORD, abs=2)


def test_a_listener_that_was_away_for_long_says_that_words_are_missing(desk: Desk) -> None:
    take = desk.caller()
    desk.run(30)
    desk.memory.before = Before("halo selamat malam", 5.0)

    desk.listener = desk.new_listener()
    desk.run(5)

    last = desk.memory.last(take)
    assert last.settled.startswith("halo selamat malam … kata0")
    assert last.reached > 30


def test_what_a_crash_left_in_the_spool_is_passed_over(desk: Desk) -> None:
    left = desk.caller()
    desk.clock.time = 5.0
    desk._speak()
    desk.lines.remove(left)

    desk.run(10)

    assert desk.memory.of(left) == []


def test_the_programme_feed_is_not_followed(desk: Desk) -> None:
    take = desk.caller(feed="broadcast")

    desk.run(5)

    assert desk.memory.of(take) == []


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_sound_of_every_rate_is_heard_at_its_length(tmp_path: Path, rate: int) -> None:
    desk = Desk(tmp_path / "spool", rate=rate)
    take = desk.caller()

    desk.run(10)

    assert desk.memory.last(take).heard_until == pytest.approx(10, abs=1.2)
    assert desk.memory.last(take).reached == pytest.approx(10, abs=2.0)
