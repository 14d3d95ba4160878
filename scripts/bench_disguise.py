"""Measure how well voices are disguised: can a speaker be told, and is what was said still understood?

    python -m scripts.bench_disguise DIR --encoder pretrained.pt [--models models] [--column clean] [--json FILE]

DIR is as for ``bench_speech.py``. The encoder's weights are told in ``speaker_encoder.py``. Of each speaker six clips
are known to an attacker (the original sound), and the others, three joined to a call, are published in disguise. AUC:
how often a call is more like its own speaker's known sound than like somebody else's; one half is chance. The interval
comes from 400 draws of the speakers. WER counts lower-case words without punctuation, clip by clip.

Attackers: who compares; who shifts pitch and resonances of what was published back and takes the best of eleven
shifts; who disguises the known sound with this same program and compares that; who compares two disguised calls.
"""

import argparse
import csv
import json
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from radiodesk.sound.decoder import read_all
from radiodesk.sound.encoder import write_blocks
from radiodesk.sound.stretches import Span
from radiodesk.sound.voice_change import Role, change_voices
from radiodesk.sound.voice_disguise import draw
from radiodesk.sound.voice_parts import RATE
from scripts.speaker_encoder import SpeakerEncoder

KNOWN, IN_A_CALL = 6, 3
SHIFTS = np.exp(np.linspace(-0.25, 0.25, 11))
DRAWS = 400

Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Spoken:
    """A call that was made of some clips: who speaks, each clip's sound and words."""

    speaker: str
    clips: list[Sound]
    words: list[list[str]]

    @property
    def sound(self) -> Sound:
        return np.concatenate(self.clips)

    def again(self, sound: Sound) -> "Spoken":
        """The same words in other sound, of the same length."""
        ends = np.cumsum([len(clip) for clip in self.clips])[:-1]
        return Spoken(self.speaker, np.split(sound, ends), self.words)


@dataclass(frozen=True)
class Result:
    """How often an attacker is right, with its interval."""

    attacker: str
    auc: float
    lower: float
    upper: float
    same_sex: float


