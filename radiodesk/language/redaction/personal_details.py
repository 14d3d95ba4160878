"""What tells where a person lives, when born, how old, which school: addresses, birth dates, children's marks."""

import re
from collections.abc import Iterator

from radiodesk.language.redaction.spans import Span
from radiodesk.language.spoken.heard_digits import DIGIT_WORDS, heard_digits

_NUMBER = (
    r"(?:\d{1,3}(?:\s?[a-c]\b)?|" + "|".join(sorted(DIGIT_WORDS, key=len, reverse=True)) + r"|sepuluh|sebelas|seratus)"
)
_SAID = rf"{_NUMBER}(?:\s(?:belas|puluh|ratus|{_NUMBER})){{0,5}}"
_RT = rf"\b(?:rt|er te|erte|r\.t)\.?\s?{_SAID}"
_RW = rf"\b(?:rw|er we|erwe|r\.w)\.?\s?{_SAID}"
_RT_RW = re.compile(rf"{_RT}(?:\s?[/,.-]?\s?(?:dan\s)?(?:{_RW}|{_SAID}))?|{_RW}\s?[/,.-]?\s?{_RT}", re.IGNORECASE)
_RW_HOME = re.compile(rf"\b(?:tinggal|rumah|alamat|omah|griya|griyo)\w*\s[^.,]{{0,25}}?(?P<rw>{_RW})", re.IGNORECASE)
_RT_ROLE = re.compile(r"(?:pak|bu|ketua|bapak|ibu|bp)\s\Z", re.IGNORECASE)
_STREET = (
    r"(?:\b(?:jalan|jl|jln|gang|gg|perum(?:ahan)?|dusun|dukuh|desa|kampung|komplek)\.?\s"
    r"(?:(?:[\w']|[.-](?!no))++[.-]?\s?){1,5}?,?\s?)"
)
_HOUSE = re.compile(
    rf"{_STREET}(?P<number>(?:(?:blok|blog)\s[a-z]{{1,2}}\s?\d{{0,3}},?\s?)?(?:nomor|nomer"
    rf"|no)\b\.?\s?(?:rumah\s)?{_SAID}(?:[-/]\d+)?)"
    rf"|(?P<alone>\b(?:(?:rumah|kos|kontrakan|kediaman)(?:nya|ku| saya| kulo)?|nomor rumah)\s"
    rf"(?:nomor|nomer|no)\b\.?\s?{_SAID}|\b(?:blok"
    rf"|blog)\s[a-z]{{1,2}}"
    rf"(?:\s?\d{{1,3}})?,?\s?(?:nomor|nomer|no)\b\.?\s?{_SAID}|\bnomor rumah(?:nya| saya)?\s{_SAID}"
    rf"|\bblok\s[a-z]{{1,2}}\s{_SAID})(?!\s(?:meter|orang|unit))",
    re.IGNORECASE,
)
_VILLAGE = re.compile(
    r"\b(?:tinggal(?:e)?|rumah(?:nya|ku| saya| kulo| kami)?|alamat(?:nya|ku|e| saya| kulo| lengkap)*|omah(?:ku|e)?"
    r"|griy[ao](?:ne)?|kediaman(?:nya)?|domisili(?:nya)?|kontrakan(?:nya| saya)?)\s"
    r"(?:(?:saya|kulo|di|ing|nang|wonten|ten|ada|itu)\s){0,2}"
    r"(?:desa|deso|ds|dusun|dsn|dukuh|dukoh|kampung)\.?\s(?P<village>[^\W\d_]{3,}(?:\s(?:lor|kidul|wetan|kulon|tengah"
    r"|barat|timur|utara|selatan|baru|anyar|krajan|jaya|rejo|sari|agung|harjo))?)",
    re.IGNORECASE,
)
_PUBLIC_HOUSE = re.compile(
    r"\b(?:kantor|polres|polsek|dinas|rsud|rs|puskesmas|bank|toko|hotel|spbu|gedung|masjid|sekolah|sd\w*|smp\w*"
    r"|sma\w*|smk\w*|studio|pasar|kios|los|parkir|terminal|rusun)\b[^.]{0,45}\Z",
    re.IGNORECASE,
)
_MONTH = r"(?:januari|februari|pebruari|maret|april|mei|juni|juli|agustus|september|oktober|november|nopember|desember)"
_DATE = (
    rf"(?:\d{{1,2}}[-/.\s]\d{{1,2}}[-/.\s]\d{{2,4}}|\d{{1,2}}\s{_MONTH}(?:\s\d{{4}})?|\d{{4}}-\d\d-\d\d|"
    rf"{_SAID}\s{_MONTH}(?:\s(?:tahun\s)?(?:\d{{4}}|(?:seribu|dua ribu)(?:\s\w+){{0,6}}?(?=\s(?:di|dan|yang"
    rf"|alamat|mau|saya|umur)|[,.;]|\Z)))?)"
)
_BIRTH = re.compile(
    rf"\b(?:lahir(?:nya)?|kelahiran|ttl|tanggal lahir|tgl lahir|lhr|laire?"
    rf"|miyos)\b(?P<between>[^.\n\d]{{0,35}}?)(?P<date>{_DATE})",
    re.IGNORECASE,
)
_BIRTH_YEAR = re.compile(r"\bkelahiran(?: tahun)?\s(?P<date>(?:19|20)\d\d)\b", re.IGNORECASE)
_AGE = re.compile(
    rf"\b(?P<age>(?:umur(?:nya|e)?|usia(?:nya)?|berumur|berusia|yuswo|yuswa)\s(?:baru\s"
    rf"|masih\s)?(?P<first>{_SAID})(?:\s(?:tahun|th|thn|taun))?"
    rf"|(?P<second>{_SAID})\s(?:tahun|th|thn|taun)\b)|\((?P<third>\d{{1,2}})(?:\s?(?:tahun|th|thn))?\)",
    re.IGNORECASE,
)
_CHILD = re.compile(
    r"\b(?:anak(?:nya|ku| saya| kulo)?|bocah|siswi|siswa|pelajar|murid|santri|santriwati|balita|bayi|remaja"
    r"|putri(?: saya)?|putra|adik|ponakan|keponakan"
    r"|cucu|lare|arek|gadis)\b",
    re.IGNORECASE,
)
_OWN_CHILD = re.compile(
    r"\b(?:anak|adik|ponakan|keponakan|cucu|putra|putri|adik)(?:\s(?:perempuan|lanang|wedok|laki|laki-laki|pertama|kedua))?"
    r"(?:ku\b|\s(?:saya|kulo|kula|aku|kami)\b)[^.\n]{0,40}\b(?:sekolah|kelas|murid|siswa|siswi|santri|mondok|nyantri)\b",
    re.IGNORECASE,
)
_HARM = re.compile(
    r"\b(?:korban|lecehkan|dilecehkan|pelecehan|cabul\w*|dicabuli|perkosa\w*|diperkosa|setubuh\w*|disetubuhi"
    r"|dianiaya|penganiayaan|tersangka|pelaku|saksi"
    r"|kekerasan|dibully|perundungan|hamil|ditangkap|hilang|ilang|memukul\w*|menganiaya|meninggal|tewas"
    r"|dipukul\w*|grepe\w*|digrepe\w*|rudapaksa|diculik|kecelakaan|tawuran|dikeroyok\w*)\b",
    re.IGNORECASE,
)
_SCHOOL = re.compile(
    r"\b(?:sd|smp|sma|smk|mts|ma|mi|tk|paud|sdn|smpn|sman|smkn|mtsn|man|min|ponpes|pondok"
    r"|madrasah)\b(?:\s(?:negeri|swasta|islam|n))?"
    r"(?:\s(?:\d{1,2}|satu|dua|tiga|empat|lima|enam|tujuh))?(?:\s(?!yang|di|dan|itu|sudah|kelas|tidak|kok|pak|jam"
    r"|umur|usia|tahun|jadi|kena|korban|hilang|ilang)[a-z'-]{3,}){0,2}",
    re.IGNORECASE,
)
_ADULT = 18


