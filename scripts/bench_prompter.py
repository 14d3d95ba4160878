"""Measure how well the prompter follows a reader, and how well the as-read proof finds what was not read as approved.

    python scripts/bench_prompter.py [--speech FOLDER] [--keep FOLDER] [--only N] [--vosk FOLDER] [--models models]

espeak-ng reads ten made-up scripts with planted slips, words and sentences left out, sentences said again, words of the
reader's own and pauses; telephone speech (``--speech``, a folder with ``clips.tsv``) is laid over its own words. The
station's recogniser hears it as a live session does: it gets the sound that is there when it has time, and what it says
counts from when it was said, the time of the work included: its processor time, so that others on the machine change
nothing, or with ``--wall`` its wall time. Its words are kept in ``--keep`` and used again by a later run.

Beside the follower, with the same words: a scroll at the script's own speed ("scroll") and a plain search for the last
word heard ("last word"). A line is one of a prompter with 32 characters. *behind* is how long ago the reader was where
the follower is; *ahead* counts the times that it was further than any word that had begun. As-read is compared with
what was planted, and beside a plain comparison of words (``difflib``).
"""

import argparse
import csv
import hashlib
import json
import os
import random
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from radiodesk.language.reading import Follower, Kind, ScriptText, as_read
from radiodesk.language.reading.script_text import heard_tokens, plain
from radiodesk.recognition.engines.vosk import VoskTranscriber
from radiodesk.recognition.engines.whisper import WhisperTranscriber
from radiodesk.recognition.model_registry import folder_of
from radiodesk.recognition.ports import Transcriber, Word
from radiodesk.sound.decoder import decode
from radiodesk.sound.encoder import write_blocks
from scripts.espeak_words import WordReader
from scripts.prompter_scripts import AD_LIBS, KOREAN, SCRIPTS, SLIPS

RATE = 16_000
LINE = 32
SPEED = 140
BLOCK = 0.1
MOST_AT_ONCE = 5.0


@dataclass(frozen=True, slots=True)
class Said:
    """A word as it was said: which spoken word of the script it is (-1 for none), and its seconds."""

    at: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Planted:
    """A departure from the script: what kind, and the written words that it touches (an added one: the word behind)."""

    kind: Kind
    word: int
    word_end: int


@dataclass
class Sample:
    """A reading: sound at 16 kHz, its text, what was said when, and what was planted."""

    name: str
    script: ScriptText
    sound: NDArray[np.float32]
    said: list[Said] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Update:
    """What a live session showed at second ``at``: all settled and all tentative words."""

    at: float
    settled: tuple[Word, ...]
    tentative: tuple[Word, ...]


@dataclass
class Figures:
    """Errors of one follower over all samples: lines, seconds behind, and where it was ahead (in words)."""

    lines: list[float] = field(default_factory=list)
    behind: list[float] = field(default_factory=list)
    ahead: list[int] = field(default_factory=list)
    ahead_lines: list[float] = field(default_factory=list)
    seconds: float = 0.0


