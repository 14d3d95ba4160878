"""Which cases of a phrase a plain sentence does not tell, so that these keep the words that ship.

A template can say one thing of a road that is closed and another of one that is not; a plain sentence says one thing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from radiodesk.core.i18n import N_
from radiodesk.road.bulletin.plain_phrases import has_gap, is_plain

Facts = Mapping[str, Any]

FREE = ("lancar", "ramai lancar")
_OPTION = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class _Case:
    """``when`` it is the case, of which phrases, and whether a line tells it all the same."""

    called: str
    names: frozenset[str]
    when: Callable[[Facts], bool]
    told: Callable[[str], bool] = lambda _line: False


def _has(word: str) -> Callable[[str], bool]:
    return lambda line: f"[{word}]" in line.lower()


def _needs_not(word: str) -> Callable[[str], bool]:
    """Whether a line can do without a word: it stands in round brackets, or nowhere."""
    return lambda line: f"[{word}]" not in _OPTION.sub("", line.lower())


def _names(*short: str) -> frozenset[str]:
    return frozenset(f"bulletin/{name}" for name in short)


_LAPSIT_TICKETS = frozenset({"lapsit/enforcement"})

CASES: tuple[_Case, ...] = (
    _Case(
        N_("the road is closed"), _names("accident", "event", "flood", "roadwork", "tree"),
        lambda facts: facts["flow"] == "ditutup",
    ),
    _Case(
        N_("traffic flows all the same"), _names("accident"), lambda facts: facts["flow"] in FREE,
        lambda line: "sehingga" not in line.lower(),
    ),
    _Case(
        N_("nobody has confirmed it"), _names("accident", "breakdown", "tree", "weather"),
        lambda facts: facts["seen"] == "dilaporkan", _has("terpantau"),
    ),
    _Case(N_("it is a forecast"), _names("weather"), lambda facts: bool(facts["forecast"])),
    _Case(
        N_("traffic is diverted"), _names("closure"), lambda facts: facts["flow"].startswith("dialihkan"), _has("arus")
    ),
    _Case(N_("the road is closed to everybody"), _names("closure"), lambda facts: bool(facts["total"])),
    _Case(N_("it concerns some vehicles alone"), _names("closure"), lambda facts: bool(facts["whom"]), _has("bagi")),
    _Case(N_("a closed road is open again"), _names("ended"), lambda facts: facts["kind"] == "closure"),
    _Case(
        N_("nobody named the cause"), _names("ended", "other"), lambda facts: not facts["cause"], _needs_not("penyebab")
    ),
    _Case(
        N_("there is nothing to say instead"), _names("correction"), lambda facts: not facts["right"],
        _needs_not("yang benar"),
    ),
    _Case(
        N_("nobody was hurt"), frozenset({"lapsit/accidents"}), lambda facts: bool(facts["count"] and facts["unhurt"])
    ),
    _Case(
        N_("the report gives no tickets"), _LAPSIT_TICKETS, lambda facts: facts["tickets"] is None,
        _needs_not("tilang"),
    ),
    _Case(
        N_("the report gives no warnings"), _LAPSIT_TICKETS, lambda facts: facts["warnings"] is None,
        _needs_not("teguran"),
    ),
)  # fmt: skip


def untold(name: str, line: str) -> list[str]:
    """The cases of a phrase ("bulletin/closure"), as message ids, that a line does not tell; none for a template."""
    if not is_plain(line):
        return []
    return [case.called for case in CASES if name in case.names and not case.told(line)]


GAP = N_("what stands outside round brackets is not known")


def tells(name: str, line: str, facts: Facts) -> bool:
    """Whether a line can say these facts."""
    if not is_plain(line):
        return True
    if has_gap(line, name, facts):
        return False
    return not any(name in case.names and not case.told(line) and case.when(facts) for case in CASES)
