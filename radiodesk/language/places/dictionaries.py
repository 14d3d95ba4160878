"""The dictionaries that the place finder reads: plain files that people edit, loaded once.

``leads.toml`` holds words that stand before places and persons, ``everyday.txt`` and ``given_names.txt`` words that are
no place by themselves, ``common.txt`` counted everyday vocabulary (made by ``scripts/train_traffic.py --words``).
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "dictionaries"


@dataclass(frozen=True, slots=True)
class Words:
    """``same`` maps a spelling to the form it is compared as; the sets hold lower-case words in compared form."""

    same: dict[str, str]
    certain: frozenset[str]
    likely: frozenset[str]
    follows: frozenset[str]
    titles: frozenset[str]
    person: frozenset[str]
    everyday: frozenset[str]
    common: frozenset[str]
    given_names: frozenset[str]


@cache
def load_words(folder: Path = FOLDER) -> Words:
    """Read the dictionaries of a folder; the built-in one by default."""
    leads = tomllib.loads((folder / "leads.toml").read_text(encoding="utf-8"))
    return Words(
        same={spelling: form for form, spellings in leads["same"].items() for spelling in spellings},
        **{kind: frozenset(leads[kind]["words"]) for kind in ("certain", "likely", "follows", "titles", "person")},
        everyday=read_list(folder / "everyday.txt"),
        common=read_list(folder / "common.txt"),
        given_names=read_list(folder / "given_names.txt"),
    )


def read_list(path: Path) -> frozenset[str]:
    """Words of a file, any number a line; lines that start with # are remarks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
