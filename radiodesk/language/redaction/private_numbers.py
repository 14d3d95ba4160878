"""Private numbers, written or said: telephones, identity cards, bank accounts, plates."""

import re
from collections.abc import Iterator
from dataclasses import replace

from radiodesk.language.redaction.name_cues import BANK_CUE, KK_CUE, NIK_CUE, NPWP_CUE, SIM_CUE
from radiodesk.language.redaction.spans import Span
from radiodesk.language.spoken.heard_digits import HeardDigits, Token, heard_digits, tokens
from radiodesk.language.spoken.numerals import LETTER_NAMES, PLATE_AREAS

_CUE_REACH = 60
_PHONE_CUE = re.compile(
    r"\b(?:telepon|telpon|telp|tlp|hp|hape|handphone|wa|whatsapp|sms|hubungi|kontak|contact|call|nomor(?:nya|ku"
    r"| saya| kulo)?|nomer(?:e|ku)?"
    r"|nope|no)\b"
)
_PUBLIC_CUE = re.compile(
    r"\b(?:tiket|pengaduan|aduan|laporan nomor|nomor laporan|nomor lp|lp|resi|register|perkara|surat nomor"
    r"|nomor surat|pasal|undang|perda"
    r"|nomor undian|kode pos|call cent(?:er|re)|hotline|layanan)\b"
)
_DATE = re.compile(r"\d{1,2}[-. ]\d{1,2}[-. ](?:19|20)\d\d\b")
_AMOUNT_AFTER = re.compile(r"\s*(?:rupiah|ribu|juta|perak)\b")
_NOT_DIGITS_AFTER = re.compile(
    r"\s*(?:rupiah|ribu|juta|perak|persen|%|km\b|kilo|meter|orang|kali|tahun|liter|ton\b|hari|jam|menit)"
)
_NOT_DIGITS_BEFORE = re.compile(r"(?:rp|rp\.|km|usd|[\w]-|/)\s*\Z")
_LETTERS = {**{name: letter for letter, name in LETTER_NAMES.items()}, **{letter: letter for letter in LETTER_NAMES}}
_LETTERS |= {"kiu": "q", "fe": "v", "set": "z"}
_AREAS = frozenset(PLATE_AREAS)
_PLATE_CUE = re.compile(
    r"\b(?:plat(?:nya|e)?|pelat(?:nya)?|nopol(?:nya|e)?|nomor polisi|no pol|berplat|bernopol|tnkb|kendaraan nomor)\b"
)
_GLUED_PLATE = re.compile(r"(?<![\w.,/+-])([A-Z]{1,2})[\s.-]?(\d{1,4})[\s.-]?([A-Z]{1,3})(?![\w])")
_GLUED_LOOSE = re.compile(r"(?<![\w.,/+-])([a-z]{1,2})[\s.-]?(\d{3,4})[\s.-]?([a-z]{1,3})(?![\w])")
_MARKED_PLATE = re.compile(r"(?<![\w.,/+-])([A-Z]{1,2}) ?[/,_.*|-] ?(\d{3,4}) ?[/,_.*|-] ?([A-Z]{2,3})(?![\w])")
_SHORTEST_PHONE = 10
_MISHEARD = re.compile(r"[ ,-]+[^\W\d_]{2,9}\b")
"""One word between digits, with no end of a sentence before it."""
_PLUS = re.compile(r"(?:\+[ (]{0,2}|\bplus )\Z")
_PLATE_WORDS = frozenset(
    {"km", "di", "ke", "rp", "jl", "no", "rt", "rw", "jam", "kg", "cm", "mm", "m", "wib", "an", "dan", "dr"}
)


