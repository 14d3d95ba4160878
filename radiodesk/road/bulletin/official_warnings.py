"""Official warnings in a bulletin: which are in force, and cut to the station's own districts (kecamatan)."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from radiodesk.language.places.nouns import AreaPack, Place
from radiodesk.road.bulletin.parts import LeftOut
from radiodesk.road.ports import Alert

AHEAD = timedelta(hours=6)
"""How long before its onset a warning is worth saying."""

WITHOUT_EXPIRY = timedelta(hours=3)
"""How long a warning counts that does not say until when."""

NEAR_KM = 4.0
"""A district whose middle lies this near to a warned ring is taken as touched by it."""

SMALL_KM = 5.0
"""A ring that reaches no farther from its middle is a spot: it lies in the district whose middle is nearest."""

DISTRICT_KM = 8.0
"""How far from its middle a spot may still be taken as within a district."""

GRAVE = frozenset({"Severe", "Extreme"})

PROVINCES = {
    "11": "Aceh", "12": "Sumatera Utara", "13": "Sumatera Barat", "14": "Riau", "15": "Jambi", "16": "Sumatera Selatan",
    "17": "Bengkulu", "18": "Lampung", "19": "Kepulauan Bangka Belitung", "21": "Kepulauan Riau", "31": "DKI Jakarta",
    "32": "Jawa Barat", "33": "Jawa Tengah", "34": "DI Yogyakarta", "35": "Jawa Timur", "36": "Banten", "51": "Bali",
    "52": "Nusa Tenggara Barat", "53": "Nusa Tenggara Timur", "61": "Kalimantan Barat", "62": "Kalimantan Tengah",
    "63": "Kalimantan Selatan", "64": "Kalimantan Timur", "65": "Kalimantan Utara", "71": "Sulawesi Utara",
    "72": "Sulawesi Tengah", "73": "Sulawesi Selatan", "74": "Sulawesi Tenggara", "75": "Gorontalo",
    "76": "Sulawesi Barat", "81": "Maluku", "82": "Maluku Utara", "91": "Papua", "92": "Papua Barat",
    "93": "Papua Selatan", "94": "Papua Tengah", "95": "Papua Pegunungan", "96": "Papua Barat Daya",
}  # fmt: skip
"""Official province codes, the first part of every place code."""

_DISTRICTS = re.compile(
    r"\bkec(?:amatan\b|\.)\s*(?!(?:di|sekitar\w*|lain(?:nya)?|itu|tersebut|yang|terdampak)\b)(?P<names>\S.*)",
    re.IGNORECASE,
)
_CALLED = re.compile(r"\s*kec(?:amatan\b|\.)\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;/&]|\bdan\b|\bserta\b|\bkab(?:upaten\b|\.)", re.IGNORECASE)
_UNIT = re.compile(r"\b(?:kab(?:upaten\b|\.)|kota\b|kec(?:amatan\b|\.)|prov(?:insi\b|\.))\s*\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning in force with the district names to say; none means the areas in the publisher's own words."""

    alert: Alert
    districts: tuple[str, ...]
    spreading: tuple[str, ...] = ()
    whole_area: bool = False

    @property
    def grave(self) -> bool:
        return self.alert.severity in GRAVE


def in_force(alerts: Sequence[Alert], at: datetime) -> tuple[list[Alert], list[LeftOut]]:
    """Warnings that hold at ``at``, each identifier once, after updates and cancellations were followed."""
    left_out: list[LeftOut] = []
    known: dict[str, list[Alert]] = {}
    for alert in alerts:
        if alert.sent is not None and alert.sent > at:
            left_out.append(LeftOut(alert.headline, "not yet", alert=alert))
        else:
            known.setdefault(alert.identifier, []).append(alert)
    kept = [_keep_best(same, left_out) for same in known.values()]
    replacing = [alert for same in kept for alert in same if alert.replaces]
    replaced = {reference for alert in replacing for reference in alert.references}
    ended = {reference for alert in replacing if alert.ends for reference in alert.references}
    holding = []
    for alert in (alert for same in kept for alert in same):
        expires = alert.expires or (alert.onset or alert.sent or at) + WITHOUT_EXPIRY
        if alert.ends or alert.identifier in ended:
            left_out.append(LeftOut(alert.headline, "cancelled", alert=alert))
        elif alert.identifier in replaced:
            left_out.append(LeftOut(alert.headline, "superseded", alert=alert))
        elif expires <= at:
            left_out.append(LeftOut(alert.headline, "expired", alert=alert))
        elif alert.onset is not None and alert.onset > at + AHEAD:
            left_out.append(LeftOut(alert.headline, "not yet", alert=alert))
        elif not alert.language.lower().startswith("id"):
            left_out.append(LeftOut(alert.headline, "not in Indonesian", alert=alert))
        else:
            holding.append(alert)
    return holding, left_out


