"""Trying out a phrase before it is kept: every way to say it, filled in as it would be on air.

A phrase that reads well with a cause may read badly without one, so each is tried with much and with little to say.
What cannot be filled in, or would sound broken, is named with its line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import N_
from radiodesk.road.bulletin.plain_cases import GAP, tells, untold
from radiodesk.road.bulletin.plain_phrases import PLAIN, as_plain, as_template, has_gap, is_plain, words_for
from radiodesk.road.bulletin.wording import environment, shipped, shipped_names, tidied, ways_of

LONGEST = 4000
LONGEST_SENTENCE = 700
GROUPS = ("bulletin", "lapsit")

Facts = Mapping[str, Any]

_TWO = "Pasar Kota arah Utara dan Simpang Lima"
_FULL = {
    "where": "Pasar Kota arah Utara", "many": False, "flow": "padat merayap", "cause": "truk mogok",
    "seen": "terpantau", "time": "06.40", "forecast": False, "source": "BMKG", "until": "20 Desember",
    "whom": "truk", "total": False,
}  # fmt: skip
_BARE = _FULL | {
    "where": _TWO, "many": True, "flow": "", "cause": "", "seen": "dilaporkan", "time": "", "source": "", "until": "",
    "whom": "", "total": True,
}  # fmt: skip
_FRAME = {
    "greeting": "pagi", "time": "07.00 WIB", "station": "Radio Contoh", "programme": "Halo Polisi",
    "unit": "Satuan Lalu Lintas", "area": "Contoh", "police": "110",
}  # fmt: skip
_QUIET_FRAME = _FRAME | {"station": "", "programme": "", "area": "", "police": ""}
_WARNING = {
    "source": "BMKG", "event": "hujan lebat", "headline": "Hujan lebat di wilayah Contoh", "districts": "Satu dan Dua",
    "weather": True,
    "others": 2, "spreading": "Tiga", "areas": "Jawa Timur", "area": "Contoh", "whole_area": False,
    "begins": "14.00 WIB", "ends": "17.00 WIB", "happened": "13.58 WIB",
}  # fmt: skip
_SPAN = "dalam 12 jam terakhir"
_CLEAR = {"corridor": "Kota–Utara", "whole": False, "places": "Pasar Kota", "flow": "lancar", "time": "06.40"}
_OVER = {"where": "Pasar Kota", "cause": "pohon tumbang", "kind": "tree", "flow": "lancar"}


def _road(cause: str) -> tuple[Facts, ...]:
    """A kind of trouble with its cause named, with the road closed, and with nothing but the place."""
    return (_FULL | {"cause": cause}, _FULL | {"cause": cause, "flow": "ditutup", "time": ""}, _BARE)


_FRAMES = (_FRAME, _QUIET_FRAME)

SAMPLES: Mapping[str, tuple[Facts, ...]] = {
    "bulletin/accident": _road("kecelakaan motor dan pikap"),
    "bulletin/breakdown": _road("truk mogok"),
    "bulletin/clear": (_CLEAR, _CLEAR | {"whole": True, "time": ""}, _CLEAR | {"corridor": "", "time": ""}),
    "bulletin/closing": _FRAMES,
    "bulletin/closing_short": _FRAMES,
    "bulletin/closure": (*_road("perbaikan jembatan"), _FULL | {"flow": "dialihkan"}),
    "bulletin/correction": (
        {"time": "06.30 WIB", "wrong": "jalan ditutup di Pasar Kota", "right": "arus di Pasar Kota padat."},
        {"time": "06.30 WIB", "wrong": "jalan ditutup di Pasar Kota", "right": ""},
    ),
    "bulletin/corridor": ({"corridor": "Kota–Utara"},),
    "bulletin/detour": ({"detour": "Jalan Veteran", "closed": True}, {"detour": "Jalan Veteran", "closed": False}),
    "bulletin/ended": (_OVER, _OVER | {"cause": "", "kind": "flow", "flow": ""}, _OVER | {"kind": "closure"}),
    "bulletin/event": _road("karnaval"),
    "bulletin/flood": _road("genangan air"),
    "bulletin/flow": (_FULL, _BARE | {"flow": "macet"}),
    "bulletin/opening": _FRAMES,
    "bulletin/opening_short": _FRAMES,
    "bulletin/other": (*_road("sapi di tengah jalan")[:2], _BARE | {"flow": "padat"}),
    "bulletin/quake": (_WARNING, _WARNING | {"area": ""}),
    "bulletin/quiet": _FRAMES,
    "bulletin/quiet_short": _FRAMES,
    "bulletin/roadwork": _road("pengaspalan"),
    "bulletin/tree": _road("pohon tumbang"),
    "bulletin/unsure": _FRAMES,
    "bulletin/unsure_short": _FRAMES,
    "bulletin/warning": (
        _WARNING,
        _WARNING | {
            "weather": False, "districts": "", "others": 0, "spreading": "", "whole_area": True, "begins": "",
            "ends": "",
        },
    ),
    "bulletin/weather": (*_road("hujan lebat"), _FULL | {"cause": "hujan lebat", "forecast": True, "flow": ""}),
    "lapsit/accidents": (
        {
            "count": 2, "victims": "1 orang luka berat dan 2 orang luka ringan", "unhurt": False, "nobody_died": True,
            "span": _SPAN, "damage": "Rp2.000.000",
        },
        {"count": 1, "victims": "", "unhurt": True, "nobody_died": True, "span": _SPAN, "damage": ""},
        {"count": 0, "victims": "", "unhurt": False, "nobody_died": False, "span": _SPAN, "damage": ""},
    ),
    "lapsit/closing": ({"unit": "Satlantas Contoh"},),
    "lapsit/education": ({"done": "2 kali penyuluhan dan 1 kali penerangan keliling"},),
    "lapsit/enforcement": (
        {"tickets": 12, "warnings": 30, "most": "tidak memakai helm"},
        {"tickets": None, "warnings": 0, "most": ""},
        {"tickets": 0, "warnings": None, "most": ""},
    ),
    "lapsit/notable": ({"nothing": True},),
    "lapsit/opening": (
        {"day": "Selasa, 24 November 2026", "unit": "Satlantas Contoh"}, {"day": "", "unit": "Satlantas Contoh"},
    ),
    "lapsit/traffic": ({"told": "ramai lancar di Simpang Contoh dan padat di Pasar Contoh"}, {"told": "lancar"}),
    "lapsit/patrols": ({"done": "4 kali pengaturan dan 2 kali patroli"},),
}  # fmt: skip
"""What each phrase is tried with: everything that the program may give it, and the least."""

OPEN_ENDED = frozenset({"bulletin/corridor"})
"""Phrases that another one follows, so that they end without a full stop."""

_BROKEN = re.compile(r"\{\{|\}\}|\{%|%\}|\bNone\b|\bTrue\b|\bFalse\b|[.,;:?!]{2,}|\s[.,;:?!]|,\s*$")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say a phrase: its line number, what it gives for each sample, and what is wrong with it."""

    line: int
    said: tuple[str, ...]
    problem: Unreadable | None = None
    untold: tuple[str, ...] = ()
    """The cases, as message ids, in which the words that ship are said instead."""


