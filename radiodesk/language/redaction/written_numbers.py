"""Numbers written in unusual ways: with slashes, commas or pictures between the digits, an O for a zero.

``private_numbers`` reads what is said and what is written as usual. Here nearly any sign may part the digits, so only
what cannot well be anything else is taken: a mobile number by its beginning, a foreign one by its plus, all others
after their cue. Times, dates, prices and lists of numbers stay.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import phonenumbers

from radiodesk.language.redaction.name_cues import NUMBER_CUES
from radiodesk.language.redaction.spans import Span

_DIGITS = r"(?<![^\W\d_])[0-9OoIl]*[0-9][0-9OoIl]*(?![^\W\d_])"
_PART = r"(?:[^\w+\n]|_){1,3}"
_RUN = re.compile(rf"\+?[ (]{{0,2}}{_DIGITS}(?:{_PART}{_DIGITS})*")
_GROUP = re.compile(_DIGITS)
_AS_DIGITS = str.maketrans("OoIl", "0011")
_STRONG_CUE = re.compile(
    r"\b(?:telepon|telpon|telp|tlp|hp|hape|handphone|wa|whatsapp|sms|nope|nomor(?:ku| saya| kulo))\b"
)
_MOBILE = re.compile(r"(?:0|620?)8[1-9]\d{6,10}")
_FEWEST, _MOST = 8, 19
_REACH = 45


@dataclass(frozen=True, slots=True)
class _Group:
    digits: str
    start: int
    end: int


def find_written(text: str) -> Iterator[Span]:
    """Telephone, identity and account numbers with unusual signs between their digits."""
    lowered = text.lower()
    for run in _RUN.finditer(text):
        groups = [
            _Group(group[0].translate(_AS_DIGITS), run.start() + group.start(), run.start() + group.end())
            for group in _GROUP.finditer(run[0])
        ]
        for first, last in _numbers(groups):
            span = _classified(text, lowered, run.start(), groups[first:last])
            if span is not None:
                yield span


def _numbers(groups: Sequence[_Group]) -> Iterator[tuple[int, int]]:
    """Where a run that holds several numbers is to be parted: before a group that begins as numbers do."""
    first = count = 0
    for place, group in enumerate(groups):
        if count >= _FEWEST + 1 and re.match(r"08|62|\+", group.digits):
            yield first, place
            first, count = place, 0
        count += len(group.digits)
    yield first, len(groups)


def _classified(text: str, lowered: str, run_start: int, groups: Sequence[_Group]) -> Span | None:
    digits = "".join(group.digits for group in groups)
    if not _FEWEST <= len(digits) <= _MOST:
        return None
    start, end = groups[0].start, groups[-1].end
    front = lowered[max(0, start - _REACH) : start]
    plus = re.search(r"\+[ (]{0,2}\Z", text[max(0, start - 3) : start])
    cued = bool(_STRONG_CUE.search(front[-30:]))
    if plus or digits.startswith("00"):
        number = digits if plus else digits[2:]
        if _foreign(number):
            return Span(start - len(plus[0]) if plus else start, end, "phone", "number with its country code", 0.9)
    if _MOBILE.fullmatch(digits) and (cued or _has_shape_of_number(text, groups)):
        return Span(start, end, "phone", "mobile number in a writing of its own", 0.95)
    if cued and digits.startswith("0") and len(groups[0].digits) > 2 and len(digits) <= 13:
        return Span(start, end, "phone", "digits after a telephone cue", 0.85)
    for kind, cue, fewest, most in NUMBER_CUES:
        if fewest <= len(digits) <= most and cue.search(front):
            return Span(start, end, kind, "digits after their cue", 0.85)
    return None


def _foreign(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(f"+{number}"))
    except phonenumbers.NumberParseException:
        return False


def _has_shape_of_number(text: str, groups: Sequence[_Group]) -> bool:
    """Whether the digits are parted as those of a telephone number are, and not as times, dates or prices."""
    lengths = [len(group.digits) for group in groups]
    between = {text[left.end : right.start].strip() for left, right in pairwise(groups)}
    if max(lengths) == 1:
        return len(between) == 1
    if all(group.digits.startswith("08") for group in groups) and len(groups) > 2:
        return False  # a list of codes
    if groups[0].digits in {"0", "62"}:
        return len(groups) > 1 and groups[1].digits.startswith("8") and lengths[1] > 2
    return lengths[0] > 2
