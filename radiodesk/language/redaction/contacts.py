"""Ways to reach a person on the net: mail addresses, profile links, handles, written and said."""

import re
from collections.abc import Iterator

from radiodesk.language.redaction.name_lexicon import is_common
from radiodesk.language.redaction.spans import Span
from radiodesk.language.spoken.heard_digits import DIGIT_WORDS

_OFFICIAL = re.compile(
    r"pol(?:res|sek|da|ri|antas)|lantas|humas|dishub|bmkg|bpbd|pemkab|pemkot|kominfo|dinas|ntmc|tmc|atcs|radio"
    r"|rri|info|lapor|kemen|divisi"
    r"|spkt|samsat|damkar|pmi|basarnas|rsud|kodim|\bgo\.id|\bpolri\b",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+(?<![._-])")
_SPOKEN_EMAIL = re.compile(
    r"\b(?:(?!email|surel|saya|alamat|kirim|ke\b|nya\b)[\w.]++(?:\s(?:titik|garis bawah|strip"
    r"|underscore)\s)?\s?){1,4}?\s?(?:@|\bat\b|\bet\b|\bad\b|\bkeong\b)\s?"
    r"(?:gmail|g mail|jimel|yahoo|yahu|hotmail|outlook|icloud|ymail)(?:\s?(?:\.|titik|dot)\s?(?:com|kom|co|id"
    r"|co\.id))*",
    re.IGNORECASE,
)
# A word never holds what parts words, nor gives back what it took: a run of underscores has one reading only, so the
# time stays in proportion to the text.
_WORD = r"[^\W_]++"
_DOMAIN_WORD = rf"{_WORD}(?:[-_]++{_WORD})*+"
_LOCAL_WORD = r"(?:[^\W_]|[%+])++"
_SEPARATOR_SAID = (
    r"(?:\.|_++|-++|\b(?:titik|dot|point|tik|garis bawah|under ?score|underskor|strip|setrip|min|minus|dash)\b)"
)
_DOT_SAID = r"\s?[\[({<]?\s?(?:\.|,|\b(?:titik|dot|point|tik)\b)\s?[\])}>]?\s?"
_AT_SAID = r"\s?[\[({<]?\s?(?:@|\b(?:at|et|ad|add|ed|ett|keong|a keong|a bundar)\b)\s?[\])}>]?\s?"
_TOP = (
    r"com|kom|komm|net|org|co|ko|id|aidi|ai di|i d|info|biz|edu|web|my|sg|io|me|xyz|online|site|tv|uk|us|au|nl|de|jp"
    r"|ac|sch"
)
_SAID_ADDRESS = re.compile(
    rf"(?P<at>{_AT_SAID})(?P<domain>{_DOMAIN_WORD}(?:(?:\s?{_SEPARATOR_SAID}\s?|\s){_DOMAIN_WORD}){{0,3}}?"
    rf"{_DOT_SAID}(?:{_TOP})\b"
    rf"(?:{_DOT_SAID}(?:{_TOP})\b)?)",
    re.IGNORECASE,
)
_LOCAL_SAID = re.compile(
    rf"(?:{_LOCAL_WORD}\s?{_SEPARATOR_SAID}\s?)*{_LOCAL_WORD}(?:\s(?:\d+|{'|'.join(DIGIT_WORDS)})\b){{0,8}}_*+\s?\Z",
    re.IGNORECASE,
)
_LONGEST_LOCAL = 160
_LAST_WORD = re.compile(r"(?P<word>[^\W\d_]+)\s\Z")
_NOT_LOCAL = frozenset(
    {"email", "imel", "surel", "mail", "saya", "ku", "alamat", "alamatnya", "kirim", "ke", "emailnya", "surelnya", "di"}
    | {"via", "lewat", "dan"}
)
_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?(?:facebook|fb|instagram|twitter|x|tiktok|t|wa|linkedin|youtube)\.(?:com"
    r"|me)/[^\s,;<>\"')]+",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z][\w.]{2,30}(?<!\.)")
_SPOKEN_HANDLE = re.compile(
    r"\b(?:ig|instagram|tiktok|twitter|telegram|akun(?: ig| tiktok| facebook| fb)?)(?:nya|ku|e"
    r"| saya)?\s*+(?:(?:adalah|namanya|:)\s*+)?"
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
    yield from _said_addresses(text)
    for match in _PROFILE.finditer(text):
        if not _OFFICIAL.search(match[0]):
            yield Span(match.start(), match.end(), "url", "link to a profile", 0.9)
    for match in _HANDLE.finditer(text):
        if not _OFFICIAL.search(match[0]):
            yield Span(match.start(), match.end(), "handle", "handle", 0.8)
    for match in _SPOKEN_HANDLE.finditer(text):
        if not _OFFICIAL.search(match["handle"]):
            yield Span(match.start("handle"), match.end("handle"), "handle", "handle after its cue", 0.8)


def _said_addresses(text: str) -> Iterator[Span]:
    """Mail addresses of any domain as they are said: "budi garis bawah satu at contoh dot co dot id"."""
    for match in _SAID_ADDRESS.finditer(text):
        from_here = max(0, match.start() - _LONGEST_LOCAL)
        local = _LOCAL_SAID.search(text[from_here : match.start()])
        if local is None or local[0].strip().lower() in _NOT_LOCAL:
            continue
        start = from_here + local.start()
        # The parts of a name are said with nothing between them.
        for _ in range(2):
            before = max(0, start - _LONGEST_LOCAL)
            word = _LAST_WORD.search(text[before:start])
            if word is None or word["word"].lower() in _NOT_LOCAL or is_common(word["word"].lower()):
                break
            start = before + word.start()
        written = re.sub(rf"\s?{_SEPARATOR_SAID}\s?", ".", text[start : match.end()], flags=re.IGNORECASE)
        if not _OFFICIAL.search(written):
            yield Span(start, match.end(), "email", "mail address as it is said", 0.9)
