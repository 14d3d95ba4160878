"""Speech is found where it is, whatever the size of the blocks it comes in."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from radiodesk.recognition.silero import WINDOW, Samples
from radiodesk.recognition.voice_detector import RATE, Pauses, SpeechFinder, Utterance
from radiodesk.recognition.windows import Packer, Window
from radiodesk.sound.decoder import read_all
from tests.recognition.noises import NOISES, through_telephone


def voice(seconds: float) -> Samples:
    """A loud buzz, which ``loud`` below takes for speech."""
    return (0.3 * np.sign(np.sin(2 * np.pi * 150 * np.arange(round(seconds * RATE)) / RATE))).astype(np.float32)


def loud(samples: Samples) -> Samples:
    """A detector that a test can predict: what is loud is speech."""
    heard: Samples = (np.abs(samples.reshape(-1, WINDOW)).mean(axis=1) > 0.1).astype(np.float32)
    return heard


def _found(
    samples: Samples,
    block: int,
    pauses: Pauses | None = None,
    probability: Callable[[Samples], Samples] | None = loud,
) -> list[Utterance]:
    finder = SpeechFinder(pauses, probability)
    found: list[Utterance] = []
    for at in range(0, len(samples), block):
        found += finder.feed(samples[at : at + block])
    return found + finder.flush()


@pytest.fixture(scope="module")
def call() -> Samples:
    quiet = np.zeros(2 * RATE, np.float32)
    return np.concatenate([quiet, voice(2.0), quiet, voice(1.0), quiet])


def test_two_utterances_are_found_with_a_little_air_around_them(call: Samples) -> None:
    first, second = _found(call, RATE)

    assert first.start == pytest.approx(1.7, abs=0.25)
    assert first.end == pytest.approx(4.3, abs=0.25)
    assert second.start == pytest.approx(5.7, abs=0.25)
    assert np.array_equal(second.samples[:100], call[round(second.start * RATE) :][:100])


@pytest.mark.parametrize("block", [160, 511, 4000, 200_000])
def test_the_size_of_blocks_changes_nothing(call: Samples, block: int) -> None:
    whole = [(utterance.start, len(utterance.samples)) for utterance in _found(call, RATE)]

    assert [(utterance.start, len(utterance.samples)) for utterance in _found(call, block)] == whole


def test_a_speech_without_a_pause_is_divided_and_nothing_of_it_is_lost() -> None:
    samples = voice(30.0)

    found = _found(samples, RATE, Pauses(longest=8.0))

    assert all(len(utterance.samples) <= 8.1 * RATE for utterance in found)
    for before, after in itertools.pairwise(found):
        assert after.start == pytest.approx(before.end, abs=0.001)
    assert sum(len(utterance.samples) for utterance in found) > 29 * RATE


def test_speech_that_is_cut_off_by_the_end_is_kept() -> None:
    (only,) = _found(np.concatenate([np.zeros(RATE, np.float32), voice(1.0)]), RATE)

    assert only.end == pytest.approx(2.0, abs=0.04)


@pytest.mark.parametrize("noise", sorted(NOISES))
def test_what_a_line_carries_is_no_speech(noise: str) -> None:
    assert _found(NOISES[noise](30.0), RATE, probability=None) == []


def test_windows_take_what_fits_and_bring_times_back() -> None:
    def utterance(start: float, seconds: float) -> Utterance:
        return Utterance(start, np.zeros(round(seconds * RATE), np.float32))

    packer = Packer(longest=6.0, widest_gap=1.5)
    full: list[Window] = []
    for each in [utterance(10, 2), utterance(13, 2), utterance(15.5, 2), utterance(30, 1)]:
        full += packer.add(each)
    full += packer.flush()

    assert [[each.start for each in window.utterances] for window in full] == [[10, 13], [15.5], [30]]
    first = full[0]
    assert first.seconds == pytest.approx(4.3)
    assert len(first.samples()) == round(4.3 * RATE)
    assert first.at(0.5, 0) == pytest.approx(10.5)
    assert first.at(2.2, 0) == pytest.approx(12.0), "the pause between them is not part of the first one"
    assert first.at(2.3, 1) == pytest.approx(13.0)
    assert first.at(99, 1) == pytest.approx(15.0)
    assert [first.turn_of(second) for second in (0.1, 2.0, 2.4, 4.2)] == [0, 0, 1, 1]


def test_loud_speech_through_a_sharply_cut_band_is_found(shared: Path) -> None:
    clips = sorted((shared / "speech").glob("*.flac"))[::14]
    heard = []
    for clip in clips:
        samples = through_telephone(read_all(clip))
        utterances = _found(samples * (0.9 / np.abs(samples).max()), RATE, probability=None)
        heard.append(sum(len(each.samples) for each in utterances) / len(samples))

    assert min(heard) > 0.2


def test_words_at_both_ends_are_kept_where_a_narrow_line_makes_the_detector_unsure(shared: Path) -> None:
    lost = []
    for clip in sorted((shared / "speech").glob("digit_*.flac"))[::2]:
        samples = read_all(clip)
        narrow = through_telephone(samples)
        wide = _found(samples, RATE, probability=None)
        heard = _found(narrow * (0.9 / np.abs(narrow).max()), RATE, probability=None)
        lost.append(max(heard[0].start - wide[0].start, wide[-1].end - heard[-1].end))

    assert max(lost) < 0.6


def test_a_hint_of_a_voice_belongs_to_the_speech_beside_it_and_alone_is_none() -> None:
    def detector(samples: Samples) -> Samples:
        levels: Samples = samples.reshape(-1, WINDOW).mean(axis=1)
        return levels

    def for_windows(level: float, count: int) -> Samples:
        return np.full(count * WINDOW, level, np.float32)

    pause = for_windows(0.0, 60)
    before, bridged = for_windows(0.25, 20), for_windows(0.0, 5)
    sure, after = for_windows(0.9, 10), for_windows(0.25, 20)
    sound = np.concatenate([pause, before, bridged, sure, after, pause, before, pause])

    (only,) = _found(sound, RATE, Pauses(padding=0.032), probability=detector)

    assert only.start == pytest.approx(59 * WINDOW / RATE)
    assert only.end == pytest.approx((60 + 20 + 5 + 10 + 20 + 1) * WINDOW / RATE)
    far = np.concatenate([pause, for_windows(0.25, 200), sure, for_windows(0.25, 200), pause])
    (reached,) = _found(far, RATE, Pauses(padding=0.032), probability=detector)
    assert reached.end - reached.start == pytest.approx(2.0 + 0.32 + 2.0, abs=0.2)
