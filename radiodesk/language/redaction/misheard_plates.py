"""Number plates that the recogniser wrote as something else: "mobile empat. Lapan dua satu kelet".

The letters run together into words that are none, the digits are read as an amount, a full stop falls between. What
gives them away is the vehicle, or the word for a plate, in front.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from radiodesk.language.redaction.name_lexicon import is_common, is_given_name
from radiodesk.language.redaction.spans import Span
from radiodesk.language.spoken.heard_digits import DIGIT_WORDS, Token, tokens
from radiodesk.language.spoken.numerals import LETTER_NAMES, PLATE_AREAS

_PLATE_CUES_LINE = (
    "plat plate platnya pelat pelatnya pelate nopol nopole nopolnya nopolisi polisi pol tnkb berplat bernopol"
)
PLATE_CUES = frozenset(_PLATE_CUES_LINE.split())
"""Words for a plate; "nomor polisi" by its second word."""
_VEHICLES_LINE = (
    "mobil mobile mobilnya motor motore motornya montor montore truk truke truknya trek treke pikap "
    "pickup sepeda bus bise bisnya angkot elf travel taksi kendaraan kendaraannya avanza xenia innova "
    "beat vario mio scoopy supra vixion fortuner pajero jazz brio ertiga rush terios tronton fuso "
    "kontainer"
)
VEHICLES = frozenset(_VEHICLES_LINE.split())
_FILLING_LINE = (
    "saya itu ini nya ku e kulo aku anu eh ehm ya yang warna putih hitam merah biru silver abu hijau "
    "kuning nomor nomer nomornya nomernya nomere no honda yamaha suzuki toyota daihatsu plat pelat "
    "platnya nopol polisi pol berplat bernopol kendaraan dengan adalah"
)
_FILLING = frozenset(_FILLING_LINE.split())
_SCALES_LINE = "belas puluh ratus ribu sepuluh sebelas seratus seribu"
_SCALES = frozenset(_SCALES_LINE.split())
_LETTERS = frozenset({*LETTER_NAMES, *LETTER_NAMES.values(), "kiu", "fe", "set", "ey", "bi", "ji", "yu"})
_AREAS = frozenset(PLATE_AREAS) | {LETTER_NAMES[area] for area in PLATE_AREAS if len(area) == 1}
_UNITS_LINE = (
    "meter kilometer kilo km orang unit buah ekor kali hari jam menit tahun bulan minggu rupiah persen "
    "ton liter korban kendaraan mobil motor truk jalur lajur arah roda orangan anak ribuan juta pagi "
    "siang sore malam lawan"
)
_UNITS = frozenset(_UNITS_LINE.split())
_LONGEST_FILLING = 4
_LONGEST_STRANGE = 6
_FEWEST, _MOST = 3, 4


@dataclass(frozen=True, slots=True)
class Begun:
    """Something that begins like a plate: its place, how many digits were said, whether it ends like one."""

    start: int
    end: int
    cued: bool
    area: bool
    digits: int
    spoken: bool
    """Whether every digit was said by itself, and in words."""
    series: bool

    @property
    def understood(self) -> bool:
        """Whether it is a plate beyond reasonable doubt."""
        if self.cued:
            return self.digits >= 1 and (self.area or self.series)
        return self.series and (_FEWEST <= self.digits <= _MOST or (self.area and self.digits >= 1))


def find_misheard(text: str) -> Iterator[Span]:
    """Plates behind their cue, or behind a vehicle, that are not spelled as plates are."""
    for begun in plates_begun(text):
        if begun.understood:
            yield Span(begun.start, begun.end, "plate", "number plate as it was misheard", 0.75)


def plates_begun(text: str) -> Iterator[Begun]:
    """Wherever a number follows a word for a plate or a vehicle."""
    words = tokens(text)
    place = 0
    while place < len(words):
        cued = words[place].word in PLATE_CUES
        if not cued and words[place].word not in VEHICLES:
            place += 1
            continue
        first = place + 1
        while first < len(words) and words[first].word in _FILLING and first - place <= _LONGEST_FILLING:
            cued = cued or words[first].word in PLATE_CUES
            first += 1
        begun, after = _begun(text, words, first, cued)
        if begun is not None:
            yield begun
        place = max(after, place + 1)


def _begun(text: str, words: list[Token], first: int, cued: bool) -> tuple[Begun | None, int]:
    place = first
    while place < len(words) and place - first < 2 and _near(text, words, place, first) and _letter(words[place].word):
        place += 1
    area = place > first and "".join(one.word for one in words[first:place]) in _AREAS | _joined_areas()
    if place > first and not area:
        return None, first
    number = place
    while number < len(words) and _near(text, words, number, first) and _is_number(words[number].word):
        number += 1
    said = [words[at].word for at in range(place, number)]
    if not said:
        return None, first
    spoken = all(word in DIGIT_WORDS for word in said)
    if number < len(words) and words[number].word in _UNITS:
        return None, number
    end = number
    while end < len(words) and end - number < _FEWEST and _near(text, words, end, first) and _letter(words[end].word):
        end += 1
    if end == number and end < len(words) and _near(text, words, end, first) and is_strange(words[end].word):
        end += 1
    digits = sum(len(word) if word.isdigit() else 1 for word in said if word not in ("belas", "puluh", "ratus", "ribu"))
    begun = Begun(words[first].start, words[end - 1].end, cued, area, digits, spoken, end > number)
    return begun, end


def _joined_areas() -> frozenset[str]:
    return frozenset("".join(LETTER_NAMES[sign] for sign in area) for area in PLATE_AREAS)


def _near(text: str, words: list[Token], place: int, first: int) -> bool:
    """Whether a word stands close enough to the one before to be of the same plate; a full stop may fall between."""
    if place == first:
        return True
    between = text[words[place - 1].end : words[place].start]
    return len(between) <= 3 and "\n" not in between


def _letter(word: str) -> bool:
    return word in _LETTERS


def _is_number(word: str) -> bool:
    return word in DIGIT_WORDS or word in _SCALES or (word.isdigit() and len(word) <= _MOST)


def is_strange(word: str) -> bool:
    """Whether a word may be letters that the recogniser ran together: short, and no word or name of its own."""
    return word.isalpha() and len(word) <= _LONGEST_STRANGE and not is_common(word) and not is_given_name(word)
