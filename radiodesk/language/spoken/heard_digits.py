"""Digits as people say them, in words or written: "kosong lapan satu dobel dua" and "0812 tiga empat" alike.

The reverse of ``numerals``: words that were heard become digits. Javanese
digits count too, as do pairs read as one number ("dua belas", "tiga puluh empat").
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DIGITS = {
    "0": "nol kosong kosng zero enol nul",
    "1": "satu siji sawiji setunggal satuh",
    "2": "dua loro kalih dwi rong",
    "3": "tiga telu tigo telung",
    "4": "empat papat sekawan patang",
    "5": "lima limo gangsal limang",
    "6": "enam nem enem anam",
    "7": "tujuh pitu tujoh pitung",
    "8": "delapan lapan dlapan wolu wolung delapn",
    "9": "sembilan sanga songo sangang semilan",
}
DIGIT_WORDS = {word: digit for digit, words in _DIGITS.items() for word in words.split()}
"""Every way in which a digit is said, with its digit."""

_REPEATS = {"dobel": 2, "double": 2, "dobol": 2, "kembar": 2, "tripel": 3, "triple": 3}
_FILLER_LINE = "eh e ehm em anu terus trus lalu kemudian strip setrip min minus spasi koma titik habis itu lha nggih ya"
_FILLERS = frozenset(_FILLER_LINE.split())
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_MARK = re.compile(r"[ .-]|\) ?| ?- ?| \(|\(")
_LONGEST_FILLING = 2
_CORRECTION_LINE = (
    "maaf sori sorry salah bukan maksud maksudnya maksude saya kulo ralat koreksi ulangi ulang tunggu bentar sebentar"
    " apa eee eeh ehm emm hmm mmm oh aduh lupa keliru klentu kleru tadi deng ding loh lho nganu pak bu mas mbak"
    " dash slash garis miring kurung buka tutup dot"
)
_CORRECTIONS = frozenset(_CORRECTION_LINE.split())
_LONGEST_CORRECTION = 5


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a run of written digits of a text, in lower case, with its place."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class HeardDigits:
    """A run of digits in a text: what they are, their place, and how many words of it were said rather than written."""

    digits: str
    start: int
    end: int
    spoken: int


def tokens(text: str) -> list[Token]:
    """The words and digit runs of ``text``."""
    return [Token(match[0].lower(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def heard_digits(text: str, *, at_least: int = 1, corrected: bool = False) -> list[HeardDigits]:
    """Every run of at least ``at_least`` digits in ``text``, said or written, across pauses and filling words.

    ``corrected`` also goes on across words with which people correct themselves ("eh maaf, salah, maksud saya"); the
    digits are then all that were said, the wrong ones among them.

    Written numbers end a run where the text between shows that they are no digit strings: letters glued to them, a
    decimal comma, "rupiah".
    """
    fillers = (_FILLERS | _CORRECTIONS, _LONGEST_CORRECTION) if corrected else (_FILLERS, _LONGEST_FILLING)
    return [run for run in _runs(text, tokens(text), *fillers) if len(run.digits) >= at_least]


def _runs(text: str, words: Sequence[Token], fillers: frozenset[str], longest: int) -> Iterator[HeardDigits]:
    place = 0
    while place < len(words):
        digits, after, spoken = _group(words, place)
        if not digits:
            place += 1
            continue
        start, end = words[place].start, words[after - 1].end
        while True:
            following = _skip_fillers(words, after, fillers, longest)
            more, reached, said = _group(words, following)
            between = text[words[after - 1].end : words[following].start] if more else ""
            if not more or not _is_joined(between, following == after, bool(spoken or said)):
                break
            digits, after, spoken = digits + more, reached, spoken + said
            end = words[after - 1].end
        yield HeardDigits(digits, start, end, spoken)
        place = after


def _is_joined(between: str, adjacent: bool, spoken: bool) -> bool:
    """Whether what stands between two digit groups keeps them in one string; speech has pauses, writing only marks."""
    if not spoken:
        return bool(_MARK.fullmatch(between))
    return len(between) <= (3 if adjacent else 40) and not set(between) & set("\n:;/=%")


def _skip_fillers(words: Sequence[Token], place: int, fillers: frozenset[str], longest: int) -> int:
    skipped = 0
    while place < len(words) and words[place].word in fillers and skipped < longest:
        place += 1
        skipped += 1
    return place


def _group(words: Sequence[Token], place: int) -> tuple[str, int, int]:
    """Digits that begin at ``place``, the place after them, and how many words of them were spoken."""
    if place >= len(words):
        return "", place, 0
    word = words[place].word
    if word.isdigit() and word.isascii():
        return word, place + 1, 0
    if word in _REPEATS and place + 1 < len(words):
        digit = DIGIT_WORDS.get(words[place + 1].word) or _single(words[place + 1].word)
        return (digit * _REPEATS[word], place + 2, 2) if digit else ("", place, 0)
    if word == "sepuluh":
        return "10", place + 1, 1
    if word == "sebelas":
        return "11", place + 1, 1
    if word in DIGIT_WORDS:
        return _composed(words, place, DIGIT_WORDS[word])
    return "", place, 0


def _composed(words: Sequence[Token], place: int, digit: str) -> tuple[str, int, int]:
    """A digit word alone, or as the head of "dua belas", "tiga puluh", "tiga puluh empat"."""
    scale = words[place + 1].word if place + 1 < len(words) else ""
    if scale in {"belas", "welas", "las"}:
        return f"1{digit}", place + 2, 2
    if scale in {"puluh", "puloh"}:
        unit = DIGIT_WORDS.get(words[place + 2].word) if place + 2 < len(words) else None
        if unit and unit != "0" and not _is_scaled(words, place + 3):
            return digit + unit, place + 3, 3
        return f"{digit}0", place + 2, 2
    if scale in {"ratus", "ribu", "juta", "miliar", "atus", "ewu", "yuta"}:
        return "", place, 0
    return digit, place + 1, 1


def _is_scaled(words: Sequence[Token], place: int) -> bool:
    return place < len(words) and words[place].word in {"belas", "puluh"}


def _single(word: str) -> str:
    return word if len(word) == 1 and word.isdigit() and word.isascii() else ""
