"""Numbers that are dialled: telephone numbers digit by digit, emergency and call-centre numbers too."""

import re

from radiodesk.language.spoken.numerals import digits
from radiodesk.language.spoken.rule import Rule, after, before, rule

_SEPARATOR = r"[\s.-]?"
_DIAL_CUE = re.compile(
    r"(?:hubungi|telepon|telpon|telp|tlp|(?:call|contact) ?cent(?:er|re)(?: \w+){0,2}|hotline|darurat|layanan(?: \w+)?"
    r"|lapor(?:kan)? (?:ke|lewat|melalui)|nomor(?: telepon| darurat)?|kontak|contact|sms(?: ke)?|wa(?: ke)?|whatsapp"
    r"|bebas pulsa|pusat panggilan|polisi)"
    r"(?:\s*(?:ke|di|kami|polisi|polri|nomor|no\.?|center|centre|atau|dan|lewat))*\s*[:(]?\s*\Z",
    re.IGNORECASE,
)
_SERVICE_CUE = re.compile(
    r"\b(?:ambulans?e?|pemadam(?: kebakaran)?|damkar|basarnas|sar|bpbd|pln|psc|pmi|kai|pertamina|sapa|kring|dumas|polri"
    r"|polres|polda|polsek|satlantas|lapor(?:kan|lah)?|panggil(?:lah)?|panggilan|tekan|pencet|putar|dial|via|melalui|lewat"
    r"|saluran|gratis)(?:\s*(?:di|ke|nomor|no\.?))*\s*[:(]?\s*\Z",
    re.IGNORECASE,
)
"""Words that make a service of a number which is known for one."""

_SERVICES = frozenset(
    {"110", "112", "113", "115", "117", "118", "119", "121", "123", "129", "135", "147", "165", "168"}
)
_CHAIN = re.compile(r"(?:1\d\d\s*(?:,?\s*(?:atau|dan|serta|maupun|/)|,)\s*(?:\w+\s){0,2})+\Z", re.IGNORECASE)
_NOT_DIALLED = re.compile(
    r"\b(?:pasal|ayat|peraturan|perpol|perkap|undang|uu|perda|perpres|permen\w*|keputusan|surat|perkara|register|jalan|jl"
    r"|gang|rumah|blok|kavling|kamar|bus|kereta|lambung|urut|undian|antrean|antrian|peserta|punggung)\b\.?[^.;!?\n]{0,25}\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s*(?:orang|unit|kendaraan|personel|personil|petugas|anggota|kasus|kejadian|kecelakaan|laporan|aduan|meter|kilo|km|kg"
    r"|hari|jam|menit|detik|minggu|bulan|tahun|ribu|juta|miliar|rupiah|desa|dusun|kecamatan|titik|pos|kali|warga|jiwa|nyawa"
    r"|penumpang|pelanggar\w*|tilang|korban|lembar|buah|rumah|motor|mobil|truk|bus|siswa|pelajar|pasien|pemudik|liter|ton|cc|derajat|lantai"
    r"|halaman|persen|%)",
    re.IGNORECASE,
)
_SAID_OF_A_SERVICE = re.compile(
    r"\s*\(?(?:bebas pulsa|gratis\b|(?:adalah|merupakan|ialah|itu) (?:nomor|layanan|saluran|call)|aktif\b|siaga\b"
    r"|polri\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s*(?:[.,!?;:)\"'/–-]|\Z|\n|(?:atau|dan|serta|maupun|bila|jika|kalau|apabila|saat|ketika|untuk|agar|supaya|yang"
    r"|gratis|bebas|siap|aktif|siaga|selama|segera|adalah|ya|pak|bu|tanpa|setiap|kapan|sekarang|langsung|polri)\b)",
    re.IGNORECASE,
)


def _groups(written: str) -> str:
    """Digits in the groups that were written, or else in fours, with a pause between them."""
    plus = "plus " if written.startswith("+") else ""
    parts = [part for part in re.split(r"\D+", written) if part]
    if len(parts) == 1 and len(parts[0]) > 6:
        parts = [parts[0][start : start + 4] for start in range(0, len(parts[0]), 4)]
        if len(parts[-1]) == 1:
            parts[-2:] = [parts[-2] + parts[-1]]
    return plus + ", ".join(digits(part) for part in parts)


def _telephone(match: "re.Match[str]") -> str | None:
    count = sum(sign.isdigit() for sign in match[0])
    return _groups(match[0]) if 8 <= count <= 15 else None


def _short(match: "re.Match[str]") -> str | None:
    """Emergency and service numbers digit by digit, where the words around say that they are dialled, not counted."""
    front, behind = before(match, 60), after(match)
    chain = _CHAIN.search(front)
    if chain:
        front = front[: chain.start()]
    known = all(number in _SERVICES for number in re.findall(r"\d+", match[0]))
    dialled = _DIAL_CUE.search(front) or (
        known and (_SAID_OF_A_SERVICE.match(behind) or (_SERVICE_CUE.search(front) and _ENDS.match(behind)))
    )
    if not dialled or _COUNTED.match(behind) or _NOT_DIALLED.search(front):
        return None
    return " atau ".join(digits(number) for number in match[0].split("/"))


def _hotline(match: "re.Match[str]") -> str | None:
    """ "1500-123", "14045": the first is hardly ever anything else."""
    if _COUNTED.match(after(match)):
        return None
    sure = match["grouped"] or _DIAL_CUE.search(before(match)) or _SERVICE_CUE.search(before(match))
    return digits(match[0]) if sure else None


RULES: tuple[Rule, ...] = (
    rule(rf"(?<![\w+])\+\d{{1,3}}(?:{_SEPARATOR}\(?\d{{2,5}}\)?){{1,5}}(?!\d)", _telephone),
    rule(
        rf"(?<![\w.,/+-])\(0\d{{2,3}}\){_SEPARATOR}\d{{3,4}}{_SEPARATOR}\d{{2,5}}(?:{_SEPARATOR}\d{{2,4}})?(?!\d)",
        _telephone,
    ),
    rule(rf"(?<![\w.,/+-])(?:62|0)\d{{2,4}}(?:{_SEPARATOR}\d{{2,5}}){{1,4}}(?![\d/]|,\d)", _telephone),
    rule(r"(?<![\w.,/+-])1\d{2}(?:\s?/\s?1\d{2})*(?![\w/]|[.,:+-]\d)", _short),
    rule(r"(?<![\w.,/+-])1(?:(?P<grouped>500-?\d{3})|500\s\d{3}|\d{4,5})(?![\w/]|[.,:+-]\d)", _hotline),
)