def read(folder: Path, column: str, calls: int) -> tuple[dict[str, Sound], list[Spoken]]:
    """What is known of each speaker, and the calls."""
    rows = defaultdict(list)
    with (folder / "clips.tsv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            if row["kind"] == "dialogue":
                rows[row["clean"].split("_")[0]].append((row[column], row["text"].lower().split()))
    known, spoken = {}, []
    for speaker, clips in rows.items():
        known[speaker] = np.concatenate([read_all(folder / name, RATE) for name, _ in clips[:KNOWN]])
        for at in range(KNOWN, min(len(clips) - IN_A_CALL + 1, KNOWN + calls * IN_A_CALL), IN_A_CALL):
            some = clips[at : at + IN_A_CALL]
            sounds = [read_all(folder / name, RATE) for name, _ in some]
            spoken.append(Spoken(speaker, sounds, [words for _, words in some]))
    return known, spoken


def disguised(sound: Sound) -> Sound:
    """As the record does it, through files."""
    with tempfile.TemporaryDirectory() as scratch:
        source, target = Path(scratch) / "in.flac", Path(scratch) / "out.flac"
        write_blocks(source, [sound], RATE, 1, "PCM_16")
        if change_voices(source, target, [Role(Span(0.0, len(sound) / RATE), draw())]):
            raise SystemExit("A stretch could not be disguised; the log says why.")
        return read_all(target, RATE)


def judge(attacker: str, likeness: NDArray[Any], spoken: Sequence[str], known: Sequence[str]) -> Result:
    """The AUC of a table of likeness, calls by what is known."""
    rows, columns = np.array(spoken), np.array(known)
    names = sorted(set(known))
    source = np.random.default_rng(0)
    drawn = [_auc(likeness, rows, columns, list(source.choice(names, len(names)))) for _ in range(DRAWS)]
    sexes = [[name for name in names if name[0] == sex] for sex in sorted({name[0] for name in names})]
    alike = float(np.mean([_auc(likeness, rows, columns, some) for some in sexes if len(some) > 1]))
    lower, upper = np.nanpercentile(drawn, [2.5, 97.5])
    return Result(attacker, _auc(likeness, rows, columns, names), float(lower), float(upper), alike)


def _auc(likeness: NDArray[Any], rows: NDArray[Any], columns: NDArray[Any], names: list[str]) -> float:
    own, others = [], []
    for name in names:
        of_name = likeness[rows == name]
        own.append(of_name[:, columns == name].ravel())
        others.append(of_name[:, np.isin(columns, [one for one in names if one != name])].ravel())
    same, other = np.concatenate(own), np.concatenate(others)
    same, other = same[np.isfinite(same)], other[np.isfinite(other)]
    return float((same[:, None] > other[None]).mean() + 0.5 * (same[:, None] == other[None]).mean())


def attack(
    encode: SpeakerEncoder, known: dict[str, Sound], spoken: list[Spoken], changed: list[Spoken]
) -> list[Result]:
    """What each attacker finds."""
    names, speakers = list(known), [one.speaker for one in spoken]
    there = np.array([encode(known[name]) for name in names]).T
    plain = np.array([encode(one.sound) for one in spoken])
    hidden = np.array([encode(one.sound) for one in changed])
    again = np.array([encode(disguised(known[name])) for name in names]).T
    shifted = np.array([[encode(soxr.resample(one.sound, RATE, RATE * by)) for by in SHIFTS] for one in changed])
    among = hidden @ hidden.T
    np.fill_diagonal(among, np.nan)
    return [
        judge("before: compares the original sound", plain @ there, speakers, names),
        judge("compares", hidden @ there, speakers, names),
        judge("shifts back, best of eleven", (shifted @ there).max(axis=1), speakers, names),
        judge("disguises the known sound too", hidden @ again, speakers, names),
        judge("compares two disguised calls", among, speakers, speakers),
    ]


def word_errors(models: Path, model: str, spoken: list[Spoken]) -> tuple[float, int]:
    """WER in per cent, and of how many words."""
    from radiodesk.recognition.loader import load_transcriber

    engine = load_transcriber("whisper", models, model)
    wrong = count = 0
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "clip.flac"
        for one in spoken:
            for clip, words in zip(one.clips, one.words, strict=True):
                write_blocks(path, [clip], RATE, 1, "PCM_16")
                heard = re.findall(r"\w+", engine.transcribe(path).text.lower())
                wrong += Levenshtein.distance(heard, words)
                count += len(words)
    return 100 * wrong / count, count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--model", default="base")
    parser.add_argument("--column", default="clean")
    parser.add_argument("--calls", type=int, default=4, help="of each speaker")
    parser.add_argument("--no-words", action="store_true", help="without the recogniser, which takes longest")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    known, spoken = read(arguments.folder, arguments.column, arguments.calls)
    begun = time.process_time()
    changed = [one.again(disguised(one.sound)) for one in spoken]
    cpu = (time.process_time() - begun) / sum(len(one.sound) / RATE for one in spoken)
    results = attack(SpeakerEncoder(arguments.encoder), known, spoken, changed)
    print("| attacker | AUC | interval | among the same sex |\n| --- | ---: | --- | ---: |")
    for one in results:
        print(f"| {one.attacker} | {one.auc:.2f} | {one.lower:.2f} to {one.upper:.2f} | {one.same_sex:.2f} |")
    print(f"\n{len(known)} speakers, {len(spoken)} calls; {cpu:.3f} s of processor time per second of sound")
    told: dict[str, Any] = {"attackers": [asdict(one) for one in results], "cpu": cpu}
    if not arguments.no_words:
        for name, some in (("before", spoken), ("disguised", changed)):
            told[name], words = word_errors(arguments.models, arguments.model, some)
            print(f"WER {name}: {told[name]:.1f} % of {words} words", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(told, indent=1), "utf-8")


if __name__ == "__main__":
    main()