def names() -> list[str]:
    """Every phrase that may be changed, as "bulletin/flow"."""
    return [f"{group}/{name}" for group in GROUPS for name in shipped_names(group)]


def rehearse(name: str, text: str) -> list[Way]:
    """Each way of the text with what it would say; ``name`` is one of ``names()``."""
    made = environment()
    ways = []
    for number, line in ways_of(text):
        said: list[str] = []
        problem: Unreadable | None = None
        try:
            template = made.from_string(as_template(line, name))
            for facts in SAMPLES[name]:
                if not tells(name, line, facts):
                    continue
                sentence = tidied(template.render(facts))
                said.append(sentence)
                problem = problem or _broken(name, number, sentence)
        except Unreadable as refusal:
            problem = refusal
        except TemplateError as error:
            problem = Unreadable(
                "Line %(line)d cannot be filled in: %(why)s. The words in braces that may be used stand in the notes.",
                line=number,
                why=error.message or "",
            )
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            problem = Unreadable("Line %(line)d cannot be filled in: %(why)s.", line=number, why=error)
        cases = untold(name, line)
        if problem is None and is_plain(line) and any(has_gap(line, name, facts) for facts in SAMPLES[name]):
            cases.append(GAP)
        ways.append(Way(number, tuple(dict.fromkeys(said)), problem, tuple(cases)))
    return ways


