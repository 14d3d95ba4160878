"""What the text of an Indonesian weather warning says beside its fields: which kecamatan, and from when to when.

BMKG's CAP files give the province as their area and name the kecamatan only in the description, sometimes in capitals,
sometimes grouped by regency.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from radiodesk.traffic.feeds.times import WORDED, parse_worded

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
