"""Whatever strangers send, it is read in about the time that as many plain words take."""

import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product

import pytest

from radiodesk.language.digit_words import spoken_texts
from radiodesk.language.places.finder import PlaceFinder
from radiodesk.language.places.pack import load_pack
from radiodesk.language.redaction import find_private
from radiodesk.language.spoken import to_spoken
from radiodesk.language.triage import triage
from radiodesk.road.event_parts import tell
from radiodesk.road.lapsit import parse_lapsit
from radiodesk.road.reading import read_report

LENGTH = 700
PLAIN = ("saya mau tanya, jalan di depan pasar macet sejak pagi karena ada truk mogok. " * 40)[:LENGTH]
REPEATED = ("_", "-", ".", " ", "\n", "…", "(", "@", "_a", "a.", "a-", "-_", "@ ", "v ", "0-", "A", "satu ", "titik ")
BEFORE = ("", "a@", "jalan ", "hubungi nama", "lihat foto @", "ig ")
AFTER = ("", "!", "! @contoh.com", " saja! at rumah.com")
TIMES_LONGER = 40


@lru_cache(maxsize=1)
def finder() -> PlaceFinder:
    return PlaceFinder(load_pack("bojonegoro"))


ENGINES: dict[str, Callable[[str], object]] = {
    "redaction": find_private,
    "triage": triage,
    "spoken form": to_spoken,
    "places": lambda text: finder().find(text),
    "road reading": lambda text: read_report(text, finder=finder()),
    "same event": tell.__wrapped__,
    "situation report": parse_lapsit,
    "digit words": spoken_texts,
}


def hostile() -> Iterator[str]:
    for repeated, before, after in product(REPEATED, BEFORE, AFTER):
        yield before + repeated * (LENGTH // len(repeated)) + after


def seconds(engine: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    engine(text)
    return time.process_time() - begun


@pytest.mark.parametrize("name", ENGINES)
def test_a_run_of_signs_takes_no_longer_than_plain_words(name: str) -> None:
    engine = ENGINES[name]
    seconds(engine, PLAIN)
    allowed = max(1.0, TIMES_LONGER * seconds(engine, PLAIN))
    for text in hostile():
        taken = seconds(engine, text)
        assert taken < allowed, f"{text[:30]!r} … {text[-24:]!r}: {taken:.1f} s"