def _keep_best(same: list[Alert], left_out: list[LeftOut]) -> list[Alert]:
    """Of what shares an identifier: every event of the CAP file, and not the news feed that announces it."""
    drawn = [alert for alert in same if alert.polygons]
    kept: dict[tuple[object, ...], Alert] = {}
    for alert in same:
        key = (alert.event, alert.areas)
        if key in kept or (drawn and alert not in drawn):
            left_out.append(LeftOut(alert.headline, "said already", alert=alert))
        else:
            kept[key] = alert
    return list(kept.values())


def for_station(alerts: Sequence[Alert], at: datetime, pack: AreaPack | None) -> tuple[list[Warned], list[LeftOut]]:
    """Warnings that concern the station, the gravest first, cut to its districts; without a pack all are kept."""
    holding, left_out = in_force(alerts, at)
    warned = []
    for alert in holding:
        cut = cut_to_area(alert, pack) if pack else Warned(alert, alert.places, alert.spreading)
        if cut is None:
            placed = alert.areas or alert.places or alert.polygons
            left_out.append(LeftOut(alert.headline, "outside area" if placed else "no place", alert=alert))
        else:
            warned.append(cut)
    warned.sort(key=lambda one: (not one.grave, -((one.alert.sent or at).timestamp())))
    return _each_district_once(warned, left_out), left_out


def _each_district_once(warned: list[Warned], left_out: list[LeftOut]) -> list[Warned]:
    """Without warnings of the same event whose districts a newer one has as well."""
    kept: list[Warned] = []
    for one in warned:
        event = one.alert.event.casefold()
        covering = [
            other
            for other in kept
            if other.alert.event.casefold() == event and set(one.districts) <= set(other.districts)
        ]
        if one.districts and covering:
            left_out.append(LeftOut(one.alert.headline, "said already", alert=one.alert))
        else:
            kept.append(one)
    return kept


def cut_to_area(alert: Alert, pack: AreaPack) -> Warned | None:
    """The warning with only the pack's districts in it, or None when it does not concern them.

    Names alone are not enough where the publisher drew rings, since districts of different regencies share names.
    """
    districts = [place for place in pack.places if place.kind == "kecamatan"]
    if alert.quake:
        felt = f"{alert.headline} {alert.description}".lower()
        return Warned(alert, (), whole_area=True) if pack.name.lower() in felt else None
    named = [place for place in districts if _names(place, alert.places, pack)]
    if alert.polygons:
        touched = _touched(alert, districts)
        if alert.places:
            named = [place for place in named if place in touched or not place.point] if touched else []
        else:
            named = touched
    elif alert.places and not _in_province(alert, pack):
        named = []
    if not (alert.places or alert.polygons or alert.areas):
        named = _in_headline(alert, districts, pack)
    if not named:
        whole = not alert.places and not alert.polygons and _whole_area(alert, pack)
        return Warned(alert, (), whole_area=True) if whole else None
    spreading = tuple(place.name for place in districts if place not in named and _names(place, alert.spreading, pack))
    names = tuple(place.name for place in named)
    return Warned(replace(alert, places=names), names, spreading, whole_area=len(named) == len(districts))


def _names(place: Place, said: Sequence[str], pack: AreaPack) -> bool:
    for name in said:
        district, _, regency = name.partition(", ")
        if _plain(district) == _plain(place.name) and (not regency or _plain(regency) == _plain(pack.name)):
            return True
    return False


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _in_province(alert: Alert, pack: AreaPack) -> bool:
    province = PROVINCES.get(pack.code.partition(".")[0])
    return not (alert.areas and province) or any(_plain(province) in _plain(area) for area in alert.areas)


