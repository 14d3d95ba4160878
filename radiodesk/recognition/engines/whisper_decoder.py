"""Whisper through CTranslate2, one step at a time: sound to features, features to guesses, words to times.

faster-whisper's ``transcribe`` decodes every clip in windows of 30 s and answers with one text. Here the window is 15 s
(half the work, and a call's utterances are shorter), half a second of silence goes before the sound (Whisper swallows
the first word otherwise), and all hypotheses of the beam come back for rescoring.

Encoder and decoder are loaded apart. The encoder's large products gain from every core. A search is hundreds of small
ones, which threads wait for each other to begin and to end: with two it takes twice as long as with one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ctranslate2
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from radiodesk.recognition.engines.whisper_parts import MelSpectrogram, whisper_tokenizer
from radiodesk.recognition.engines.whisper_vocabulary import Vocabulary, bare_vocabulary, cut_vocabulary
from radiodesk.recognition.engines.whisper_weights import Weights, read_weights
from radiodesk.recognition.model_registry import ModelUnusable

RATE = 16_000
LEAD_SECONDS = 0.5
WINDOW_SECONDS = 15.0
LONGEST_SPEECH = WINDOW_SECONDS - LEAD_SECONDS
_FRAMES = 1500
_SHORT_FRAMES = 1250
_HOP = 160
_FRAME_SECONDS = 0.02
_MOST_TOKENS = 10  # to begin with, and as many for each second of sound; a guess that goes round in circles ends there

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Search:
    """How to look for the text: beams, and after how many finished guesses to stop (at most one a beam), a penalty on
    tokens already used, chance (0: none).
    """

    beams: int = 8
    guesses: int = 8
    repetition_penalty: float = 1.0
    temperature: float = 0.0


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One text of the beam with its log probability in all and per token."""

    text: str
    log_probability: float
    mean: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The hypotheses for one window, best first, and how likely it is that nobody spoke."""

    hypotheses: tuple[Hypothesis, ...]
    no_speech: float


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word's place in its window, in seconds, and how well the sound agrees with it (0 to 1)."""

    start: float
    end: float
    confidence: float