def find_numbers(text: str) -> Iterator[Span]:
    """Telephone, identity and account numbers, and number plates."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)
    for run in heard_digits(text, at_least=6, corrected=True):
        span = _classified(lowered, run)
        if span is not None:
            yield _to_its_end(lowered, run, span)
    yield from _written_plates(text, lowered)
    yield from _spoken_plates(text, lowered)


def _to_its_end(text: str, run: HeardDigits, span: Span) -> Span:
    """A telephone number that is said goes on behind one misheard word, while it has fewer digits than any has."""
    if span.kind != "phone" or not run.spoken or len(run.digits) >= _SHORTEST_PHONE:
        return span
    rest = _MISHEARD.match(text[run.end :])
    if rest is None:
        return span
    behind = run.end + rest.end()
    further = heard_digits(text[behind:], at_least=2, corrected=True)
    if not further or text[behind : behind + further[0].start].strip(" ,-"):
        return span
    end = behind + further[0].end
    if _NOT_DIGITS_AFTER.match(text[end:]):
        return span
    return replace(span, end=end)


def _classified(text: str, run: HeardDigits) -> Span | None:
    front = text[max(0, run.start - _CUE_REACH) : run.start]
    if (len(run.digits) < 8 and _NOT_DIGITS_AFTER.match(text[run.end :])) or (
        not run.spoken and _NOT_DIGITS_BEFORE.search(front)
    ):
        return None
    if (
        _PUBLIC_CUE.search(front[-35:])
        or _AMOUNT_AFTER.match(text[run.end :])
        or _DATE.match(text[run.start : run.end])
    ):
        return None
    count, said = len(run.digits), "spoken" if run.spoken else "written"

    def span(kind: str, why: str, score: float) -> Span:
        plus = _PLUS.search(text[: run.start]) if kind == "phone" else None
        return Span(plus.start() if plus else run.start, run.end, kind, f"{said} {why}", score)

    if count in {15, 16} and NPWP_CUE.search(front):
        return span("npwp", "tax number after its cue", 0.95)
    if 12 <= count <= 16 and _last(front, SIM_CUE, 30):
        return span("sim", "driving licence number after its cue", 0.95)
    if 15 <= count <= 17:
        if _last(front, KK_CUE, 40):
            return span("kk", "family card number", 0.95)
        return span("nik", "sixteen digits", 0.95 if count == 16 or NIK_CUE.search(front) else 0.7)
    if _mobile(run.digits):
        return span("phone", "mobile number", 0.98)
    if _last(front, BANK_CUE, 45) and 8 <= count <= 18:
        return span("bank_account", "account number after its cue", 0.9)
    if run.digits.startswith("0") and 8 <= count <= 12 and _is_grouped_landline(text, run):
        return span("phone", "landline number", 0.85)
    if _last(front, _PHONE_CUE, 30) and 6 <= count <= 14:
        return span("phone", "digits after a telephone cue", 0.8)
    if run.spoken and (count >= 9 or (count >= 6 and run.digits.startswith("08"))):
        return span("phone", "long string of digits", 0.7)
    if NIK_CUE.search(front) and count >= 10:
        return span("nik", "digits after an identity cue", 0.8)
    return None


def _mobile(digits: str) -> bool:
    if digits.startswith("62"):
        digits = f"0{digits[2:]}"
    return digits.startswith("08") and 9 <= len(digits) <= 14


def _is_grouped_landline(text: str, run: HeardDigits) -> bool:
    """An area code that is set apart, or said; a bare long number with a zero in front may be anything."""
    return bool(run.spoken) or bool(re.match(r"\(?0\d{2,3}[)\s-]", text[max(0, run.start - 1) : run.end].lstrip("( ")))


def _last(front: str, cue: "re.Pattern[str]", reach: int) -> bool:
    return bool(cue.search(front[-reach:]))


def _written_plates(text: str, lowered: str) -> Iterator[Span]:
    for match in _GLUED_PLATE.finditer(text):
        if match[1].lower() in _AREAS and (len(match[2]) > 1 or " " in match[0]):
            yield Span(match.start(), match.end(), "plate", "written number plate", 0.95)
    for match in _MARKED_PLATE.finditer(text):
        if match[1].lower() in _AREAS:
            yield Span(match.start(), match.end(), "plate", "written number plate with marks", 0.9)
    for match in _GLUED_LOOSE.finditer(lowered):
        if match[1] in _AREAS and match[3] not in _PLATE_WORDS and match[1] not in _PLATE_WORDS:
            yield Span(match.start(), match.end(), "plate", "number plate in lower case", 0.85)


def _spoken_plates(text: str, lowered: str) -> Iterator[Span]:
    """Letters, digits, letters, each said by its name: "es satu dua tiga empat a be"."""
    words = tokens(text)
    place = 0
    while place < len(words):
        found = _plate_at(text, lowered, words, place)
        if found is None:
            place += 1
            continue
        span, place = found
        yield span


def _plate_at(text: str, lowered: str, words: list[Token], place: int) -> tuple[Span, int] | None:
    area, after = _letters(text, words, place, 2)
    if area not in _AREAS:
        area, after = _letters(text, words, place, 1)
    if area not in _AREAS:
        return None
    digits = ""
    first = after
    while after < len(words) and len(digits) < 4:
        run = heard_digits(text[words[after].start : words[after].end])
        if not run:
            break
        digits += run[0].digits
        after += 1
    if after == first or not 1 <= len(digits) <= 4:
        return None
    series, behind = _letters(text, words, after, 3)
    cued = bool(_PLATE_CUE.search(lowered[max(0, words[place].start - 40) : words[place].start]))
    said = any(len(words[index].word) > 1 for index in range(place, first)) or first < after - 1
    if not series and not (cued and len(digits) >= 2):
        return None
    if not cued and (len(digits) < 2 or not said):
        return None
    if text[words[place].start : words[behind - 1].end].count("\n"):
        return None
    span = Span(
        words[place].start, words[behind - 1].end, "plate", "number plate as it is said", 0.95 if cued else 0.85
    )
    return span, behind


def _letters(text: str, words: list[Token], place: int, most: int) -> tuple[str, int]:
    """Up to ``most`` letters named from ``place`` on, or written together as one word of capitals would be."""
    named = ""
    while place < len(words) and len(named) < most:
        word = words[place].word
        written = text[words[place].start : words[place].end]
        together = 1 < len(word) <= most - len(named) and (_unsayable(word) or written.isupper())
        letters = _LETTERS.get(word) or (word if together else None)
        if letters is None:
            break
        named += letters
        place += 1
    return named, place


def _unsayable(word: str) -> bool:
    """Letters that a recogniser wrote together: an area code, or letters that make no syllable."""
    return word.isascii() and word.isalpha() and (word in _AREAS or not any(letter in "aeiou" for letter in word))
