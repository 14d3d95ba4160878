"""Measure recognition on a folder of clips, beside the tools that people use today, in one run.

    python scripts/bench_speech.py DIR [--models models] [--model base] [--vosk FOLDER] [--joined] [--json FILE]

DIR holds ``clips.tsv`` with the columns clean, phone (file names), text (words as said, digits spelled) and kind
(dialogue or digits). Each engine runs in a process of its own, one after the other. WER counts lower-case words without
punctuation. "kinder" is the same output of plain faster-whisper with every number read in the way that fits best.
``--joined`` adds the phone clips joined into thirty minutes; ``--tuned-on`` prints those speakers and the rest apart.
"""

import argparse
import csv
import json
import multiprocessing
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from radiodesk.language.digit_words import cardinal, spoken_ways, tokens
from radiodesk.sound.decoder import probe
from radiodesk.sound.encoder import concatenate

Recogniser = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording and what was said in it."""

    path: Path
    words: tuple[str, ...]
    kind: str
    speaker: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Run:
    """What an engine made of some clips."""

    texts: list[str]
    seconds: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; rates in per cent, times per second of audio."""

    column: str
    engine: str
    part: str
    wer: float
    cer: float
    dialogue: float
    digits: float
    exact: int
    strings: int
    seconds: float
    cpu: float
    peak_mb: float


