"""Phrases as plain sentences: [tempat] stands for what is filled in, round brackets hold what may be left out.

"arus padat di [tempat]( akibat [penyebab])." is said without "akibat" where no cause is known. What ships is written
as templates, and shown to people in this form.
"""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from radiodesk.core.errors import Unreadable

WORDS: Mapping[str, str] = {
    "tempat": "where", "arus": "flow", "penyebab": "cause", "terpantau": "seen", "pukul": "time", "sampai": "until",
    "sumber": "source", "bagi": "whom", "jalur": "corridor", "tempat-tempat": "places", "jalan lain": "detour",
    "salam": "greeting", "stasiun": "station", "acara": "programme", "satuan": "unit", "wilayah": "area",
    "telepon polisi": "police", "yang keliru": "wrong", "yang benar": "right", "peristiwa": "event",
    "kecamatan": "districts", "meluas ke": "spreading", "mulai": "begins", "berakhir": "ends", "terjadi": "happened",
    "hari": "day", "jumlah": "count", "korban": "victims", "kerugian": "damage", "masa": "span", "kegiatan": "done",
    "tilang": "tickets", "teguran": "warnings", "terbanyak": "most", "isi": "told", "jumlah lain": "others",
    "judul": "headline",
}  # fmt: skip
"""What a person writes in square brackets, and the fact that it stands for."""

OTHERWISE: Mapping[str, str] = {
    "bulletin/accident": "kecelakaan lalu lintas",
    "bulletin/breakdown": "kendaraan mogok",
    "bulletin/event": "kegiatan masyarakat",
    "bulletin/flood": "genangan air",
    "bulletin/roadwork": "pekerjaan jalan",
    "bulletin/tree": "pohon tumbang",
    "bulletin/weather": "cuaca buruk",
}
"""What is said for the cause of a kind of trouble when nobody named one."""

LISTENERS = "Pendengar"
COUNTS = frozenset({"count", "tickets", "warnings"})
"""Numbers that are said as "nihil" where there is none."""

MADE: Mapping[str, str] = {
    "daerah": (
        "{% if whole_area or not districts %}wilayah {{ area or areas }}{% else %}Kecamatan {{ districts }}{% endif %}"
    ),
}
"""Words that stand for more than one fact."""

_WHEN = "( mulai pukul [mulai])( hingga pukul [berakhir])"
_SPREADING = "(, serta [jumlah lain] kecamatan lain)(, dan dapat meluas ke Kecamatan [meluas ke])."
PLAIN: Mapping[str, str] = {
    "bulletin/warning": (
        f"peringatan dari [sumber]: [peristiwa]{_WHEN}, di [daerah]{_SPREADING}\n"
        f"[sumber] mengingatkan potensi [peristiwa]{_WHEN} di [daerah]{_SPREADING}"
    ),
    "bulletin/flood": (
        "ada [penyebab] di [tempat]( pada pantauan pukul [pukul])(, arus lalu lintas [arus]).\n"
        "waspadai [penyebab] di [tempat]( menurut laporan pukul [pukul])(. Arus lalu lintas [arus])."
    ),
    "bulletin/roadwork": (
        "ada [penyebab] di [tempat]( hingga [sampai])(, arus lalu lintas [arus]).\n"
        "di [tempat] ada [penyebab]( sampai [sampai])(, arus kendaraan [arus])."
    ),
    "bulletin/clear": (
        "arus di [tempat-tempat]( di jalur [jalur]) terpantau [arus]( pada pukul [pukul]).\n"
        "lalu lintas [arus] di [tempat-tempat](, di jalur [jalur])(, menurut pantauan pukul [pukul])."
    ),
}
"""Plain forms of what ships that no machine finds."""

KEPT: Mapping[str, tuple[str, str]] = {
    "lapsit/accidents": (
        "meninggal",
        "{% if count and victims and nobody_died %} Tidak ada korban meninggal dunia.{% endif %}",
    ),
}
"""A sentence that follows a plain one as it ships, unless that has the word before it."""

_CODE = re.compile(r"\{[{%#]")
_SLOT = re.compile(r"\[([^\[\]]+)\]")
_OPTION = re.compile(r"\(([^()]*)\)")


def is_plain(line: str) -> bool:
    """Whether a line is a plain sentence, not a template."""
    return not _CODE.search(line)


