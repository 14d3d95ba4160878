"""Turning a report's place, direction and obstacle into words that read well in the middle of a sentence."""

import re

from radiodesk.language.places.nouns import AreaPack
from radiodesk.road.bulletin.wording import listing
from radiodesk.road.fusion import TOTAL
from radiodesk.road.ports import Condition

ABBREVIATIONS = (
    (r"jl[.n]?\.?|jln\.?", "Jalan"),
    (r"simp\.?|spg\.?", "Simpang"),
    (r"pert\.?|ptg\.?", "Pertigaan"),
    (r"perempt\.?|pprt\.?", "Perempatan"),
    (r"dpn\.?|dpan", "depan"),
    (r"dkt\.?", "dekat"),
    (r"kec\.?", "Kecamatan"),
    (r"ds\.?", "Desa"),
    (r"dsn\.?", "Dusun"),
    (r"psr?\.?", "Pasar"),
    (r"jbt\.?|jemb\.?", "Jembatan"),
    (r"t/?l\.?", "Traffic Light"),
    (r"tj\.?", "Tanjung"),
)
EXPANSIONS = tuple((re.compile(rf"\b(?:{short})(?=\s|$)", re.IGNORECASE), long) for short, long in ABBREVIATIONS)
RELATIONS = frozenset(
    {
        "depan", "dekat", "sekitar", "sebelum", "sesudah", "setelah", "seberang", "belakang", "sepanjang", "antara",
        "samping", "utara", "selatan", "timur", "barat",
    }
)  # fmt: skip
LOWER = RELATIONS | {"di", "dan", "arah", "dari", "menuju", "ke", "sampai", "hingga"}
LEADING = re.compile(r"^(?:di|pada|ada|terjadi|karena|akibat|sebuah|seekor|sebatang)\s+", re.IGNORECASE)
VIA = re.compile(r"^(?:lewat|melalui|via|dialihkan\s+(?:ke|lewat|melalui)|ke)\s+", re.IGNORECASE)
ACCIDENT = re.compile(r"\blaka(?:\s?(lantas|lalin))?\b", re.IGNORECASE)
"""The police's own short form, which listeners are not used to."""

BEFALLEN = {
    "mogok": "kendaraan mogok", "berlubang": "jalan berlubang", "ambles": "jalan ambles", "tergenang": "genangan air",
    "longsor": "tanah longsor",
    "tergenang banjir": "genangan banjir", "tergenang air": "genangan air", "air meluap": "luapan air",
    "kali meluap": "luapan kali", "sungai meluap": "luapan sungai", "genangan": "genangan air",
    "adu banteng": "tabrakan adu banteng", "adu moncong": "tabrakan adu moncong", "patah as": "kendaraan patah as",
    "as patah": "kendaraan patah as", "pecah ban": "kendaraan pecah ban", "ban pecah": "kendaraan pecah ban",
    "kempes ban": "kendaraan kempes ban", "ban kempes": "kendaraan kempes ban", "ban bocor": "kendaraan kempes ban",
    "rem blong": "kendaraan rem blong", "oli tumpah": "tumpahan oli", "solar tumpah": "tumpahan solar",
    "muatan tumpah": "tumpahan muatan", "muatan tercecer": "muatan yang tercecer", "awas paku": "paku di jalan",
    "banyak paku": "paku di jalan", "menimpa jalan": "pohon tumbang", "menutup jalan": "penghalang jalan",
    "tutup jalan": "penghalang jalan", "ngecor jalan": "pengecoran jalan", "cor jalan": "pengecoran jalan",
    "berlubang di jalan": "jalan berlubang", "amblas": "jalan ambles",
    # A closed road is not closed because it is closed.
    "jalan ditutup": "", "jembatan ditutup": "", "penutupan": "", "penutupan jalan": "", "pengalihan": "",
}  # fmt: skip
"""What only says what befell, as a thing that there can be: "ada kendaraan mogok"."""

HIT = frozenset({"menabrak", "nabrak", "tertabrak", "ditabrak", "terlindas", "terserempet"})
"""Verbs that tell of an accident and name none: "tertabrak kereta" is said as what it is."""

KINDS = frozenset({"simpang", "pertigaan", "perempatan", "jalan", "desa", "kecamatan", "pasar"})
MOST_DIRECTIONS = 2
COMPASS = frozenset({"utara", "selatan", "timur", "barat", "tenggara", "timur laut", "barat laut", "barat daya"})


def written_out(words: str) -> str:
    """On one line, with the abbreviations of traffic posts in full."""
    words = " ".join(words.split()).strip(" ,.;")
    for pattern, long in EXPANSIONS:
        words = pattern.sub(long, words)
    return words


def place_words(condition: Condition, pack: AreaPack | None) -> str:
    """The place as it is said after "di": abbreviations written out, capitals where a name needs them."""
    wording = LEADING.sub("", condition.place.strip())
    uncased = wording.islower() or wording.isupper()
    wording = written_out(wording)
    if uncased:
        named = pack.place_by_id.get(condition.place_ids[0]) if pack and condition.place_ids else None
        if named and named.name.lower() == wording.lower():
            return named.name
        return " ".join(word if word in LOWER else word.capitalize() for word in wording.lower().split())
    head, _, rest = wording.partition(" ")
    return f"{head.lower()} {rest}".strip() if head.lower() in RELATIONS else wording


def toward_words(directions: tuple[str, ...]) -> str:
    """ "arah Babat", "arah Babat maupun Cepu", or nothing: more directions than the ear can keep are left away."""
    names = [re.sub(r"^(?:arah|ke|menuju)\s+", "", written_out(name), flags=re.IGNORECASE) for name in directions]
    names = [name if name in COMPASS or not name.islower() else name.title() for name in names if name]
    each = tuple(dict.fromkeys(names))
    return f"arah {listing(each, 'maupun')}" if 0 < len(each) <= MOST_DIRECTIONS else ""


def where_words(condition: Condition, toward: tuple[str, ...], pack: AreaPack | None) -> str:
    """ "Simpang Kapas arah Babat"; a direction that the place already names is not said twice."""
    place = place_words(condition, pack)
    directions = tuple(name for name in toward if name.lower() not in place.lower())
    return f"{place} {toward_words(directions)}".strip()


def obstacle_words(obstacle: str | None) -> str:
    """The obstacle as it is said after "akibat": posts write it in any case, so only short forms keep capitals."""
    words = ACCIDENT.sub(_accident, written_out(LEADING.sub("", (obstacle or "").strip())))
    words = " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in words.split())
    if words.partition(" ")[0] in HIT and not words.startswith("tabrak lari"):
        return "kecelakaan kereta" if words.endswith(("kereta", "kereta api", " ka")) else "kecelakaan"
    return BEFALLEN.get(words, words)


def cause_words(condition: Condition) -> str:
    """The obstacle with how much of the road it takes, without the place that the sentence names already."""
    words = obstacle_words(condition.obstacle)
    place = written_out(condition.place).lower()
    for name in (place, place.partition(" ")[2] if place.partition(" ")[0] in KINDS else ""):
        inner = re.search(rf"\s{re.escape(name)}(?=\s)", words) if name else None
        if inner:
            words = words[: inner.start()] + words[inner.end() :]
    if words and condition.extent and condition.extent != TOTAL:
        words += f" yang {condition.extent}"
    return words


def _accident(short: re.Match[str]) -> str:
    return "kecelakaan lalu lintas" if short[1] else "kecelakaan"


def detour_words(detour: str | None) -> str:
    """The way round as it is said after "melalui"."""
    return written_out(VIA.sub("", (detour or "").strip()))
