"""Turning a report's place, direction and obstacle into words that read well in the middle of a sentence."""

import re

from radiodesk.area.nouns import AreaPack
from radiodesk.traffic.composing.wording import listing
from radiodesk.traffic.ports import Condition

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
)
EXPANSIONS = tuple((re.compile(rf"\b(?:{short})(?=\s|$)", re.IGNORECASE), long) for short, long in ABBREVIATIONS)
RELATIONS = frozenset(
    {
        "depan", "dekat", "sekitar", "sebelum", "sesudah", "setelah", "seberang", "belakang", "sepanjang", "antara",
        "utara", "selatan", "timur", "barat",
    }
)  # fmt: skip
LOWER = RELATIONS | {"di", "dan", "arah", "dari", "menuju", "ke", "sampai", "hingga"}
LEADING = re.compile(r"^(?:di|pada|ada|terjadi|karena|akibat|sebuah|seekor|sebatang)\s+", re.IGNORECASE)
VIA = re.compile(r"^(?:lewat|melalui|via|dialihkan\s+(?:ke|lewat|melalui)|ke)\s+", re.IGNORECASE)
COMPASS = frozenset({"utara", "selatan", "timur", "barat", "tenggara", "timur laut", "barat laut", "barat daya"})


def place_words(condition: Condition, pack: AreaPack | None) -> str:
    """The place as it is said after "di": abbreviations written out, capitals where a name needs them."""
    wording = LEADING.sub("", " ".join(condition.place.split())).strip(" ,.;")
    uncased = wording.islower() or wording.isupper()
    for pattern, long in EXPANSIONS:
        wording = pattern.sub(long, wording)
    if uncased:
        named = pack.place_by_id.get(condition.place_ids[0]) if pack and condition.place_ids else None
        if named and named.name.lower() == wording.lower():
            return named.name
        return " ".join(word if word in LOWER else word.capitalize() for word in wording.lower().split())
    head, _, rest = wording.partition(" ")
    return f"{head.lower()} {rest}".strip() if head.lower() in RELATIONS else wording


def toward_words(condition_toward: tuple[str, ...]) -> str:
    """ "arah Babat", "arah Babat maupun Cepu", or nothing."""
    names = [re.sub(r"^(?:arah|ke|menuju)\s+", "", name.strip(), flags=re.IGNORECASE) for name in condition_toward]
    names = [name if name in COMPASS or not name.islower() else name.title() for name in names if name]
    return f"arah {listing(tuple(dict.fromkeys(names)), 'maupun')}" if names else ""


def where_words(condition: Condition, toward: tuple[str, ...], pack: AreaPack | None) -> str:
    """ "Simpang Kapas arah Babat"; a direction that the place already names is not said twice."""
    place = place_words(condition, pack)
    directions = tuple(name for name in toward if name.lower() not in place.lower())
    return f"{place} {toward_words(directions)}".strip()


def obstacle_words(obstacle: str | None) -> str:
    """The obstacle as it is said after "akibat": lower case at the start unless it is a name or short form."""
    words = LEADING.sub("", " ".join((obstacle or "").split())).strip(" ,.;")
    for pattern, long in EXPANSIONS:
        words = pattern.sub(long, words)
    head = words.partition(" ")[0]
    return words if len(head) > 1 and head.isupper() else words[:1].lower() + words[1:]


def detour_words(detour: str | None) -> str:
    """The way round as it is said after "melalui"."""
    words = VIA.sub("", " ".join((detour or "").split())).strip(" ,.;")
    for pattern, long in EXPANSIONS:
        words = pattern.sub(long, words)
    return words