def find_personal(text: str) -> Iterator[Span]:
    """Home addresses, birth dates, ages of children and the school of a child that came to harm."""
    for match in _RT_RW.finditer(text):
        if not _RT_ROLE.search(text[max(0, match.start() - 12) : match.start()]):
            yield Span(match.start(), match.end(), "address", "neighbourhood number", 0.9)
    for match in _RW_HOME.finditer(text):
        yield Span(match.start("rw"), match.end("rw"), "address", "neighbourhood number after a word for home", 0.8)
    for match in _HOUSE.finditer(text):
        group = "number" if match["number"] else "alone"
        if not _PUBLIC_HOUSE.search(text[max(0, match.start() - 40) : match.start(group)]):
            yield Span(match.start(group), match.end(group), "address", "house number", 0.85)
    for match in _VILLAGE.finditer(text):
        yield Span(match.start("village"), match.end("village"), "address", "village after a word for home", 0.8)
    for pattern in (_BIRTH, _BIRTH_YEAR):
        for match in pattern.finditer(text):
            yield Span(match.start("date"), match.end("date"), "birth_date", "date after a birth cue", 0.9)
    yield from _children(text)


def _children(text: str) -> Iterator[Span]:
    child = bool(_CHILD.search(text))
    harmed = bool(_HARM.search(text))
    for match in _AGE.finditer(text):
        said = match["first"] or match["second"] or match["third"]
        age = _value(said)
        near = text[max(0, match.start() - 60) : match.end() + 40]
        of_someone = match["first"] or match["third"] or _CHILD.search(near)
        if age is not None and age < _ADULT and child and of_someone and harmed:
            yield Span(match.start(), match.end(), "age", "age of a child", 0.75)
    own = bool(_OWN_CHILD.search(text))
    if child and (harmed or own):
        for match in _SCHOOL.finditer(text):
            if match.end() - match.start() > 4:
                why = "school of a child that came to harm" if harmed else "school of the caller's child"
                yield Span(match.start(), match.end(), "school", why, 0.7)


def _value(said: str) -> int | None:
    runs = heard_digits(said)
    return int(runs[0].digits) if len(runs) == 1 and len(runs[0].digits) <= 3 else None