def shown(name: str, text: str) -> str:
    """A phrase as people see and change it: plain sentences, a line each, notes left out."""
    return "\n".join(plain for plain, _line in _shown_lines(name, text))


def _shown_lines(name: str, text: str) -> list[tuple[str, str]]:
    """Each way of a text as it is shown, and as it is kept."""
    made = environment()
    given: dict[str, str] = {}
    if name in PLAIN:
        given = dict(zip((line for _number, line in ways_of(shipped(name))), PLAIN[name].split("\n"), strict=True))
    return [(given.get(line) or as_plain(line, SAMPLES[name], made), line) for _number, line in ways_of(text)]


def with_old_lines(name: str, text: str, before: str) -> str:
    """A text in which the lines that stand as they were shown are those of the text before, which say more cases."""
    old = dict(_shown_lines(name, before))
    return "\n".join(old.get(line.strip(), line) for line in text.splitlines()) + "\n"


def words_of(name: str) -> list[str]:
    """The words in brackets that may be used in a phrase."""
    return words_for(SAMPLES[name][0])


def _broken(name: str, line: int, sentence: str) -> Unreadable | None:
    if not sentence:
        return Unreadable("Line %(line)d says nothing when there is little to say.", line=line)
    if len(sentence) > LONGEST_SENTENCE:
        return Unreadable("Line %(line)d is too long to be read in one go.", line=line)
    if name not in OPEN_ENDED and (sentence[-1] not in ".?!" or _BROKEN.search(sentence)):
        return Unreadable(
            "Line %(line)d would be read as “%(said)s”, which is no whole sentence.", line=line, said=sentence
        )
    return None


def checked(name: str, text: str) -> str:
    """The text, tidied, when every way of it can be said; raises ``Unreadable`` with the first thing that is wrong."""
    if name not in SAMPLES:
        raise Unreadable("There is no phrase called %(name)s.", name=name)
    text = text.replace("\r\n", "\n").strip() + "\n"
    if len(text) > LONGEST:
        raise Unreadable("The text is too long: at most %(most)s characters at a time.", most=LONGEST)
    ways = rehearse(name, text)
    if not ways:
        raise Unreadable("The phrase needs at least one line that says it.")
    for way in ways:
        if way.problem is not None:
            raise way.problem
    return text


TITLES: Mapping[str, str] = {
    "bulletin/accident": N_("Accident"),
    "bulletin/breakdown": N_("Breakdown"),
    "bulletin/clear": N_("Clear roads"),
    "bulletin/closing": N_("Sign-off"),
    "bulletin/closing_short": N_("Sign-off, short"),
    "bulletin/closure": N_("Closure"),
    "bulletin/correction": N_("Correction"),
    "bulletin/corridor": N_("Naming the road"),
    "bulletin/detour": N_("Detour"),
    "bulletin/ended": N_("What is over"),
    "bulletin/event": N_("Crowd or event"),
    "bulletin/flood": N_("Flood"),
    "bulletin/flow": N_("Traffic flow"),
    "bulletin/opening": N_("Opening"),
    "bulletin/opening_short": N_("Opening, short"),
    "bulletin/other": N_("Other"),
    "bulletin/quake": N_("Earthquake"),
    "bulletin/quiet": N_("Nothing reported"),
    "bulletin/quiet_short": N_("Nothing reported, short"),
    "bulletin/roadwork": N_("Roadworks"),
    "bulletin/tree": N_("Fallen tree"),
    "bulletin/unsure": N_("Nothing certain"),
    "bulletin/unsure_short": N_("Nothing certain, short"),
    "bulletin/warning": N_("Weather warning"),
    "bulletin/weather": N_("Weather"),
    "lapsit/accidents": N_("Accidents"),
    "lapsit/closing": N_("Sign-off"),
    "lapsit/education": N_("Education"),
    "lapsit/enforcement": N_("Enforcement"),
    "lapsit/notable": N_("Outstanding events"),
    "lapsit/opening": N_("Opening"),
    "lapsit/patrols": N_("Patrols"),
    "lapsit/traffic": N_("Traffic flow"),
}
"""What the page calls each phrase."""