def planted_reading(number: int, text: str, reader: WordReader) -> Sample:
    """The script as a reader who errs reads it; the same for the same number."""
    chance = random.Random(number)  # noqa: S311
    script = ScriptText(text)
    sample = Sample(f"script {number + 1}", script, np.zeros(0, np.float32))
    sentences = [
        list(places)
        for _, places in groupby(range(len(script.spoken)), lambda at: script.sentences[script.written_of[at]])
    ]
    acts = ["slip", "slip", "left out", "again", "own words", "sentence left out", "pause"]
    chosen = dict(zip(chance.sample(range(1, len(sentences)), min(len(acts), len(sentences) - 1)), acts, strict=False))
    blocks: list[NDArray[np.float32]] = []
    length = 0.0

    def say(places: Sequence[int], words: Sequence[str], pause: float = 0.45) -> None:
        nonlocal length
        read = reader.read([*words[:-1], f"{words[-1]}."])
        for place, (start, end) in zip(places, read.words, strict=True):
            sample.said.append(Said(place, length + start, length + end))
        sound = soxr.resample(read.samples.astype(np.float32) / 32768, read.rate, RATE)
        blocks.extend([sound, np.zeros(round(pause * RATE), np.float32)])
        length += (len(sound) + round(pause * RATE)) / RATE

    for order, places in enumerate(sentences):
        act = chosen.get(order, "")
        words = [_spoken_form(script, at) for at in places]
        first = script.written_of[places[0]]
        if act == "sentence left out":
            sample.planted.append(Planted(Kind.LEFT_OUT, first, script.written_of[places[-1]] + 1))
            continue
        if act == "own words":
            own = chance.choice(AD_LIBS).split()
            say([-1] * len(own), own, pause=0.8)
            sample.planted.append(Planted(Kind.ADDED, first, first))
        if act == "pause":
            blocks.append(np.zeros(3 * RATE, np.float32))
            length += 3.0
        plain_ones = [step for step, at in enumerate(places) if _is_plain(script, at) and len(script.spoken[at]) > 4]
        if act == "slip" and plain_ones:
            step = chance.choice(plain_ones)
            words[step] = chance.choice([word for word in SLIPS if plain(word) not in script.spoken])
            written = script.written_of[places[step]]
            sample.planted.append(Planted(Kind.CHANGED, written, written + 1))
        if act == "left out" and len(places) > 6:
            step = chance.choice(
                [s for s in range(1, len(places) - 3) if all(_is_plain(script, places[s + n]) for n in range(3))] or [1]
            )
            sample.planted.append(
                Planted(Kind.LEFT_OUT, script.written_of[places[step]], script.written_of[places[step + 2]] + 1)
            )
            places, words = [*places[:step], *places[step + 3 :]], [*words[:step], *words[step + 3 :]]
        say(places, words)
        if act == "again":
            say(places, words)
            sample.planted.append(Planted(Kind.ADDED, first, script.written_of[places[-1]] + 1))
    sample.sound = np.concatenate([np.zeros(RATE // 2, np.float32), *blocks])
    sample.said = [Said(one.at, one.start + 0.5, one.end + 0.5) for one in sample.said]
    return sample


def _spoken_form(script: ScriptText, at: int) -> str:
    """How espeak-ng is told a spoken word: as it stands where it is one word of the text."""
    return script.words[script.written_of[at]].strip(".,;:?!") if _is_plain(script, at) else script.spoken[at]


def _is_plain(script: ScriptText, at: int) -> bool:
    unit = script.units[script.unit_of[at]]
    return len(unit.ways) == 1 and unit.spoken_end - unit.spoken == 1


def telephone_readings(folder: Path, column: str) -> Iterator[Sample]:
    """The clips of each speaker joined, laid over the words of all of them. Within a clip time goes on by letters."""
    with (folder / "clips.tsv").open() as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "dialogue"]
    for speaker, clips in groupby(rows, key=lambda row: row["clean"].split("_")[0]):
        chosen = list(clips)[:12]
        script = ScriptText("\n".join(row["text"] for row in chosen))
        sample = Sample(f"telephone {speaker}", script, np.zeros(0, np.float32))
        blocks: list[NDArray[np.float32]] = []
        length, at = 0.0, 0
        for row in chosen:
            sound = np.concatenate(list(decode(folder / row[column], RATE)))
            loud = np.flatnonzero(np.abs(sound) > 0.1 * np.abs(sound).max())
            begins, ends = loud[0] / RATE, loud[-1] / RATE
            words = ScriptText(row["text"]).spoken
            letters = np.cumsum([0, *(len(word) + 1 for word in words)]) / sum(len(word) + 1 for word in words)
            for one, two in pairwise(letters):
                start, end = (length + begins + float(share) * (ends - begins) for share in (one, two))
                sample.said.append(Said(at, start, end))
                at += 1
            blocks += [sound.astype(np.float32), np.zeros(RATE // 2, np.float32)]
            length += (len(sound) + RATE // 2) / RATE
        sample.sound = np.concatenate(blocks)
        yield sample


def live_words(sample: Sample, engine: Transcriber, clock: Callable[[], float]) -> list[Update]:
    """What a live session shows, and when: the sound comes at its own speed, the work takes the time that it takes."""
    session = engine.stream()
    updates: list[Update] = []
    now, fed = BLOCK, 0
    while fed < len(sample.sound):
        there = min(len(sample.sound), int(now * RATE), fed + int(MOST_AT_ONCE * RATE))
        begun = clock()
        partial = session.feed(sample.sound[fed:there].tobytes())
        took = clock() - begun
        fed = there
        if partial is not None:
            updates.append(Update(now + took, partial.settled, partial.tentative))
        now += max(took, BLOCK)
    last = session.close()
    updates.append(Update(now, last.settled, last.tentative))
    return updates


def kept_words(sample: Sample, hearing: "Hearing", folder: Path | None) -> tuple[list[Update], list[Word]]:
    """The live words and the words of the transcript, heard anew or as an earlier run heard them."""
    mark = hashlib.sha256(sample.sound.tobytes()).hexdigest()[:16]
    file = folder / f"{mark}-{hearing.name}.json" if folder else None
    if file and file.exists():
        held = json.loads(file.read_text())
        updates = [Update(at, _words(one), _words(other)) for at, one, other in held["live"]]
        return updates, list(_words(held["whole"]))
    updates = live_words(sample, hearing.engine(), hearing.clock)
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "reading.wav"
        write_blocks(path, [sample.sound], RATE, 1, "PCM_16")
        heard = hearing.engine().transcribe(path)
    whole = [word for segment in heard.segments for word in segment.words]
    if file:
        live = [(one.at, _plain_words(one.settled), _plain_words(one.tentative)) for one in updates]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"live": live, "whole": _plain_words(whole)}))
    return updates, whole


def _words(rows: Sequence[Sequence[Any]]) -> tuple[Word, ...]:
    return tuple(Word(*row) for row in rows)


def _plain_words(words: Sequence[Word]) -> list[tuple[float, float, str, float]]:
    return [(word.start, word.end, word.word, word.confidence) for word in words]


@dataclass
class Hearing:
    """A recogniser, loaded when it is needed first, and the clock by which its work is counted."""

    name: str
    folder: Path
    threads: int
    clock: Callable[[], float]
    loaded: Transcriber | None = None

    def engine(self) -> Transcriber:
        """The recogniser."""
        if self.loaded is None:
            make = {"whisper": WhisperTranscriber, "vosk": VoskTranscriber}[self.name]
            self.loaded = make(self.folder, threads=self.threads, clock=self.clock)
        return self.loaded


Places = list[tuple[float, int]]
"""From which second on a follower showed which written word."""


def followed(sample: Sample, updates: Sequence[Update]) -> tuple[Places, float]:
    """What the project's follower shows, and the seconds of its own work."""
    follower = Follower(sample.script)
    begun = time.perf_counter()
    places = [(one.at, follower.follow(one.settled, one.tentative).word) for one in updates]
    return places, time.perf_counter() - begun


def scrolled(sample: Sample, speed: float) -> Places:
    """A scroll at a fixed speed from the first word on."""
    begins = sample.said[0].start
    words = len(sample.script.words)
    return [(begins + number / speed * 60, min(number, words - 1)) for number in range(words)]


def searched(sample: Sample, updates: Sequence[Update]) -> Places:
    """The next place, within fifty words, of the last word that was heard."""
    at = -1
    places: Places = []
    taken = 0
    for update in updates:
        words = [token for word in (*update.settled, *update.tentative) for token in heard_tokens(word.word)]
        for token in words[taken:]:
            ahead = sample.script.spoken[at + 1 : at + 51]
            if token in ahead:
                at += 1 + ahead.index(token)
        taken = max(taken, len(words))
        places.append((update.at, sample.script.written_of[at] if at >= 0 else -1))
    return places


def measure(sample: Sample, places: Places, figures: Figures) -> float:
    """Compare at every tenth of a second; returns the worst error in lines."""
    lines = line_places(sample.script.words)
    times = [at for at, _ in places]
    starts = [one.start for one in sample.said]
    truth: Places = []
    for one in sample.said:
        if one.at >= 0:
            truth.append((one.end, sample.script.written_of[one.at]))
    ends = [at for at, _ in truth]
    furthest = np.maximum.accumulate([sample.script.written_of[one.at] if one.at >= 0 else -1 for one in sample.said])
    worst, was_ahead = 0.0, False
    for now in np.arange(sample.said[0].start, sample.said[-1].end + 1.0, 0.1):
        number = bisect_right(times, now) - 1
        shown = places[number][1] if number >= 0 else -1
        place = bisect_right(ends, now) - 1
        real = truth[place][1] if place >= 0 else -1
        error = abs(lines[shown + 1] - lines[real + 1])
        worst = max(worst, error)
        figures.lines.append(error)
        begun = bisect_right(starts, now) - 1
        allowed = int(furthest[begun]) if begun >= 0 else -1
        if shown > allowed:
            if not was_ahead:
                figures.ahead.append(0)
                figures.ahead_lines.append(0.0)
            figures.ahead[-1] = max(figures.ahead[-1], shown - allowed)
            figures.ahead_lines[-1] = max(figures.ahead_lines[-1], lines[shown + 1] - lines[allowed + 1])
        was_ahead = shown > allowed
        figures.behind.append(_behind(truth, place, shown, float(now)))
    figures.seconds += sample.said[-1].end
    return worst


def _behind(truth: Places, place: int, shown: int, now: float) -> float:
    """How long ago the reader went on from where the follower is: 0 when it is where the reader is."""
    if place < 0 or truth[place][1] <= shown:
        return 0.0
    went_on = truth[place][0]
    for at, word in reversed(truth[: place + 1]):
        if word == shown:
            break
        went_on = at
    return max(0.0, now - went_on)


def line_places(words: Sequence[str]) -> list[float]:
    """Of each written word, and of the place before the first, the line on a prompter, with the share of the line."""
    places, line, used = [0.0], 0, 0
    for word in words:
        if used and used + len(word) > LINE:
            line, used = line + 1, 0
        used += len(word) + 1
        places.append(line + min(1.0, used / LINE) * 0.999)
    return places


@dataclass
class Proof:
    """What an as-read comparison found of what was planted."""

    found: int = 0
    planted: int = 0
    right: int = 0
    told: int = 0
    unsure: int = 0
    shown: int = 0

    def take(
        self, planted: Sequence[Planted], told: Sequence[tuple[int, int]], unsure: Sequence[tuple[int, int]] = ()
    ) -> None:
        """Written words that were told as not as approved, surely or not; one counts where it touches what was
        planted."""
        self.unsure += len(unsure)
        self.shown += sum(any(_touch(one, other) for other in (*told, *unsure)) for one in planted)
        self.planted += len(planted)
        self.told += len(told)
        self.found += sum(any(_touch(one, other) for other in told) for one in planted)
        self.right += sum(any(_touch(one, other) for one in planted) for other in told)

    def row(self, name: str) -> str:
        recall = 100 * self.found / max(1, self.planted)
        precision = 100 * self.right / max(1, self.told)
        shown = 100 * self.shown / max(1, self.planted)
        return (
            f"| {name} | {self.planted} | {recall:.0f} % | {shown:.0f} % | {self.told} | {precision:.0f} % "
            f"| {self.unsure} |"
        )


def _touch(planted: Planted, told: tuple[int, int]) -> bool:
    return (
        told[0] <= max(planted.word_end, planted.word + 1)
        and planted.word <= max(told[1], told[0] + 1)
        and (planted.word != planted.word_end or told[0] - 1 <= planted.word <= told[1] + 1)
    )


def compared_plainly(script: ScriptText, whole: Sequence[Word]) -> list[tuple[int, int]]:
    """The peer: words of both without signs, compared letter by letter."""
    ours = [word.strip(".,;:?!").casefold() for word in script.words]
    theirs = [word.word.strip(".,;:?!").casefold() for word in whole]
    codes = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    return [(one, end) for tag, one, end, _, _ in codes if tag != "equal"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path)
    parser.add_argument("--column", default="phone", choices=("phone", "clean"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--model", default="base")
    parser.add_argument("--threads", type=int, default=1, help="threads of the recogniser, as the setting live_threads")
    parser.add_argument("--wall", action="store_true", help="the work takes its wall time (an idle machine alone)")
    parser.add_argument("--vosk", type=Path, help="a folder with a Korean model of Vosk")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", type=int, default=len(SCRIPTS), help="so many of the ten scripts, 0 for none")
    parser.add_argument("--tell", action="store_true", help="print every difference that was found")
    given = parser.parse_args()
    clock = time.monotonic if given.wall else time.process_time
    whisper = Hearing("whisper", folder_of(given.model, given.models), given.threads, clock)
    print(f"load {os.getloadavg()[0]:.1f}")
    reader = WordReader("id", SPEED)
    if given.only:
        samples = [planted_reading(number, text, reader) for number, text in enumerate(SCRIPTS[: given.only])]
        report("espeak-ng, ten scripts, Whisper", samples, whisper, given.keep, tell=given.tell)
    if given.speech:
        samples = list(telephone_readings(given.speech, given.column))
        report(f"telephone speech ({given.column}), Whisper", samples, whisper, given.keep, tell=given.tell)
    if given.vosk:
        vosk = Hearing("vosk", given.vosk, given.threads, clock)
        reader = WordReader("ko", 120)
        sample = korean_reading(reader)
        report("espeak-ng, Korean, Vosk", [sample], vosk, given.keep, tell=given.tell)
        heard = as_heard(sample, vosk, given.keep)
        report("the same, beside what Vosk made of it", [heard], vosk, given.keep, tell=False)
    print(f"load {os.getloadavg()[0]:.1f}")


def korean_reading(reader: WordReader) -> Sample:
    """The Korean text as it stands."""
    script = ScriptText(KOREAN)
    sample = Sample("Korean", script, np.zeros(0, np.float32))
    blocks: list[NDArray[np.float32]] = []
    length, at = 0.0, 0
    for line in KOREAN.splitlines():
        read = reader.read(line.split())
        for start, end in read.words:
            sample.said.append(Said(at, length + start, length + end))
            at += 1
        sound = soxr.resample(read.samples.astype(np.float32) / 32768, read.rate, RATE)
        blocks += [sound, np.zeros(RATE // 2, np.float32)]
        length += (len(sound) + RATE // 2) / RATE
    sample.sound = np.concatenate(blocks)
    return sample


def as_heard(sample: Sample, hearing: Hearing, keep: Path | None) -> Sample:
    """The same sound, laid beside the words that the recogniser made of the whole of it: how a follower does with the
    changing words of a recogniser that does not understand the voice."""
    _, whole = kept_words(sample, hearing, keep)
    words = [word for word in whole if word.word.isalpha()]
    lines = (" ".join(word.word for word in words[at : at + 8]) for at in range(0, len(words), 8))
    script = ScriptText("\n".join(lines))
    times = [words[at] for at in script.written_of]
    said = [Said(at, word.start, word.end) for at, word in enumerate(times)]
    return Sample(f"{sample.name}, as heard", script, sample.sound, said)


def report(title: str, samples: Sequence[Sample], hearing: Hearing, keep: Path | None, *, tell: bool) -> None:
    """Measure some readings and print their tables."""
    ours, scroll, last = Figures(), Figures(), Figures()
    proof, peer = Proof(), Proof()
    print(
        f"\n## {title}\n\n| reading | s | words | worst, lines | as read | work, ms a word |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |"
    )
    for sample in samples:
        updates, whole = kept_words(sample, hearing, keep)
        places, work = followed(sample, updates)
        worst = measure(sample, places, ours)
        speed = len(sample.said) / (sample.said[-1].end - sample.said[0].start) * 60
        share = len(sample.script.words) / max(1, len(sample.said))
        measure(sample, scrolled(sample, speed * share), scroll)
        measure(sample, searched(sample, updates), last)
        result = as_read(sample.script, whole)
        words = sum(len(update.settled) + len(update.tentative) for update in updates)
        print(
            f"| {sample.name} | {sample.said[-1].end:.0f} | {len(sample.script.words)} | {worst:.2f} "
            f"| {result.percent} % | {1000 * work / max(1, words):.2f} |"
        )
        sure = [(one.word, one.word_end) for one in result.differences if not one.unsure]
        unsure = [(one.word, one.word_end) for one in result.differences if one.unsure]
        proof.take(sample.planted, sure, unsure)
        peer.take(sample.planted, compared_plainly(sample.script, whole))
        if tell:
            for planted in sample.planted:
                print(
                    "   planted",
                    planted.kind,
                    planted.word,
                    " ".join(sample.script.words[planted.word : planted.word_end]),
                )
            for one in result.differences:
                print(
                    "   found", one.kind, one.word, "unsure" if one.unsure else "", repr(one.written), repr(one.heard)
                )
    print(
        "\n| | median error, lines | 95 % | worst | behind, median s | 95 % | 99 % "
        "| ahead, times | most words | most lines |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, figures in (("follower", ours), ("scroll", scroll), ("last word", last)):
        print(_row(name, figures))
    print(
        "\n| as read | planted | found | found or unsure | told | right | unsure |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    )
    print(proof.row("radiodesk"))
    print(peer.row("plain comparison"))


def _row(name: str, figures: Figures) -> str:
    lines, behind = np.array(figures.lines), np.array(figures.behind)
    return (
        f"| {name} | {np.median(lines):.2f} | {np.percentile(lines, 95):.2f} | {lines.max():.2f} "
        f"| {np.median(behind):.2f} | {np.percentile(behind, 95):.2f} | {np.percentile(behind, 99):.2f} "
        f"| {len(figures.ahead)} | {max(figures.ahead, default=0)} | {max(figures.ahead_lines, default=0):.2f} |"
    )


if __name__ == "__main__":
    main()