def as_template(line: str, name: str = "") -> str:
    """The template that a line stands for; raises ``Unreadable`` for a word in brackets that nothing fills in."""
    if not is_plain(line):
        return line

    def optional(match: "re.Match[str]") -> str:
        facts = [_fact(word) for word in _SLOT.findall(match[1])]
        if not facts:
            return match[0]
        return f"{{% if {' and '.join(facts)} %}}{_filled(match[1], name)}{{% endif %}}"

    parts, done = [], 0
    for match in _OPTION.finditer(line):
        parts += [_filled(line[done : match.start()], name), optional(match)]
        done = match.end()
    word, kept = KEPT.get(name, ("", ""))
    return "".join([*parts, _filled(line[done:], name), "" if word in line.lower() else kept])


def has_gap(line: str, name: str, facts: Mapping[str, Any]) -> bool:
    """Whether a slot outside round brackets has nothing to fill it, and nothing that is said in its place."""
    needed = (_fact(word) for word in _SLOT.findall(_OPTION.sub(_unfilled, line)) if word.strip().lower() not in MADE)
    return any(fact in facts and facts[fact] == "" and not _otherwise(fact, name) for fact in needed)


def _unfilled(option: "re.Match[str]") -> str:
    """Round brackets without a slot are text, and are said."""
    return "" if _SLOT.search(option[1]) else option[0]


def _otherwise(fact: str, name: str) -> str | None:
    if fact == "cause":
        return OTHERWISE.get(name)
    if fact in COUNTS:
        return "nihil"
    return LISTENERS if fact == "station" else None


def _filled(text: str, name: str) -> str:
    def slot(match: "re.Match[str]") -> str:
        if made := MADE.get(match[1].strip().lower()):
            return made
        fact = _fact(match[1])
        otherwise = _otherwise(fact, name)
        return f"{{{{ {fact} or '{otherwise}' }}}}" if otherwise else f"{{{{ {fact} }}}}"

    return _SLOT.sub(slot, text)


def _fact(word: str) -> str:
    fact = WORDS.get(" ".join(word.lower().split()))
    if fact is None:
        raise Unreadable("Nothing is filled in for [%(word)s].", word=word)
    return fact


def words_for(facts: Mapping[str, Any]) -> list[str]:
    """The words that may stand in brackets where these facts are given."""
    found = [f"[{word}]" for word, fact in WORDS.items() if fact in facts and not isinstance(facts[fact], bool)]
    return [*found, *(f"[{word}]" for word in MADE if "whole_area" in facts)]


def as_plain(line: str, samples: tuple[Mapping[str, Any], ...], environment: SandboxedEnvironment) -> str:
    """A template as the plain sentence nearest to it: with all that may be said, what may be left out in brackets."""
    if is_plain(line):
        return line
    named = {fact: f"[{word}]" for word, fact in WORDS.items()}
    used = {name: fact for name, fact in samples[0].items() if fact is not None}
    facts = {name: named.get(name, fact) if not isinstance(fact, bool) else False for name, fact in used.items()}
    try:
        template = environment.from_string(line)
        whole = template.render(facts)
        cuts = []
        for name in facts:
            if name in named and named[name] in whole:
                span = _left_out(whole, template.render({**facts, name: ""}))
                if span is not None:
                    cuts.append(span)
    except (TemplateError, TypeError, ValueError, LookupError, AttributeError):
        return line
    outer: list[tuple[int, int]] = []
    for start, end in sorted(set(cuts), key=lambda span: span[0] - span[1]):
        if all(end <= other[0] or other[1] <= start for other in outer):
            outer.append((start, end))
    for start, end in sorted(outer, reverse=True):
        whole = f"{whole[:start]}({whole[start:end]}){whole[end:]}"
    return " ".join(whole.split())


def _left_out(whole: str, without: str) -> tuple[int, int] | None:
    """The stretch that goes when a fact is not known, where nothing comes in its place. A bare slot must stay."""
    start = 0
    while start < len(without) and whole[start] == without[start]:
        start += 1
    end = len(whole)
    for _ in range(len(without) - start):
        if whole[end - 1] != without[len(without) - (len(whole) - end) - 1]:
            break
        end -= 1
    if start + len(whole) - end != len(without) or start >= end:
        return None
    # Of several ways to cut the same words out, the one that begins with what parts words.
    while start > 0 and whole[start] not in ",." and whole[start - 1] == whole[end - 1]:
        if whole[start] == " " and whole[start - 1] not in ",.":
            break
        start, end = start - 1, end - 1
    cut = whole[start:end]
    return (start, end) if _SLOT.search(cut) and not _SLOT.fullmatch(cut.strip()) else None
