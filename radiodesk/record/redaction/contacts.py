"""Ways to reach a person on the net: mail addresses, profile links, handles, written and said."""

import re
from collections.abc import Iterator

from .spans import Span

_OFFICIAL = re.compile(
    r"pol(?:res|sek|da|ri|antas)|lantas|humas|dishub|bmkg|bpbd|pemkab|pemkot|kominfo|dinas|ntmc|tmc|atcs|radio"
    r"|rri|info|lapor|kemen|divisi"
    r"|spkt|samsat|damkar|pmi|basarnas|rsud|kodim|\bgo\.id|\bpolri\b",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.%+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+(?<![._-])")
_SPOKEN_EMAIL = re.compile(
    r"\b(?:(?!email|surel|saya|alamat|kirim|ke\b|nya\b)[\w.]++(?:\s(?:titik|garis bawah|strip"
    r"|underscore)\s)?\s?){1,4}?\s?(?:@|\bat\b|\bet\b|\bad\b|\bkeong\b)\s?"
    r"(?:gmail|g mail|jimel|yahoo|yahu|hotmail|outlook|icloud|ymail)(?:\s?(?:\.|titik|dot)\s?(?:com|kom|co|id"
    r"|co\.id))*",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?(?:facebook|fb|instagram|twitter|x|tiktok|t|wa|linkedin|youtube)\.(?:com"
    r"|me)/[^\s,;<>\"')]+",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z][\w.]{2,30}(?<!\.)")
_SPOKEN_HANDLE = re.compile(
    r"\b(?:ig|instagram|tiktok|twitter|telegram|akun(?: ig| tiktok| facebook| fb)?)(?:nya|ku|e"
    r"| saya)?\s*(?:adalah|namanya|:)?\s*"
    r"(?P<handle>@?[a-z][a-z0-9]*[._][a-z0-9._]+)",
    re.IGNORECASE,
)


def is_official(address: str) -> bool:
    """Whether a mail address, link or handle belongs to a public office or a station."""
    return bool(_OFFICIAL.search(address))


def find_contacts(text: str) -> Iterator[Span]:
    """Mail addresses, links to profiles, and handles, except those of public offices."""
    for match in _EMAIL.finditer(text):
        if not _OFFICIAL.search(match[0]):
            yield Span(match.start(), match.end(), "email", "mail address", 0.98)
    for match in _SPOKEN_EMAIL.finditer(text):
        yield Span(match.start(), match.end(), "email", "mail address as it is said", 0.9)
    for match in _PROFILE.finditer(text):
        if not _OFFICIAL.search(match[0]):
            yield Span(match.start(), match.end(), "url", "link to a profile", 0.9)
    for match in _HANDLE.finditer(text):
        if not _OFFICIAL.search(match[0]):
            yield Span(match.start(), match.end(), "handle", "handle", 0.8)
    for match in _SPOKEN_HANDLE.finditer(text):
        if not _OFFICIAL.search(match["handle"]):
            yield Span(match.start("handle"), match.end("handle"), "handle", "handle after its cue", 0.8)
