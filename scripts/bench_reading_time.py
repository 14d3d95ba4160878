"""Measure how well the time that a script takes to read is told before anybody has read it.

    python scripts/bench_reading_time.py [--speech FOLDER]

espeak-ng reads ten made-up scripts at the pace that is estimated with. Of telephone speech (``--speech``, a folder with
``clips.tsv``) each speaker's pace is learned from a third of the clips, as the desk learns it from what was read on
air, and the others are estimated with it: once each clip by itself, once all of a speaker together, as a script is.
Pauses before the first and after the last sound are cut off. Beside it the plain way of prompters: words by words a
minute.
"""

import argparse
import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean, median

import numpy as np

from radiodesk.language.spoken import reading_seconds, to_spoken
from radiodesk.sound.decoder import decode
from radiodesk.voices.espeak import EspeakVoice
from radiodesk.voices.ports import VoiceSetup
from scripts.prompter_scripts import SCRIPTS

RATE = 16_000
PACES = (120, 140, 160)
LOUD = 0.05
"""Share of the loudest sample from which on something is said."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Seconds that a text took, and those that were told before: ours, and by counting words."""

    took: float
    told: float
    by_words: float

    @property
    def errors(self) -> tuple[float, float]:
        """Both errors as shares of the real length."""
        return abs(self.told / self.took - 1), abs(self.by_words / self.took - 1)


def sounding(path: Path) -> float:
    """Seconds from the first to the last sound of a file."""
    sound = np.abs(np.concatenate(list(decode(path, RATE))))
    loud = np.flatnonzero(sound > LOUD * sound.max())
    return float(loud[-1] - loud[0]) / RATE


def words_in(text: str) -> int:
    """Words as they are written."""
    return len(text.split())


def by_espeak() -> list[Guess]:
    """Each script at each pace."""
    voice = EspeakVoice.set_up(VoiceSetup(None, None, ()))
    found = []
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "read.wav"
        for text in SCRIPTS:
            for pace in PACES:
                voice.speak(to_spoken(text), target, words_per_minute=pace)
                told = reading_seconds(text, words_per_minute=pace)
                found.append(Guess(sounding(target), told, words_in(text) / pace * 60))
    return found


def by_telephone(folder: Path) -> tuple[list[Guess], list[Guess]]:
    """Every clip of speakers with enough of them, and those of each speaker together."""
    with (folder / "clips.tsv").open() as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "dialogue"]
    single, together = [], []
    for _speaker, clips in groupby(rows, key=lambda row: row["clean"].split("_")[0]):
        read = [(row["text"], sounding(folder / row["phone"])) for row in clips]
        learned, asked = read[::3], [one for number, one in enumerate(read) if number % 3]
        ours = _pace(learned)
        words = sum(words_in(text) for text, _ in learned) / sum(seconds for _, seconds in learned)
        guesses = [Guess(took, _told(text, ours), words_in(text) / words) for text, took in asked]
        single += guesses
        together.append(
            Guess(
                sum(one.took for one in guesses), sum(one.told for one in guesses), sum(one.by_words for one in guesses)
            )
        )
    return single, together


def _told(text: str, pace: float) -> float:
    return reading_seconds(text, words_per_minute=round(pace))


def _pace(read: Sequence[tuple[str, float]]) -> float:
    """Words a minute without pauses, as the desk counts them (``programme.services.learn_speed``)."""
    words = seconds = 0.0
    for text, took in read:
        at_sixty, at_twice = (reading_seconds(text, words_per_minute=pace) for pace in (60, 120))
        said = 2 * (at_sixty - at_twice)
        words, seconds = words + said, seconds + took - (at_sixty - said)
    return words / seconds * 60


def report(title: str, guesses: Sequence[Guess]) -> None:
    """One line of the table."""
    ours, by_words = zip(*(one.errors for one in guesses), strict=True)
    shares = [f"{100 * share:.1f}" for one in (ours, by_words) for share in (median(one), mean(one), max(one))]
    print(f"| {title} | {len(guesses)} | {', '.join(shares[:3])} | {', '.join(shares[3:])} |")


def main() -> None:
    """Run it."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--speech", type=Path)
    asked = given.parse_args()
    print("| read by | readings | error in %: median, mean, worst | by counting words |\n| --- | --- | --- | --- |")
    report("espeak-ng, 120, 140 and 160 words a minute", by_espeak())
    if asked.speech:
        single, together = by_telephone(asked.speech)
        report("people on the telephone, a sentence", single)
        report("people on the telephone, all of one reader", together)


if __name__ == "__main__":
    main()
