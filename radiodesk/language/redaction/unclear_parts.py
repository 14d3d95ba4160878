"""Where a number, a plate or a name is begun and not understood: only a person can tell whether it is private.

These are no findings of ``find_private``: they are laid before a person, who must decide about each.
"""

import re
from collections.abc import Iterator, Sequence

from radiodesk.language.redaction.misheard_plates import plates_begun
from radiodesk.language.redaction.name_lexicon import is_common
from radiodesk.language.redaction.plain_text import plain
from radiodesk.language.redaction.spans import Span, merged
from radiodesk.language.spoken.heard_digits import DIGIT_WORDS, heard_digits, tokens

UNCLEAR = "unclear"
_NUMBER_CUE = re.compile(
    r"\b(?:(?:nomor|nomer|no)(?:\s?(?:hp|hape|wa|telepon|telpon|telp|rekening|rek|ktp|kk|nik|induk|handphone|kulo|saya|ku)"
    r"|nya|e|ku)+|(?:hp|hape|wa|telepon|telpon|telp|nik|rekening|norek|whatsapp)(?:nya|ku|ne|e)?)\b[^.\n]{0,24}\Z",
    re.IGNORECASE,
)
_OTHER_NUMBER = re.compile(
    r"\b(?:tiket|pengaduan|aduan|laporan|lp|resi|pasal|undang|perda|rumah|urut|antrean|antrian|undian|kode pos|darurat"
    r"|layanan|hotline|lapak|kamar|kursi|satu|punggung|surat)\b[^.\n]{0,30}\Z",
    re.IGNORECASE,
)
_NOT_A_NUMBER_AFTER = re.compile(
    r"\s*(?:rupiah|ribu|juta|perak|persen|%|km\b|kilo|meter|orang|kali|tahun|liter|ton\b|hari|jam|menit|unit|buah|ekor)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:persen|km\b|kilo|meter|orang|kali|tahun|bulan|minggu|liter|ton\b|hari|jam|menit|detik|unit|buah|ekor|rt\b|rw\b)",
    re.IGNORECASE,
)
_NAME_CUE = re.compile(
    r"\b(?:nama (?:saya|kulo|kula|aku|lengkap(?:nya|ku)?)|namaku|jenengku|jeneng kulo|asmo kulo"
    r"|perkenalkan(?: saya)?)\b"
    r"(?P<between>[\s,.:]{1,3}(?:(?:eh|ehm|em|e|anu|itu|adalah|ini|nggih)\b[\s,.]{1,3})*)(?P<name>[^\W\d_]+)",
    re.IGNORECASE,
)
NUMBERS = frozenset({"phone", "nik", "kk", "sim", "npwp", "id_number", "bank_account", "card", "passport"})
"""Kinds of ``find_private`` that are numbers of people."""
_TAIL = re.compile(
    r"[\s,;:-]+(?:(?:puluh|belas|ratus|ribu|juta|rupiah|sepuluh|sebelas|seratus|seribu|\d[\d.]*|"
    + "|".join(sorted(DIGIT_WORDS))
    + r")\b[\s,-]*)+",
    re.IGNORECASE,
)
"""Words of an amount right behind a number, in the same sentence."""
_KEPT_BACK_LINE = (
    "tidak jangan ndak nggak gak mboten ojo ora ga tak jangankan dirahasiakan rahasia disembunyikan ya "
    "yang dan di dari sudah belum tolong ada boleh gausah usah mohon sama"
)
_KEPT_BACK = frozenset(_KEPT_BACK_LINE.split())
_EMERGENCY = re.compile(r"1(?:10|12|13|15|17|18|19|29|68)")
_FEWEST, _LONG = 3, 5


def find_unclear(text: str, found: Sequence[Span]) -> list[Span]:
    """What begins like something private and is not in ``found``, in order, as spans of the kind ``unclear``."""
    read = plain(text)
    spans = read.original([*_numbers(read.text), *_plates(read.text), *_names(read.text)])
    begun = [*spans, *_tails(text, found)]
    return [one for one in merged(begun) if not any(one.start < other.end and other.start < one.end for other in found)]


def _tails(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Number words that go on where a number was found: its last digits are often taken for an amount."""
    for one in found:
        tail = _TAIL.match(text, one.end) if one.kind in NUMBERS else None
        if tail is not None and not _COUNTED.match(text, tail.end()):
            said = tail[0].strip(" ,;:-")
            start = one.end + tail[0].index(said)
            yield Span(start, start + len(said), UNCLEAR, "what follows a number like a number", 0.4)


def _numbers(text: str) -> Iterator[Span]:
    for run in heard_digits(text, at_least=_FEWEST, corrected=True):
        front = text[max(0, run.start - 45) : run.start]
        if (
            _EMERGENCY.fullmatch(run.digits)
            or _OTHER_NUMBER.search(front)
            or _NOT_A_NUMBER_AFTER.match(text[run.end :])
        ):
            continue
        # Digit by digit is how numbers of people are said; amounts and years are not.
        if _NUMBER_CUE.search(front) or (run.spoken == len(run.digits) and run.spoken >= _LONG):
            yield Span(run.start, run.end, UNCLEAR, "number that was begun and not understood", 0.4)


def _plates(text: str) -> Iterator[Span]:
    for begun in plates_begun(text):
        said_so = begun.cued and (begun.digits >= 1)
        if not begun.understood and (said_so or (begun.spoken and begun.digits in (3, 4))):
            yield Span(begun.start, begun.end, UNCLEAR, "number plate that was begun and not understood", 0.4)


def _names(text: str) -> Iterator[Span]:
    for match in _NAME_CUE.finditer(text):
        word = match["name"].lower()
        hesitates = bool(match["between"].strip(" ,.:")) or word in ("eh", "ehm", "em", "anu")
        if word not in _KEPT_BACK and (hesitates or not is_common(word)):
            following = tokens(text[match.start("name") :])[:2]
            end = match.start("name") + (following[-1].end if not is_common(following[-1].word) else following[0].end)
            yield Span(match.start("name"), end, UNCLEAR, "name that was begun and not understood", 0.4)
