"""A situation report as a script that can be read on air."""

import tomllib
from collections.abc import Mapping

from babel.dates import format_date

from radiodesk.road.bulletin.parts import Identity
from radiodesk.road.bulletin.wording import listing, phrasebook, sentence_case, spoken_folder
from radiodesk.road.lapsit.form_heads import FIELDS_OF, Head
from radiodesk.road.lapsit.report_values import Lapsit

Words = dict[str, dict[str, str]]

FROM_WORST = ("md", "lb", "lr")
NO_OFFENCES = frozenset(
    {"e_tilang", "etle", "manual", "tilang", "teguran", "jumlah", "lain", "bb_sim", "bb_stnk", "bb_ranmor"}
)
OFFENCES = tuple(one.key for one in FIELDS_OF["gakkum"] if one.key not in NO_OFFENCES)


def spoken(
    lapsit: Lapsit,
    *,
    station: Identity | None = None,
    variation: int = 0,
    wording: Mapping[str, str] | None = None,
) -> str:
    """A script of a few paragraphs ("dalam dua puluh empat jam terakhir…"), from ``templates/spoken/lapsit``.

    Numbers stay in figures; the speech room spells them. What the report does not give is not said: silence about a
    number is never read as nil. ``wording`` holds the station's own phrases by their names ("lapsit/opening").
    """
    phrases = phrasebook("lapsit", wording)
    words = tomllib.loads((spoken_folder() / "lapsit" / "words.toml").read_text(encoding="utf-8"))
    identity = station or Identity()
    paragraphs = [
        phrases.say(
            "opening",
            variation,
            day=format_date(lapsit.day, "EEEE, d MMMM y", locale="id") if lapsit.day else "",
            unit=lapsit.unit or identity.unit,
        )
    ]
    for name in ("accidents", "enforcement", "education", "patrols", "traffic", "notable"):
        facts = _FACTS[name](lapsit, words)
        if facts:
            paragraphs.append(phrases.say(name, variation, **facts))
    paragraphs.append(phrases.say("closing", variation, unit=lapsit.unit or identity.unit))
    return "\n".join(sentence_case(paragraph) for paragraph in paragraphs)


def _accidents(lapsit: Lapsit, words: Words) -> dict[str, object]:
    count = lapsit.value("laka", "kejadian")
    if count is None:
        return {}
    given = {key: lapsit.value("laka", key) for key in FROM_WORST}
    victims = [f"{value} orang {words['victims'][key]}" for key, value in given.items() if value]
    return {
        "count": count,
        "span": _span(lapsit),
        "victims": listing(tuple(victims)),
        "unhurt": bool(count) and all(value == 0 for value in given.values()),
        "nobody_died": given["md"] == 0,
        "damage": _rupiah(lapsit.value("laka", "kerugian")),
    }


def _enforcement(lapsit: Lapsit, words: Words) -> dict[str, object]:
    electronic = lapsit.value("gakkum", "e_tilang")
    # Some units list the cameras below e-tilang as its parts; those are not counted a second time.
    tickets = [lapsit.value("gakkum", "etle") if electronic is None else electronic, lapsit.value("gakkum", "manual")]
    warnings = lapsit.value("gakkum", "teguran")
    # "Tilang" is all of them where the kinds stand beside it.
    whole = lapsit.value("gakkum", "tilang")
    if whole is not None:
        tickets = [max(whole, sum(value or 0 for value in tickets)), None]
    if all(value is None for value in (*tickets, warnings)):
        return {}
    offences = {key: lapsit.value("gakkum", key) or 0 for key in OFFENCES}
    most = max(OFFENCES, key=lambda key: offences[key])
    return {
        "tickets": sum(value or 0 for value in tickets) if any(value is not None for value in tickets) else None,
        "warnings": warnings,
        "most": words["offences"].get(most, most.replace("_", " ")) if offences[most] else "",
    }


def _counts(lapsit: Lapsit, head: Head, words: Words) -> dict[str, object]:
    said = words["activities"]
    given = [entry for entry in lapsit.entries if entry.head == head and entry.known and entry.key != "jumlah"]
    labels = {entry.key: said.get(entry.key, entry.label.lower()) for entry in given}
    counts = {key: lapsit.value(head, key) for key in labels}
    done = [f"{count} kali {labels[key]}" for key, count in counts.items() if count]
    return {"done": listing(tuple(done))} if done else {}


def _education(lapsit: Lapsit, words: Words) -> dict[str, object]:
    return _counts(lapsit, "kamsel", words)


def _patrols(lapsit: Lapsit, words: Words) -> dict[str, object]:
    return _counts(lapsit, "turjawali", words)


def _traffic(lapsit: Lapsit, words: Words) -> dict[str, object]:
    by_flow: dict[str, list[str]] = {}
    for one in lapsit.traffic:
        by_flow.setdefault(one.text, []).append(one.unit)
    if not by_flow:
        return {}
    told = [
        f"{flow} di {listing(tuple(filter(None, places)))}" if any(places) else flow for flow, places in by_flow.items()
    ]
    return {"told": listing(tuple(told))}


def _span(lapsit: Lapsit) -> str:
    """The time that the report covers, as it states it; a daily report that states none covers a day."""
    if lapsit.period is not None:
        return f"dari pukul {lapsit.period[0]} hingga {lapsit.period[1]}"
    return f"dalam {lapsit.hours} jam terakhir" if lapsit.hours else "dalam dua puluh empat jam terakhir"


def _notable(lapsit: Lapsit, words: Words) -> dict[str, object]:
    return {"nothing": True} if lapsit.nothing_notable else {}


_FACTS = {
    "accidents": _accidents,
    "enforcement": _enforcement,
    "education": _education,
    "patrols": _patrols,
    "traffic": _traffic,
    "notable": _notable,
}


def _rupiah(amount: int | None) -> str:
    return f"Rp{amount:,}".replace(",", ".") if amount else ""