class WhisperDecoder:
    """One loaded model. ``encode`` is not for two threads at once; the rest is for as many as it was loaded with."""

    def __init__(self, folder: Path, language: str, threads: int) -> None:
        try:
            weights = read_weights(folder / "model.bin")
            vocabulary, bare = cut_vocabulary(folder, language), bare_vocabulary(folder)
            # CTranslate2 wants both halves: of the one that is not used it gets the first layer.
            self._model = _load(weights.where(_is_decoder), vocabulary, inter_threads=threads, intra_threads=1)
            self._encoder = _load(weights.where(_is_encoder), bare, inter_threads=1, intra_threads=threads)
            self._tokenizer = whisper_tokenizer(vocabulary.tokenizer, language)
        except (RuntimeError, ValueError, KeyError, OSError) as error:
            raise ModelUnusable(
                "The speech model in %(folder)s cannot be loaded (%(reason)s): “radiodesk models verify” tells why.",
                folder=folder,
                reason=str(error).splitlines()[0],
            ) from error
        self._features = MelSpectrogram(self._encoder.n_mels)
        self._pools = ThreadpoolController()

    def prompt(self, text: str) -> list[int]:
        """Tokens that start a decoding, with ``text`` as what was said before."""
        before = self._tokenizer.encode(" " + text.strip()) if text else []
        return self._starting(before)

    def prompts(self, texts: Sequence[str]) -> list[list[int]]:
        """Prompts that can be used together: all as long as the shortest, the end of each text."""
        before = [self._tokenizer.encode(" " + text.strip()) for text in texts]
        shortest = min(map(len, before), default=0)
        return [self._starting(each[len(each) - shortest :]) for each in before]

    def encode(self, clips: Sequence[Samples]) -> Any:
        """The encoder's view of some clips of at most ``LONGEST_SPEECH`` seconds each."""
        longest = max(map(len, clips)) / RATE + LEAD_SECONDS
        frames = _SHORT_FRAMES if longest <= _SHORT_FRAMES * _HOP / RATE else _FRAMES
        batch = np.stack([self._mel(clip, frames) for clip in clips])
        return self._encoder.encode(ctranslate2.StorageView.from_array(batch))

    def only(self, encoded: Any, at: int, times: int = 1) -> Any:
        """One clip out of those that were encoded together, as often as it is to be listened to."""
        if encoded.shape[0] == times == 1:
            return encoded
        one = np.array(encoded)[at : at + 1]
        return ctranslate2.StorageView.from_array(np.repeat(one, times, axis=0))

    def guess(self, encoded: Any, prompts: list[list[int]], search: Search, seconds: float) -> list[Heard]:
        """The hypotheses for each encoded clip, which has a prompt of its own; all prompts are of one length.

        ``seconds`` is the length of the longest clip.
        """
        sampling: dict[str, Any] = {
            "beam_size": search.beams,
            "num_hypotheses": search.guesses,
            "patience": search.guesses / search.beams,
        }
        if search.temperature:
            sampling = {"beam_size": 1, "num_hypotheses": search.guesses, "sampling_topk": 0}
            sampling["sampling_temperature"] = search.temperature
        results = self._model.generate(
            encoded,
            prompts,
            repetition_penalty=search.repetition_penalty,
            max_length=min(len(prompts[0]) + round(_MOST_TOKENS * (1 + seconds)), 448),
            return_scores=True,
            return_no_speech_prob=True,
            **sampling,
        )
        return [
            Heard(
                tuple(
                    Hypothesis(self._tokenizer.decode(sequence).strip(), score * len(sequence), score)
                    for sequence, score in zip(result.sequences_ids, result.scores, strict=True)
                ),
                result.no_speech_prob,
            )
            for result in results
        ]

    def align(self, encoded: Any, texts: Sequence[Sequence[str]], seconds: Sequence[float]) -> list[list[TimedWord]]:
        """When each word of each text was said (cross-attention and dynamic time warping, as in Whisper's paper).

        ``texts`` are words as they are written; ``seconds`` the length of each clip.
        """
        pieces = [[self._tokenizer.encode(" " + word) for word in words] for words in texts]
        results = self._model.align(
            encoded,
            self._tokenizer.sot_sequence,
            [[token for piece in words for token in piece] for words in pieces],
            [min(round((length + LEAD_SECONDS) * RATE / _HOP), _FRAMES) for length in seconds],
        )
        return [_timed(result, words, length) for result, words, length in zip(results, pieces, seconds, strict=True)]

    def _starting(self, before: list[int]) -> list[int]:
        start = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        return [self._tokenizer.sot_prev, *before, *start] if before else start

    def _mel(self, clip: Samples, frames: int) -> Samples:
        padded = np.zeros(frames * _HOP, np.float32)
        lead = round(LEAD_SECONDS * RATE)
        kept = clip[: len(padded) - lead]
        padded[lead : lead + len(kept)] = kept
        # NumPy's threads go on spinning when they are done, and take the core that the encoder wants next.
        with self._pools.limit(limits=1, user_api="blas"):
            mel: Samples = self._features(padded)[:, :frames]
        return np.ascontiguousarray(np.pad(mel, ((0, 0), (0, frames - mel.shape[1]))), np.float32)


def _load(weights: Weights, vocabulary: Vocabulary, **threads: int) -> Any:
    """A model of these parts. It goes through files: handed over in memory, a model takes twice as much of it."""
    with TemporaryDirectory(prefix="radiodesk-") as scratch:
        weights.rows(vocabulary.count, vocabulary.kept).write(Path(scratch) / "model.bin")
        vocabulary.write(Path(scratch))
        return ctranslate2.models.Whisper(scratch, device="cpu", compute_type="int8", **threads)


def _is_encoder(name: str) -> bool:
    return not re.match(r"decoder/layer_[1-9]", name)


def _is_decoder(name: str) -> bool:
    return not re.match(r"encoder/layer_[1-9]", name)


def _timed(result: Any, pieces: list[list[int]], length: float) -> list[TimedWord]:
    """Word times out of (token, frame) pairs; the silence that went before the sound is taken off again."""
    starts: dict[int, int] = {}
    last = 0
    for token, frame in result.alignments:
        starts.setdefault(token, frame)
        last = frame
    words: list[TimedWord] = []
    at = 0
    for piece in pieces:
        begin, after = starts.get(at, last), starts.get(at + len(piece), last + 1)
        likely = np.maximum(result.text_token_probs[at : at + len(piece)], 1e-6)
        at += len(piece)
        start, end = (_in_clip(frame, length) for frame in (begin, after))
        words.append(TimedWord(start, max(end, start), float(np.exp(np.mean(np.log(likely))))))
    return words


def _in_clip(frame: int, length: float) -> float:
    return min(max(frame * _FRAME_SECONDS - LEAD_SECONDS, 0.0), length)
