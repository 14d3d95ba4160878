"""The default recogniser for Indonesian: Whisper with rescoring, guarded against invented text.

A file is read in blocks: voice activity cuts utterances, a few windows at a time are decoded, the language model
chooses among the guesses, the guard drops what nobody said, and every word gets its time and confidence. Memory is
constant for any length, and work can stop at any window and resume there.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

from radiodesk.language.digit_words import tokens
from radiodesk.recognition.dictation import Reading, is_dictated, voted
from radiodesk.recognition.engines.whisper_decoder import LONGEST_SPEECH, Heard, Search, TimedWord, WhisperDecoder
from radiodesk.recognition.hallucination_guard import doubt
from radiodesk.recognition.language_model import has_counts
from radiodesk.recognition.pieces import NO_HINTS, Piece, collect
from radiodesk.recognition.ports import Hints, Progress, Segment, StreamingSession, Transcription, Word
from radiodesk.recognition.prompts import dictation_prompts, prompt_for
from radiodesk.recognition.rescoring import Choice, Guess, Rescorer
from radiodesk.recognition.silero import Samples
from radiodesk.recognition.streaming import AgreeingSession
from radiodesk.recognition.voice_detector import RATE, Pauses, SpeechFinder, Utterance
from radiodesk.recognition.windows import Packer, Window
from radiodesk.sound.decoder import decode, probe

_LEAST_TOGETHER = 2
_WIDEST_GAP = 30.0
_PACKED = 8.0  # fuller windows are quicker, but Whisper leaves out whole sentences of them
_TOLD_EVERY = 120.0
_SOUND_SHARE = 0.15
_MOST_PROMPT = 220
_PAUSES = Pauses(longest=LONGEST_SPEECH - 0.2)
_OPINION = Search(beams=4, guesses=3)
_SECOND_TRY = Search(repetition_penalty=1.1)
_BY_CHANCE = Search(guesses=3, temperature=0.4)


@dataclass(frozen=True, slots=True)
class _Ear:
    """How the decoder listens for one set of hints: its prompt, the words shown in it, and who weighs the guesses."""

    prompt: list[int]
    shown: tuple[str, ...]
    rescorer: Rescorer | None


class WhisperTranscriber:
    """``radiodesk.transcribers``: ``model_dir`` is a CTranslate2 Whisper folder; raises ``ModelUnusable``.

    ``place`` is the town of the station, which the prompt names.
    """

    name = "whisper"

    def __init__(
        self,
        model_dir: Path,
        *,
        language: str = "id",
        threads: int = 2,
        place: str = "Kota",
        search: Search | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model = model_dir.name
        self.language = language
        self._decoder = WhisperDecoder(model_dir, language, threads)
        self._search = search or Search()
        self._together = max(_LEAST_TOGETHER, threads)
        self._threads = ThreadPoolExecutor(threads, "whisper")
        self._clock = clock
        self._manner = prompt_for(language, place)
        self._bare = self._decoder.prompt("")
        dictation = dictation_prompts(language, place)
        self._dictation = self._decoder.prompts(dictation)
        self._dictation_shown = [tuple(tokens(prompt)) for prompt in dictation]
        self._ears: dict[Hints, _Ear] = {}

    def transcribe(self, path: Path, *, hints: Hints = NO_HINTS, progress: Progress | None = None) -> Transcription:
        """Hear one file; ``progress`` may raise to cancel. Raises ``AudioUnreadable``."""
        return collect(self, path, hints=hints, progress=progress, clock=self._clock)

    def pieces(self, path: Path, *, hints: Hints = NO_HINTS, start: float = 0.0) -> Iterator[Piece]:
        """Hear a file bit by bit from ``start`` seconds on; every ``until`` is a safe place to go on from."""
        ear = self._ear(hints)
        finder, packer = SpeechFinder(_PAUSES), Packer(_PACKED, _WIDEST_GAP)
        waiting: list[Window] = []
        told = start
        begun = position = max(0.0, start - _PAUSES.lookback)  # the detector needs sound before the words
        for block in decode(path, start=begun):
            position += len(block) / RATE
            for utterance in _since(start, begun, finder.feed(block)):
                waiting += packer.add(utterance)
            if len(waiting) < self._together and position - told < _TOLD_EVERY:
                continue
            if len(waiting) < self._together:
                waiting += packer.flush()
            if waiting:
                told = waiting[-1].end
                yield Piece(told, tuple(self._hear(waiting, ear)))
                waiting = []
            elif not finder.speaking:
                told = max(told, position - _PAUSES.lookback)
                yield Piece(told, ())
        for utterance in _since(start, begun, finder.flush()):
            waiting += packer.add(utterance)
        waiting += packer.flush()
        yield Piece(probe(path).duration, tuple(self._hear(waiting, ear)) if waiting else ())

    def hear(self, utterance: Utterance, hints: Hints = NO_HINTS) -> list[Segment]:
        """The words of one utterance that is already in memory."""
        return self._hear([Window([utterance])], self._ear(hints))

    def stream(self, *, hints: Hints = NO_HINTS) -> StreamingSession:
        """A session for live words."""
        return AgreeingSession(
            quick=lambda samples: self._quick(samples, self._ear(hints)),
            final=lambda utterance: self.hear(utterance, hints),
            clock=self._clock,
        )

    def _hear(self, windows: list[Window], ear: _Ear) -> list[Segment]:
        """The words of some windows: taken in together with all threads, then looked for with one thread each."""
        encoded = self._decoder.encode([window.samples() for window in windows])
        apart = [self._decoder.only(encoded, at) for at in range(len(windows))]
        found = self._threads.map(self._hear_one, apart, windows, repeat(ear))
        return [segment for segments in found for segment in segments]

    def _hear_one(self, encoded: Any, window: Window, ear: _Ear) -> list[Segment]:
        [heard] = self._decoder.guess(encoded, [ear.prompt], self._search, window.seconds)
        choice = self._chosen(heard, encoded, window, ear)
        if choice is None:
            return []
        [times] = self._decoder.align(encoded, [choice.written], [window.seconds])
        return list(_segments(window, choice, times))

    def _chosen(self, heard: Heard, encoded: Any, window: Window, ear: _Ear) -> Choice | None:
        """The words of a window: what is not believed is decoded once more without the prompt, then by chance."""
        choice = self._believed(self._weighed(heard, ear), [heard], window, ear)
        if choice and self._dictation and ear.rescorer and is_dictated(choice.words):
            again = self._decoder.only(encoded, 0, len(self._dictation))
            more = self._decoder.guess(again, self._dictation, _OPINION, window.seconds)
            shown = [ear.shown, *self._dictation_shown]
            readings = [
                Reading(tuple(_guesses(each)), words) for each, words in zip([heard, *more], shown, strict=True)
            ]
            return self._believed(voted(readings, window.seconds), [heard, *more], window, ear) or choice
        for search in (_SECOND_TRY, _BY_CHANCE):
            if choice is None:
                [heard] = self._decoder.guess(encoded, [self._bare], search, window.seconds)
                choice = self._believed(self._weighed(heard, ear), [heard], window, ear)
        return choice

    def _weighed(self, heard: Heard, ear: _Ear) -> Choice | None:
        return ear.rescorer.choose(_guesses(heard)) if ear.rescorer else _first(_guesses(heard))

    def _believed(self, choice: Choice | None, readings: Sequence[Heard], window: Window, ear: _Ear) -> Choice | None:
        """The choice, unless something speaks against it."""
        if choice is None:
            return None
        reason = doubt(
            choice.words,
            log_probability=max(
                each.mean for heard in readings for each in heard.hypotheses if each.text == choice.guess.text
            ),
            no_speech=readings[0].no_speech,
            seconds=window.seconds,
            prompt=ear.shown,
        )
        return None if reason else choice

    def _quick(self, samples: Samples, ear: _Ear) -> list[Word]:
        """A first reading for live words: one beam, no rescoring."""
        encoded = self._decoder.encode([samples])
        seconds = len(samples) / RATE
        [heard] = self._decoder.guess(encoded, [ear.prompt], Search(beams=1, guesses=1), seconds)
        best = heard.hypotheses[0]
        choice = _first([Guess(best.text, best.log_probability)])
        if choice is None or doubt(
            choice.words,
            log_probability=best.mean,
            no_speech=heard.no_speech,
            seconds=seconds,
            prompt=ear.shown,
        ):
            return []
        times = self._decoder.align(encoded, [choice.written], [seconds])[0]
        return [
            Word(time.start, time.end, word, time.confidence) for word, time in zip(choice.written, times, strict=True)
        ]

    def _ear(self, hints: Hints) -> _Ear:
        """Prompt and rescorer for these hints; those of the last call are kept."""
        if hints not in self._ears:
            self._ears.clear()
            shown = self._shown(hints)
            rescorer = Rescorer(self.language, hints.phrases) if has_counts(self.language) else None
            self._ears[hints] = _Ear(self._decoder.prompt(shown), tuple(tokens(shown)), rescorer)
        return self._ears[hints]

    def _shown(self, hints: Hints) -> str:
        """As many of the phrases, first ones first, as the prompt has room for, then the manner of the trade."""
        shown = self._manner
        for count in range(1, len(hints.phrases) + 1):
            longer = f"{', '.join(hints.phrases[:count])}. {self._manner}"
            if len(self._decoder.prompt(longer)) > _MOST_PROMPT:
                break
            shown = longer
        return shown


def _since(start: float, begun: float, utterances: list[Utterance]) -> Iterator[Utterance]:
    """What of these utterances, of a sound that began at ``begun``, was not heard before ``start``."""
    for utterance in utterances:
        fresh = utterance.later(begun).after(start)
        if fresh.end - max(start, fresh.start) > _PAUSES.padding:
            yield fresh


def _guesses(heard: Heard) -> list[Guess]:
    return [Guess(each.text, each.log_probability) for each in heard.hypotheses]


def _first(guesses: list[Guess]) -> Choice | None:
    written = tuple(guesses[0].text.split())
    words = tuple(tokens(guesses[0].text))
    sure = (1.0,) * len(written)
    return Choice(words, written, guesses[0].log_probability, guesses[0], sure) if words else None


def _segments(window: Window, choice: Choice, times: list[TimedWord]) -> Iterator[Segment]:
    """One segment for each utterance of the window that holds words, times of the recording, two decimals."""
    turns: dict[int, list[Word]] = {}
    for written, timed, agreed in zip(choice.written, times, choice.confidence, strict=True):
        confidence = round(agreed * timed.confidence**_SOUND_SHARE, 3)
        turn = window.turn_of((timed.start + timed.end) / 2)
        start, end = round(window.at(timed.start, turn), 2), round(window.at(timed.end, turn), 2)
        turns.setdefault(turn, []).append(Word(start, end, written, confidence))
    for _, words in sorted(turns.items()):
        yield Segment(words[0].start, words[-1].end, " ".join(word.word for word in words), tuple(words))
