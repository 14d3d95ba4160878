"""What the text of an Indonesian weather warning says beside its fields: which kecamatan, and from when to when.

BMKG's CAP files give the province as their area and name the kecamatan only in the description, sometimes in capitals,
sometimes grouped by regency.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from radiodesk.road.feeds.feed_times import WORDED, parse_worded

LISTED = re.compile(
    r"(?:khususnya\s+(?:di|pada)|WIB\s+di|wilayah\s+di)\s+(?P<now>(?:wilayah\s+)?[A-Z].*?)"
    r"(?:\.\s|\.$|;?\s*(?:dan\s+)?(?:dapat|berpotensi|akan)\s+meluas|Kondisi\s+ini|$)",
    re.DOTALL,
)
SPREADING = re.compile(
    r"(?:dapat|berpotensi|akan)\s+meluas\s+ke\s+(?:wilayah\s+)?(?P<later>.*?)(?:\.\s|\.$|Kondisi\s+ini|$)", re.DOTALL
)
REGENCY = re.compile(r"^(?:Kab(?:upaten|\.)?|Kota)\s+(?P<regency>[^:]+?)(?:\s*:\s*(?P<rest>.*))?$", re.IGNORECASE)
UNTIL = re.compile(r"(?:hingga|sampai(?:\s+dengan)?|s/d)\s+(?:pukul|pkl\.?)?\s*(?P<when>.{4,40})", re.IGNORECASE)


REFERENCE = re.compile(r"""(?<![^\s,])(?:"[^"]*"|[^\s,"]+)\s*,\s*("[^"]+"|[^\s,"]+)\s*,\s*[^\s,]+""")
"""One of "sender,identifier,sent sender,identifier,sent", with spaces and quotes where publishers put them."""

INDONESIAN = re.compile(
    r"\b(?:di|dan|yang|akan|hingga|pada|untuk|dengan|dari|ke|telah|sudah|masih|agar|warga|masyarakat|wilayah|dini|ini"
    r"|peringatan|hujan|lebat|petir|angin|kencang|banjir|bandang|longsor|waspada|harap|terjadi|berpotensi|kabupaten"
    r"|kecamatan|kota|desa|jalan|sungai|gempa|cuaca|kebakaran|kabut|asap|jauhi|lokasi|air|naik)\b"
)
ENGLISH = re.compile(
    r"\b(?:the|of|and|in|for|is|are|at|to|until|from|by|with|this|will|be|has|have|expected|possible|warning|watch"
    r"|advisory|heavy|rain|winds?|flood|flooding|storm|thunderstorms?|people|residents|areas?|stay|avoid)\b"
)


def language_of(declared: str, text: str) -> str:
    """The language of a warning: as it declares, or by its words where it declares none or the standard's own.

    Publishers leave the field out, or leave "en-US" in it, which CAP takes for granted, over Indonesian words.
    """
    declared = declared.strip()
    code = declared.lower().partition("-")[0].partition("_")[0]
    if code in ("id", "in", "ind") or code.startswith(("bahasa", "indonesia")):
        return "id" + declared[2:] if code in ("id", "in") else "id"
    words = text[:5000].lower()
    indonesian, english = len(INDONESIAN.findall(words)), len(ENGLISH.findall(words))
    if indonesian > english and (not declared or (code == "en" and not english)):
        return "id"
    return declared or "en"


def read_references(text: str) -> Iterator[str]:
    """Identifiers of the warnings that a CAP field points at, which may also stand in it by themselves."""
    found = [match[1].strip('"') for match in REFERENCE.finditer(text)]
    yield from found or (part for part in text.split() if "," not in part)


@dataclass(frozen=True, slots=True)
class WarningText:
    """What was read out of a description; ``places`` as "Balen" or, when the regency is named, "Balen, Bojonegoro"."""

    places: tuple[str, ...] = ()
    spreading: tuple[str, ...] = ()
    onset: datetime | None = None
    expires: datetime | None = None


def read_warning_text(text: str) -> WarningText:
    """Read a description; whatever it does not say stays empty."""
    listed, spreading = LISTED.search(text), SPREADING.search(text)
    until = UNTIL.search(text)
    first = WORDED.search(text)
    return WarningText(
        places=_places(listed["now"]) if listed else (),
        spreading=_places(spreading["later"]) if spreading else (),
        onset=parse_worded(first[0]) if first else None,
        expires=parse_worded(until["when"]) if until else None,
    )


def _places(listing: str) -> tuple[str, ...]:
    """Names in order, each once, in title case; a name list after "Kab. X:" belongs to that regency."""
    regency = ""
    names: dict[str, None] = {}
    for part in re.split(r"[,;]|\bdan\b|\n", listing):
        name = " ".join(part.split()).strip(" .:-")
        if not name:
            continue
        headed = REGENCY.match(name)
        if headed:
            regency = _titled(headed["regency"])
            name = " ".join((headed["rest"] or "").split())
            if not name:
                continue
        name = re.sub(r"^(?:Kec(?:amatan|\.)?|wilayah)\s+", "", name, flags=re.IGNORECASE)
        if not name or len(name) > 40:
            continue
        name = _titled(name)
        names[f"{name}, {regency}" if regency else name] = None
    return tuple(names)


def _titled(name: str) -> str:
    name = name.strip()
    return name.title() if name.isupper() or name.islower() else name