def read_clips(folder: Path, column: str) -> list[Clip]:
    """The clips of one column of ``clips.tsv``."""
    clips = []
    with (folder / "clips.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            path = folder / row[column]
            names = Path(row["clean"]).stem.split("_")
            speaker = names[1] if names[0] == "digit" else names[0]
            words = tuple(row["text"].lower().split())
            clips.append(Clip(path, words, row["kind"], speaker, probe(path).duration))
    return clips


def desk(models: Path, model: str) -> Recogniser:
    """This project's default."""
    from radiodesk.recognition.loader import load_transcriber

    transcriber = load_transcriber("whisper", models, model)
    return lambda path: transcriber.transcribe(path).text


def plain_whisper(models: Path, model: str) -> Recogniser:
    """faster-whisper as its documentation shows it: defaults, beam 5."""
    from faster_whisper import WhisperModel

    from radiodesk.recognition.model_registry import folder_of

    loaded = WhisperModel(str(folder_of(model, models)), device="cpu", compute_type="int8", cpu_threads=2)

    def hear(path: Path) -> str:
        segments, _ = loaded.transcribe(str(path), language="id", beam_size=5)
        return " ".join(segment.text.strip() for segment in segments)

    return hear


def plain_vosk(folder: Path) -> Recogniser:
    """Vosk as its examples use it."""
    from radiodesk.recognition.engines.vosk import VoskTranscriber

    transcriber = VoskTranscriber(folder)
    return lambda path: transcriber.transcribe(path).text


def run_apart(make: Callable[..., Recogniser], arguments: tuple[Any, ...], paths: list[Path]) -> Run:
    """Run an engine over files in a fresh process; loading is not timed."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(sender, make, arguments, paths))
    worker.start()
    sender.close()
    texts = []
    for number in range(len(paths)):
        texts.append(receiver.recv())
        if sys.stderr.isatty():
            print(f"\r{number + 1}/{len(paths)}", end="", file=sys.stderr)
    seconds, cpu, peak = receiver.recv()
    worker.join()
    return Run(texts, seconds, cpu, peak)


def _work(sender: Any, make: Callable[..., Recogniser], arguments: tuple[Any, ...], paths: list[Path]) -> None:
    hear = make(*arguments)
    begun, cpu = time.perf_counter(), time.process_time()
    for path in paths:
        sender.send(hear(path))
    used = (time.perf_counter() - begun, time.process_time() - cpu)
    sender.send((*used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def as_printed(text: str, _: tuple[str, ...]) -> list[str]:
    """Lower-case words without punctuation."""
    return re.findall(r"\w+", text.lower())


def kinder(text: str, said: tuple[str, ...]) -> list[str]:
    """The words with each number read in the way that brings the line nearest to what was said."""
    choices = [_readings(token) for token in tokens(text)]
    rows: list[tuple[list[float], list[list[str]]]] = [([float(at) for at in range(len(said) + 1)], [])]
    row, picks = rows[0]
    history: list[list[tuple[int, ...]]] = []
    for readings in choices:
        grown = [_advance(row, reading, said) for reading in readings]
        best = [min(range(len(readings)), key=lambda which: grown[which][0][at]) for at in range(len(said) + 1)]
        history.append([(which, grown[which][1][at]) for at, which in enumerate(best)])
        row = [grown[which][0][at] for at, which in enumerate(best)]
    at, words = len(said), picks
    for readings, step in zip(reversed(choices), reversed(history), strict=True):
        which, at = step[at]
        words.insert(0, list(readings[which]))
    return [word for reading in words for word in reading]


def _readings(token: str) -> list[tuple[str, ...]]:
    """Every way in which a token may be read aloud, with more freedom than the product takes."""
    ways = [tuple(way.split()) for way in spoken_ways(token)]
    digits = re.sub(r"\D", "", token)
    if digits and len(digits) > 3:
        for size in (2, 3):
            groups = [digits[at : at + size] for at in range(0, len(digits), size)]
            ways.append(tuple(" ".join(cardinal(int(group)) for group in groups).split()))
    return ways


def _advance(row: list[float], reading: tuple[str, ...], said: tuple[str, ...]) -> tuple[list[float], list[int]]:
    """One reading added to an edit-distance row, with the place in ``said`` at which each cell began it."""
    origin = list(range(len(said) + 1))
    for word in reading:
        grown, came = [row[0] + 1.0], [origin[0]]
        for at, other in enumerate(said, 1):
            swap = (row[at - 1] + (word != other), origin[at - 1])
            extra = (row[at] + 1.0, origin[at])
            left = (grown[at - 1] + 1.0, came[at - 1])
            best = min(swap, extra, left)
            grown.append(best[0])
            came.append(best[1])
        row, origin = grown, came
    return row, origin


def score(
    column: str, engine: str, part: str, clips: list[Clip], run: Run, read: Callable[[str, tuple[str, ...]], list[str]]
) -> Row:
    """The table row of one engine on some clips."""
    wrong = {"dialogue": 0, "digits": 0}
    total = {"dialogue": 0, "digits": 0}
    letters = wrong_letters = exact = strings = 0
    for clip, text in zip(clips, run.texts, strict=True):
        heard = read(text, clip.words)
        errors = Levenshtein.distance(heard, clip.words)
        wrong[clip.kind] += errors
        total[clip.kind] += len(clip.words)
        said = " ".join(clip.words)
        letters += len(said)
        wrong_letters += Levenshtein.distance(" ".join(heard), said)
        if clip.kind == "digits":
            strings += 1
            exact += errors == 0
    audio = sum(clip.seconds for clip in clips)
    return Row(
        column,
        engine,
        part,
        wer=_percent(sum(wrong.values()), sum(total.values())),
        cer=_percent(wrong_letters, letters),
        dialogue=_percent(wrong["dialogue"], total["dialogue"]),
        digits=_percent(wrong["digits"], total["digits"]),
        exact=exact,
        strings=strings,
        seconds=run.seconds / audio,
        cpu=run.cpu / audio,
        peak_mb=run.peak_mb,
    )


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def join_clips(clips: list[Clip], target: Path, seconds: float = 1800) -> Clip:
    """Clips with a second of silence between them, over and over until ``seconds`` are full."""
    chosen: list[Clip] = []
    length = 0.0
    while length < seconds:
        clip = clips[len(chosen) % len(clips)]
        chosen.append(clip)
        length += clip.seconds + 1
    concatenate([clip.path for clip in chosen], target, gap_seconds=1.0, rate=8000)
    words = tuple(word for clip in chosen for word in clip.words)
    return Clip(target, words, "dialogue", "all", probe(target).duration)


def print_table(rows: Iterable[Row]) -> None:
    """Markdown, so that it can be pasted into the documentation."""
    print("| column | engine | clips | WER | CER | dialogue | digits | strings right | s/s | CPU s/s | peak MB |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for row in rows:
        strings = f"{row.exact}/{row.strings}" if row.strings else "–"
        print(
            f"| {row.column} | {row.engine} | {row.part} | {row.wer:.1f} | {row.cer:.1f} | {row.dialogue:.1f} | "
            f"{row.digits:.1f} | {strings} | {row.seconds:.3f} | {row.cpu:.3f} | {row.peak_mb:.0f} |"
        )


def parts_of(clips: list[Clip], run: Run, tuned_on: set[str]) -> list[tuple[str, list[Clip], Run]]:
    """All clips, and those of the speakers that the weights were chosen on apart from the others."""
    parts = [("all", clips, run)]
    if tuned_on:
        for name, wanted in (("tuned on", True), ("held out", False)):
            chosen = [at for at, clip in enumerate(clips) if (clip.speaker in tuned_on) == wanted]
            share = sum(clips[at].seconds for at in chosen) / sum(clip.seconds for clip in clips)
            texts = [run.texts[at] for at in chosen]
            part = Run(texts, run.seconds * share, run.cpu * share, run.peak_mb)
            parts.append((name, [clips[at] for at in chosen], part))
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--model", default="base")
    parser.add_argument("--vosk", type=Path)
    parser.add_argument("--columns", nargs="*", default=["phone", "clean"])
    parser.add_argument("--joined", action="store_true")
    parser.add_argument("--tuned-on", nargs="*", default=[], metavar="SPEAKER")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    engines: list[tuple[str, Callable[..., Recogniser], tuple[Any, ...]]] = [
        ("radiodesk", desk, (arguments.models, arguments.model))
    ]
    if not arguments.no_peers:
        engines.append(("faster-whisper", plain_whisper, (arguments.models, arguments.model)))
    if arguments.vosk:
        engines.append(("vosk", plain_vosk, (arguments.vosk,)))
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        jobs = [(column, read_clips(arguments.folder, column)) for column in arguments.columns]
        if arguments.joined:
            jobs.append(("30 minutes", [join_clips(read_clips(arguments.folder, "phone"), Path(scratch) / "all.flac")]))
        for column, clips in jobs:
            for name, make, given in engines:
                run = run_apart(make, given, [clip.path for clip in clips])
                for part, some, done in parts_of(clips, run, set(arguments.tuned_on) if len(clips) > 1 else set()):
                    rows.append(score(column, name, part, some, done, as_printed))
                    if name == "faster-whisper":
                        rows.append(score(column, "faster-whisper, kinder", part, some, done, kinder))
    print_table(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1), "utf-8")


if __name__ == "__main__":
    main()