def _whole_area(alert: Alert, pack: AreaPack) -> bool:
    """By its areas; one that names none by its headline, or by its text where the headline names no place.

    A headline that lists districts means these, also where none of them is the station's.
    """
    if alert.areas:
        return any(_says(area, pack.name) for area in alert.areas)
    if _says(alert.headline, pack.name):
        return _DISTRICTS.search(alert.headline) is None
    return not _names_a_place(alert.headline, pack) and _says(alert.description, pack.name)


def _says(text: str, *names: str) -> bool:
    said = "|".join(re.escape(name) for name in names)
    return bool(names) and re.search(rf"\b(?:{said})\b", text, re.IGNORECASE) is not None


def _names_a_place(headline: str, pack: AreaPack) -> bool:
    """Whether a headline says where; the station's own province alone says too little."""
    own = pack.code.partition(".")[0]
    others = [name for code, name in PROVINCES.items() if code != own]
    return _UNIT.search(headline) is not None or _says(headline, *others, *(one.name for one in pack.neighbours))


def _in_headline(alert: Alert, districts: Sequence[Place], pack: AreaPack) -> list[Place]:
    """Districts that the headline of a warning without any area names as such, when it does not name another area."""
    elsewhere = _says(alert.headline, *(one.name for one in pack.neighbours))
    listed = _DISTRICTS.search(alert.headline)
    if listed is None or (elsewhere and not _says(alert.headline, pack.name)):
        return []
    parts = [part for part in _BETWEEN.split(listed["names"]) if part.strip()]
    found = []
    for number, part in enumerate(parts):
        called, name = _CALLED.match(part), _CALLED.sub("", part)
        named = next((place for place in districts if _begins_with(name, place.name)), None)
        # The seat shares its name with the whole area, which stands at the end of a list of districts.
        if named is not None and (number == 0 or called or _plain(named.name) != _plain(pack.name)):
            found.append(named)
    return [place for place in districts if place in found]


def _begins_with(text: str, name: str) -> bool:
    """Whether a text begins with the words of a name, however these are parted ("Sumber Rejo hari ini")."""
    words = [_plain(word) for word in text.split()]
    return any("".join(words[:count]) == _plain(name) for count in range(1, len(words) + 1))


def _touched(alert: Alert, districts: Sequence[Place]) -> list[Place]:
    """Districts that a ring touches; of a small one between their middles the district whose middle is nearest."""
    placed = [(place, place.point) for place in districts if place.point]
    found = {place.id for place, point in placed for ring in alert.polygons if _touches(point, ring)}
    for ring in alert.polygons:
        if any(_touches(point, ring) for _place, point in placed):
            continue
        middle = (sum(corner[0] for corner in ring) / len(ring), sum(corner[1] for corner in ring) / len(ring))
        if max(_kilometres(middle, corner) for corner in ring) <= SMALL_KM:
            away, nearest = min(
                ((_kilometres(middle, point), place.id) for place, point in placed), default=(math.inf, "")
            )
            found |= {nearest} if away <= DISTRICT_KM else set()
    return [place for place, _point in placed if place.id in found]


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    east = (one[1] - other[1]) * math.cos(math.radians(one[0]))
    return math.hypot(one[0] - other[0], east) * 111.2


def _touches(point: tuple[float, float], ring: tuple[tuple[float, float], ...]) -> bool:
    """Whether a point lies in a ring or within ``NEAR_KM`` of one of its corners."""
    latitude, longitude = point
    stretch = math.cos(math.radians(latitude))
    inside = False
    previous = ring[-1]
    for corner in ring:
        north, east = corner[0] - latitude, (corner[1] - longitude) * stretch
        if math.hypot(north, east) * 111.2 <= NEAR_KM:
            return True
        if (corner[0] > latitude) != (previous[0] > latitude):
            crossing = corner[1] + (latitude - corner[0]) / (previous[0] - corner[0]) * (previous[1] - corner[1])
            inside ^= longitude < crossing
        previous = corner
    return inside
