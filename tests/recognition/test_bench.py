"""The table is counted right, and the peer gets every benefit of the doubt."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from rapidfuzz.distance import Levenshtein

from radiodesk.language.digit_words import cardinal, spell
from scripts.bench_speech import Clip, Run, as_printed, kinder, parts_of, score


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("119, selamat malam!", "satu satu sembilan selamat malam"),
        ("Harganya Rp1.750.000.", "harganya satu juta tujuh ratus lima puluh ribu rupiah"),
        ("Nomor 0852 123", "nomor kosong delapan lima dua satu dua tiga"),
        ("Nomor 0852 123", "nomor nol delapan lima dua seratus dua puluh tiga"),
        ("12 34 56", "dua belas tiga puluh empat lima enam"),
        ("2012245", "dua kosong satu dua dua empat lima"),
    ],
)
def test_numbers_are_read_in_the_way_that_fits(printed: str, said: str) -> None:
    assert kinder(printed, tuple(said.split())) == said.split()


@given(
    some.lists(some.sampled_from(["119", "750", "ribu", "jalan", "rusak", "20", "dua"]), max_size=8),
    some.lists(some.sampled_from(["satu", "dua", "jalan", "rusak", "ribu", "tujuh", "puluh"]), max_size=8),
)
def test_kinder_is_never_worse_than_any_single_reading(printed: list[str], said: list[str]) -> None:
    best = Levenshtein.distance(kinder(" ".join(printed), tuple(said)), said)

    spelled = [spell(word) if word.isdigit() else word for word in printed]
    counted = [cardinal(int(word)) if word.isdigit() else word for word in printed]
    for reading in (spelled, counted):
        assert best <= Levenshtein.distance(" ".join(reading).split(), said)


def _clip(words: str, kind: str, speaker: str = "A", seconds: float = 2.0) -> Clip:
    return Clip(Path(f"{speaker}.wav"), tuple(words.split()), kind, speaker, seconds)


def test_rates_and_strings_are_counted() -> None:
    clips = [_clip("jalan rusak di desa", "dialogue"), _clip("satu dua", "digits"), _clip("tiga empat", "digits")]
    run = Run(["Jalan rusuk, di desa", "satu dua.", "tiga"], seconds=1.5, cpu=3.0, peak_mb=400)

    row = score("phone", "desk", "all", clips, run, as_printed)

    assert (row.wer, row.dialogue, row.digits) == (25.0, 25.0, 25.0)
    assert (row.exact, row.strings) == (1, 2)
    assert (row.seconds, row.cpu) == (0.25, 0.5)


def test_speakers_that_were_tuned_on_are_shown_apart() -> None:
    clips = [_clip("satu", "digits", "A", 1.0), _clip("dua", "digits", "B", 3.0)]
    run = Run(["satu", "tiga"], seconds=4.0, cpu=4.0, peak_mb=1)

    parts = parts_of(clips, run, {"A"})

    assert [(name, [clip.speaker for clip in some_clips], part.seconds) for name, some_clips, part in parts] == [
        ("all", ["A", "B"], 4.0),
        ("tuned on", ["A"], 1.0),
        ("held out", ["B"], 3.0),
    ]
