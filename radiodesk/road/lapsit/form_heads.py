"""Heads and fields of the daily traffic situation report (Lapsit Kamseltibcarlantas), with the ways they are written.

Units type the form by hand and send it over WhatsApp, so every label is a pattern rather than a word.
"""

import re
from dataclasses import dataclass
from typing import Literal

Head = Literal["laka", "gakkum", "kamsel", "media", "pembinaan", "turjawali", "personel"]

TITLES: dict[Head, str] = {
    "laka": "Laka lantas",
    "gakkum": "Giat gakkum",
    "kamsel": "Giat kamsel",
    "media": "Publikasi media sosial",
    "pembinaan": "Giat pembinaan",
    "turjawali": "Giat turjawali",
    "personel": "Kekuatan personel",
}

HEADS: tuple[tuple[Head | Literal["plan", "notable", "traffic"], re.Pattern[str]], ...] = tuple(
    (head, re.compile(pattern, re.IGNORECASE))  # type: ignore[misc]
    for head, pattern in (
        (
            "notable",
            r"^(?:kejadian|keadaan|hal|peristiwa)[\s-]*(?:hal\s+)?(?:yg\s+|yang\s+)?menonjol|^kej\.?\s*menonjol",
        ),
        (
            "traffic",
            r"^(?:data\s+|pantauan\s+|situasi\s+|kondisi\s+|keadaan\s+)*(?:arus\s+)?(?:lalu\s*lintas|lalin)"
            r"(?:\s+(?:jalan|terkini|hari\s+ini))?\s*(?=$|[:=]|umum)",
        ),
        (
            "personel",
            # "Pers rilis" and "anggota TNI" are counted elsewhere.
            r"^(?:jumlah\s+|kekuatan\s+|kuat\s+|data\s+)*(?:personel|personil|pers|anggota)"
            r"(?:\s+(?:yang|yg|hadir|terlibat|dilibatkan|siaga|dinas|piket|bertugas|jaga|pam|pengamanan|gabungan|polri"
            r"|polres|polsek|satlantas|lantas)){0,3}\s*(?=$|[:=])",
        ),
        ("plan", r"^(?:ren(?:cana)?[\s.]*(?:giat|kegiatan)|rengiat|rencana)\b"),
        (
            "laka",
            r"^(?:data\s+)?(?:kejadian\s+)?(?:laka\s*\.?\s*(?:lantas|lalin)?|kecelakaan\s+(?:lalu\s*lintas|lantas))"
            r"\s*(?=$|[:=.(\-]|nihil|\d)",
        ),
        ("gakkum", r"^(?:giat\s*|kegiatan\s*)?(?:gak{1,2}um|gakum|penegakan\s+hukum|dakgar|tindak\s+pelanggaran)\b"),
        ("kamsel", r"^(?:giat\s*|kegiatan\s*)?kamsel\b"),
        ("media", r"^(?:giat\s*)?(?:publikasi|pub\.?)\b|^(?:media\s*sosial|medsos)\s*[:.]*$"),
        ("pembinaan", r"^(?:giat\s*|kegiatan\s*)?pembinaan\b"),
        ("turjawali", r"^(?:giat\s*|kegiatan\s*)?tur\s*ja\s*g?wali\b"),
    )
)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is counted: ``key`` for the program, ``label`` for the screen."""

    head: Head
    key: str
    label: str
    pattern: re.Pattern[str]


def _fields(head: Head, rows: tuple[tuple[str, str, str], ...]) -> tuple[Field, ...]:
    return tuple(Field(head, key, label, re.compile(rf"(?:{pattern})", re.IGNORECASE)) for key, label, pattern in rows)


FIELDS: tuple[Field, ...] = (
    *_fields(
        "laka",
        (
            ("kejadian", "Kejadian",
             r"(?:jumlah\s+|jml\.?\s*)?(?:kejadian|kasus|kej\.?|laka(?:\s*lantas)?)(?:\s+laka(?:\s*lantas)?)?"),
            ("md", "Meninggal dunia", r"(?:korban\s+)?(?:m\.?\s?d\.?|meninggal(?:\s+dunia)?)"),
            ("lb", "Luka berat", r"(?:korban\s+)?(?:l\.?\s?b\.?|luka\s+berat)"),
            ("lr", "Luka ringan", r"(?:korban\s+)?(?:l\.?\s?r\.?|luka\s+ringan)"),
            ("kerugian", "Kerugian material",
             r"(?:r\.?\s?m\.?|rumat|kermat|rugi\s*mat(?:eri[ai]?[li]*)?|kerugian(?:\s+mat(?:eri[ai]?[li]*)?)?"
             r"|ker\.?\s*mat\w*)"),
        ),
    ),
    *_fields(
        "gakkum",
        (
            ("e_tilang", "E-tilang", r"e[\s-]*tilang|tilang\s+elektronik"),
            ("etle", "ETLE", r"etle(?:\s+(?:statis|mobile|mobil))?"),
            ("manual", "Tilang manual", r"(?:tilang\s+)?manual"),
            ("tilang", "Tilang",
             r"(?:jumlah\s+|jml\.?\s*|total\s+)?(?:gar\s+)?tilang(?:\s+(?:di\s*tempat|konvensional))?"),
            ("teguran", "Teguran", r"teguran(?:\s+(?:tertulis|lisan|simpatik))?|blangko\s+teguran"),
            ("helm", "Helm", r"(?:tdk\s+|tidak\s+|tanpa\s+)?(?:pakai\s+|menggunakan\s+)?hel[mn]"),
            ("mabuk", "Mabuk", r"mabuk|pengaruh\s+alkohol"),
            ("sabuk", "Sabuk", r"(?:safety\s*belt|sabuk)(?:\s+(?:keselamatan|pengaman))?"),
            ("kecepatan", "Kecepatan", r"(?:batas\s+|melebihi\s+)?kecepatan"),
            ("gun_hp", "Gun HP", r"(?:gun(?:a(?:kan)?)?\.?|penggunaan|main|menggunakan)\s*(?:hp|handphone|ponsel)|hp"),
            ("lawan_arus", "Lawan arus", r"(?:me)?lawan\s*arus"),
            ("muatan", "Muatan", r"(?:over\s*)?(?:muatan|odol|over\s*load\w*|over\s*dimen\w*)"),
            ("rambu", "Rambu",
             r"(?:melanggar\s+)?(?:rambu|marka|apill?|traffic\s*light|lampu\s+merah)(?:\s*[/&-]\s*(?:rambu|marka|apill?))*"),
            ("bawah_umur", "Di bawah umur", r"(?:pengendara\s+)?(?:di\s*)?bawah\s*umur"),
            ("knalpot", "Knalpot", r"knalpot(?:\s+\w+)?"),
            ("bonceng", "Bonceng lebih", r"bonceng(?:an)?(?:\s+lebih|\s+tiga|\s+3)?(?:\s+dari\s+satu)?"),
            ("kelengkapan", "Kelengkapan", r"kelengkapan(?:\s+\w+)?|surat[\s-]*surat"),
            ("bb_sim", "Barang bukti SIM", r"(?:bb\s+|barang\s+bukti\s+)?sim"),
            ("bb_stnk", "Barang bukti STNK", r"(?:bb\s+|barang\s+bukti\s+)?stnk"),
            ("bb_ranmor", "Barang bukti kendaraan", r"(?:bb\s+|barang\s+bukti\s+)?(?:ranmor|kendaraan|r2|r4)"),
            ("lain", "Lain-lain", r"(?:pelanggaran\s+)?lain[\s-]*(?:lain|nya)|dll"),
            ("jumlah", "Jumlah", r"jumlah|jml|total"),
        ),
    ),
    *_fields(
        "kamsel",
        (
            ("dikmas", "Dikmas", r"dikmas(?:\s+lantas)?"),
            ("binluh", "Binluh", r"bin\s*luh|penyuluhan"),
            ("sosialisasi", "Sosialisasi", r"sosialisasi|sos"),
            ("penling", "Penling", r"penling|penerangan\s+keliling"),
            ("survey", "Survei", r"surve[yi]"),
            ("rekayasa", "Rekayasa", r"rekayasa(?:\s+\w+)?"),
            ("audit", "Audit", r"audit(?:\s+\w+)?"),
            ("sekolah", "Police goes to school", r"police\s+goes?\s+to\s+school|pgts"),
        ),
    ),
    *_fields(
        "media",
        (
            ("facebook", "Facebook", r"facebook|fb"),
            ("instagram", "Instagram", r"instagram|ig"),
            ("x", "X", r"twitter(?:\s*[/(]\s*x\)?)?|x"),
            ("tiktok", "TikTok", r"tik\s*tok|tt"),
            ("youtube", "YouTube", r"you\s*tube|yt"),
            ("whatsapp", "WhatsApp", r"whats\s*app|wa(?:\s+\w+)?"),
            ("daring", "Media daring", r"media\s*(?:online|daring)|online"),
            ("cetak", "Media cetak", r"media\s*cetak|cetak"),
            ("elektronik", "Radio dan televisi", r"media\s*elektronik|elektronik|radio|tv"),
            ("jumlah", "Jumlah", r"jumlah|jml|total"),
        ),
    ),
    *_fields(
        "pembinaan",
        (
            ("apel", "Apel", r"apel(?:\s+\w+)?"),
            ("binrohtal", "Binrohtal", r"binrohtal|bin\s*rohtal"),
            ("latihan", "Latihan", r"latihan(?:\s+\w+)?|pelatihan"),
            ("jam_pimpinan", "Jam pimpinan", r"jam\s*pimpinan|arahan\s+pimpinan"),
            ("komunitas", "Pembinaan komunitas", r"(?:pembinaan\s+)?(?:komunitas|saka|pks|ojol)(?:\s+\w+)*"),
        ),
    ),
    *_fields(
        "turjawali",
        (
            ("pengaturan", "Pengaturan", r"(?:(?:peng)?atur(?:an)?|gatur)(?:\s+[a-z/]+){0,3}"),
            ("penjagaan", "Penjagaan", r"(?:pen)?jaga(?:an)?(?:\s+[a-z/]+){0,3}"),
            ("pengawalan", "Pengawalan", r"(?:(?:peng|pen)?[gk]?awal(?:an)?|wal)(?:\s+[a-z/]+){0,3}"),
            ("patroli", "Patroli", r"(?:patroli|ptrl)(?:\s+[a-z0-9/]+){0,3}"),
        ),
    ),
    *_fields(
        "personel",
        (
            ("jumlah", "Jumlah personel",
             r"(?:jumlah|jml|total|kekuatan|kuat)?\s*(?:personel|personil|pers|anggota)?(?:\s+(?:polri|satlantas|siaga|terlibat))?"),
            ("hadir", "Hadir", r"hadir"),
            ("kurang", "Kurang", r"kurang|tidak\s+hadir"),
        ),
    ),
)  # fmt: skip

FIELDS_OF: dict[Head, tuple[Field, ...]] = {head: tuple(f for f in FIELDS if f.head == head) for head in TITLES}
