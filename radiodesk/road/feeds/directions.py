"""Directions of travel as feeds code them, in the words of an Indonesian traffic report."""

COMPASS = {
    "n": "utara", "s": "selatan", "e": "timur", "w": "barat", "ne": "timur laut", "nw": "barat laut", "se": "tenggara",
    "sw": "barat daya", "northbound": "utara", "southbound": "selatan", "eastbound": "timur", "westbound": "barat",
    "north": "utara", "south": "selatan", "east": "timur", "west": "barat", "northeastbound": "timur laut",
    "northwestbound": "barat laut", "southeastbound": "tenggara", "southwestbound": "barat daya",
    "northeast": "timur laut", "northwest": "barat laut", "southeast": "tenggara", "southwest": "barat daya",
}  # fmt: skip
BOTH = frozenset({"both", "bothways", "undefined", "unknown", "none", "allDirections".lower(), ""})


def toward(direction: str) -> tuple[str, ...]:
    """The compass word for a coded direction, as the ``toward`` of a report; empty for both or unknown."""
    word = COMPASS.get(direction.strip().lower())
    return (word,) if word else ()


def stretch(road: str, start: str = "", end: str = "") -> str | None:
    """ "Jalan A antara B dan C" or "Jalan A dekat B", from whatever is known; None when nothing is."""
    if not road:
        return f"antara {start} dan {end}" if start and end else start or end or None
    if start and end:
        return f"{road} antara {start} dan {end}"
    return f"{road} dekat {start or end}" if start or end else road
