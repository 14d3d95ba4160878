"""What a harvester asks for by OAI-PMH 2.0, read and checked before anything is looked up.

Source: https://www.openarchives.org/OAI/2.0/openarchivesprotocol.htm. Whatever is not as it says is one of its errors.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Self

from radiodesk.core import inputs
from radiodesk.core.errors import Refusal, Unreadable
from radiodesk.core.i18n import N_

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)

_PREFIX = re.compile(r"[A-Za-z0-9_.!~*'()-]+")
_SET = re.compile(r"[A-Za-z0-9_.!~*'()-]+(:[A-Za-z0-9_.!~*'()-]+)*")
_IDENTIFIER = re.compile(r"(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class HarvestRefused(Refusal):
    """One of the errors of the protocol; ``code`` is its name there."""

    def __init__(self, code: str, message: str, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.code = code


class _BadArgument(HarvestRefused):
    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__("badArgument", message, **facts)


@dataclass(frozen=True, slots=True)
class _Verb:
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    has_pages: bool = False
    """Whether its list may go on under a resumption token, which then stands alone."""


_PICKED = _Verb(frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), has_pages=True)
VERBS = {
    "Identify": _Verb(),
    "ListMetadataFormats": _Verb(optional=frozenset({"identifier"})),
    "ListSets": _Verb(has_pages=True),
    "ListIdentifiers": _PICKED,
    "ListRecords": _PICKED,
    "GetRecord": _Verb(frozenset({"identifier", "metadataPrefix"})),
}
RESUMED = "resumptionToken"


@dataclass(frozen=True, slots=True)
class Harvest:
    """A verb with its arguments, as they were given."""

    verb: str
    arguments: Mapping[str, str]

    @classmethod
    def of(cls, given: Sequence[tuple[str, str]]) -> Self:
        """Of the names and texts of a request; raises ``HarvestRefused`` (badVerb, badArgument)."""
        verbs = [text for name, text in given if name == "verb"]
        if len(verbs) != 1 or verbs[0] not in VERBS:
            raise HarvestRefused(
                "badVerb", N_("There must be one argument “verb”: one of %(verbs)s."), verbs=", ".join(VERBS)
            )
        repeated = [name for name, count in Counter(name for name, _ in given).items() if count > 1]
        if repeated:
            raise _BadArgument("An argument is there more than once: %(name)s.", name=repeated[0][:40])
        arguments = {name: text for name, text in given if name != "verb"}
        _require_those_of(VERBS[verbs[0]], arguments)
        _require_well_formed(arguments)
        return cls(verbs[0], arguments)


def _require_those_of(verb: _Verb, given: Mapping[str, str]) -> None:
    if verb.has_pages and RESUMED in given:
        if len(given) > 1:
            raise _BadArgument("A resumptionToken stands alone beside the verb.")
        return
    for name in given:
        if name not in verb.required | verb.optional:
            raise _BadArgument("This verb does not take the argument %(name)s.", name=name[:40])
    for name in sorted(verb.required):
        if name not in given:
            raise _BadArgument("This verb needs the argument %(name)s.", name=name)


def _require_well_formed(given: Mapping[str, str]) -> None:
    shapes = {"metadataPrefix": _PREFIX, "set": _SET, "identifier": _IDENTIFIER}
    for name, shape in shapes.items():
        if name in given and shape.fullmatch(given[name]) is None:
            raise _BadArgument("The argument %(name)s is not written as the protocol says.", name=name)
    Interval.of(given)


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which moments a record changed last: not before ``since``, and before ``until``."""

    since: datetime | None
    until: datetime | None

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """Of ``from`` and ``until``, which both belong to it whole, a day or a second; raises ``HarvestRefused``."""
        since, until = given.get("from"), given.get("until")
        if since is not None and until is not None and len(since) != len(until):
            raise _BadArgument("from and until must both be days, or both be moments.")
        begins = None if since is None else _beginning("from", since)
        last = None if until is None else _beginning("until", until)
        if begins is not None and last is not None and begins > last:
            raise _BadArgument("from is later than until.")
        ends = None if last is None or until is None else last + (DAY if _DAY.fullmatch(until) else SECOND)
        return cls(begins, ends)


def _beginning(name: str, text: str) -> datetime:
    found = None
    if _MOMENT.fullmatch(text):
        found = inputs.moment(text)
    elif _DAY.fullmatch(text):
        try:
            found = datetime.combine(inputs.day(text), time(), UTC)
        except Unreadable:
            found = None
    if found is None:
        raise _BadArgument(
            "%(name)s must be a day such as 2026-11-24 or a moment such as 2026-11-24T00:00:00Z.", name=name
        )
    return found
