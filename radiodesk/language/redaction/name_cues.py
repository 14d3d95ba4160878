"""The words of ``cues.toml``: where names begin and end in talk."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

KK_CUE = re.compile(r"\b(?:kk|ka ka|kartu keluarga)\b")
NIK_CUE = re.compile(r"\b(?:nik|en i ka|ktp|ka te pe|kependudukan|induk)\b")
SIM_CUE = re.compile(r"\b(?:sim|surat izin mengemudi)\b")
NPWP_CUE = re.compile(r"\bnpwp\b")
BANK_CUE = re.compile(
    r"\b(?:rekening|rek|norek|bri|bca|bni|mandiri|bsi|btn|bank|transfer|tf|dana|ovo|gopay|virtual account|va|atm)\b"
)
NUMBER_CUES = (
    ("npwp", NPWP_CUE, 15, 16),
    ("sim", SIM_CUE, 12, 16),
    ("kk", KK_CUE, 15, 17),
    ("nik", NIK_CUE, 14, 18),
    ("bank_account", BANK_CUE, 8, 18),
)
"""Kinds of numbers that a word before them gives away, with the fewest and most digits."""


@dataclass(frozen=True, slots=True)
class Cues:
    """Sets of words in lower case; what each is for stands in ``cues.toml``."""

    honorifics: frozenset[str]
    roles: frozenset[str]
    speaker: frozenset[str]
    after_self: frozenset[str]
    offices: frozenset[str]
    place_cues: frozenset[str]
    never: frozenset[str]
    directions: frozenset[str]
    not_after_roles: frozenset[str]
    companions: frozenset[str]
    links: frozenset[str]
    filled: frozenset[str]
    introductions: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=1)
def load_cues() -> Cues:
    """The cues that come with the product."""
    table: dict[str, str] = tomllib.loads(
        resources.files(__package__).joinpath("cues.toml").read_text(encoding="utf-8")
    )
    phrases = tuple(tuple(line.split()) for line in table.pop("introductions").splitlines() if line.strip())
    return Cues(**{name: frozenset(words.split()) for name, words in table.items()}, introductions=phrases)
