"""Live words settle when two readings agree, and never change after that."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from radiodesk.recognition.ports import Partial, Segment, Word
from radiodesk.recognition.silero import Samples
from radiodesk.recognition.streaming import AgreeingSession
from radiodesk.recognition.voice_detector import RATE, Pauses, SpeechFinder, Utterance
from tests.recognition.test_vad import loud, voice

SAID = ["jalan", "rusak", "di", "desa", "kami", "sejak", "kemarin", "sore"]


def _finder() -> SpeechFinder:
    return SpeechFinder(Pauses(longest=10.0), loud)


def _words(count: int, last: str | None = None) -> list[Word]:
    texts = SAID[:count]
    if last:
        texts = [*texts, last]
    return [Word(0.3 * at, 0.3 * (at + 1), text, 0.9) for at, text in enumerate(texts)]


def _session(readings: Callable[[Samples], list[Word]], final: list[str]) -> AgreeingSession:
    def close(utterance: Utterance) -> list[Segment]:
        words = tuple(
            Word(utterance.start + 0.3 * at, utterance.start + 0.3 * (at + 1), text, 0.9)
            for at, text in enumerate(final)
        )
        return [Segment(words[0].start, words[-1].end, " ".join(final), words)]

    ticks = itertools.count()
    return AgreeingSession(quick=readings, final=close, clock=lambda: next(ticks) * 0.01, finder=_finder())


def _play(session: AgreeingSession, samples: Samples) -> list[Partial]:
    shown = []
    for at in range(0, len(samples), RATE // 4):
        partial = session.feed(samples[at : at + RATE // 4].astype(np.float32).tobytes())
        if partial:
            shown.append(partial)
    return [*shown, session.close()]


def _by_length(samples: Samples) -> list[Word]:
    count = int(len(samples) / RATE / 0.5)
    return _words(min(count, len(SAID)), last="eh")


def test_words_appear_while_the_caller_speaks_and_settled_ones_never_change() -> None:
    speech = np.concatenate([voice(4.0), np.zeros(RATE, np.float32)])

    shown = _play(_session(_by_length, SAID), speech)

    texts = [[word.word for word in partial.settled] for partial in shown]
    assert any(partial.tentative for partial in shown[:-1])
    for before, after in itertools.pairwise(texts):
        assert after[: len(before)] == before
    assert texts[-1] == SAID
    assert "eh" not in texts[-1]


def test_what_only_one_reading_heard_stays_tentative() -> None:
    readings = itertools.cycle([_words(2, last="apa"), _words(2, last="siapa")])

    shown = _play(_session(lambda samples: next(readings), SAID), voice(3.0))

    for partial in shown[:-1]:
        assert not {"apa", "siapa"} & {word.word for word in partial.settled}


def test_silence_shows_nothing_and_costs_nothing() -> None:
    def refuse(samples: Samples) -> list[Word]:
        raise AssertionError("silence was read")

    (last,) = _play(_session(refuse, SAID), np.zeros(10 * RATE, np.float32))

    assert last == Partial((), (), 10.0)


def test_a_slow_machine_reads_less_often() -> None:
    def count_readings(cost: float) -> int:
        times = itertools.count()
        clock_value = 0.0
        read = 0

        def clock() -> float:
            nonlocal clock_value
            clock_value += cost * (next(times) % 2)
            return clock_value

        def quick(samples: Samples) -> list[Word]:
            nonlocal read
            read += 1
            return []

        session = AgreeingSession(quick=quick, final=lambda utterance: [], clock=clock, finder=_finder())
        _play(session, voice(8.0))
        return read

    assert count_readings(cost=2.5) < count_readings(cost=0.1) / 2


def test_every_word_keeps_its_time_in_the_session() -> None:
    speech = np.concatenate([np.zeros(3 * RATE, np.float32), voice(2.0), np.zeros(RATE, np.float32)])

    last = _play(_session(_by_length, SAID[:3]), speech)[-1]

    assert last.settled[0].start == pytest.approx(2.7, abs=0.3)
